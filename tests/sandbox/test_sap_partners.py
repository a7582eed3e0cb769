"""Business partners in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.catalogue import CUSTOMERS
from sandbox.sap_business_one import Desk, open_desk
from sandbox.sap_business_one.desk import body, error, order

NO_MATCH = (400, "-2028", "No matching records found (ODBC -2028)")
STREET = {
    "Street": "Rue de la Loi",
    "StreetNo": "16",
    "ZipCode": "1000",
    "City": "Bruxelles",
    "Country": "BE",
}


def address(name: str = "Ship to", kind: str = "bo_ShipTo", **changes: Any) -> dict[str, Any]:
    return {"AddressName": name, "AddressType": kind, **STREET, **changes}


def customer(**changes: Any) -> dict[str, Any]:
    return {"CardCode": "W88", "CardName": "Example BV", "CardType": "cCustomer", **changes}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def test_catalogue_customers_are_there_with_their_balances(desk: Desk) -> None:
    rows = {row["CardCode"]: row for row in await desk.rows("BusinessPartners", "CardType eq 'cCustomer'")}

    assert sorted(rows) == sorted(each.card_code for each in CUSTOMERS if each.card_code)
    weinhaus = rows["C20002"]
    assert (weinhaus["CreditLimit"], weinhaus["CurrentAccountBalance"]) == (2000, 1950)
    assert (weinhaus["FederalTaxID"], weinhaus["BPAddresses"][0]["City"]) == ("DE123456788", "Hamburg")


async def test_new_partner_answers_201_and_can_order(desk: Desk) -> None:
    addresses = [address("Bill to", "bo_BillTo"), address()]
    contact = {"Name": "Jane Doe", "E_Mail": "a@b.be"}
    sent = customer(EmailAddress="a@b.be", BPAddresses=addresses, ContactEmployees=[contact])

    made = await desk.post("BusinessPartners", sent)

    assert made.status_code == 201
    assert made.headers["Location"].endswith("/BusinessPartners('W88')")
    assert (body(made)["ShipToDefault"], body(made)["BilltoDefault"]) == ("Ship to", "Bill to")
    assert (body(made)["Valid"], body(made)["ContactPerson"]) == ("tYES", "Jane Doe")
    assert [each["RowNum"] for each in body(made)["BPAddresses"]] == [0, 1]
    assert desk.company.ledger.of("partner", CardCode="W88")
    posted = body(await desk.post("Orders", order(CardCode="W88")))
    assert posted["AddressExtension"]["ShipToStreetNo"] == "16"


async def test_second_partner_with_the_same_code_is_refused(desk: Desk) -> None:
    await desk.post("BusinessPartners", customer())

    refused = error(await desk.post("BusinessPartners", customer()))

    assert refused[:2] == (400, "-10")
    assert refused[2].startswith("1320000140 - Business partner code 'W88' already assigned")


async def test_series_numbers_partners(desk: Desk) -> None:
    asked = {"DocumentTypeParams": {"Document": "2", "DocumentSubType": "C"}}
    series = body(await desk.post("SeriesService_GetDocumentSeries", asked))["value"]
    numbered = next(row["Series"] for row in series if row["IsManual"] == "tNO")

    codes = []
    for _ in range(2):
        made = await desk.post("BusinessPartners", {"Series": numbered, "CardName": "Example"})
        codes.append(body(made)["CardCode"])

    assert codes == ["W00001", "W00002"]


async def test_partner_without_code_or_series_is_refused(desk: Desk) -> None:
    assert error(await desk.post("BusinessPartners", {"CardName": "Example"}))[1] == "-10"
    assert error(await desk.post("BusinessPartners", {"CardName": "Example", "Series": 999})) == NO_MATCH


async def test_address_names_are_unique_by_type(desk: Desk) -> None:
    twice = customer(BPAddresses=[address(), address()])
    of_each_type = customer(BPAddresses=[address(), address(kind="bo_BillTo")])

    assert error(await desk.post("BusinessPartners", twice))[1] == "-2035"
    assert (await desk.post("BusinessPartners", of_each_type)).status_code == 201


async def test_state_must_exist_in_its_country(desk: Desk) -> None:
    wrong = customer(BPAddresses=[address(State="NY")])
    right = customer(BPAddresses=[address(State="NY", Country="US")])

    assert error(await desk.post("BusinessPartners", wrong)) == NO_MATCH
    assert (await desk.post("BusinessPartners", right)).status_code == 201


@pytest.mark.parametrize("changes", [{"PayTermsGrpCode": 77}, {"Currency": "XYZ"}, {"ShippingType": 77}])
async def test_unknown_codes_of_a_partner_answer_no_match(desk: Desk, changes: dict[str, Any]) -> None:
    assert error(await desk.post("BusinessPartners", customer(**changes))) == NO_MATCH


@pytest.mark.parametrize("name", ["CardName", "EmailAddress"])
async def test_too_long_names_are_refused(desk: Desk, name: str) -> None:
    refused = error(await desk.post("BusinessPartners", customer(**{name: "x" * 101})))

    assert refused == (400, "-1004", f"Value too long in property '{name}' of 'BusinessPartner'")


async def test_patch_merges_addresses_by_row_or_name(desk: Desk) -> None:
    await desk.post("BusinessPartners", customer(BPAddresses=[address(), address("Bill to", "bo_BillTo")]))
    changes = [
        {"RowNum": 1, "City": "Gent"},
        {"AddressName": "Ship to", "AddressType": "bo_ShipTo", "City": "Namur"},
        address("Ship to (2)"),
    ]

    answer = await desk.patch("BusinessPartners('W88')", {"BPAddresses": changes})

    assert answer.status_code == 204
    rows = body(await desk.get("BusinessPartners('W88')"))["BPAddresses"]
    assert [(row["RowNum"], row["AddressName"], row["City"]) for row in rows] == [
        (0, "Ship to", "Namur"),
        (1, "Bill to", "Gent"),
        (2, "Ship to (2)", "Bruxelles"),
    ]


async def test_patch_can_replace_addresses(desk: Desk) -> None:
    await desk.post("BusinessPartners", customer(BPAddresses=[address(), address("Bill to", "bo_BillTo")]))

    only = {"BPAddresses": [{"RowNum": 1}]}
    await desk.patch("BusinessPartners('W88')", only, B1S_ReplaceCollectionsOnPatch="true")

    row = body(await desk.get("BusinessPartners('W88')"))
    assert [each["AddressName"] for each in row["BPAddresses"]] == ["Bill to"]
    assert row["ShipToDefault"] is None


async def test_payment_terms_give_their_credit_limit(desk: Desk) -> None:
    made = body(await desk.post("BusinessPartners", customer(PayTermsGrpCode=3)))

    assert made["CreditLimit"] == 2500


async def test_partner_code_stays_and_etag_guards(desk: Desk) -> None:
    tag = body(await desk.get("BusinessPartners('C20000')"))["@odata.etag"]
    await desk.patch("BusinessPartners('C20000')", {"Notes": "x"}, If_Match=tag)

    renamed = error(await desk.patch("BusinessPartners('C20000')", {"CardCode": "C1"}))
    outdated = error(await desk.patch("BusinessPartners('C20000')", {"Notes": "y"}, If_Match=tag))

    assert (renamed[1], outdated[0]) == ("-1029", 412)


async def test_partner_with_orders_cannot_be_deleted(desk: Desk) -> None:
    await desk.post("BusinessPartners", customer())
    await desk.post("Orders", order())

    assert error(await desk.http.delete("BusinessPartners('C20000')"))[1] == "-5006"
    assert (await desk.http.delete("BusinessPartners('W88')")).status_code == 204


async def test_a_partners_price_list_must_exist(desk: Desk) -> None:
    refused = await desk.post("BusinessPartners", customer(PriceListNum=9))
    made = await desk.post("BusinessPartners", customer(PriceListNum=2))

    assert error(refused) == NO_MATCH
    assert body(made)["PriceListNum"] == 2
