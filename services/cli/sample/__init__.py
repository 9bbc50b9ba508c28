"""A small sample publisher: living feeds on loopback, so that the first minute works with no network.

What appears when is fixed by the script (`publishers/*.toml`) and one moment, the epoch. The feeds at any moment
are a pure function of both, so a restart changes nothing.
"""
