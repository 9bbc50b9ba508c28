"""How many examples a property gets that costs more than others."""

import os

from hypothesis import settings

_TIMES = {"search": 10, "long": 200}


def examples(usual: int) -> settings:
    """`usual` in every run, and many times that where more were asked for."""
    return settings(max_examples=usual * _TIMES.get(os.environ.get("HYPOTHESIS_PROFILE", ""), 1))
