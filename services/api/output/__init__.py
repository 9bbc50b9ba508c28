"""The wire as feeds for other readers: what a feed says (`feed.py`), and the three forms in which it can be written."""
