"""Prices, taxes and totals of documents in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.sap_business_one import Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error, order

WINE = "WINE-RED-75"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def posted(desk: Desk, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    answer = await desk.post("Orders", order(*lines, **header))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = body(answer)
    return made


def line_of(made: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(made["DocumentLines"][0][name] for name in names)


async def test_price_and_tax_come_from_the_item(desk: Desk) -> None:
    made = await posted(desk, {"ItemCode": "OLIVE-OIL-50", "Quantity": 3})

    prices = line_of(made, "UnitPrice", "Price", "PriceAfterVAT", "VatGroup", "TaxPercentagePerRow")
    assert prices == (Decimal("8.05"), Decimal("8.05"), Decimal("8.49275"), "A2", Decimal("5.5"))
    assert line_of(made, "LineTotal", "TaxTotal", "GrossTotal") == (
        Decimal("24.15"),
        Decimal("1.33"),
        Decimal("25.48"),
    )


async def test_line_discount_lowers_the_price(desk: Desk) -> None:
    made = await posted(desk, {"ItemCode": WINE, "Quantity": 2, "UnitPrice": 50, "DiscountPercent": 10})

    assert line_of(made, "UnitPrice", "Price", "LineTotal", "GrossTotal") == (50, 45, 90, 108)


async def test_gross_price_is_kept_to_the_cent(desk: Desk) -> None:
    made = await posted(desk, {"ItemCode": WINE, "Quantity": 3, "PriceAfterVAT": Decimal("9.99")})

    assert made["DocTotal"] == Decimal("29.97")
    assert line_of(made, "UnitPrice", "LineTotal", "TaxTotal") == (
        Decimal("8.325"),
        Decimal("24.98"),
        Decimal("4.99"),
    )


async def test_gross_price_before_discount_is_taken_too(desk: Desk) -> None:
    line = {"ItemCode": WINE, "Quantity": 1, "GrossPrice": 24, "DiscountPercent": 50}
    made = await posted(desk, line)

    assert line_of(made, "PriceAfterVAT", "UnitPrice", "Price", "LineTotal") == (12, 20, 10, 10)


async def test_line_total_beats_the_unit_price(desk: Desk) -> None:
    made = await posted(desk, {"ItemCode": WINE, "Quantity": 2, "UnitPrice": 50, "LineTotal": 90})

    assert line_of(made, "UnitPrice", "Price", "DiscountPercent", "LineTotal") == (50, 45, 10, 90)


async def test_net_price_beside_unit_price_becomes_a_discount(desk: Desk) -> None:
    made = await posted(desk, {"ItemCode": WINE, "Quantity": 1, "UnitPrice": 50, "Price": 40})

    assert line_of(made, "DiscountPercent", "LineTotal") == (20, 40)


@pytest.mark.parametrize(
    "line",
    [
        {"UnitPrice": 50, "DiscountPercent": 100},
        {"UnitPrice": 50, "LineTotal": 0},
        {"UnitPrice": 50, "PriceAfterVAT": 0},
        {"Price": 50, "DiscountPercent": 100},
    ],
)
async def test_discount_of_a_hundred_percent_is_refused(desk: Desk, line: dict[str, Any]) -> None:
    refused = error(await desk.post("Orders", order({"ItemCode": WINE, "Quantity": 1, **line})))

    assert refused[1] == "-5002"
    assert refused[2].startswith("10001058 - Enter a discount percentage of less than 100")


async def test_header_discount_is_taken_before_tax(desk: Desk) -> None:
    lines = ({"ItemCode": WINE, "Quantity": 1, "UnitPrice": price} for price in (10, Decimal("33.33")))
    made = await posted(desk, *lines, DiscountPercent=10)

    assert (made["TotalDiscount"], made["VatSum"]) == (Decimal("4.33"), Decimal("7.8"))
    assert made["DocTotal"] == Decimal("43.33") - Decimal("4.33") + Decimal("7.8")


async def test_freight_is_taxed_and_not_discounted(desk: Desk) -> None:
    freight = [{"ExpenseCode": 1, "LineTotal": Decimal("6.5")}, {"ExpenseCode": 2, "LineGross": 12}]
    line = {"ItemCode": WINE, "Quantity": 1, "UnitPrice": 10}
    made = await posted(desk, line, DiscountPercent=50, DocumentAdditionalExpenses=freight)

    first, second = made["DocumentAdditionalExpenses"]
    assert (first["LineTotal"], first["TaxSum"], first["LineGross"]) == (
        Decimal("6.5"),
        Decimal("1.3"),
        Decimal("7.8"),
    )
    assert (second["LineTotal"], second["TaxSum"], second["LineGross"]) == (10, 2, 12)
    assert made["DocTotal"] == 6 + Decimal("7.8") + 12


async def test_tax_is_rounded_on_each_line_or_on_the_total() -> None:
    lines = [{"ItemCode": WINE, "Quantity": 1, "UnitPrice": Decimal("0.12")}] * 3
    async with open_desk() as desk:
        by_line = await posted(desk, *lines)
    async with open_desk(Company(Settings(tax_on_total=True))) as desk:
        by_total = await posted(desk, *lines)

    assert (by_line["VatSum"], by_total["VatSum"]) == (Decimal("0.06"), Decimal("0.07"))


async def test_rounding_amount_counts_where_rounding_is_on(desk: Desk) -> None:
    on = await posted(desk, Rounding="tYES", RoundingDiffAmount=Decimal("0.01"))
    off = await posted(desk, RoundingDiffAmount=Decimal("0.01"))

    assert (on["DocTotal"], off["DocTotal"]) == (Decimal("30.01"), 30)


async def test_foreign_currency_has_its_own_totals(desk: Desk) -> None:
    line = {"ItemCode": WINE, "Quantity": 2, "UnitPrice": 50}
    made = await posted(desk, line, DocCurrency="USD")

    assert (made["DocRate"], made["DocTotalFc"], made["VatSumFc"]) == (Decimal("0.909091"), 120, 20)
    assert (made["DocTotal"], made["VatSum"]) == (Decimal("109.09"), Decimal("18.18"))
    assert line_of(made, "Currency", "RowTotalFC", "LineTotal") == ("USD", 100, Decimal("90.91"))


async def test_listed_price_is_converted(desk: Desk) -> None:
    made = await posted(desk, {"ItemCode": WINE, "Quantity": 1}, DocCurrency="USD")

    assert line_of(made, "UnitPrice") == (Decimal("13.749999"),)


async def test_foreign_currency_needs_a_rate() -> None:
    async with open_desk(Company(Settings(standing_rates=False))) as desk:
        refused = error(await desk.post("Orders", order(DocCurrency="USD", DocDate="2026-01-15")))
        rate = {"Currency": "USD", "Rate": "0.9", "RateDate": "20260115"}
        assert (await desk.post("SBOBobService_SetCurrencyRate", rate)).status_code == 204
        made = await posted(desk, DocCurrency="USD", DocDate="2026-01-15")

    assert refused[1] == "-10"
    assert "exchange rate" in refused[2]
    assert made["DocRate"] == Decimal("0.9")


async def test_currency_without_cents_is_rounded_to_units() -> None:
    async with open_desk(Company(Settings(decimals={"USD": 0}))) as desk:
        made = await posted(desk, {"ItemCode": WINE, "Quantity": 1, "UnitPrice": 99}, DocCurrency="USD")

    assert (made["DocTotalFc"], made["VatSumFc"]) == (119, 20)


async def test_coarse_price_decimals_change_the_total() -> None:
    line = {"ItemCode": "PUMP-SEAL-17", "Quantity": 1200}
    async with open_desk(Company(Settings(price_decimals=2))) as desk:
        coarse = await posted(desk, line)

    assert coarse["DocumentLines"][0]["Price"] == Decimal("0.08")
    assert coarse["DocTotal"] == Decimal("115.2")


amounts = st.decimals(Decimal("0.01"), Decimal(9999), places=2)
COMPANY = Company()


@given(st.lists(st.tuples(amounts, st.integers(1, 50)), min_size=1, max_size=6), st.integers(0, 99))
def test_total_is_net_less_discount_plus_tax(lines: list[tuple[Decimal, int]], discount: int) -> None:
    sent = [{"ItemCode": WINE, "UnitPrice": price, "Quantity": many} for price, many in lines]

    made = COMPANY.orders.draw_up(COMPANY.shapes["Document"].read(order(*sent, DiscountPercent=discount)))

    net = sum(line["LineTotal"] for line in made["DocumentLines"])
    assert made["DocTotal"] == net - made["TotalDiscount"] + made["VatSum"]
    assert made["VatSum"] == sum(line["TaxTotal"] for line in made["DocumentLines"])
    assert net == sum(price * many for price, many in lines)


@given(st.lists(st.tuples(amounts, st.integers(1, 50)), min_size=1, max_size=6))
def test_gross_lines_add_up_to_the_store_total(lines: list[tuple[Decimal, int]]) -> None:
    sent = [{"ItemCode": WINE, "PriceAfterVAT": price, "Quantity": many} for price, many in lines]

    made = COMPANY.orders.draw_up(COMPANY.shapes["Document"].read(order(*sent)))

    assert made["DocTotal"] == sum(price * many for price, many in lines)
