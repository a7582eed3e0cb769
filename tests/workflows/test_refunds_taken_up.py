"""Several refunds of the store are taken up one after another, while the order itself goes on."""

import asyncio
from datetime import datetime
from decimal import Decimal

import pytest

from domain.fulfilment import Paper, Progress
from domain.life import Captured, OrderStart, OrderView
from domain.money import Money
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState
from domain.refunds import StoreRefund
from domain.returning import ReturnAsked, ReturnStage, ReturnView
from tests.domain.specimens import NOON, order, pair
from workflows.life import OrderLife
from workflows.refunds import Refunds
from workflows.returns import Returns
from workflows.steps import Steps
from workflows.views import view_of


def invoiced() -> Progress:
    document = ErpDocument(kind=DocumentKind.ORDER, entry="1", number="1", state=ErpState.OPEN)
    bill = Paper(
        kind=PaperKind.INVOICE, entry="1", number="1", on=NOON.date(), total=Money(Decimal(72), "EUR")
    )
    return Progress(document=document, papers=(bill,))


def waiting(*references: str) -> OrderLife:
    """Return an order that is invoiced by now, with refunds that waited for it."""
    life = OrderLife.begun(OrderStart(connection="shop", store_order_id="1042"), NOON)
    life.take(Captured(order=order(), pair=pair()))
    life.progress = invoiced()
    life.document = life.progress.document
    for name in references:
        life.waiting_refunds[name] = StoreRefund(reference=name, amount=Decimal(5))
        life.returns[name] = ReturnView(reference=name, stage=ReturnStage.REGISTERED, since=NOON)
    return life


class WhileCancelled(Returns):
    """The order is cancelled while its first return is started: what the ERP shows is read anew."""

    def __init__(self, life: OrderLife) -> None:
        super().__init__(life)
        self._order = life

    async def start(self, asked: ReturnAsked, asked_as: str = "") -> None:
        """Start nothing; it only takes its time."""
        self._order.returns[asked.reference] = ReturnView(
            reference=asked.reference, asked_as=asked_as, stage=ReturnStage.CREDITING, since=NOON
        )
        self._order.progress = None
        await asyncio.sleep(0)


class Silent(Steps):
    """Records nothing."""

    def __init__(self, life: OrderLife) -> None:
        super().__init__(life)
        self._order = life

    async def record(self) -> OrderView:
        """Leave the records alone."""
        return view_of(self._order)


async def all_done() -> None:
    """Wait for whatever was begun."""
    me = asyncio.current_task()
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not me))


async def test_a_refund_is_not_refused_for_what_is_only_being_read_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def noon() -> datetime:
        return NOON

    monkeypatch.setattr("temporalio.workflow.now", noon)
    life = waiting("slip-1", "slip-2")
    refunds = Refunds(life, Silent(life), WhileCancelled(life))

    refunds.start()
    await all_done()
    kept = tuple(life.waiting_refunds)
    life.progress = invoiced()
    refunds.start()
    await all_done()

    assert kept == ("slip-2",)
    assert [view.stage for view in life.returns.values()] == [ReturnStage.CREDITING] * 2
