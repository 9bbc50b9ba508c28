"""Enrich: articles → enrichments. Reads a batch, thinks, then sends outputs and acknowledgements in one step."""
