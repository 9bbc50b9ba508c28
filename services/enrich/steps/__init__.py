"""The steps of the pipeline, one a file. Their order stands in `services.enrich.assembly`."""
