"""Hypothesis draws the same examples in each run, so that a red test is red for everybody."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=False)
settings.load_profile("repeatable")
