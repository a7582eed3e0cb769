"""Returns: nine shapes of refund with their papers in the ERP; what does not fit is refused and says why."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.life import Asked, OrderView
from domain.policy import Goods, PaperKind
from domain.returning import ENDED, ReturnAsked, ReturnedLine, ReturnStage, ReturnView
from domain.stages import Stage
from sandbox import easypost
from sandbox.serving import serving
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.test_following import posted
from workflows.return_life import return_id

RED = "WINE-RED-75"
BY_OLGA = Asked(by="olga", reason="as agreed")


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


@dataclass
class Sold:
    """A shipped and invoiced order of six bottles, and its numbers."""

    running: House
    order_id: int
    entry: int
    delivery: int
    invoice: int = 0

    async def ask(self, reference: str = "R1", **facts: Any) -> OrderView:
        asked = ReturnAsked(reference=reference, by="olga", reason="corked", **facts)
        return await self.running.update(self.order_id, "ask_return", asked)

    async def until(self, *stages: ReturnStage, reference: str = "R1") -> ReturnView:
        def fits(view: OrderView) -> bool:
            return any(each.reference == reference and each.stage in stages for each in view.returns)

        view = await self.running.until(self.order_id, *Stage, where=fits)
        return next(each for each in view.returns if each.reference == reference)

    async def shows(self, kind: PaperKind, count: int) -> None:
        """Wait until the order knows of so many papers of a kind: returns are judged by what it knows."""

        def fits(view: OrderView) -> bool:
            return sum(paper.kind is kind for paper in view.papers) == count

        await self.running.until(self.order_id, *Stage, where=fits)

    def on_hand(self) -> Decimal:
        return self.running.company.staff.stock_of(RED)[0]

    def made(self, kind: str) -> int:
        return len(self.running.company.ledger.of(kind))


async def sold(running: House, *, invoiced: bool = True) -> Sold:
    order_id, entry = await posted(running)
    staff = running.company.staff
    order = Sold(running, order_id, entry, staff.deliver(entry)["DocEntry"])
    if invoiced:
        order.invoice = staff.invoice_delivery(order.delivery)["DocEntry"]
    papers = 1 + invoiced
    await running.until(order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == papers)
    return order


def bottles(count: int) -> tuple[ReturnedLine, ...]:
    return (ReturnedLine(sku=RED, quantity=Decimal(count)),)


@dataclass(frozen=True)
class Shape:
    """What is asked for, what is credited (gross), how many bottles come back into stock."""

    facts: dict[str, Any]
    credited: str
    back: int = 0
    papers: tuple[str, ...] = field(default=("credit",))


SHAPES = {
    "all pieces, back already": Shape({"lines": bottles(6), "goods": Goods.BACK}, "90.00", 6),
    "some pieces": Shape({"lines": bottles(2), "goods": Goods.BACK}, "30.00", 2),
    "pieces that are not put into stock": Shape(
        {"lines": bottles(2), "goods": Goods.BACK, "to_stock": False}, "30.00"
    ),
    "pieces that the buyer keeps": Shape({"lines": bottles(1), "goods": Goods.NONE}, "15.00"),
    "an amount alone": Shape({"amount": Decimal("7.20"), "goods": Goods.NONE}, "7.20"),
    "the shipping alone": Shape({"shipping": Decimal("6.00"), "goods": Goods.NONE}, "6.00"),
    "pieces and shipping": Shape(
        {"lines": bottles(2), "shipping": Decimal("6.00"), "goods": Goods.BACK}, "36.00", 2
    ),
}


async def test_an_amount_is_credited_with_the_taxes_of_what_was_bought(watched: House) -> None:
    order_id, entry = await posted(
        watched, lines=[{"sku": RED, "quantity": 2}, {"sku": "OLIVE-OIL-50", "quantity": 2}]
    )
    order = Sold(watched, order_id, entry, watched.company.staff.deliver(entry)["DocEntry"])
    watched.company.staff.invoice_delivery(order.delivery)
    await watched.until(order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)

    await order.ask(amount=Decimal("7.20"), goods=Goods.NONE)
    view = await order.until(*ENDED)

    assert view.stage is ReturnStage.COMPLETED, view.because
    assert view.credited is not None
    assert view.credited.amount == Decimal("7.20")
    (row,) = watched.company.documents_named("CreditNotes").table.rows()
    assert {each["VatGroup"] for each in row["DocumentLines"]} == {"A1", "A2"}


@pytest.mark.parametrize("name", SHAPES)
async def test_what_was_invoiced_is_credited(watched: House, name: str) -> None:
    shape, order = SHAPES[name], await sold(watched)
    before = order.on_hand()

    await order.ask(**shape.facts)
    view = await order.until(*ENDED)

    assert view.stage is ReturnStage.COMPLETED, view.because
    assert view.credited is not None
    assert view.credited.amount == Decimal(shape.credited)
    assert order.on_hand() - before == shape.back
    assert [paper.split()[0] for paper in view.papers] == ["credit"]
    assert order.made("credit_note") == 1


async def test_goods_that_are_on_their_way_are_credited_when_they_are_there(watched: House) -> None:
    order = await sold(watched)

    await order.ask(lines=bottles(2))
    waiting = await order.until(ReturnStage.WAITING_FOR_GOODS)
    nothing_yet = order.made("credit_note")
    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "goods_arrived", BY_OLGA)
    view = await order.until(*ENDED)

    assert waiting.papers[0].startswith("return request")
    assert nothing_yet == 0
    assert view.stage is ReturnStage.COMPLETED
    assert view.credited is not None
    assert view.credited.amount == Decimal("30.00")


async def test_what_was_shipped_and_not_invoiced_comes_back_without_money(watched: House) -> None:
    order = await sold(watched, invoiced=False)
    before = order.on_hand()

    await order.ask(lines=bottles(3), goods=Goods.BACK)
    view = await order.until(*ENDED)

    assert (view.stage, view.because) == (ReturnStage.COMPLETED, "nothing was invoiced")
    assert (view.papers[0].split()[0], view.credited) == ("return", None)
    assert order.on_hand() - before == 3


async def test_returns_of_the_same_line_never_exceed_what_was_invoiced(watched: House) -> None:
    order = await sold(watched)
    for number in (1, 2):
        await order.ask(f"R{number}", lines=bottles(3), goods=Goods.BACK)
        await order.until(*ENDED, reference=f"R{number}")

    await order.shows(PaperKind.CREDIT_NOTE, 2)
    with pytest.raises(Declined, match="1 × WINE-RED-75 are to come back; invoiced and not back are 0"):
        await order.ask("R3", lines=bottles(1), goods=Goods.BACK)

    assert order.made("credit_note") == 2


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"lines": (ReturnedLine(sku="NO-SUCH", quantity=Decimal(1)),)}, "no line NO-SUCH"),
        ({"amount": Decimal("1000"), "goods": Goods.NONE}, "is left"),
        ({"goods": Goods.NONE}, "say which pieces come back"),
        ({"amount": Decimal(5)}, "no pieces are named"),
    ],
)
async def test_what_does_not_fit_the_order_is_refused_at_once(
    watched: House, facts: dict[str, Any], says: str
) -> None:
    order = await sold(watched)

    with pytest.raises(Declined, match=says):
        await order.ask(**facts)


async def test_nothing_comes_back_before_it_was_shipped_and_nothing_twice(watched: House) -> None:
    order_id, entry = await posted(watched)
    early = Sold(watched, order_id, entry, 0)
    with pytest.raises(Declined, match="cancel it instead"):
        await early.ask(lines=bottles(1))

    order = await sold(watched)
    await order.ask(lines=bottles(1), goods=Goods.BACK)
    with pytest.raises(Declined, match="a return R1 of this order already"):
        await order.ask(lines=bottles(1), goods=Goods.BACK)


@pytest.mark.parametrize("fault", ["reset_after_commit", "error_500_before"])
async def test_a_lost_answer_makes_no_second_credit_note(watched: House, fault: str) -> None:
    order = await sold(watched)
    watched.company.faults.arm(fault, path="$batch", times=1)

    await order.ask(lines=bottles(2), goods=Goods.BACK)
    view = await order.until(*ENDED)

    assert view.stage is ReturnStage.COMPLETED
    assert order.made("credit_note") == 1


async def test_a_return_that_the_erp_refuses_waits_for_a_person(watched: House) -> None:
    order = await sold(watched)
    watched.company.closed_before = (await order_day(watched)).replace(year=2100)

    await order.ask(lines=bottles(2), goods=Goods.BACK)
    stopped = await order.until(ReturnStage.STOPPED)
    view = await watched.view(order.order_id)
    watched.company.closed_before = None
    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "continue_return", BY_OLGA)
    done = await order.until(*ENDED)

    assert stopped.because
    assert view is not None
    assert view.needs_person
    assert done.stage is ReturnStage.COMPLETED


async def order_day(running: House) -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()


async def test_a_return_is_given_up_by_a_person(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2))
    await order.until(ReturnStage.WAITING_FOR_GOODS)

    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "give_up", BY_OLGA)
    view = await order.until(*ENDED)

    assert (view.stage, view.because) == (ReturnStage.REFUSED, "given up by olga: as agreed")
    await watched.client.get_workflow_handle(return_id(watched.store, str(order.order_id), "R1")).result()
    with pytest.raises(Declined, match="no open return R1"):
        await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "give_up", BY_OLGA)


@pytest.fixture
async def labelled(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose pair has return labels printed."""
    async with serving(easypost.create_app(easypost.EasyPost())) as labels:

        def choose(raw: dict[str, Any]) -> None:
            raw["connections"]["labels"] = {
                "kind": "easypost",
                "key": "env:LABELS",
                "base_url": f"{labels}/v2",
                "settle": "1s",
            }
            back = {"company": "Cellar", "street": "1 quai Sud", "postcode": "69002", "city": "Lyon"}
            raw["pairs"]["main"]["return_address"] = {**back, "country": "FR", "phone": "+33400000000"}
            raw["pairs"]["main"]["labels"] = "labels"

        async with house(temporal_server, tmp_path, change=choose) as running:
            await running.watch_erp()
            yield running


async def test_a_return_label_is_made_once_and_kept_as_a_file(labelled: House) -> None:
    order = await sold(labelled)

    await order.ask(lines=bottles(2), label=True)
    view = await order.until(ReturnStage.WAITING_FOR_GOODS)

    assert view.label is not None
    assert view.tracking
    assert (await labelled.waybill.documents.read(view.label.sha256)).startswith(b"%PDF-")


async def test_a_label_is_not_promised_where_none_can_be_printed(watched: House) -> None:
    order = await sold(watched)

    with pytest.raises(Declined, match="no label service is set"):
        await order.ask(lines=bottles(2), label=True)


async def test_money_of_another_order_on_the_same_invoice_is_not_given_back(watched: House) -> None:
    """The ERP's people bill two orders of one buyer together."""
    first, second = [await sold(watched, invoiced=False) for _ in range(2)]
    watched.company.staff.invoice_delivery(first.delivery, second.delivery)
    for order in (first, second):
        await order.shows(PaperKind.INVOICE, 1)

    with pytest.raises(
        Declined, match=r"99\.00 are to be given back, but of what was invoiced 98\.50 EUR is"
    ):
        await first.ask(amount=Decimal("99.00"), goods=Goods.NONE)
    await first.ask(amount=Decimal("98.50"), goods=Goods.NONE)
    view = await first.until(*ENDED)

    assert view.stage is ReturnStage.COMPLETED, view.because
