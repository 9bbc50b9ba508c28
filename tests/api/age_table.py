"""Ages and what they are called, in seconds: one table for Python's rule and for the page's script."""

MINUTE, HOUR, DAY = 60, 3_600, 86_400

AGES: list[tuple[float, str]] = [
    (-3 * HOUR, "just now"),
    (-1, "just now"),
    (0, "just now"),
    (59.999, "just now"),
    (MINUTE, "1 min ago"),
    (2 * MINUTE - 0.001, "1 min ago"),
    (2 * MINUTE, "2 mins ago"),
    (7 * MINUTE, "7 mins ago"),
    (59 * MINUTE, "59 mins ago"),
    (HOUR - 0.001, "59 mins ago"),
    (HOUR, "about 1 hour ago"),
    (119 * MINUTE + 59, "about 1 hour ago"),
    (2 * HOUR, "2 hours ago"),
    (3 * HOUR - 1, "2 hours ago"),
    (23 * HOUR, "23 hours ago"),
    (DAY - 1, "23 hours ago"),
    (DAY, "1 day ago"),
    (48 * HOUR - 1, "1 day ago"),
    (48 * HOUR, "2 days ago"),
    (10 * DAY, "10 days ago"),
    (400 * DAY, "400 days ago"),
]
