"""The whole wire on one machine: a Valkey of its own, the three services, and sample feeds where none are given."""
