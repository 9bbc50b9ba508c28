"""Near-duplicates: which earlier article one repeats, across feeds, publishers and replicas, within 72 hours.

`prints.py` reduces an article to hashes, `likeness.py` compares two, `decide.py` chooses: all pure. `layout.py` knows
the keys and bytes that are kept, `buckets.py` where they are kept, `memory.py` puts it together.
"""
