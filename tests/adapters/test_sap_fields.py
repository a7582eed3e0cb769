"""What mappings and rules say of a document, in the words of SAP Business One, and whether it takes it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.erps.sap_business_one.partner_mapping import customer_code
from domain.errors import BadConfiguration, FixData, Refused, WaybillError
from domain.mapping.lines import TextLine
from domain.mapping.values import FieldValue, OwnField
from domain.order import Charge
from domain.posting import LineDetails, SalesDocument
from domain.totals import Pricing
from sandbox.sap_business_one.wire import Row
from tests.adapters.erp_conformance_bench import document, order
from tests.adapters.test_sap_conformance import SapBench, sap, sap_bench
from tests.adapters.test_sap_mapping import LINE, body_of, sales_document


@pytest.fixture
async def bench() -> AsyncIterator[SapBench]:
    async with sap_bench() as bench:
        fields = bench.company.set_of("UserFieldsMD")
        for name, kind in (("Channel", "db_Alpha"), ("Weight", "db_Float"), ("Wanted", "db_Date")):
            fields.create({"TableName": "ORDR", "Name": name, "Type": kind, "Size": 10})
        fields.create({"TableName": "RDR1", "Name": "Ean", "Size": 13})
        yield bench


def own(**values: FieldValue) -> dict[str, OwnField]:
    """Return fields of the company's own."""
    return {name: OwnField.of(value) for name, value in values.items()}


def asked(bench: SapBench, **changes: Any) -> SalesDocument:
    return document(bench.erp).model_copy(update=changes)


async def posted(bench: SapBench, **changes: Any) -> Row:
    """Post a document and return it as the company keeps it; the calculation must take it as well."""
    wanted = asked(bench, **changes)
    await bench.erp.preview(wanted)
    made = await bench.erp.create_document(wanted)
    return bench.company.orders.row(int(made.entry))


async def test_own_fields_arrive_with_their_kinds(bench: SapBench) -> None:
    fields = own(U_Channel="WEB", U_Weight=Decimal("1.250"), U_Wanted=date(2026, 12, 24))
    details = {"1": LineDetails(fields=own(U_Ean="4006381333931"))}

    row = await posted(bench, fields=fields, details=details)

    assert {name: row[name] for name in fields} == {name: field.value for name, field in fields.items()}
    assert [line.get("U_Ean") for line in row["DocumentLines"]] == ["4006381333931", None]


def test_yes_and_times_are_written_as_the_company_does() -> None:
    at = datetime(2026, 12, 24, 18, 30, 5, 77, tzinfo=UTC)

    body = body_of(sales_document(fields=own(U_A=True, U_B=False, U_C=at)))

    assert (body["U_A"], body["U_B"], body["U_C"]) == ("Y", "N", "2026-12-24T18:30:05+00:00")


def test_nothing_takes_the_place_of_our_keys() -> None:
    fields = own(U_WebOrderId="other", U_WebLineId="other")

    body = body_of(sales_document(fields=fields, details={"13579": LineDetails(fields=fields)}))

    assert body["U_WebOrderId"] == "shop:1042:order:1"
    assert body["DocumentLines"][0]["U_WebLineId"] == "13579"


async def test_codes_of_the_header_are_written(bench: SapBench) -> None:
    async with sap(bench.url, series={"web": 78}, carriers={"dhl": 2}, payment_terms={"net14": 1}) as erp:
        bench.erp = erp
        row = await posted(bench, series="web", carrier="dhl", terms="net14", payment_method="CARD")

    assert (row["Series"], row["TransportationCode"], row["PaymentGroupCode"]) == (78, 2, 1)
    assert row["PaymentMethod"] == "CARD"


async def test_codes_of_a_line_are_written(bench: SapBench) -> None:
    said = LineDetails(description="Engraved", warehouse="02", tax_code="A2", unit="bottle")

    row = await posted(bench, details={"1": said})

    first, second = row["DocumentLines"]
    written = [first[name] for name in ("ItemDescription", "WarehouseCode", "VatGroup", "MeasureUnit")]
    assert written == ["Engraved", "02", "A2", "bottle"]
    assert (second["WarehouseCode"], second["VatGroup"]) == ("01", "A2")


async def test_texts_stand_between_the_lines(bench: SapBench) -> None:
    texts = (TextLine(after=0, text="Thank you"), TextLine(after=2, text="1 × Card"))

    row = await posted(bench, texts=texts)

    assert [(each["AfterLineNumber"], each["LineText"]) for each in row["DocumentSpecialLines"]] == [
        (-1, "Thank you"),
        (1, "1 × Card"),
    ]


def test_a_charge_stands_beside_the_freight() -> None:
    charge = Charge(
        code="engraving", name="2 × Engraving", net=Decimal(10), gross=Decimal(12), tax_rate=Decimal(20)
    )
    pricing = Pricing(
        method="net", lines=(LINE,), shipping=Charge(net=Decimal(5), tax_rate=Decimal(20)), charges=(charge,)
    )

    body = body_of(sales_document(pricing), expenses={"engraving": 2})

    assert body["DocumentAdditionalExpenses"][1] == {
        "ExpenseCode": 2,
        "LineTotal": Decimal(10),
        "VatGroup": "A1",
        "Remarks": "2 × Engraving",
    }
    with pytest.raises(BadConfiguration, match='no number stands for the charge "engraving"'):
        body_of(sales_document(pricing))


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"fields": own(U_Nope="x")}, BadConfiguration, "user field"),
        ({"details": {"1": LineDetails(fields=own(U_Nope="x"))}}, BadConfiguration, "user field"),
        ({"fields": own(U_Channel="longer than ten")}, Refused, ""),
        ({"fields": own(U_Weight="heavy")}, Refused, ""),
        ({"series": "9999"}, FixData, ""),
        ({"series": "web"}, BadConfiguration, 'no number stands for the document series "web"'),
        ({"carrier": "dhl"}, BadConfiguration, 'no number stands for the carrier "dhl"'),
        ({"terms": "99"}, FixData, ""),
        ({"payment_method": "BEER"}, Refused, ""),
        ({"texts": (TextLine(after=9, text="x"),)}, Refused, ""),
        ({"details": {"1": LineDetails(tax_code="ZZ")}}, FixData, ""),
        ({"details": {"1": LineDetails(warehouse="99")}}, FixData, ""),
    ],
)
async def test_what_the_company_does_not_have_is_refused_and_nothing_is_made(
    bench: SapBench, changes: dict[str, Any], error: type[WaybillError], said: str
) -> None:
    wanted = asked(bench, **changes)

    with pytest.raises(error) as refused:
        await bench.erp.create_document(wanted)

    assert said in refused.value.problem.sentence
    assert bench.kept(wanted.key) == 0


async def test_what_would_be_sent_is_what_is_sent(bench: SapBench) -> None:
    wanted = asked(bench, fields=own(U_Channel="WEB"), comment="Ring twice")

    body = bench.erp.written(wanted)
    row = await posted(bench, fields=own(U_Channel="WEB"), comment="Ring twice")

    assert (body["U_Channel"], body["Comments"]) == (row["U_Channel"], row["Comments"])
    assert [line["ItemCode"] for line in body["DocumentLines"]] == [
        line["ItemCode"] for line in row["DocumentLines"]
    ]


async def test_fields_that_are_not_there_are_named(bench: SapBench) -> None:
    header, lines = ("U_Channel", "U_Nope", "U_WebOrderId"), ("U_Ean", "U_None")

    missing = await bench.erp.missing_fields(header, lines)

    assert [each.partition(" ")[0] for each in missing] == ["U_WebOrderId", "U_Nope", "U_None"]
    assert await bench.erp.missing_fields((), ()) == ()


async def test_a_new_customer_gets_the_price_list_a_rule_chose(bench: SapBench) -> None:
    buyer = order().model_copy(
        update={
            "customer": order().customer.model_copy(update={"store_id": "901", "email": "new@example.com"})
        }
    )
    async with sap(bench.url, price_lists={"trade": 2}) as erp:
        code = await erp.create_customer(buyer, price_list="trade")

    assert code == customer_code(buyer, "W")
    assert bench.company.partners.row(code)["PriceListNum"] == 2


@pytest.mark.parametrize(("price_list", "error"), [("7", FixData), ("trade", BadConfiguration)])
async def test_a_price_list_that_is_not_there_makes_no_customer(
    bench: SapBench, price_list: str, error: type[WaybillError]
) -> None:
    made = bench.customers_made()

    with pytest.raises(error):
        await bench.erp.create_customer(order(), price_list=price_list)

    assert bench.customers_made() == made
