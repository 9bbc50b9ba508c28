"""The wire under fire: real processes, a real broker, faults in an order drawn from a seed, and an oracle that knows
what must be served in the end.

`plan` draws what happens, `source` publishes, `nemesis` does harm (`on_services`, `on_broker`, `nodes`), `readers`
listen, `judge` asks what is wrong (`verdict`, `stories`), `scene` puts them together. `make chaos SEED=7` plays one
round, `make chaos ROUNDS=1000` many; docs/guarantee.md says what is proved.
"""
