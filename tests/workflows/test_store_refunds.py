"""What the shop refunds by itself is credited in the ERP once, or shown with the reason why not."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.life import Asked, OrderView
from domain.returning import ENDED, ReturnStage, ReturnView
from domain.stages import Stage
from sandbox.prestashop.settings import ADAPTER_RIGHTS
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import place
from tests.workflows.test_following import posted
from tests.workflows.test_returns import RED, Sold, sold

BY_OLGA = Asked(by="olga", reason="as agreed")
Open = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def open_house(temporal_server: TemporalServer, tmp_path: Path) -> Open:
    """A house whose ERP is watched; the pair as the test says."""

    @asynccontextmanager
    async def opened(**pair: Any) -> AsyncIterator[House]:
        def choose(raw: dict[str, Any]) -> None:
            raw["pairs"]["main"].update(pair)

        async with house(temporal_server, tmp_path, change=choose) as running:
            await running.watch_erp()
            yield running

    return opened


@pytest.fixture
async def watched(open_house: Open) -> AsyncIterator[House]:
    async with open_house() as running:
        yield running


def refund(running: House, order_id: int, pieces: int = 1, **facts: Any) -> str:
    """Refund bottles, and whatever else the test says; return the name of the return that comes of it."""
    lines = [{"sku": RED, "quantity": pieces}] if pieces else []
    return f"slip-{running.shop.refund(order_id, {'lines': lines, **facts})}"


async def shown(running: House, order_id: int, reference: str, *stages: ReturnStage) -> ReturnView:
    """Wait until a return is shown in one of the stages."""

    def fits(view: OrderView) -> bool:
        return any(each.reference == reference and each.stage in stages for each in view.returns)

    view = await running.until(order_id, *Stage, where=fits)
    return next(each for each in view.returns if each.reference == reference)


def amounts(order: Sold) -> list[Decimal]:
    return [Decimal(str(note["DocTotal"])) for note in order.running.company.ledger.of("credit_note")]


async def test_refund_of_one_piece_becomes_one_credit_note(watched: House) -> None:
    order = await sold(watched)
    before = order.on_hand()

    reference = refund(watched, order.order_id)
    view = await shown(watched, order.order_id, reference, *ENDED)
    page = await watched.view(order.order_id)

    assert view.stage is ReturnStage.COMPLETED, view.because
    assert view.credited is not None
    assert (view.credited.amount, view.pieces) == (Decimal("15.00"), Decimal(1))
    assert order.on_hand() == before
    assert page is not None
    assert page.warnings == ()


@pytest.mark.parametrize("fault", ["webhook_double", "webhook_double_new_id"])
async def test_refund_that_is_told_twice_is_credited_once(watched: House, fault: str) -> None:
    order = await sold(watched)
    watched.shop.faults.arm(fault, path="order.refunded")

    reference = refund(watched, order.order_id)
    await shown(watched, order.order_id, reference, *ENDED)
    await watched.shop.webhooks.drained()
    again = refund(watched, order.order_id, 2)
    await shown(watched, order.order_id, again, *ENDED)

    assert order.made("credit_note") == 2
    view = await watched.view(order.order_id)
    assert view is not None
    assert [each.reference for each in view.returns] == [reference, again]


async def test_pieces_shipping_and_amounts_are_credited_to_the_cent(watched: House) -> None:
    order = await sold(watched)
    line = {"sku": RED, "quantity": 1, "amount": "4.99"}

    whole = refund(watched, order.order_id, 2, shipping=True)
    first = await shown(watched, order.order_id, whole, *ENDED)
    part = refund(watched, order.order_id, lines=[line])
    second = await shown(watched, order.order_id, part, *ENDED)

    (slip, _) = watched.shop.rows("order_slip", id_order=order.order_id)
    paid = slip["total_products_tax_incl"] + slip["total_shipping_tax_incl"]
    assert [each.credited.amount for each in (first, second) if each.credited] == [paid, Decimal("4.99")]


@pytest.mark.parametrize(("goods", "back"), [("back", 2), ("none", 0)])
async def test_the_pair_says_what_becomes_of_the_goods(open_house: Open, goods: str, back: int) -> None:
    async with open_house(refund_goods=goods) as running:
        order = await sold(running)
        before = order.on_hand()

        reference = refund(running, order.order_id, 2)
        view = await shown(running, order.order_id, reference, *ENDED)

        assert view.stage is ReturnStage.COMPLETED, view.because
        assert order.on_hand() - before == back


async def test_goods_that_are_to_come_are_waited_for(open_house: Open) -> None:
    async with open_house(refund_goods="coming") as running:
        order = await sold(running)

        reference = refund(running, order.order_id, 2)
        await shown(running, order.order_id, reference, ReturnStage.WAITING_FOR_GOODS)
        nothing_yet = order.made("credit_note")
        await running.desk.tell_return(
            running.store, str(order.order_id), reference, "goods_arrived", BY_OLGA
        )
        view = await shown(running, order.order_id, reference, *ENDED)

        assert (nothing_yet, view.stage) == (0, ReturnStage.COMPLETED)


async def test_refund_before_the_invoice_waits_for_it(watched: House) -> None:
    order = await sold(watched, invoiced=False)

    reference = refund(watched, order.order_id)
    waiting = await shown(watched, order.order_id, reference, ReturnStage.REGISTERED)
    watched.company.staff.invoice_delivery(order.delivery)
    view = await shown(watched, order.order_id, reference, *ENDED)

    assert waiting.because == "waits until something of the order is invoiced"
    assert view.stage is ReturnStage.COMPLETED, view.because
    assert amounts(order) == [Decimal("15.00")]


async def test_refund_that_waits_for_its_invoice_can_be_given_up(watched: House) -> None:
    order = await sold(watched, invoiced=False)
    reference = refund(watched, order.order_id)
    await shown(watched, order.order_id, reference, ReturnStage.REGISTERED)

    with pytest.raises(Declined, match="no open return slip-none"):
        await watched.desk.tell_return(watched.store, str(order.order_id), "slip-none", "give_up", BY_OLGA)
    await watched.desk.tell_return(watched.store, str(order.order_id), reference, "give_up", BY_OLGA)
    view = await shown(watched, order.order_id, reference, *ENDED)
    watched.company.staff.invoice_delivery(order.delivery)
    await watched.until(order.order_id, Stage.SHIPPED, where=lambda each: len(each.papers) == 2)

    assert view.because == "given up by olga: as agreed"
    assert order.made("credit_note") == 0


async def test_refund_before_the_order_was_posted_is_taken_up_after(watched: House) -> None:
    unknown = {"sku": RED, "quantity": 6, "raw": {"product_reference": "NO-SUCH"}}
    order_id = place(watched, unknown)
    await watched.until(order_id, Stage.HELD)

    reference = refund(watched, order_id)
    number = watched.shop.ask_for_return(order_id)
    await watched.shop.webhooks.drained()
    held = await watched.view(order_id)
    watched.shop.state.tables["order_details"].change(
        watched.shop.state.tables["order_details"].find(id_order=order_id)[0], {"product_reference": RED}
    )
    await watched.update(order_id, "continue_order", BY_OLGA)
    view = await shown(watched, order_id, reference, ReturnStage.REGISTERED)
    page = await watched.until(order_id, Stage.POSTED, where=lambda each: bool(each.warnings))

    assert held is not None
    assert (held.returns, held.warnings) == ((), ())
    assert view.because.startswith("waits until")
    assert f"the buyer asked for return {number} in the store" in page.warnings[-1]


async def test_more_than_was_invoiced_is_refused_and_shown(watched: House) -> None:
    order = await sold(watched)
    watched.company.staff.credit_invoice(order.invoice, {0: Decimal(5)})
    await watched.until(order.order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 3)

    reference = refund(watched, order.order_id, 2)
    view = await shown(watched, order.order_id, reference, *ENDED)
    watched.shop.webhooks.replay(watched.shop.webhooks.log[-1].id)
    later = refund(watched, order.order_id, 1)
    done = await shown(watched, order.order_id, later, *ENDED)

    assert view.stage is ReturnStage.REFUSED
    assert "invoiced and not back are 1" in view.because
    assert done.stage is ReturnStage.COMPLETED, done.because
    assert order.made("credit_note") == 2


async def test_amount_that_nobody_can_tell_is_a_persons_business(watched: House) -> None:
    order = await sold(watched)

    reference = refund(watched, order.order_id, chosen="12.34")
    view = await shown(watched, order.order_id, reference, *ENDED)

    assert view.stage is ReturnStage.REFUSED
    assert view.because.startswith("12.34 were given back by choice")
    assert order.made("credit_note") == 0


async def test_other_sum_in_the_erp_is_named(open_house: Open) -> None:
    async with open_house(refund_goods="back") as running:
        order_id, entry = await posted(running, vouchers=[{"percent": 10}])
        delivery = running.company.staff.deliver(entry)["DocEntry"]
        running.company.staff.invoice_delivery(delivery)
        await running.until(order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)

        reference = refund(running, order_id, 2)
        view = await shown(running, order_id, reference, *ENDED)
        page = await running.until(order_id, *Stage, where=lambda each: bool(each.warnings))

        assert view.stage is ReturnStage.COMPLETED, view.because
        assert f"the store gave 30.00 EUR back ({reference}), the ERP credited 27.00 EUR" in page.warnings


async def test_return_that_the_buyer_asks_for_is_named_and_nothing_else(watched: House) -> None:
    order = await sold(watched)

    number = watched.shop.ask_for_return(order.order_id)
    page = await watched.until(order.order_id, *Stage, where=lambda view: bool(view.warnings))

    sentence = f"the buyer asked for return {number} in the store; register it with `waybill return ask`"
    assert (page.warnings, page.returns, page.hold) == ((sentence,), (), None)
    assert not [each for each in watched.shop.ledger.of("request") if each["path"] == "/api/order_slip"]


@pytest.mark.parametrize("event", [None, 7, "order.refunded", ["order.refunded"], {"kind": {"a": 1}}, {}])
async def test_any_json_may_come_as_an_event(watched: House, event: Any) -> None:
    order_id, _ = await posted(watched)
    handle = watched.handle(order_id)

    await handle.signal("store_event", event)
    await handle.signal("store_event", {"kind": "order.return_requested", "subject": {"odd": None}})
    page = await watched.until(order_id, Stage.POSTED, where=lambda view: bool(view.warnings))

    assert "the buyer asked for return" in page.warnings[0]


async def test_refunds_that_cannot_be_read_delay_nothing_and_are_read_later(watched: House) -> None:
    order = await sold(watched, invoiced=False)
    (key,) = watched.shop.settings.keys
    without = {name: verbs for name, verbs in ADAPTER_RIGHTS.items() if name != "order_slip"}
    watched.shop.settings.keys = (key.model_copy(update={"rights": without}),)

    reference = refund(watched, order.order_id)

    async def parked() -> OrderView | None:
        view = await watched.view(order.order_id)
        return view if view and watched.store in view.waits_for else None

    await eventually(parked)
    watched.company.staff.invoice_delivery(order.delivery)
    went_on = await watched.until(order.order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)
    watched.shop.settings.keys = (key,)
    await watched.handle(order.order_id).signal("connection_is_back", watched.store)
    view = await shown(watched, order.order_id, reference, *ENDED)

    assert went_on.hold is None
    assert view.stage is ReturnStage.COMPLETED, view.because


async def test_refund_that_waits_in_vain_is_refused_when_the_order_ends(open_house: Open) -> None:
    async with open_house(return_window="3s") as running:
        order = await sold(running, invoiced=False)

        reference = refund(running, order.order_id)
        await running.until(order.order_id, Stage.COMPLETED)
        view = await shown(running, order.order_id, reference, *ENDED)

        assert (view.stage, view.because) == (
            ReturnStage.REFUSED,
            "nothing was invoiced while the order was open",
        )
