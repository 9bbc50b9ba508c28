"""Who and what an article names: people, organisations and places, with where they stand in it."""
