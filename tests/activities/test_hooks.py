"""Running hooks: whatever one does, the order gets a clear answer."""

import asyncio
import dataclasses
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities import hooks as step
from activities.hooks import ATTEMPTS, Hooks
from adapters.hooks import InstalledHooks
from domain.errors import Disposition, HookFailed, HookRefuses, Passing, WaybillError
from domain.facts import CustomerMatch, MatchOutcome
from domain.hooks import HookAnswer, HookCall, HookPoint
from domain.stages import Stage
from tests.domain.specimens import order
from tests.hook_packages import put

SOURCE = """
import asyncio, threading, time
from domain.hooks import *

seen = []
threads = []
let_go = threading.Event()

def nothing(given: OrderCaptured) -> EarlyAnswer | None:
    seen.append(given)
    threads.append(threading.current_thread())

async def on_the_loop(given: OrderChecked) -> EarlyAnswer | None:
    await asyncio.sleep(0)
    seen.append(given)
    threads.append(threading.current_thread())
    return EarlyAnswer(tags=("a",), fields={"U_Gift": "yes"}, reject="")

def late(given: OrderFollowed) -> LateAnswer | None:
    seen.append(given)
    return LateAnswer(tags=("b",))

def holds(given: OrderFollowed) -> LateAnswer: return LateAnswer(hold="the gate is closed")
def rejects(given: OrderCaptured) -> EarlyAnswer: return EarlyAnswer(reject="we do not sell there")
def refuses(given: OrderCaptured) -> None: raise HookRefuses("ask the buyer for a street")
async def refuses_too(given: OrderCaptured) -> None: raise HookRefuses("x" * 500)
def text(given: OrderCaptured) -> EarlyAnswer | None: return "yes"
def early_too_late(given: OrderFollowed) -> LateAnswer | None: return EarlyAnswer(reject="no")
def no_such_field(given: OrderCaptured) -> EarlyAnswer: return EarlyAnswer(fields={"DocTotal": "1"})
def unknown_part(given: OrderCaptured) -> EarlyAnswer: return EarlyAnswer(status="done")
def raises(given: OrderCaptured) -> None: raise ValueError("Anna Moreau, 8 rue du Port")
def stops(given: OrderCaptured) -> None: raise StopIteration
def leaves(given: OrderCaptured) -> None: raise SystemExit(3)
def interrupts(given: OrderCaptured) -> None: raise KeyboardInterrupt
async def cancels(given: OrderCaptured) -> None: raise asyncio.CancelledError
def times_out(given: OrderCaptured) -> None: raise TimeoutError
def hangs(given: OrderCaptured) -> None: let_go.wait(30)
async def waits(given: OrderCaptured) -> None: await asyncio.sleep(30)
"""
FUNCTIONS = (
    *(
        "nothing",
        "on_the_loop",
        "late",
        "holds",
        "rejects",
        "refuses",
        "refuses_too",
        "text",
        "early_too_late",
    ),
    *("no_such_field", "unknown_part", "raises", "stops", "leaves", "interrupts", "cancels", "times_out"),
    *("hangs", "waits"),
)
SHORT = timedelta(milliseconds=200)


class Bench:
    """Hooks of one module, called as the worker calls them."""

    def __init__(self, installed: InstalledHooks, longest: timedelta) -> None:
        self._hooks = Hooks(installed, longest)
        self.module: Any = __import__(installed.hooks["nothing"].function.__module__)

    async def run(self, hook: str, point: HookPoint = HookPoint.CAPTURED, attempt: int = 1) -> HookAnswer:
        """Call a hook at a point."""
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, attempt=attempt)
        call = HookCall(
            hook=hook,
            point=point,
            about="r1",
            pair="main",
            order=order(),
            tags=("t",),
            customer=CustomerMatch(outcome=MatchOutcome.FOUND, code="C1"),
            warnings=("close to the limit",),
            stage=Stage.CHECKING,
        )
        answer = await environment.run(self._hooks.run_hook, call)
        assert isinstance(answer, HookAnswer)
        return answer

    async def failed(
        self, hook: str, point: HookPoint = HookPoint.CAPTURED, attempt: int = ATTEMPTS
    ) -> WaybillError:
        """Call a hook that comes back with one of our errors."""
        with pytest.raises(WaybillError) as raised:
            await self.run(hook, point, attempt)
        return raised.value


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], Bench]:
    """Install all of them, with a time-out of one's own."""

    def made(longest: timedelta = timedelta(seconds=20)) -> Bench:
        put(tmp_path, SOURCE, {name: name for name in FUNCTIONS})
        monkeypatch.syspath_prepend(str(tmp_path))
        return Bench(InstalledHooks(), longest)

    return made


@pytest.fixture
def patient(bench: Callable[..., Bench]) -> Bench:
    """Hooks that have time."""
    return bench()


async def test_a_hook_is_given_what_its_point_says_and_may_answer_nothing(patient: Bench) -> None:
    assert await patient.run("nothing") == HookAnswer()

    (given,) = patient.module.seen
    assert set(type(given).model_fields) == {"key", "point", "about", "pair", "order", "tags"}
    assert given.key == "shop:1042:main:captured:r1:nothing"
    assert (given.point, given.pair, given.tags, given.order) == (HookPoint.CAPTURED, "main", ("t",), order())


async def test_before_posting_a_hook_knows_the_customer_and_may_set_fields(patient: Bench) -> None:
    answer = await patient.run("on_the_loop", HookPoint.VALIDATED)

    assert answer == HookAnswer(tags=("a",), fields={"U_Gift": "yes"})
    (given,) = patient.module.seen
    assert (given.customer.code, given.warnings) == ("C1", ("close to the limit",))


async def test_after_posting_a_hook_knows_the_stage(patient: Bench) -> None:
    assert await patient.run("late", HookPoint.SHIPPED) == HookAnswer(tags=("b",))
    assert patient.module.seen[0].stage is Stage.CHECKING


async def test_a_plain_function_runs_in_a_thread_and_an_async_one_on_the_loop(patient: Bench) -> None:
    await patient.run("nothing")
    await patient.run("on_the_loop", HookPoint.VALIDATED)

    plain, on_loop = patient.module.threads
    assert plain is not threading.current_thread()
    assert on_loop is threading.current_thread()


async def test_the_same_call_always_has_the_same_key(patient: Bench) -> None:
    await patient.run("nothing", attempt=1)
    await patient.run("nothing", attempt=2)

    first, second = (given.key for given in patient.module.seen)
    assert first == second


async def test_a_rejection_names_the_hook(patient: Bench) -> None:
    assert (await patient.run("rejects")).reject == "the hook rejects says: we do not sell there"


@pytest.mark.parametrize(
    ("hook", "point", "said"),
    [
        ("refuses", HookPoint.CAPTURED, "the hook refuses says: ask the buyer for a street"),
        ("holds", HookPoint.POSTED, "the hook holds says: the gate is closed"),
        ("refuses_too", HookPoint.CAPTURED, "the hook refuses_too says: " + "x" * 200),
    ],
)
async def test_a_hook_may_hold_the_order_in_its_own_words(
    patient: Bench, hook: str, point: HookPoint, said: str
) -> None:
    error = await patient.failed(hook, point, attempt=1)

    assert isinstance(error, HookRefuses)
    assert error.problem.sentence == said


@pytest.mark.parametrize(
    ("hook", "point", "said"),
    [
        (
            "text",
            HookPoint.CAPTURED,
            "the hook text answered str; at captured it may answer EarlyAnswer or None",
        ),
        (
            "early_too_late",
            HookPoint.POSTED,
            "answered EarlyAnswer; at posted it may answer LateAnswer or None",
        ),
        ("gone", HookPoint.CAPTURED, "there is no hook gone here"),
        ("late", HookPoint.CAPTURED, "the hook late does not fit captured"),
    ],
)
async def test_what_the_point_does_not_allow_holds_the_order_at_once(
    patient: Bench, hook: str, point: HookPoint, said: str
) -> None:
    error = await patient.failed(hook, point, attempt=1)

    assert isinstance(error, HookFailed)
    assert said in error.problem.sentence


@pytest.mark.parametrize(
    ("hook", "name"),
    [
        ("raises", "ValueError"),
        ("stops", "StopIteration"),
        ("leaves", "SystemExit"),
        ("interrupts", "KeyboardInterrupt"),
        ("cancels", "CancelledError"),
        ("times_out", "TimeoutError"),
        ("no_such_field", "ValidationError"),
        ("unknown_part", "ValidationError"),
    ],
)
async def test_a_hook_that_raises_is_tried_again_and_then_holds_the_order(
    patient: Bench, hook: str, name: str
) -> None:
    again = await patient.failed(hook, attempt=ATTEMPTS - 1)
    held = await patient.failed(hook, attempt=ATTEMPTS)

    assert isinstance(again, Passing)
    assert isinstance(held, HookFailed)
    assert held.problem.disposition is Disposition.FIX_SETUP
    assert f"the hook {hook} of bench-hooks 0.1 failed ({name}" in held.problem.sentence


async def test_nothing_of_an_exceptions_text_leaves_the_worker_but_its_place_does(
    patient: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    error = await patient.failed("raises")

    told = error.problem.model_dump_json() + capsys.readouterr().out
    assert "Moreau" not in told
    assert f" at {patient.module.__name__}.py:" in error.problem.sentence


@pytest.mark.parametrize("hook", ["hangs", "waits"])
async def test_a_hook_that_hangs_holds_the_order(bench: Callable[..., Bench], hook: str) -> None:
    hasty = bench(SHORT)

    error = await hasty.failed(hook, attempt=1)
    hasty.module.let_go.set()

    assert isinstance(error, HookFailed)
    assert error.problem.sentence == f"the hook {hook} did not answer within 0.2 s"


async def test_hanging_threads_are_counted_so_that_they_do_not_fill_the_machine(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "MOST_THREADS", 1)
    hasty = bench(SHORT)
    await hasty.failed("hangs")

    refused = await hasty.failed("nothing", attempt=1)
    held = await hasty.failed("nothing", attempt=ATTEMPTS)
    hasty.module.let_go.set()

    assert isinstance(refused, Passing)
    assert isinstance(held, HookFailed)
    assert "1 calls of hooks are at work or hang" in held.problem.sentence
    async with asyncio.timeout(10):
        while not await _answers(hasty):  # noqa: ASYNC110 - a thread ends when it likes
            await asyncio.sleep(0.01)


async def _answers(bench: Bench) -> bool:
    try:
        await bench.run("nothing", attempt=1)
    except Passing:
        return False
    return True


async def test_a_cancelled_step_is_cancelled_and_not_taken_for_a_failing_hook(patient: Bench) -> None:
    running = asyncio.create_task(patient.run("waits"))
    await asyncio.sleep(0.05)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
