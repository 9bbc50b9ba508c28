"""Reading the dates that feeds really contain: tolerant of their mistakes, never guessing silently, never raising."""
