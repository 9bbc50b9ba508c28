"""The steps of the standard pipeline, in the order in which they run. Imports nothing, so that naming them is cheap."""

STEP_NAMES = ("times", "language", "reading", "categories", "topics", "names", "phrases", "rules", "repeats", "terms")

STORIES = "stories"
"""What follows the pipeline, and can be switched off as a step can."""
