"""How an activity's errors leave it: as what the workflow is to do, with nothing of their causes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.failures import ATTEMPTS_BEFORE_PARKING, FailuresAndHeartbeats, as_failure, problem_of
from domain.errors import ConnectionDown, Disposition, Passing, Refused, WaybillError

CANARY = "canary@example.com"


class Step(ActivityInboundInterceptor):
    """An activity that fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        """Fail because of something that names a person."""
        try:
            raise LookupError(f"no row for {CANARY}")
        except LookupError as cause:
            raise self._error from cause


async def failed(error: Exception, **info: Any) -> ApplicationError:
    """Run an activity that fails and return what leaves the worker."""
    environment = ActivityEnvironment()
    facts = {"heartbeat_timeout": timedelta(seconds=10), "start_to_close_timeout": timedelta(minutes=1)}
    for name, value in {**facts, **info}.items():
        object.__setattr__(environment.info, name, value)
    inbound = FailuresAndHeartbeats().intercept_activity(Step(error))
    given = ExecuteActivityInput(fn=len, args=(), executor=None, headers={})
    with pytest.raises(ApplicationError) as left:
        await environment.run(inbound.execute_activity, given)
    return left.value


def written(error: BaseException) -> str:
    """Return what a history keeps of a failure, with all its causes."""
    failure = Failure()
    converter = pydantic_data_converter
    converter.failure_converter.to_failure(error, converter.payload_converter, failure)
    return str(failure)


LEAVING: dict[str, tuple[Callable[[], Exception], dict[str, Any]]] = {
    "one of ours": (lambda: Refused("the ERP refused it"), {}),
    "what nobody foresaw": (
        lambda: ValueError(f"cannot read {CANARY}"),
        {"attempt": ATTEMPTS_BEFORE_PARKING},
    ),
    "what nobody foresaw, at first": (lambda: ValueError(f"cannot read {CANARY}"), {}),
    "what our records said": (lambda: ValueError(f"parameters: {CANARY}"), {"is_local": True}),
}


@pytest.mark.parametrize("name", LEAVING)
async def test_no_cause_and_no_foreign_text_leaves_a_worker(name: str) -> None:
    make, info = LEAVING[name]

    error = await failed(make(), **info)

    assert CANARY not in written(error)
    assert error.__cause__ is None


@pytest.mark.parametrize(
    ("attempt", "local", "told"),
    [(1, False, False), (ATTEMPTS_BEFORE_PARKING, False, True), (ATTEMPTS_BEFORE_PARKING, True, False)],
)
async def test_what_nobody_foresaw_is_tried_again_before_a_person_is_asked(
    attempt: int, local: bool, told: bool
) -> None:
    error = await failed(KeyError("surprise"), attempt=attempt, is_local=local)

    assert (error.type, error.non_retryable, bool(error.details)) == ("bug", told, told)
    assert problem_of(error).disposition is Disposition.BUG
    assert "surprise" not in written(error)


@pytest.mark.parametrize(
    ("error", "attempt", "disposition", "tried_again"),
    [
        (Passing("slow", connection="sap"), 1, Disposition.RETRY, True),
        (Passing("slow", connection="sap"), ATTEMPTS_BEFORE_PARKING, Disposition.WAIT, False),
        (Passing("slow"), ATTEMPTS_BEFORE_PARKING, Disposition.RETRY, True),
        (
            Passing("slow", connection="sap", retry_after=timedelta(hours=1)),
            1,
            Disposition.WAIT,
            False,
        ),
        (ConnectionDown("gone", connection="sap"), 1, Disposition.WAIT, False),
        (Refused("no", connection="sap"), 1, Disposition.FIX_DATA, False),
    ],
    ids=["passing", "lasting", "nobody to park for", "asked to wait an hour", "down", "refused"],
)
def test_an_error_is_tried_again_exactly_while_its_trouble_passes(
    error: WaybillError, attempt: int, disposition: Disposition, tried_again: bool
) -> None:
    failure = as_failure(error, attempt)

    assert problem_of(failure).disposition is disposition
    assert failure.non_retryable is not tried_again


def test_the_other_sides_wish_to_be_asked_later_is_obeyed() -> None:
    wish = timedelta(seconds=7)

    assert as_failure(Passing("slow", connection="sap", retry_after=wish), 1).next_retry_delay == wish
