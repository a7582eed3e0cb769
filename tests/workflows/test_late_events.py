"""What comes after an order's life was over opens it again, or holds it; once, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.life import Asked, OrderView
from domain.order import order_workflow_id
from domain.policy import Goods
from domain.returning import ENDED, ReturnAsked, ReturnStage, ReturnView
from domain.stages import Stage
from records.inbox import Delivery, InboxState, Source
from starter.composition import intake_of
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.test_following import posted
from tests.workflows.test_returns import RED, bottles

DELIVERED = 5
"""The shop's status."""
BY_OLGA = Asked(by="olga", reason="as agreed")


@pytest.fixture
async def short(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose orders end soon after they were shipped, and that tells all it can."""

    def choose(raw: dict[str, Any]) -> None:
        pair = raw["pairs"]["main"]
        pair.update(return_window="1s", status_when_shipped="4", publish_stock=True, documents=["invoice"])
        pair.update(register_payments=True, promises={"shipped": "1s"})
        raw["connections"][pair["erp"]]["bank_account"] = "_SYS00000000001"
        raw["notices"] = [{"event": ["shipped", "delivered", "invoiced", "credited"], "audience": "customer"}]

    async with house(temporal_server, tmp_path, change=choose, printing=True) as running:
        await running.watch_erp()
        yield running


@dataclass
class Over:
    """A completed order of six bottles, and its numbers in the ERP."""

    running: House
    order_id: int
    entry: int
    delivery: int
    invoice: int
    ended: OrderView

    async def runs(self) -> int:
        """Return how often the order's workflow was begun."""
        name = order_workflow_id(self.running.store, str(self.order_id))
        found = self.running.client.list_workflows(f"WorkflowId = '{name}'")
        return len([each async for each in found])

    async def runs_are(self, count: int) -> None:
        """Wait until the order's workflow was begun so often, and is over."""

        async def look() -> bool | None:
            return await self.runs() >= count or None

        await eventually(look)
        await self.closed()

    async def closed(self) -> OrderView:
        """Wait until the order's latest run is over, and return what is recorded."""

        async def look() -> bool | None:
            shown = await self.running.handle(self.order_id).describe()
            return shown.status is not WorkflowExecutionStatus.RUNNING or None

        await eventually(look)
        view = await self.running.view(self.order_id)
        assert view is not None
        return view

    async def returned(self, reference: str, *stages: ReturnStage) -> ReturnView:
        def fits(view: OrderView) -> bool:
            return any(each.reference == reference and each.stage in stages for each in view.returns)

        view = await self.running.until(self.order_id, *Stage, where=fits)
        return next(each for each in view.returns if each.reference == reference)

    def written(self) -> tuple[int, int, int]:
        """Return how many orders the ERP has of it, statuses the shop, and mails the customer."""
        statuses = self.running.shop.state.tables["order_histories"].find(id_order=self.order_id)
        mails = len(self.running.mailbox.mails)
        return len(self.running.orders_in_erp(self.order_id)), len(statuses), mails


async def over(running: House, **facts: Any) -> Over:
    order_id, entry = await posted(running, **facts)
    delivery = running.company.staff.deliver(entry)["DocEntry"]
    invoice = running.company.staff.invoice_delivery(delivery)["DocEntry"]
    ended = await running.until(order_id, Stage.COMPLETED, where=lambda view: len(view.documents) == 1)
    order = Over(running, order_id, entry, delivery, invoice, ended)
    # A task of the workflow that was taken anew recorded the end a little later.
    order.ended = await order.closed()
    await running.mailbox.arrived(2)
    return order


async def come_in(running: House, order_id: int, kind: str, delivery: str) -> str:
    """Take in an event as if the shop had sent it, and return what became of it."""
    event = Delivery(
        connection=running.store,
        delivery=delivery,
        source=Source.WEBHOOK,
        kind=kind,
        order_id=str(order_id),
    )
    before = await running.waybill.inbox.counts()
    await running.waybill.inbox.accept(event, datetime.now(UTC))
    await intake_of(running.waybill, lambda: running.client).drain()

    async def settled() -> str | None:
        counts = await running.waybill.inbox.counts()
        return next((state for state in counts if counts[state] > before.get(state, 0)), None)

    return await eventually(settled)


async def test_a_return_of_a_completed_order_is_credited_and_the_order_ends_again(short: House) -> None:
    order = await over(short)
    before = order.written()

    asked = ReturnAsked(reference="R1", lines=bottles(2), goods=Goods.BACK, by="olga")
    await short.update(order.order_id, "ask_return", asked)
    done = await order.returned("R1", *ENDED)
    view = await short.until(order.order_id, Stage.COMPLETED, where=lambda view: len(view.papers) == 3)
    await order.closed()
    await short.mailbox.arrived(before[2] + 1)

    assert (done.stage, done.credited and done.credited.amount) == (ReturnStage.COMPLETED, Decimal("30.00"))
    assert view.document == order.ended.document
    orders, statuses, mails = order.written()
    assert (orders, statuses) == before[:2]
    assert mails == before[2] + 1
    assert "avoir" in short.mailbox.mails[-1].subject
    deeds = [deed.what for deed in await short.waybill.orders.audit(short.store, str(order.order_id))]
    assert deeds.count("opened the order again") == 1


async def test_a_completed_order_refuses_what_does_not_fit_and_stays_as_it_was(short: House) -> None:
    order = await over(short)

    asked = ReturnAsked(reference="R1", lines=bottles(1), amount=Decimal(1000), by="olga")
    with pytest.raises(Declined, match="is left"):
        await short.update(order.order_id, "ask_return", asked)
    view = await order.closed()

    assert (view.stage, view.since, view.because) == (
        Stage.COMPLETED,
        order.ended.since,
        order.ended.because,
    )
    assert view.returns == ()


async def test_two_asking_at_once_for_the_same_return_open_one(short: House) -> None:
    order = await over(short)
    asked = ReturnAsked(reference="R1", lines=bottles(2), goods=Goods.BACK, by="olga")

    answers = await asyncio.gather(
        *(short.update(order.order_id, "ask_return", asked) for _ in range(2)), return_exceptions=True
    )
    await order.returned("R1", *ENDED)

    refused = [answer for answer in answers if isinstance(answer, Declined)]
    assert [str(each) for each in refused] == ["there is a return R1 of this order already"]
    assert len(short.company.ledger.of("credit_note")) == 1


async def test_an_order_of_which_nothing_is_kept_refuses_a_return(short: House) -> None:
    asked = ReturnAsked(reference="R1", lines=bottles(2), by="olga")

    with pytest.raises(Declined, match="nothing is kept of the order"):
        await short.update(999_999, "ask_return", asked)


@pytest.mark.parametrize("fault", ["", "webhook_double", "webhook_double_new_id"])
async def test_a_late_refund_of_the_shop_becomes_one_return(short: House, fault: str) -> None:
    order = await over(short)
    if fault:
        short.shop.faults.arm(fault, path="order.refunded")

    slip = short.shop.refund(order.order_id, {"lines": [{"sku": RED, "quantity": 1}]})
    done = await order.returned(f"slip-{slip}", *ENDED)
    await short.shop.webhooks.drained()
    await short.until(order.order_id, Stage.COMPLETED, where=lambda view: len(view.papers) == 3)
    view = await order.closed()

    assert done.stage is ReturnStage.COMPLETED, done.because
    assert [each.reference for each in view.returns] == [f"slip-{slip}"]
    assert len(short.company.ledger.of("credit_note")) == 1


async def test_an_old_event_of_the_order_s_creation_starts_nothing(short: House) -> None:
    order = await over(short)
    runs = await order.runs()

    became = await come_in(short, order.order_id, "order.created", "delivered-weeks-later")

    assert became == InboxState.LATE.value
    assert await order.runs() == runs
    assert await short.view(order.order_id) == await order.closed()


async def test_an_event_that_changes_nothing_leaves_the_order_completed(short: House) -> None:
    order = await over(short)
    before = order.written()

    became = await come_in(short, order.order_id, "order.status_changed", "some-status")
    view = await order.closed()

    assert became == InboxState.STARTED.value
    assert (view.stage, view.since) == (Stage.COMPLETED, order.ended.since)
    assert order.written() == before


async def test_an_arrival_that_nobody_saw_is_not_told_late(short: House) -> None:
    order = await over(short)
    mails = order.written()[2]

    short.shop.set_state(order.order_id, DELIVERED)
    await order.runs_are(2)
    asked = ReturnAsked(reference="R1", amount=Decimal(5), goods=Goods.NONE, by="olga")
    await short.update(order.order_id, "ask_return", asked)
    await order.returned("R1", *ENDED)
    done = await order.closed()
    told = await short.mailbox.arrived(mails + 1)

    assert done.stage is Stage.COMPLETED
    assert ["avoir" in mail.subject for mail in told[mails:]] == [True]


async def test_a_late_change_in_the_shop_holds_the_order(short: House) -> None:
    order = await over(short)

    short.shop.edit(order.order_id, {"lines": [{"sku": RED, "quantity": 7}]})
    held = await short.until(order.order_id, Stage.HELD)
    await short.update(order.order_id, "release", BY_OLGA)
    await short.until(order.order_id, Stage.COMPLETED)

    assert held.hold is not None
    assert held.hold.code == "changed_after_posting"
    assert held.needs_person


async def test_a_late_payment_is_entered_once(short: House) -> None:
    order = await over(short, module="ps_cashondelivery")

    short.shop.pay(order.order_id)

    async def entered() -> list[str] | None:
        deeds = await short.waybill.orders.audit(short.store, str(order.order_id))
        return [deed.what for deed in deeds if deed.what == "entered the payment"] or None

    deeds = await eventually(entered)
    await short.until(order.order_id, Stage.COMPLETED)
    await come_in(short, order.order_id, "order.paid", "said-once-more")
    await order.closed()

    assert await entered() == deeds
    assert len(short.company.ledger.of("payment")) == 1


async def test_a_return_that_the_buyer_asks_for_late_is_shown_to_the_order_desk(short: House) -> None:
    order = await over(short)

    number = short.shop.ask_for_return(order.order_id)
    held = await short.until(order.order_id, Stage.HELD)
    asked = ReturnAsked(reference="R1", lines=bottles(2), goods=Goods.BACK, by="olga")
    await short.update(order.order_id, "ask_return", asked)
    await order.returned("R1", *ENDED)
    await short.update(order.order_id, "release", BY_OLGA)
    done = await short.until(order.order_id, Stage.COMPLETED)

    assert held.hold is not None
    assert held.hold.code == "return_wanted"
    assert f"return {number}" in held.hold.sentence
    assert [each.reference for each in done.returns] == ["R1"]


async def test_a_late_credit_note_of_the_erp_holds_the_order_until_a_person_saw_it(short: House) -> None:
    order = await over(short)
    mails = order.written()[2]

    short.company.staff.credit_invoice(order.invoice, {0: Decimal(1)})
    held = await short.until(order.order_id, Stage.HELD)
    await short.update(order.order_id, "release", BY_OLGA)
    done = await short.until(order.order_id, Stage.COMPLETED, where=lambda view: len(view.papers) == 3)
    await order.closed()
    await short.mailbox.arrived(mails + 1)

    assert held.hold is not None
    assert held.hold.code == "changed_after_end"
    assert "credit note" in held.hold.sentence
    assert "15.00 EUR" in held.hold.sentence
    assert done.hold is None
    assert order.written()[2] == mails + 1
    assert await short.waybill.strays.all() == ()


async def test_a_late_cancelled_delivery_lets_the_order_be_followed_again(short: House) -> None:
    order_id, entry = await posted(short)
    delivery = short.company.staff.deliver(entry)
    await short.until(order_id, Stage.COMPLETED)

    short.company.staff.cancel_delivery(delivery["DocEntry"])
    held = await short.until(order_id, Stage.HELD)
    await short.update(order_id, "release", BY_OLGA)
    await short.until(order_id, Stage.PICKING)
    short.company.staff.deliver(entry)
    await short.until(order_id, Stage.COMPLETED)

    assert held.hold is not None
    assert held.hold.code == "changed_after_end"
    assert len(short.orders_in_erp(order_id)) == 1


async def test_an_order_cancelled_here_and_opened_in_the_erp_again_is_shown_and_never_posted_anew(
    short: House,
) -> None:
    order_id, entry = await posted(short)
    delivery = short.company.staff.deliver(entry, {0: Decimal(2)})
    short.company.staff.return_goods(delivery["DocEntry"])
    await short.until(order_id, Stage.PICKING, where=lambda view: len(view.papers) == 2)
    await short.update(order_id, "cancel", BY_OLGA)
    ended = await short.until(order_id, Stage.CANCELLED)

    with short.company.transaction():
        known = short.company.documents_named("Orders")
        known.act(known.row(entry), "Reopen")
    held = await short.until(order_id, Stage.HELD)
    with pytest.raises(Declined, match="cancelled already"):
        await short.update(order_id, "cancel", BY_OLGA)
    await short.update(order_id, "release", BY_OLGA)
    again = await short.until(order_id, Stage.CANCELLED)

    assert held.hold is not None
    assert held.hold.code == "changed_after_end"
    assert held.broken_promises == ()
    assert again.document == ended.document
    assert len(short.orders_in_erp(order_id)) == 1


async def test_a_lost_answer_in_a_second_life_writes_nothing_twice(short: House) -> None:
    order = await over(short)
    asked = ReturnAsked(reference="R1", lines=bottles(2), goods=Goods.BACK, by="olga")
    short.company.faults.arm("reset_after_commit", path="$batch", times=1)

    await short.update(order.order_id, "ask_return", asked)
    done = await order.returned("R1", *ENDED)
    view = await order.closed()

    assert done.stage is ReturnStage.COMPLETED
    assert len(view.papers) == 3
    assert len(short.company.ledger.of("credit_note")) == 1
