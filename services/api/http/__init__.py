"""The HTTP API: one file per noun, and what all answers have in common."""
