"""Properties that hold for whatever comes: hypothesis makes the cases, and shrinks one that fails.

The cases are the same in every run. `HYPOTHESIS_PROFILE=search pytest tests/properties` looks at others, and at more;
`HYPOTHESIS_PROFILE=long` for hours. What costs more than others has its examples told by `examples`.
"""

import os

from hypothesis import HealthCheck, settings

_ALWAYS = settings(database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _ALWAYS, derandomize=True)
settings.register_profile("search", _ALWAYS, max_examples=1_000, print_blob=True)
settings.register_profile("long", _ALWAYS, max_examples=20_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
