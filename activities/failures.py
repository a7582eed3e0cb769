"""How our errors cross to a workflow and back: one failure type, carrying a `Problem`.

Temporal repeats an activity only for trouble that passes. When that lasts, it becomes a connection that is
down: the order is parked instead of burning retries, and one incident stands for all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, FailureError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import Disposition, Problem, WaybillError

_LOG = structlog.get_logger("waybill.activities")

ATTEMPTS_BEFORE_PARKING = 5
"""With the retry policy's pauses of 1, 2, 4 and 8 seconds: a quarter of a minute of passing trouble."""

LONGEST_PAUSE = timedelta(seconds=30)
"""Asked to wait longer than this, an order is parked, so that it is seen to wait."""

_HEARTBEATS_PER_TIMEOUT = 5
_TIDY_UP = timedelta(seconds=10)


def as_failure(error: WaybillError, attempt: int) -> ApplicationError:
    """Return the failure for one of our errors at the n-th attempt."""
    problem = error.problem
    retried = problem.disposition is Disposition.RETRY
    long_wait = error.retry_after is not None and error.retry_after > LONGEST_PAUSE
    if retried and problem.connection and (attempt >= ATTEMPTS_BEFORE_PARKING or long_wait):
        problem = problem.model_copy(update={"disposition": Disposition.WAIT})
        retried = False
    return ApplicationError(
        problem.sentence,
        problem,
        type=problem.code,
        non_retryable=not retried,
        next_retry_delay=error.retry_after if retried else None,
        category=ApplicationErrorCategory.BENIGN,
    )


def problem_of(error: BaseException) -> Problem:
    """Return the problem that a failed activity tells of; anything unforeseen is a bug of ours."""
    cause = error.__cause__ if isinstance(error, FailureError) and error.__cause__ else error
    if isinstance(cause, ApplicationError) and cause.details:
        return Problem.model_validate(cause.details[0])
    return _bug(cause)


def _bug(error: BaseException) -> Problem:
    return Problem(
        code="bug",
        disposition=Disposition.BUG,
        sentence="a step failed in a way nobody foresaw",
        remedy=WaybillError.remedy,
        quote=type(error).__name__,
    )


class FailuresAndHeartbeats(Interceptor):
    """Turns our errors into failures, and heartbeats, so that a dead worker is noticed soon."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Wrap every activity."""
        return _Inbound(next)


class _Inbound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        info = activity.info()
        try:
            if info.is_local or not info.heartbeat_timeout:
                return await super().execute_activity(input)
            pause = info.heartbeat_timeout.total_seconds() / _HEARTBEATS_PER_TIMEOUT
            longest = (info.start_to_close_timeout or timedelta(minutes=10)) - _TIDY_UP
            async with asyncio.timeout(longest.total_seconds()):
                return await _heartbeating(lambda: super(_Inbound, self).execute_activity(input), pause)
        # Nothing of the causes goes along: an address or a name in them would stand in the history.
        except WaybillError as error:
            raise as_failure(error, info.attempt) from None
        except Exception as error:  # noqa: BLE001 - what nobody foresaw must be seen, and said without its text
            if info.is_local or isinstance(error, FailureError) or info.attempt < ATTEMPTS_BEFORE_PARKING:
                _LOG.exception("step failed", temporal_activity_type=info.activity_type)
                raise ApplicationError(type(error).__name__, type="bug") from None
            raise ApplicationError(
                type(error).__name__, _bug(error), type="bug", non_retryable=True
            ) from None


async def _heartbeating(work: Callable[[], Awaitable[Any]], pause: float) -> Any:
    async def beat() -> None:
        while True:
            await asyncio.sleep(pause)
            activity.heartbeat()

    beating = asyncio.create_task(beat())
    try:
        return await work()
    finally:
        beating.cancel()
