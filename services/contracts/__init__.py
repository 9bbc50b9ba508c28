"""The event contract: what travels on Dateline's streams, the names of those streams, and what all services must read
alike: ids, canonical URLs, strings of strangers, feed lists.

Imports pydantic and nothing else of ours, so that any program may depend on it alone.
"""
