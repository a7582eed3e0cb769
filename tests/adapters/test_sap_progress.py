"""The whole picture of an order of SAP Business One beyond the suite: other fields, kinds and currencies."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.erps.sap_business_one.papers import tracking_numbers
from domain.errors import Passing
from domain.fulfilment import Delivery, Picking, delivery_of
from domain.money import Money
from domain.order import Charge
from domain.policy import DocumentKind, PaperKind
from domain.returns import TakeBack, left_to_credit
from sandbox.sap_business_one import open_desk
from tests.adapters.erp_conformance_after import posted
from tests.adapters.erp_conformance_bench import document, line, order
from tests.adapters.erp_conformance_returns_bench import pieces, refund, wanted
from tests.adapters.sap_after_bench import SapAfterBench, sap_after_bench

ORDER = DocumentKind.ORDER


@pytest.fixture
async def bench() -> AsyncIterator[SapAfterBench]:
    async with sap_after_bench() as bench:
        yield bench


async def test_tracking_numbers_come_from_the_field_that_is_set() -> None:
    async with sap_after_bench(tracking_field="U_Parcels") as bench:
        made = await posted(bench)
        async with open_desk(bench.company) as desk:
            field = {"TableName": "ODLN", "Name": "Parcels", "Type": "db_Alpha", "Size": 200}
            await desk.post("UserFieldsMD", field)
            delivery = bench.ship(made.entry, tracking="not here")
            await desk.patch(f"DeliveryNotes({delivery})", {"U_Parcels": "1Z1; 1Z2 1Z1"})
        (paper,) = (await bench.after.progress(ORDER, made.entry)).papers

    assert paper.tracking == ("1Z1", "1Z2")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", ()), (" ; ", ()), ("1Z1", ("1Z1",)), ("1Z1,1Z2\n1Z3|1Z1", ("1Z1", "1Z2", "1Z3"))],
)
def test_tracking_numbers_are_split(text: str, numbers: tuple[str, ...]) -> None:
    assert tracking_numbers(text) == numbers


async def test_unknown_carrier_has_no_name_and_known_ones_are_asked_once(bench: SapAfterBench) -> None:
    made = await posted(bench)
    bench.ship(made.entry, {0: Decimal(1)}, carrier="Post")
    first = await bench.after.progress(ORDER, made.entry)
    second = await bench.after.progress(ORDER, made.entry)

    asked = [entry for entry in bench.company.ledger.of("request") if entry["path"] == "ShippingTypes"]
    assert first.papers[0].carrier == second.papers[0].carrier == "Post"
    assert len(asked) == 1


async def test_picture_takes_few_requests(bench: SapAfterBench) -> None:
    made = await posted(bench)
    bench.invoice(bench.ship(made.entry))
    await bench.after.progress(ORDER, made.entry)
    before = bench.requests_seen()

    await bench.after.progress(ORDER, made.entry)

    assert bench.requests_seen() - before <= 3


async def test_extra_lines_are_no_pieces_to_pick_or_ship(bench: SapAfterBench) -> None:
    placed = order(
        line("WINE-RED-75", "5"), wrapping=Charge(net=Decimal(5), gross=Decimal(6), tax_rate=Decimal(20))
    )
    made = await bench.erp.create_document(document(bench.erp, placed))
    bench.pick(made.entry, {0: Decimal(5)})

    assert (await bench.after.progress(ORDER, made.entry)).picking is Picking.PICKED


async def test_quotation_is_followed_through_its_order(bench: SapAfterBench) -> None:
    made = await bench.erp.create_document(document(bench.erp, kind=DocumentKind.QUOTATION))
    lines = [{"BaseType": 23, "BaseEntry": int(made.entry), "BaseLine": number} for number in (0, 1)]
    with bench.company.transaction():
        ordered = bench.company.orders.create(
            {"CardCode": "C20000", "DocDueDate": "2026-01-20", "DocumentLines": lines}
        )
    bench.ship(str(ordered["DocEntry"]))

    found = await bench.after.progress(DocumentKind.QUOTATION, made.entry)

    assert [paper.kind for paper in found.papers] == [PaperKind.DELIVERY]
    assert delivery_of(found) is Delivery.SHIPPED


async def test_draft_has_nothing_behind_it(bench: SapAfterBench) -> None:
    made = await bench.erp.create_document(document(bench.erp, kind=DocumentKind.DRAFT))

    assert (await bench.after.progress(DocumentKind.DRAFT, made.entry)).papers == ()


async def test_lost_key_is_made_good_by_the_lines(bench: SapAfterBench) -> None:
    made = await posted(bench)
    delivery = bench.ship(made.entry)
    async with open_desk(bench.company) as desk:
        await desk.patch(f"DeliveryNotes({delivery})", {"U_WebOrderId": ""})

    found = await bench.after.progress(ORDER, made.entry)

    assert [paper.entry for paper in found.papers] == [delivery]


async def foreign(bench: SapAfterBench) -> tuple[Any, str]:
    """Post, deliver and invoice an order in dollars."""
    placed = order(line("WINE-RED-75", "2", currency_rate="1.10"), currency="USD", shipping=Charge())
    made = await bench.erp.create_document(document(bench.erp, placed))
    return made, f"invoice:{bench.invoice(bench.ship(made.entry))}"


async def test_amounts_are_in_the_order_currency(bench: SapAfterBench) -> None:
    made, invoice = await foreign(bench)

    paper = await bench.care.take_back(wanted(made, pieces(invoice, "1")))
    found = await bench.after.progress(ORDER, made.entry)

    shipped = found.of_kind(PaperKind.DELIVERY)[0]
    assert found.of_kind(PaperKind.INVOICE)[0].total == Money.parse("33.00 USD")
    assert (shipped.total, shipped.open) == (Money.parse("33.00 USD"), None)
    assert paper.total == Money.parse("16.50 USD")
    assert left_to_credit(found) == Money.parse("16.50 USD")


async def test_document_discount_lessens_what_is_credited_and_not_the_money_beside_it(
    bench: SapAfterBench,
) -> None:
    made = await posted(bench)
    delivery = bench.ship(made.entry, {0: Decimal(4)})
    async with open_desk(bench.company) as desk:
        await desk.patch(f"DeliveryNotes({delivery})", {"DiscountPercent": 10})
    invoice = f"invoice:{bench.invoice(delivery)}"
    total = (await bench.after.progress(ORDER, made.entry)).of_kind(PaperKind.INVOICE)[0].total
    assert total == Money.parse("54.00 EUR")

    goods = await bench.care.take_back(wanted(made, pieces(invoice, "1")))
    mixed = await bench.care.take_back(
        wanted(made, pieces(invoice, "1"), amounts=(refund("6.00"),), number="2")
    )

    assert goods.total == Money.parse("13.50 EUR")
    assert mixed.total == Money.parse("19.50 EUR")


@pytest.mark.parametrize("fault", ["session_expired", "bad_gateway_html", "reset_before"])
async def test_trouble_while_reading_the_picture_passes(bench: SapAfterBench, fault: str) -> None:
    made = await posted(bench)
    bench.ship(made.entry)
    bench.company.faults.arm(fault, path="DeliveryNotes")
    try:
        found = await bench.after.progress(ORDER, made.entry)
    except Passing:
        found = await bench.after.progress(ORDER, made.entry)

    assert delivery_of(found) is Delivery.SHIPPED


async def test_session_that_ends_before_a_credit_note_is_renewed(bench: SapAfterBench) -> None:
    made = await posted(bench)
    invoice = f"invoice:{bench.invoice(bench.ship(made.entry))}"
    asked: TakeBack = wanted(made, pieces(invoice, "1"))
    bench.company.faults.arm("session_expired", path="CreditNotes", method="POST")

    assert (await bench.care.take_back(asked)).total == Money.parse("15.00 EUR")
    assert bench.papers_made(PaperKind.CREDIT_NOTE) == 1
