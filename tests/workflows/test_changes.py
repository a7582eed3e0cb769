"""Edits and cancellations in the store while an order is on its way, before and after posting."""

from decimal import Decimal

from domain.life import Asked
from domain.stages import Stage
from tests.house import House
from tests.workflows.placing import CABINET, place

HELD = {"sku": "WINE-RED-75", "quantity": 6, "raw": {"product_reference": "NO-SUCH"}}


async def test_an_order_edited_before_posting_is_posted_as_it_is_now(running: House) -> None:
    order_id = place(running, CABINET)
    await running.until(order_id, Stage.AWAITING_APPROVAL)

    running.shop.edit(order_id, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 2}]})
    view = await running.until(order_id, Stage.POSTED)

    assert view.document is not None
    assert [line.quantity for line in view.document.lines] == [Decimal(2)]


async def test_an_edit_in_the_store_lifts_the_hold_it_mends(running: House) -> None:
    order_id = place(running, {"sku": "DECANTER-RARE", "quantity": 1})
    await running.until(order_id, Stage.POSTED)
    running.shop.restock("DECANTER-RARE", 9)
    short = place(running, {"sku": "DECANTER-RARE", "quantity": 4})
    await running.until(short, Stage.HELD)

    running.shop.edit(short, {"lines": [{"sku": "DECANTER-RARE", "quantity": 1}]})
    await running.until(short, Stage.POSTED)


async def test_an_order_edited_after_posting_is_held_with_the_difference(running: House) -> None:
    order_id = place(running)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 8}]})
    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert view.hold.code == "changed_after_posting"
    assert [(row.asked, row.found) for row in view.hold.differences if row.what.startswith("line")] == [
        ("8 × WINE-RED-75", "6 × WINE-RED-75")
    ]
    await running.update(order_id, "release", Asked(by="olga", reason="changed in the ERP by hand"))
    await running.until(order_id, Stage.POSTED)
    assert len(running.orders_in_erp(order_id)) == 1


async def test_our_own_write_to_the_store_is_not_taken_for_a_change(running: House) -> None:
    order_id = place(running)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    running.shop.set_state(order_id, 3)
    await running.handle(order_id).query("view")
    running.shop.set_state(order_id, 3)

    view = await running.view(order_id)
    assert view is not None
    assert view.stage is Stage.POSTED


async def test_an_order_cancelled_in_the_store_before_posting_ends(running: House) -> None:
    order_id = place(running, HELD)
    await running.until(order_id, Stage.HELD)

    running.shop.cancel(order_id)
    view = await running.until(order_id, Stage.CANCELLED)

    assert "cancelled in the store" in view.because
    assert running.orders_in_erp(order_id) == []


async def test_an_order_cancelled_in_the_store_after_posting_is_cancelled_in_the_erp(running: House) -> None:
    order_id = place(running)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    running.shop.cancel(order_id)
    view = await running.until(order_id, Stage.CANCELLED)

    assert "cancelled" in view.because
    assert len(running.company.ledger.of("cancel")) == 1


async def test_a_person_cancels_before_and_after_posting(running: House) -> None:
    held, posted = place(running, HELD), place(running)
    await running.until(held, Stage.HELD)
    await running.until(posted, Stage.POSTED)

    for order_id in (held, posted):
        await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
        await running.until(order_id, Stage.CANCELLED)

    assert len(running.company.ledger.of("cancel")) == 1


async def test_a_hook_that_fires_too_early_is_waited_out(running: House) -> None:
    running.shop.settings.early_hook = True
    running.shop.settings.early_hook_seconds = 1.5

    (placed,) = await running.shop.checkout(
        {
            "customer": "anna.moreau@example.com",
            "module": "stripe_official",
            "lines": [{"sku": "GLASS-SET-4"}],
        }
    )

    await running.until(placed.id_order, Stage.POSTED)
