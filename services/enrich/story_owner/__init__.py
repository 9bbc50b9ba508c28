"""Stories on the wire: for each language one replica feeds what was enriched to the engine and appends what changed.

A process of its own, so that neither the engine nor a long replay holds up enrichment. `leases`: which languages it
owns; `reader`: what it reads; `language`: what it makes of that; `ledger`: how it is written, all or nothing.
"""
