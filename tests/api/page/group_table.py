"""Times, what time it is, and the heading that this gives: one table for Python's rule and for the page's script."""

NOON = "2026-03-01T12:00:00Z"

GROUPS = [
    ("2026-03-01T12:00:05Z", NOON, "Last hour"),
    ("2026-03-01T11:00:01Z", NOON, "Last hour"),
    ("2026-03-01T11:00:00Z", NOON, "Today"),
    ("2026-03-01T00:00:00Z", NOON, "Today"),
    ("2026-02-28T23:59:59Z", NOON, "Yesterday"),
    ("2026-02-28T00:00:00Z", NOON, "Yesterday"),
    ("2026-02-27T23:59:59Z", NOON, "Friday 27 February 2026"),
    ("2025-12-31T12:00:00Z", NOON, "Wednesday 31 December 2025"),
    ("2026-02-28T23:30:00Z", "2026-03-01T00:10:00Z", "Last hour"),
    ("2026-02-28T23:00:00Z", "2026-03-01T00:10:00Z", "Yesterday"),
    ("2026-03-01T01:30:00+02:00", "2026-03-01T00:10:00Z", "Last hour"),
    ("2026-03-01T00:30:00+02:00", "2026-03-01T00:10:00Z", "Yesterday"),
]
