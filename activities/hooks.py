"""Running hooks: code that is not ours, so whatever it does comes back as a clear disposition."""

import asyncio
import contextlib
import contextvars
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity

from adapters.hooks import InstalledHook, InstalledHooks
from domain.errors import HookFailed, HookRefuses, Passing
from domain.hooks import CONTRACTS, EarlyAnswer, HookAnswer, HookCall, HookGiven, LateAnswer, PostingAnswer

LONGEST = timedelta(seconds=30)
"""What a hook may take; shorter than the step's own time-out (`workflows.policies.HOOK`)."""

ATTEMPTS = 3
"""How often a hook that raises is called before the order is held; the pauses are the policy's."""

MOST_THREADS = 32
"""Plain functions at a time. One that hangs keeps its thread: Python cannot end it."""

_Outcome = tuple[Any, BaseException | None]

_LOG = structlog.get_logger("waybill.hooks")


class Hooks:
    """The installed hooks, as a step of an order."""

    def __init__(self, installed: InstalledHooks, longest: timedelta = LONGEST) -> None:
        self._installed, self._longest = installed, longest
        self._threads = threading.BoundedSemaphore(MOST_THREADS)

    @activity.defn
    async def run_hook(self, call: HookCall) -> HookAnswer:
        """Call a hook and return what it answered.

        May run twice, like the hook itself: both know the call by its key. Raises `HookRefuses` when the
        hook holds the order, and `HookFailed` when it is not there, hung, kept raising, or answered what the
        point does not allow.
        """
        hook = self._installed.hook(call.hook, call.point)
        try:
            async with asyncio.timeout(self._longest.total_seconds()) as limit:
                answer = await self._called(hook, call.given())
        except HookRefuses as refusal:
            raise HookRefuses(_by(hook, str(refusal))) from None
        # The code is not ours: anything it raises is its failure, not the worker's.
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            if isinstance(error, TimeoutError) and limit.expired():
                seconds = f"{self._longest.total_seconds():g}"
                raise HookFailed(f"the hook {hook.name} did not answer within {seconds} s") from None
            raise _again_or_held(_told(hook, error)) from None
        return _judged(hook, call, answer)

    async def _called(self, hook: InstalledHook, given: HookGiven) -> Any:
        if hook.signature.is_async:
            return await hook.function(given)
        if not self._threads.acquire(blocking=False):
            raise TooManyHooks(f"{MOST_THREADS} calls of hooks are at work or hang")
        return await _in_thread(lambda: hook.function(given), self._threads.release)


class TooManyHooks(Exception):
    """All threads for plain functions are taken."""


class Unraisable(Exception):
    """A function raised what would mean something else in a coroutine; the cause is what it was."""


async def _in_thread(work: Callable[[], Any], done: Callable[[], None]) -> Any:
    """Run a function in a thread that no shutdown waits for, unlike those of an executor."""
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()
    future: asyncio.Future[_Outcome] = loop.create_future()

    def settle(outcome: _Outcome) -> None:
        if not future.done():
            future.set_result(outcome)

    def run() -> None:
        outcome: _Outcome
        try:
            outcome = context.run(work), None
        # It must arrive at whoever waits, whatever it is.
        except BaseException as error:  # noqa: BLE001
            outcome = None, error
        done()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="hook", daemon=True).start()
    result, error = await future
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        raise error
    if error is not None:
        raise Unraisable from error
    return result


def _is_cancelled() -> bool:
    """Whether the step is cancelled from outside: a hook may raise the same by itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _told(hook: InstalledHook, error: BaseException) -> str:
    """Say what a hook raised, and where; not its text, which may name a person."""
    if isinstance(error, TooManyHooks):
        return f"the hook {hook.name} could not be called: {error}"
    error = error.__cause__ if isinstance(error, Unraisable) and error.__cause__ else error
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" at {frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in last)
    said = f"the hook {hook.name} of {hook.package} failed ({type(error).__name__}{place})"
    _LOG.error(said)
    return said


def _again_or_held(said: str) -> Exception:
    if activity.info().attempt < ATTEMPTS:
        return Passing(said, code=HookFailed.code)
    return HookFailed(said)


def _judged(hook: InstalledHook, call: HookCall, answer: object) -> HookAnswer:
    allowed = CONTRACTS[call.point].answer
    if answer is None:
        return HookAnswer()
    if not isinstance(answer, LateAnswer) or not issubclass(allowed, type(answer)):
        given, point = type(answer).__name__, call.point.value
        raise HookFailed(
            f"the hook {hook.name} answered {given}; at {point} it may answer {allowed.__name__} or None"
        )
    if answer.hold:
        raise HookRefuses(_by(hook, answer.hold))
    reject = answer.reject if isinstance(answer, EarlyAnswer) else ""
    return HookAnswer(
        tags=answer.tags,
        fields=answer.fields if isinstance(answer, PostingAnswer) else {},
        reject=_by(hook, reject) if reject else "",
    )


def _by(hook: InstalledHook, sentence: str) -> str:
    return f"the hook {hook.name} says: {sentence[:200]}"
