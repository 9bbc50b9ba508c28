"""Each step of enrich scored on the corpora; the figures stand in docs."""
