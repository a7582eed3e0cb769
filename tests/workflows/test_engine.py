"""An order and the engine under it: terminated or cancelled there, failing unforeseen, grown long."""

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.corrections import Correction
from domain.errors import Refused
from domain.life import Asked, OrderView
from domain.stages import Stage
from tests.house import House, eventually
from tests.workflows.driving import erp_of, hurry, park_at_once, until_read
from tests.workflows.placing import CABINET, place

WRONG = {"sku": "WINE-RED-75", "quantity": 6, "raw": {"product_reference": "NO-SUCH"}}
CANARY = "canary@example.com"


async def held_after(running: House, order_id: int, before: OrderView) -> OrderView:
    """Wait until a later hold than the one of a view is recorded."""
    last = before.hold.number if before.hold else before.version

    def is_later(view: OrderView) -> bool:
        return view.hold is not None and view.hold.number > last

    return await running.until(order_id, Stage.HELD, where=is_later)


async def run_of(running: House, order_id: int) -> str:
    """Return the id of the run that an order lives in."""
    run_id = (await running.handle(order_id).describe()).run_id
    assert run_id
    return run_id


async def test_an_order_begun_again_after_a_termination_is_shown_as_it_is_now(running: House) -> None:
    order_id = place(running, WRONG)
    view = await running.until(order_id, Stage.HELD)
    for _ in range(3):
        await running.update(order_id, "continue_order", Asked(by="olga"))
        view = await held_after(running, order_id, view)
    await running.update(order_id, "correct", Correction(by="olga", fields={"line.1.sku": "STILL-NOT"}))
    await running.handle(order_id).terminate("an operator")

    running.shop.set_state(order_id, 3)
    again = await held_after(running, order_id, view)
    await running.update(order_id, "cancel", Asked(by="otto", reason="enough"))
    ended = await running.until(order_id, Stage.CANCELLED)

    assert again.hold is not None
    assert again.hold.codes == {"sku_unknown"}
    assert ended.because == "enough"
    audit = await running.waybill.orders.audit(running.store, str(order_id))
    assert [row.what for row in audit] == ["continued"] * 3 + ["corrected", "cancelled"]


async def test_a_posted_order_begun_again_after_a_termination_finds_its_document(running: House) -> None:
    order_id = place(running)
    before = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    await running.handle(order_id).terminate("an operator")

    running.shop.set_state(order_id, 3)
    after = await running.until(
        order_id, Stage.POSTED, where=lambda view: view.version > before.version and view.told_store
    )

    assert before.document is not None
    assert after.document is not None
    assert after.document.entry == before.document.entry
    assert len(running.orders_in_erp(order_id)) == 1


@pytest.mark.parametrize("posted", [False, True], ids=["held", "posted"])
async def test_temporals_own_cancel_cancels_the_order_as_ours_does(running: House, posted: bool) -> None:
    order_id = place(running) if posted else place(running, WRONG)
    await running.until(order_id, Stage.POSTED if posted else Stage.HELD)

    await running.handle(order_id).cancel()
    ended = await running.until(order_id, Stage.CANCELLED)

    assert "cancelled in Temporal" in ended.because
    assert len(running.company.ledger.of("cancel")) == posted
    await _completed(running, order_id)
    audit = await running.waybill.orders.audit(running.store, str(order_id))
    assert [(row.by, row.what) for row in audit] == [("temporal", "cancelled")]


async def test_temporals_own_cancel_ends_an_order_that_waits_for_an_approval(running: House) -> None:
    order_id = place(running, CABINET)
    await running.until(order_id, Stage.AWAITING_APPROVAL)

    await running.handle(order_id).cancel()
    ended = await running.until(order_id, Stage.CANCELLED)

    assert ended.approval is not None
    assert ended.approval.standing.value == "void"


async def _completed(running: House, order_id: int) -> None:
    async def look() -> bool | None:
        description = await running.handle(order_id).describe()
        return description.status is WorkflowExecutionStatus.COMPLETED or None

    await eventually(look)


async def test_what_nobody_foresaw_holds_the_order_and_leaves_no_text_in_the_history(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(skus: tuple[str, ...], warehouse: str) -> tuple[object, ...]:
        try:
            raise LookupError(f"no row for {CANARY}")
        except LookupError as cause:
            raise ValueError(f"cannot read {CANARY}") from cause

    park_at_once(monkeypatch)
    with monkeypatch.context() as broken:
        broken.setattr(erp_of(running), "items", breaks)
        order_id = place(running)
        held = await running.until(order_id, Stage.HELD)

    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert (held.hold.code, held.hold.quote) == ("bug", "ValueError")
    assert held.needs_person
    history = await running.handle(order_id).fetch_history()
    assert CANARY not in history.to_json()


async def test_the_cause_of_an_error_is_not_told_to_the_history(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(skus: tuple[str, ...], warehouse: str) -> tuple[object, ...]:
        try:
            raise LookupError(f"no row for {CANARY}")
        except LookupError as cause:
            raise Refused("the article is gone", connection=running.erp) from cause

    monkeypatch.setattr(erp_of(running), "items", refuses)
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)

    history = await running.handle(order_id).fetch_history()
    assert held.because == "the article is gone"
    assert "the article is gone" in history.to_json()
    assert CANARY not in history.to_json()


async def test_a_long_life_goes_on_in_a_new_run(running: House, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = place(running)
    before = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    first = await run_of(running, order_id)
    monkeypatch.setattr("workflows.aftercare.LONG_HISTORY", 30)

    running.shop.set_state(order_id, 3)

    async def another_run() -> str | None:
        run_id = await run_of(running, order_id)
        return run_id if run_id != first else None

    await eventually(another_run)
    after = await running.handle(order_id).query("view", result_type=OrderView)
    assert after.model_copy(update={"store_mark": before.store_mark}) == before
    running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 8}]})
    held = await running.until(order_id, Stage.HELD)
    assert held.hold is not None
    assert held.hold.code == "changed_after_posting"
    await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
    ended = await running.until(order_id, Stage.CANCELLED)

    assert ended.document is not None
    assert [str(row["DocEntry"]) for row in running.company.ledger.of("cancel")] == [ended.document.entry]
    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_long_life_is_not_carried_over_before_the_store_was_told(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    monkeypatch.setattr("workflows.aftercare.LONG_HISTORY", 30)
    running.shop.faults.arm("html_503", times=None, method="PATCH")
    order_id = place(running)
    posted = await running.until(order_id, Stage.POSTED, where=lambda view: view.trouble is not None)
    first = await run_of(running, order_id)
    running.shop.set_state(order_id, 3)
    await until_read(running, order_id, posted)
    assert await run_of(running, order_id) == first
    running.shop.faults.clear()
    await hurry(running, running.store)

    told = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    assert told.document is not None
    assert len(running.orders_in_erp(order_id)) == 1
