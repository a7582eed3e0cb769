"""From the first create on a document may exist: nothing makes a second one then, or forgets it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ConnectionDown
from domain.life import Asked, OrderView
from domain.money import Money
from domain.policy import DocumentKind
from domain.posting import ErpDocument, SalesDocument
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import (
    Create,
    around_create,
    erp_of,
    give_up_soon,
    hurry,
    park_at_once,
    reads_as,
    search_patiently,
    until_read,
)
from tests.workflows.placing import place

CANCEL = Asked(by="olga", reason="the buyer called")


def settles_in(seconds: int) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["settle"] = f"{seconds}s"

    return change


def ended_in_erp(running: House) -> list[str]:
    """Return the ids of the documents that were cancelled in the ERP."""
    return [str(row["DocEntry"]) for row in running.company.ledger.of("cancel")]


async def held_in_doubt(running: House, monkeypatch: pytest.MonkeyPatch) -> tuple[int, OrderView]:
    """Place an order and wait until a person is asked what became of it."""
    give_up_soon(monkeypatch)
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)
    assert held.hold is not None
    assert held.hold.code == "still_in_doubt"
    return order_id, held


async def test_a_cancellation_while_parked_after_the_create_ends_the_document_too(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def then_goes_down(create: Create, document: SalesDocument) -> ErpDocument:
        made = await create(document)
        running.company.faults.arm("bad_gateway_html", times=None)
        return made

    park_at_once(monkeypatch)
    around_create(monkeypatch, running, then_goes_down)
    order_id = place(running)
    await running.until(order_id, Stage.POSTING, where=lambda view: view.trouble is not None)

    still = await running.update(order_id, "cancel", CANCEL)
    running.company.faults.clear()
    await hurry(running, running.erp)
    ended = await running.until(order_id, Stage.CANCELLED)

    assert still.stage is Stage.POSTING
    assert ended.document is not None
    assert ended_in_erp(running) == [ended.document.entry]


async def test_a_parked_order_whose_create_went_out_is_looked_for_before_it_ends(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer_never_comes(create: Create, document: SalesDocument) -> ErpDocument:
        await create(document)
        running.company.faults.arm("bad_gateway_html", times=None)
        raise ConnectionDown("the ERP went away", connection=running.erp)

    around_create(monkeypatch, running, answer_never_comes)
    order_id = place(running)
    await running.until(order_id, Stage.POSTING, where=lambda view: view.trouble is not None)

    await running.update(order_id, "cancel", CANCEL)
    running.company.faults.clear()
    await hurry(running, running.erp)
    ended = await running.until(order_id, Stage.CANCELLED)

    assert ended.document is not None
    assert ended_in_erp(running) == [ended.document.entry]


async def test_a_document_that_cannot_be_read_yet_is_waited_for_without_a_hold(running: House) -> None:
    running.company.faults.arm("read_lag", seconds=1.5)

    order_id = place(running)
    await running.until(order_id, Stage.IN_DOUBT, Stage.HELD)
    view = await running.until(order_id, Stage.POSTED, Stage.HELD)

    assert view.stage is Stage.POSTED
    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_refusal_while_in_doubt_is_no_answer(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(temporal_server, tmp_path, change=settles_in(20)) as running:

        async def then_refuses(create: Create, document: SalesDocument) -> ErpDocument:
            try:
                return await create(document)
            finally:
                running.company.faults.arm("closed_period", times=None)

        running.company.faults.arm("read_lag", seconds=2)
        running.company.faults.arm("reset_after_commit", path="$batch")
        around_create(monkeypatch, running, then_refuses)
        order_id = place(running)
        await running.until(order_id, Stage.IN_DOUBT)
        view = await running.until(order_id, Stage.POSTED, Stage.HELD)

        assert view.stage is Stage.POSTED, view.because
        assert len(running.orders_in_erp(order_id)) == 1


async def test_an_attempt_keeps_the_pair_it_began_with(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.company.faults.arm("read_lag", seconds=1.5)
    running.company.faults.arm("reset_after_commit", path="$batch")
    order_id, held = await held_in_doubt(running, monkeypatch)
    pairs: Any = running.waybill.systems.pairs
    pairs[running.store] = pairs[running.store].model_copy(update={"document": DocumentKind.QUOTATION})

    running.shop.set_state(order_id, 3)
    await until_read(running, order_id, held)
    search_patiently(monkeypatch)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    view = await running.until(order_id, Stage.POSTED)

    assert view.document is not None
    assert view.document.kind is DocumentKind.ORDER
    assert running.company.ledger.of("quotation") == []
    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_pair_that_now_feeds_another_erp_cancels_where_the_document_is(running: House) -> None:
    order_id = place(running)
    posted = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    pairs: Any = running.waybill.systems.pairs
    other = {"document": DocumentKind.QUOTATION, "erp": "another"}
    pairs[running.store] = pairs[running.store].model_copy(update=other)

    running.shop.set_state(order_id, 3)
    await until_read(running, order_id, posted)
    await running.update(order_id, "cancel", CANCEL)
    await running.until(order_id, Stage.CANCELLED)

    assert posted.document is not None
    assert ended_in_erp(running) == [posted.document.entry]


async def test_an_order_that_grew_while_in_doubt_is_checked_and_approved_again(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.company.faults.arm("reset_before", path="$batch", times=None)
    order_id, held = await held_in_doubt(running, monkeypatch)
    running.company.faults.clear()

    running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 480}]})
    await until_read(running, order_id, held)
    search_patiently(monkeypatch)
    still = await running.view(order_id)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    asked = await running.until(order_id, Stage.AWAITING_APPROVAL, Stage.POSTED, Stage.HELD)

    assert still is not None
    assert still.stage is Stage.HELD
    assert asked.stage is Stage.AWAITING_APPROVAL, asked.because
    assert running.orders_in_erp(order_id) == []


async def test_an_edit_while_in_doubt_of_an_order_that_did_land_is_shown_and_not_lost(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.company.faults.arm("read_lag", seconds=2)
    running.company.faults.arm("reset_after_commit", path="$batch")
    order_id, held = await held_in_doubt(running, monkeypatch)

    running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 8}]})
    await until_read(running, order_id, held)
    search_patiently(monkeypatch)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    changed = await running.until(
        order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold != held.hold
    )

    assert changed.hold is not None
    assert changed.hold.code == "changed_after_posting"
    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_document_with_a_rounding_line_is_recognised_after_a_lost_answer(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two_cents_more(order: Any) -> Any:
        return order.model_copy(update={"gross": order.gross + Decimal("0.02")})

    reads_as(monkeypatch, running, two_cents_more)
    straight = place(running)
    first = await running.until(straight, Stage.POSTED, Stage.HELD)
    running.company.faults.arm("reset_after_commit", path="$batch")

    view = await running.until(place(running), Stage.POSTED, Stage.HELD)

    assert "rounding" in first.pricing
    assert (view.stage, view.pricing) == (Stage.POSTED, "found in the ERP")


async def test_a_document_cancelled_in_the_erp_is_posted_anew_when_continued(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled_at_once(create: Create, document: SalesDocument) -> ErpDocument:
        made = await create(document)
        await erp_of(running).cancel_document(made.kind, made.entry)
        monkeypatch.setattr(erp_of(running), "create_document", create)
        return made

    around_create(monkeypatch, running, cancelled_at_once)
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    posted = await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert held.hold.code == "cancelled_in_erp"
    keys = [row["U_WebOrderId"] for row in running.orders_in_erp(order_id)]
    assert keys == [f"{running.store}:{order_id}:order:{number}" for number in (1, 2)]
    assert posted.document is not None
    assert posted.document.total == posted.total


async def test_a_draft_removed_in_the_erp_lets_the_order_be_cancelled(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    kept = {"draft_survives_change_set": True}
    async with house(temporal_server, tmp_path, company_settings=kept) as running:
        running.company.faults.arm("approval_procedure")
        order_id = place(running)
        held = await running.until(order_id, Stage.HELD)
        assert held.document is not None
        await erp_of(running).cancel_document(DocumentKind.DRAFT, held.document.entry)

        await running.update(order_id, "cancel", CANCEL)
        await running.until(order_id, Stage.CANCELLED)

        assert running.orders_in_erp(order_id) == []


async def test_a_change_while_the_document_differs_is_not_swallowed_by_the_release(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = erp_of(running)
    read = erp.read_document

    async def a_cent_more(kind: DocumentKind, entry: str) -> ErpDocument:
        document = await read(kind, entry)
        assert document.total is not None
        return document.model_copy(update={"total": document.total + Money(Decimal("0.01"), "EUR")})

    monkeypatch.setattr(erp, "read_document", a_cent_more)
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)
    running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 60}]})
    await until_read(running, order_id, held)

    await running.update(order_id, "release", Asked(by="olga", reason="one cent is fine"))

    async def next_hold() -> OrderView | None:
        view = await running.view(order_id)
        return view if view and view.hold and view.hold.code != "document_differs" else None

    changed = await eventually(next_hold)
    assert changed.hold is not None
    assert changed.hold.code == "changed_after_posting"
