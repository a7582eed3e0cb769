"""Hooks that rules call in the life of an order: what they may do to it, and what it does when they fail."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.corrections import Correction
from domain.errors import Refused
from domain.hooks import EarlyAnswer, HookRefuses, LateAnswer, PostingAnswer
from domain.life import Asked
from domain.posting import ErpDocument, SalesDocument
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.hook_packages import put
from tests.house import House, house
from tests.workflows.driving import Create, around_create
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule

SOURCE = """
from domain.corrections import Correction
from domain.errors import Refused
from domain.hooks import *

calls = []
answers = {}

def _answer(hook, given, otherwise=None):
    calls.append((hook, given.key))
    answer = answers.get(hook, otherwise)
    if isinstance(answer, Exception):
        raise answer
    return answer

def at_capture(given: OrderCaptured) -> EarlyAnswer | None: return _answer("at_capture", given)
def when_checked(given: OrderChecked) -> EarlyAnswer | None: return _answer("when_checked", given)
def for_posting(given: OrderChecked) -> PostingAnswer | None: return _answer("for_posting", given)
def afterwards(given: OrderFollowed) -> LateAnswer | None: return _answer("afterwards", given)
"""
HOOKS = ("at_capture", "when_checked", "for_posting", "afterwards")


def call(hook: str, when: str) -> dict[str, Any]:
    """Return a rule that calls a hook."""
    return rule(hook.replace("_", "-"), when, {"do": "call_hook", "hook": hook})


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of an installed package with hooks."""
    name = put(tmp_path / "hooks", SOURCE, {hook: hook for hook in HOOKS})
    monkeypatch.syspath_prepend(str(tmp_path / "hooks"))
    return __import__(name)


@pytest.fixture
async def hooked(
    temporal_server: TemporalServer, tmp_path: Path, module: Any
) -> AsyncIterator[tuple[House, Any]]:
    """A house with hooks that rules may call."""
    async with house(temporal_server, tmp_path) as running:
        yield running, module


@pytest.fixture
async def paired(
    temporal_server: TemporalServer, tmp_path: Path, module: Any
) -> AsyncIterator[tuple[House, Any]]:
    """A house whose pair calls hooks without a rule."""

    def change(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["return_window"] = "1s"
        raw["pairs"]["main"]["hooks"] = [
            {"point": "before_posting", "hook": "for_posting"},
            {"point": "completed", "hook": "afterwards"},
        ]

    async with house(temporal_server, tmp_path, change=change) as running:
        yield running, module


def called(module: Any, hook: str) -> list[str]:
    """Return the keys that a hook was called with."""
    return [key for name, key in module.calls if name == hook]


async def test_hooks_are_called_at_their_points_once_with_keys_of_business_ids(
    hooked: tuple[House, Any],
) -> None:
    running, module = hooked
    await publish(
        running,
        call("at_capture", "captured"),
        call("when_checked", "validated"),
        call("afterwards", "posted"),
    )

    order_id = place(running)
    view = await running.until(order_id, Stage.POSTED)

    async with asyncio.timeout(20):
        while not called(module, "afterwards"):  # noqa: ASYNC110 - the worker calls it when it likes
            await asyncio.sleep(0.02)
    keys = [key for _, key in module.calls]
    revision, document = view.revision, view.document
    assert document is not None
    assert keys == [
        f"{running.store}:{order_id}:main:captured:{revision}:at_capture",
        f"{running.store}:{order_id}:main:validated:{revision}:when_checked",
        f"{running.store}:{order_id}:main:posted:{document.entry}:afterwards",
    ]


async def test_what_a_hook_answers_becomes_fields_of_the_document(hooked: tuple[House, Any]) -> None:
    running, module = hooked
    module.answers["when_checked"] = EarlyAnswer(fields={"reference": "MEMBER-1"})
    await publish(running, call("when_checked", "validated"))

    order_id = place(running)
    await running.until(order_id, Stage.POSTED)

    (document,) = running.orders_in_erp(order_id)
    assert document["NumAtCard"] == "MEMBER-1"


async def test_a_hook_may_reject_an_order(hooked: tuple[House, Any]) -> None:
    running, module = hooked
    module.answers["at_capture"] = EarlyAnswer(reject="we do not sell there")
    await publish(running, call("at_capture", "captured"))

    order_id = place(running)
    view = await running.until(order_id, Stage.REJECTED)

    assert view.because == "the hook at_capture says: we do not sell there"
    assert running.orders_in_erp(order_id) == []


async def test_a_hook_that_refuses_holds_the_order_until_what_it_asks_is_done(
    hooked: tuple[House, Any],
) -> None:
    running, module = hooked
    module.answers["at_capture"] = HookRefuses("ask the buyer for a street")
    await publish(running, call("at_capture", "captured"))

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD)
    assert view.hold is not None
    assert (view.hold.code, view.hold.sentence) == (
        "hook_refuses",
        "the hook at_capture says: ask the buyer for a street",
    )
    assert "release it to go on without" in view.hold.remedy

    module.answers.clear()
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)
    assert len(called(module, "at_capture")) == 2


async def test_released_the_order_goes_on_without_the_hook(hooked: tuple[House, Any]) -> None:
    running, module = hooked
    module.answers["when_checked"] = HookRefuses("not today")
    await publish(running, call("when_checked", "validated"))
    order_id = place(running)
    await running.until(order_id, Stage.HELD)

    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    assert len(called(module, "when_checked")) == 1


async def test_a_hook_that_keeps_raising_holds_the_order_with_its_name_and_place(
    hooked: tuple[House, Any],
) -> None:
    running, module = hooked
    module.answers["at_capture"] = ValueError("Anna Moreau")
    await publish(running, call("at_capture", "captured"))

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert view.hold.code == "hook_failed"
    assert view.hold.sentence.startswith("the hook at_capture of bench-hooks 0.1 failed (ValueError at ")
    assert "Mend the hook" in view.hold.remedy
    assert "Moreau" not in view.hold.model_dump_json()
    assert len(set(called(module, "at_capture"))) == 1
    assert len(called(module, "at_capture")) == 3


async def test_a_hook_that_is_gone_holds_the_order(hooked: tuple[House, Any]) -> None:
    running, _ = hooked
    await publish(running, call("gone", "captured"))

    view = await running.until(place(running), Stage.HELD)

    assert view.hold is not None
    assert (view.hold.code, view.hold.sentence) == ("hook_failed", "there is no hook gone here")


async def test_a_hook_that_is_gone_needs_not_come_back_once_no_rule_calls_it(
    hooked: tuple[House, Any],
) -> None:
    running, _ = hooked
    await publish(running, call("gone", "captured"))
    order_id = place(running)
    await running.until(order_id, Stage.HELD)
    await publish(running)

    await running.update(order_id, "continue_order", Asked(by="olga"))

    await running.until(order_id, Stage.POSTED)


async def test_what_a_hook_answered_counts_when_the_order_is_checked_again(
    hooked: tuple[House, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    running, module = hooked
    module.answers["when_checked"] = EarlyAnswer(fields={"reference": "MEMBER-1"}, tags=("member",))
    await publish(running, call("when_checked", "validated"))
    refusals = iter([Refused("the ERP refused it", connection=running.erp)])

    async def refuses_once(create: Create, document: SalesDocument) -> ErpDocument:
        if refusal := next(refusals, None):
            raise refusal
        return await create(document)

    around_create(monkeypatch, running, refuses_once)
    order_id = place(running)
    await running.until(order_id, Stage.HELD)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    view = await running.until(order_id, Stage.POSTED)

    assert running.orders_in_erp(order_id)[0]["NumAtCard"] == "MEMBER-1"
    assert view.tags == ("member",)
    assert len(called(module, "when_checked")) == 1


async def test_a_changed_order_is_another_call(hooked: tuple[House, Any]) -> None:
    running, module = hooked
    module.answers["at_capture"] = HookRefuses("ask the buyer for a street")
    await publish(running, call("at_capture", "captured"))
    order_id = place(running)
    await running.until(order_id, Stage.HELD)
    module.answers.clear()

    await running.update(
        order_id, "correct", Correction(by="olga", fields={"delivery.street": "1 rue Neuve"})
    )
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    assert len(set(called(module, "at_capture"))) == 2


async def test_a_hook_that_complains_of_a_hold_makes_no_second_one(hooked: tuple[House, Any]) -> None:
    running, module = hooked
    module.answers["afterwards"] = LateAnswer(hold="the gate is closed")
    stop = rule("look", "captured", {"do": "hold", "reason": "look at it"})
    await publish(running, stop, call("afterwards", "held"))

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD, where=lambda view: bool(view.warnings))

    assert view.hold is not None
    assert view.hold.sentence == "look at it (rule look)"
    assert "the hook afterwards says: the gate is closed" in view.warnings[0]
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)


async def test_after_posting_a_hook_holds_the_order_too(hooked: tuple[House, Any]) -> None:
    running, module = hooked
    module.answers["afterwards"] = LateAnswer(hold="the gate is closed")
    await publish(running, call("afterwards", "posted"))

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert (view.hold.by, view.hold.code) == ("hook afterwards", "hook_refuses")
    assert "the hook afterwards says: the gate is closed" in view.hold.sentence
    assert len(running.orders_in_erp(order_id)) == 1


async def test_before_posting_a_pairs_hook_is_called_once_the_order_is_approved(
    paired: tuple[House, Any],
) -> None:
    running, module = paired
    module.answers["for_posting"] = PostingAnswer(fields={"reference": "RESERVED-7"}, tags=("reserved",))
    order_id = place(running, CABINET)
    waiting = await running.until(
        order_id, Stage.AWAITING_APPROVAL, where=lambda view: view.approval is not None
    )
    assert module.calls == []

    await running.update(order_id, "decide", running.decision(waiting))
    view = await running.until(order_id, Stage.POSTED)

    assert running.orders_in_erp(order_id)[0]["NumAtCard"] == "RESERVED-7"
    assert view.tags == ("reserved",)
    assert called(module, "for_posting") == [
        f"{running.store}:{order_id}:main:before_posting:{view.revision}:1:for_posting"
    ]


async def test_before_posting_a_pairs_hook_may_hold_the_order(paired: tuple[House, Any]) -> None:
    running, module = paired
    module.answers["for_posting"] = HookRefuses("no number is left")

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD)
    assert view.hold is not None
    assert view.hold.sentence == "the hook for_posting says: no number is left"
    assert running.orders_in_erp(order_id) == []

    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)


async def test_a_completed_order_calls_its_pairs_hook_and_takes_its_complaint_as_a_warning(
    paired: tuple[House, Any],
) -> None:
    running, module = paired
    module.answers["afterwards"] = LateAnswer(hold="the archive is full")
    await running.watch_erp()
    order_id = place(running)
    posted = await running.until(order_id, Stage.POSTED)
    assert posted.document is not None

    running.company.staff.deliver(int(posted.document.entry))
    view = await running.until(order_id, Stage.COMPLETED, where=lambda view: bool(view.warnings))

    assert "the hook afterwards says: the archive is full" in view.warnings[-1]
    assert called(module, "afterwards") == [
        f"{running.store}:{order_id}:main:completed:{posted.document.entry}:afterwards"
    ]
