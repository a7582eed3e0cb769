"""How long each kind of step may take and how it is repeated: the one place that says so.

Only trouble that passes is repeated here (see `activities.failures`); everything else comes back to the
workflow at once, because a person, a settle time or a connection decides what happens next.
"""

from datetime import timedelta
from typing import Any, TypedDict

from temporalio.common import RetryPolicy


class RemoteStep(TypedDict):
    """The options of a remote activity."""

    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


PASSING_TROUBLE = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
)

# Longer than a post with its look-ups, previews and login at an adapter's longest time-out (2 min a request);
# a dead worker is noticed by the heartbeat long before.
OUTSIDE: RemoteStep = {
    "start_to_close_timeout": timedelta(minutes=20),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": PASSING_TROUBLE,
}

# The list of a big shop may take many pages.
LONG: RemoteStep = {
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": timedelta(minutes=1),
    "retry_policy": PASSING_TROUBLE,
}

# A notice names its own pauses; these are for attempts that a worker died over.
NOTICE: RemoteStep = {
    "start_to_close_timeout": timedelta(minutes=10),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=3, maximum_interval=timedelta(hours=1)
    ),
}

# Code that is not ours is told off by its own, shorter limit, and tried again only a few times (see
# `activities.hooks`); what goes on for longer is a worker that died.
HOOK: RemoteStep = {
    "start_to_close_timeout": timedelta(minutes=1),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=2), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
}

OWN_RECORDS: Any = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
    ),
    "local_retry_threshold": timedelta(seconds=5),
}

DENIED_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8))
"""A store's hook may fire before its own transaction ends: an order unknown now is asked for again."""

LONGEST_PLACING_PAUSE = timedelta(minutes=5)
MOST_PLACING_LOOKS = 30
"""With pauses that double from the pair's `placing_wait`: about two hours before a person is asked."""

DOUBT_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 15))
MOST_DOUBTS = 60
"""With the pauses: about a quarter of an hour of searching before a person is asked."""

PARKED_AT_MOST = timedelta(hours=1)
"""A parked order tries again by itself after this, should the signal that ends the trouble be lost."""

MOST_PARKINGS = 3
"""Told so often that the connection works, and failing again: then it is this order, and a person looks."""

LONG_HISTORY = 4000
"""Events after which a posted order goes on in a new run, long before the engine's own limit."""
