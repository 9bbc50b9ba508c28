"""Who may ask for what, and how often: scopes, keys, credentials, limits, and the guard that applies them."""
