"""A sales document in the words of SAP Business One, and back; names are those of its metadata."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.mapping import document_body, erp_document
from adapters.erps.sap_business_one.models import Document
from domain.errors import BadConfiguration, FixData
from domain.money import Money
from domain.order import Address, Basis, Charge
from domain.policy import DocumentKind
from domain.posting import ErpState, SalesDocument
from domain.totals import Adjustment, AdjustmentKind, PricedLine, Pricing
from tests.adapters.test_sap_conformance import sap_settings

PLACE = Address(
    person="Anna Moreau",
    company="Moreau & Fils",
    street="12 rue des Lilas",
    street2="Bâtiment B",
    postcode="69003",
    city="Lyon",
    state="ARA",
    country="FR",
    phone="+33 4 72 00 00 01",
)
LINE = PricedLine(
    line_id="13579",
    sku="WINE-RED-75",
    quantity=Decimal(2),
    price=Decimal("12.500000"),
    basis=Basis.NET,
    tax_rate=Decimal("20.000"),
)
READ: dict[str, Any] = {
    "@odata.etag": 'W/"1"',
    "DocEntry": 16722,
    "DocNum": 2103,
    "CardCode": "1",
    "DocTotal": 3549,
    "DocTotalFc": 0,
    "VatSum": 549,
    "VatSumFc": 0,
    "DocCurrency": "$",
    "DocumentStatus": "bost_Open",
    "CancelStatus": "csNo",
    "Cancelled": "tNO",
    "AuthorizationStatus": "dasWithout",
    "DocumentLines": [{"ItemCode": "33", "Quantity": 100, "RemainingOpenQuantity": 100, "Price": 30}],
}


def sales_document(pricing: Pricing | None = None, **changes: Any) -> SalesDocument:
    """Return a document with one line."""
    asked = SalesDocument(
        key="shop:1042:order:1",
        kind=DocumentKind.ORDER,
        order_number="XKBKNABJK",
        customer_code="C20000",
        currency="EUR",
        ordered_on=date(2026, 1, 15),
        deliver_on=date(2026, 1, 20),
        billing=PLACE,
        delivery=PLACE,
        pricing=pricing or Pricing(method="net", lines=(LINE,)),
    )
    return asked.model_copy(update=changes)


def body_of(document: SalesDocument, **changes: Any) -> dict[str, Any]:
    """Return the body that is posted."""
    settings = sap_settings("https://b1.example.com:50000", **changes)
    return document_body(document, settings, Codes(settings, "sap"))


def read(**changes: Any) -> Any:
    """Return one of their documents as ours; the company's own currency is the dollar."""
    settings = sap_settings("https://b1.example.com:50000", currencies={"USD": "$"})
    document = Document.model_validate({**READ, **changes})
    return erp_document(document, DocumentKind.ORDER, "key", "$", Codes(settings, "sap"))


def test_line_of_net_prices_sends_the_unit_price_alone() -> None:
    (line,) = body_of(sales_document(warehouse="01"))["DocumentLines"]

    assert line == {
        "ItemCode": "WINE-RED-75",
        "Quantity": Decimal(2),
        "UnitPrice": Decimal("12.500000"),
        "VatGroup": "A1",
        "WarehouseCode": "01",
        "U_WebLineId": "13579",
    }


def test_line_of_gross_prices_sends_the_price_after_tax_alone() -> None:
    gross = LINE.model_copy(update={"basis": Basis.GROSS, "price": Decimal(15)})

    (line,) = body_of(sales_document(Pricing(method="gross", lines=(gross,))))["DocumentLines"]

    assert line["PriceAfterVAT"] == Decimal(15)
    assert "UnitPrice" not in line
    assert "WarehouseCode" not in line


def test_sales_tax_countries_send_a_tax_code() -> None:
    (line,) = body_of(sales_document(), tax_field="TaxCode")["DocumentLines"]

    assert line["TaxCode"] == "A1"
    assert "VatGroup" not in line


def test_header_names_key_number_dates_and_currency() -> None:
    body = body_of(sales_document(comment="Leave at reception", terms="net30"))

    assert (body["U_WebOrderId"], body["NumAtCard"]) == ("shop:1042:order:1", "XKBKNABJK")
    assert (body["DocDate"], body["TaxDate"]) == (date(2026, 1, 15), date(2026, 1, 15))
    assert body["DocDueDate"] == date(2026, 1, 20)
    assert (body["DocCurrency"], body["Comments"], body["PaymentGroupCode"]) == (
        "EUR",
        "Leave at reception",
        2,
    )
    assert "DocObjectCode" not in body
    assert "DiscountPercent" not in body


def test_draft_says_what_it_becomes() -> None:
    assert body_of(sales_document(kind=DocumentKind.DRAFT))["DocObjectCode"] == "17"


def test_delivery_is_never_before_the_order() -> None:
    assert body_of(sales_document(deliver_on=date(2025, 1, 1)))["DocDueDate"] == date(2026, 1, 15)


def test_texts_are_cut_to_their_columns() -> None:
    long = Address(**{name: "x" * 300 for name in Address.model_fields if name != "country"}, country="FR")

    body = body_of(sales_document(order_number="9" * 300, comment="c" * 300, delivery=long), send_state=True)

    assert len(body["NumAtCard"]) == 100
    assert len(body["Comments"]) == 254
    lengths = {name: len(text) for name, text in body["AddressExtension"].items() if name[:6] == "ShipTo"}
    assert lengths == {
        "ShipToStreet": 100,
        "ShipToAddress2": 50,
        "ShipToBlock": 100,
        "ShipToBuilding": 100,
        "ShipToZipCode": 20,
        "ShipToCity": 100,
        "ShipToCountry": 2,
        "ShipToState": 3,
    }


def test_person_company_and_phone_find_a_place_in_the_address() -> None:
    extension = body_of(sales_document())["AddressExtension"]

    assert extension["ShipToBuilding"] == "Anna Moreau, +33 4 72 00 00 01"
    assert extension["BillToBlock"] == "Moreau & Fils"
    assert extension["BillToAddress2"] == "Bâtiment B"
    assert "ShipToState" not in extension


def test_discounts_wrapping_and_rounding_are_lines_of_their_articles() -> None:
    extra = (
        Adjustment(
            kind=AdjustmentKind.DISCOUNT,
            amount=Decimal("-3.60"),
            basis=Basis.GROSS,
            tax_rate=Decimal(20),
            name="SUMMER",
        ),
        Adjustment(
            kind=AdjustmentKind.WRAPPING, amount=Decimal("1.67"), basis=Basis.NET, tax_rate=Decimal(20)
        ),
        Adjustment(kind=AdjustmentKind.ROUNDING, amount=Decimal("-0.01"), basis=Basis.NET),
    )

    _, *lines = body_of(sales_document(Pricing(method="", lines=(LINE,), adjustments=extra)))["DocumentLines"]

    assert [(line["ItemCode"], line["Quantity"], line["VatGroup"]) for line in lines] == [
        ("DISCOUNT", Decimal(-1), "A1"),
        ("WRAPPING", Decimal(1), "A1"),
        ("ROUNDING", Decimal(-1), "A0"),
    ]
    assert lines[0]["PriceAfterVAT"] == Decimal("3.60")
    assert lines[0]["ItemDescription"] == "SUMMER"
    assert lines[1]["UnitPrice"] == Decimal("1.67")


def test_header_discount_is_a_percentage() -> None:
    pricing = Pricing(method="", lines=(LINE,), discount_percent=Decimal("12.345678"))

    assert body_of(sales_document(pricing))["DiscountPercent"] == Decimal("12.345678")


def test_shipping_is_freight_with_its_carrier() -> None:
    shipping = Charge(
        code="2", name="Parcel", net=Decimal(5), gross=Decimal("5.28"), tax_rate=Decimal("5.50")
    )
    pricing = Pricing(method="", lines=(LINE,), shipping=shipping)

    body = body_of(sales_document(pricing))
    taxed_alike = body_of(sales_document(pricing), shipping_tax="A1")

    freight = {"ExpenseCode": 1, "LineTotal": Decimal(5), "VatGroup": "A2", "Remarks": "Parcel"}
    assert body["DocumentAdditionalExpenses"] == [freight]
    assert body["TransportationCode"] == 3
    assert taxed_alike["DocumentAdditionalExpenses"] == [{**freight, "VatGroup": "A1"}]


def test_company_facts_are_sent_where_set() -> None:
    body = body_of(sales_document(), branch=2, sales_person=7, currencies={"EUR": "€"})

    assert (body["BPL_IDAssignedToInvoice"], body["SalesPersonCode"]) == (2, 7)
    assert body["DocCurrency"] == "€"


def test_rate_without_a_code_names_rate_and_setting() -> None:
    odd = LINE.model_copy(update={"tax_rate": Decimal("21.000")})

    with pytest.raises(FixData) as caught:
        body_of(sales_document(Pricing(method="", lines=(odd,))))

    assert caught.value.problem.code == "tax_unknown"
    assert caught.value.problem.field == "connections.sap.tax_codes"
    assert '"21"' in caught.value.problem.remedy


@pytest.mark.parametrize("kind", AdjustmentKind)
def test_missing_article_names_its_setting(kind: AdjustmentKind) -> None:
    extra = (Adjustment(kind=kind, amount=Decimal(1), basis=Basis.NET),)
    setting = f"{kind.value}_item"

    with pytest.raises(BadConfiguration) as caught:
        body_of(sales_document(Pricing(method="", lines=(), adjustments=extra)), **{setting: ""})

    assert caught.value.problem.field == f"connections.sap.{setting}"


def test_missing_freight_code_names_its_setting() -> None:
    shipping = Charge(net=Decimal(5), gross=Decimal(6), tax_rate=Decimal(20))

    with pytest.raises(BadConfiguration, match="freight"):
        body_of(sales_document(Pricing(method="", lines=(), shipping=shipping)), shipping_expense=None)


@pytest.mark.parametrize(("terms", "number"), [("net30", 2), ("-1", -1), ("4", 4)])
def test_terms_are_named_or_numbers(terms: str, number: int) -> None:
    assert body_of(sales_document(terms=terms))["PaymentGroupCode"] == number


@pytest.mark.parametrize("terms", ["net60", "--1", "١", "1" * 12, "-"])
def test_unknown_terms_name_the_setting(terms: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        body_of(sales_document(terms=terms))

    assert caught.value.problem.field == f"connections.sap.payment_terms.{terms}"


def test_document_is_read_with_the_iso_code_of_its_currency() -> None:
    found = read()

    assert (found.entry, found.number, found.state) == ("16722", "2103", ErpState.OPEN)
    assert (found.total, found.tax) == (Money(Decimal("3549.00"), "USD"), Money(Decimal("549.00"), "USD"))
    assert (found.lines[0].sku, found.lines[0].quantity) == ("33", Decimal(100))
    assert not found.delivered


def test_foreign_document_is_read_in_its_own_currency() -> None:
    found = read(DocCurrency="EUR", DocTotalFc=Decimal("3226.3599999"), VatSumFc=Decimal("499.1"))

    assert found.total == Money(Decimal("3226.36"), "EUR")
    assert found.tax == Money(Decimal("499.10"), "EUR")


def test_currency_without_an_iso_code_names_the_setting() -> None:
    with pytest.raises(BadConfiguration) as caught:
        read(DocCurrency="£")

    assert caught.value.problem.field == "connections.sap.currencies"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"CancelStatus": "csYes", "DocumentStatus": "bost_Close"}, ErpState.CANCELLED),
        ({"CancelStatus": "csCancellation"}, ErpState.CANCELLED),
        ({"CancelStatus": None, "Cancelled": "tYES"}, ErpState.CANCELLED),
        ({"DocumentStatus": "bost_Close"}, ErpState.CLOSED),
        ({"DocumentStatus": "bost_Delivered"}, ErpState.OPEN),
    ],
)
def test_state_is_read(changes: dict[str, str], state: ErpState) -> None:
    assert read(**changes).state is state
