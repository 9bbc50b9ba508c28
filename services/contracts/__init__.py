"""The event contract: what travels on Dateline's streams, and the names of those streams.

Imports pydantic and nothing else of ours, so that any program may depend on it alone.
"""
