"""Feeds in, articles out: polls feeds and publishes each new or revised article exactly once.

The files in the order of the flow: `opml` and `commands` say which feeds there are, `registry` leases the due
ones, `fetch` reads them, `parse` understands them, `compose` makes articles, `revise` decides what is new,
`publish` and `memory` write it down, `poll` decides when to come back; `poller` ties these together.
"""
