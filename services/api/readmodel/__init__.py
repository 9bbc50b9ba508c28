"""What readers are served from: the merged articles, and everything that is looked up about them.

`model.py` is the door. Behind it: `merge.py` (what is known about an article, pure), `documents.py` (the JSON that
readers get), `schema.py`, `apply.py`, `writing.py` (the only place that writes), and what reads: `listings.py`
with `searching.py` (queries as SQL), `lookups.py`, `history.py`, `counts.py`, `trending.py` and `journal.py`. Stories
have the like of these, each beginning with `stories`. No SQL stands outside this folder.
"""
