"""Settings that all tests share."""

from hypothesis import settings

# No time limit for one example (machines differ), and the same examples in every run.
settings.register_profile("rnncomp", deadline=None, derandomize=True)
settings.load_profile("rnncomp")
