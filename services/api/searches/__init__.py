"""Standing searches: queries that somebody saved, and the webhooks that tell what they find.

`search.py` and `webhook.py` say what is kept, `store.py` and `webhook_store.py` have the SQL, `shelf.py` is the door
to both. What finds its way to a webhook: `unsent.py` (what comes next), `event.py` (as a signed request carries it),
`sending.py` (one try), `patience.py` (what follows from it), `courier.py` (one webhook's events in order),
`dispatch.py` (all of them).
"""
