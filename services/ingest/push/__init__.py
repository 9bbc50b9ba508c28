"""Push: feeds whose WebSub hub (https://www.w3.org/TR/websub/) delivers what is new, so that nobody has to ask for it.

After a poll: `discovery` sees which hubs a feed names, `subscription` decides what to ask of them, `reliance` how far
they are relied upon, `after_poll` puts the three together; `asking` asks through `hub_client`. What hubs send comes
through the API as `commands`, and is believed with its `signature` only. `keeping` writes it all down.
"""
