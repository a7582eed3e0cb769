"""What every ERP tells after the order: hints that never miss a change, and the whole picture on asking."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import Protocol

import pytest

from adapters.fulfilment_port import ErpChanges, FulfilmentPort
from domain.errors import NotFound
from domain.fulfilment import Delivery, Picking, Progress, delivery_of
from domain.money import Money
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState
from tests.adapters.erp_conformance_bench import ErpBench, document, line, needs, order

ORDER = DocumentKind.ORDER


class AfterBench(ErpBench, Protocol):
    """What the ERP's own people do with an order; entries are documents' ids, lines count from 0."""

    @property
    def after(self) -> FulfilmentPort:
        """The adapter."""

    def pick(self, entry: str, quantities: Mapping[int, Decimal] | None = None) -> None:
        """Take an order's goods from the shelves."""

    def ship(
        self,
        entry: str,
        quantities: Mapping[int, Decimal] | None = None,
        *,
        tracking: str = "",
        carrier: str = "",
    ) -> str:
        """Deliver; return the delivery's id. `carrier` is a name the ERP knows."""

    def invoice(self, delivery: str) -> str:
        """Invoice a delivery; return the invoice's id."""

    def invoice_order(self, entry: str) -> str:
        """Invoice an order directly, which takes the goods too; return the invoice's id."""

    def credit(self, invoice: str, quantities: Mapping[int, Decimal] | None = None) -> str:
        """Credit an invoice and take the goods back; return the credit note's id."""

    def take_back(self, delivery: str, quantities: Mapping[int, Decimal] | None = None) -> str:
        """Take goods of a delivery back; return the return's id."""

    def close_order(self, entry: str) -> None:
        """Close what is open of an order."""

    def cancel_order(self, entry: str) -> None:
        """Cancel an order."""

    def cancel_delivery(self, delivery: str) -> None:
        """Cancel a delivery."""

    def foreign_order(self) -> str:
        """Enter an order no store is behind; return its id."""

    def show_late(self, seconds: float) -> None:
        """Let what the next action writes become visible later than its time stamp says."""

    def requests_seen(self) -> int:
        """Tell how many requests the ERP has answered."""

    def reader(self) -> AbstractAsyncContextManager[FulfilmentPort]:
        """Open a second adapter, which knows nothing but a cursor."""


async def posted(bench: AfterBench, number: int = 1042, quantity: str = "5") -> ErpDocument:
    """Post an order of two lines."""
    placed = order(line("WINE-RED-75", quantity), line("OLIVE-OIL-50", "3", 2), number=number)
    return await bench.erp.create_document(document(bench.erp, placed))


async def drained(port: FulfilmentPort, cursor: Mapping[str, str]) -> ErpChanges:
    """Read to the end; return all hints and the last cursor."""
    page = await port.changes(cursor)
    hints = list(page.hints)
    while page.more:
        page = await port.changes(page.cursor)
        hints += page.hints
    return page.model_copy(update={"hints": tuple(hints)})


def named(changes: ErpChanges) -> set[str]:
    """Return the first words of what is hinted."""
    return {hint.what.rsplit(" ", 1)[0] for hint in changes.hints}


class Changes:
    """The change feed."""

    async def test_feed_starts_with_what_comes_later(self, bench: AfterBench) -> None:
        await posted(bench)

        first = await bench.after.changes({})
        second = await bench.after.changes(first.cursor)

        assert first.hints == second.hints == ()
        assert not first.more

    async def test_delivery_hints_at_its_order(self, bench: AfterBench) -> None:
        made = await posted(bench)
        start = (await bench.after.changes({})).cursor
        bench.ship(made.entry, {0: Decimal(1)})

        seen = await drained(bench.after, start)
        again = await drained(bench.after, seen.cursor)

        assert "delivery" in named(seen)
        assert {(hint.kind, hint.entry, hint.key) for hint in seen.hints} == {(ORDER, made.entry, made.key)}
        assert again.hints == ()

    @pytest.mark.parametrize("kind", ["invoice", "credit note", "return", "pick list", "cancelled delivery"])
    async def test_each_kind_of_document_hints_at_its_order(self, bench: AfterBench, kind: str) -> None:
        needs(bench, kind)
        made = await posted(bench)
        delivery = bench.ship(made.entry, {0: Decimal(2)})
        invoice = bench.invoice(delivery) if kind == "credit note" else ""
        start = (await bench.after.changes({})).cursor
        if kind == "invoice":
            bench.invoice(delivery)
        elif kind == "credit note":
            bench.credit(invoice)
        elif kind == "return":
            bench.take_back(delivery)
        elif kind == "pick list":
            bench.pick(made.entry)
        else:
            bench.cancel_delivery(delivery)

        seen = await drained(bench.after, start)

        assert {(hint.entry, hint.key) for hint in seen.hints} == {(made.entry, made.key)}
        assert kind.removeprefix("cancelled ") in named(seen)

    @pytest.mark.parametrize("end", ["close", "cancel"])
    async def test_end_of_an_order_is_hinted(self, bench: AfterBench, end: str) -> None:
        made = await posted(bench)
        start = (await bench.after.changes({})).cursor
        (bench.close_order if end == "close" else bench.cancel_order)(made.entry)

        seen = await drained(bench.after, start)

        assert [(hint.entry, hint.key) for hint in seen.hints] == [(made.entry, made.key)]

    async def test_picking_goes_on_within_one_state(self, bench: AfterBench) -> None:
        made = await posted(bench)
        bench.pick(made.entry, {0: Decimal(1)})
        start = (await bench.after.changes({})).cursor
        bench.pick(made.entry, {0: Decimal(2)})

        assert "pick list" in named(await drained(bench.after, start))

    async def test_order_of_no_store_is_left_out(self, bench: AfterBench) -> None:
        start = (await bench.after.changes({})).cursor
        foreign = bench.foreign_order()
        bench.pick(foreign)
        bench.invoice(bench.ship(foreign))

        assert (await drained(bench.after, start)).hints == ()

    async def test_change_that_shows_late_is_not_passed_over(self, bench: AfterBench) -> None:
        needs(bench, "late stamps")
        made, other = await posted(bench), await posted(bench, 1043)
        start = (await bench.after.changes({})).cursor
        bench.show_late(0.3)
        bench.ship(made.entry)
        bench.ship(other.entry)

        seen = await drained(bench.after, start)
        keys = {hint.key for hint in seen.hints}
        while made.key not in keys:
            seen = await drained(bench.after, seen.cursor)
            keys |= {hint.key for hint in seen.hints}

        assert keys == {made.key, other.key}

    async def test_another_reader_goes_on_from_the_cursor(self, bench: AfterBench) -> None:
        made = await posted(bench)
        bench.ship(made.entry, {0: Decimal(1)})
        start = (await bench.after.changes({})).cursor
        bench.ship(made.entry, {0: Decimal(1)})

        async with bench.reader() as other:
            seen = await drained(other, start)

        assert [hint.key for hint in seen.hints if hint.what.startswith("delivery")] == [made.key]

    async def test_many_changes_come_in_pages_and_whole(self, bench: AfterBench) -> None:
        orders = [await posted(bench, 2000 + number, "1") for number in range(3)]
        start = (await bench.after.changes({})).cursor
        for made in orders:
            for _ in range(1, 4):
                bench.ship(made.entry, {1: Decimal(1)})

        seen = await drained(bench.after, start)

        deliveries = [hint for hint in seen.hints if hint.what.startswith("delivery")]
        assert sorted({hint.key for hint in deliveries}) == sorted(made.key for made in orders)
        assert len({hint.what for hint in deliveries}) == 9

    async def test_idle_poll_is_cheap(self, bench: AfterBench) -> None:
        await posted(bench)
        start = (await bench.after.changes({})).cursor
        start = (await bench.after.changes(start)).cursor
        before = bench.requests_seen()

        await bench.after.changes(start)

        assert bench.requests_seen() - before <= 5


class Pictures:
    """The whole picture of an order."""

    async def picture(self, bench: AfterBench, made: ErpDocument) -> Progress:
        """Read it."""
        return await bench.after.progress(ORDER, made.entry)

    async def test_untouched_order_has_nothing_behind_it(self, bench: AfterBench) -> None:
        made = await posted(bench)

        found = await self.picture(bench, made)

        assert (found.document.key, found.document.state) == (made.key, ErpState.OPEN)
        assert (found.picking, found.papers, found.to_ship) == (Picking.NOT_RELEASED, (), Decimal(8))
        assert delivery_of(found) is Delivery.OPEN

    async def test_picking_is_seen(self, bench: AfterBench) -> None:
        made = await posted(bench)

        bench.pick(made.entry, {0: Decimal(1)})
        assert (await self.picture(bench, made)).picking is Picking.PARTLY_PICKED
        bench.pick(made.entry)
        assert (await self.picture(bench, made)).picking is Picking.PICKED

    async def test_part_shipments_add_up(self, bench: AfterBench) -> None:
        made = await posted(bench)
        tracks = "tracking" not in bench.cannot
        sent = ("1Z1, 1Z2", "Parcel") if tracks else ("", "")
        first = bench.ship(made.entry, {0: Decimal(2)}, tracking=sent[0], carrier=sent[1])
        part = await self.picture(bench, made)
        bench.ship(made.entry, {0: Decimal(3), 1: Decimal(3)}, tracking="1Z3" if tracks else "")
        whole = await self.picture(bench, made)

        (paper,) = part.of_kind(PaperKind.DELIVERY)
        assert (paper.entry, paper.carrier) == (first, sent[1])
        assert paper.tracking == (("1Z1", "1Z2") if tracks else ())
        assert [(each.line_id, each.sku, each.quantity) for each in paper.lines] == [
            ("1", "WINE-RED-75", Decimal(2))
        ]
        assert paper.follows == (f"order:{made.entry}",)
        assert (part.to_ship, delivery_of(part)) == (Decimal(6), Delivery.PARTLY_SHIPPED)
        assert whole.shipped == {"WINE-RED-75": 5, "OLIVE-OIL-50": 3}
        assert delivery_of(whole) is Delivery.SHIPPED

    async def test_invoice_and_credit_note_follow_with_their_amounts(self, bench: AfterBench) -> None:
        made = await posted(bench)
        delivery = bench.ship(made.entry, {0: Decimal(2)})
        invoice = bench.invoice(delivery)
        credit = bench.credit(invoice, {0: Decimal(1)})

        found = await self.picture(bench, made)

        (bill,), (refund,) = found.of_kind(PaperKind.INVOICE), found.of_kind(PaperKind.CREDIT_NOTE)
        assert (bill.entry, bill.total) == (invoice, Money.parse("30.00 EUR"))
        # An ERP that invoices orders, not deliveries, names the order.
        assert bill.follows in ((f"delivery:{delivery}",), (f"order:{made.entry}",))
        assert bill.open == Money.parse("15.00 EUR")
        assert (refund.entry, refund.follows, refund.total) == (
            credit,
            (f"invoice:{invoice}",),
            Money.parse("15.00 EUR"),
        )
        assert [(each.line_id, each.quantity) for each in refund.lines] == [("1", Decimal(1))]

    async def test_return_follows_its_delivery(self, bench: AfterBench) -> None:
        made = await posted(bench)
        delivery = bench.ship(made.entry)
        back = bench.take_back(delivery, {1: Decimal(2)})

        (paper,) = (await self.picture(bench, made)).of_kind(PaperKind.RETURN)

        assert (paper.entry, paper.follows) == (back, (f"delivery:{delivery}",))
        assert [(each.sku, each.quantity) for each in paper.lines] == [("OLIVE-OIL-50", Decimal(2))]

    async def test_order_invoiced_at_once_is_shipped(self, bench: AfterBench) -> None:
        needs(bench, "invoice that ships")
        made = await posted(bench)
        bench.invoice_order(made.entry)

        found = await self.picture(bench, made)

        assert delivery_of(found) is Delivery.SHIPPED
        assert found.of_kind(PaperKind.INVOICE)[0].follows == (f"order:{made.entry}",)

    async def test_cancelled_delivery_stays_and_counts_for_nothing(self, bench: AfterBench) -> None:
        needs(bench, "cancelled delivery")
        made = await posted(bench)
        bench.cancel_delivery(bench.ship(made.entry))

        found = await self.picture(bench, made)

        assert [paper.cancelled for paper in found.papers] == [True]
        assert not found.shipped
        assert found.to_ship == 8
        assert delivery_of(found) is Delivery.OPEN

    async def test_ends_are_told_apart(self, bench: AfterBench) -> None:
        closed, cancelled = await posted(bench), await posted(bench, 1043)
        bench.ship(closed.entry, {0: Decimal(1)})
        bench.close_order(closed.entry)
        bench.cancel_order(cancelled.entry)

        assert delivery_of(await self.picture(bench, closed)) is Delivery.CLOSED_BY_HAND
        assert delivery_of(await self.picture(bench, cancelled)) is Delivery.CANCELLED

    async def test_unknown_order_is_not_found(self, bench: AfterBench) -> None:
        with pytest.raises(NotFound):
            await bench.after.progress(ORDER, "4711")


class AfterTheOrder(Changes, Pictures):
    """What holds for every ERP after the order."""
