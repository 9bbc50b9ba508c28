"""How the models that ship with Dateline are made. Nothing here runs in the services."""
