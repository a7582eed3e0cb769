"""The world's clock, in the place of the real one."""

import pytest
from hypothesis import settings

from activities import once, posting
from tests.sim.world import Clock

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=False)
settings.load_profile("repeatable")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until the world moves it; the posting steps read it too."""
    told = Clock()
    for module in (once, posting):
        monkeypatch.setattr(module, "datetime", told)
    return told
