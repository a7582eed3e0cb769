"""Customers in SAP Business One beyond the suite: codes, bodies, spellings, series, other people's codes."""

import re
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from adapters.erps.sap_business_one.partner_mapping import customer_body, customer_code, customer_filter
from domain.errors import BadConfiguration, FixData, Refused
from domain.facts import MatchOutcome
from sandbox.catalogue import CUSTOMERS
from sandbox.sap_business_one import Company, open_desk
from tests.adapters.erp_conformance_bench import buyer, order, stranger
from tests.adapters.test_sap_conformance import SapBench, sap, sap_bench, sap_settings

SETTINGS = sap_settings("https://b1.example.com:50000")


@pytest.fixture
async def bench() -> AsyncIterator[SapBench]:
    async with sap_bench() as bench:
        yield bench


def test_code_is_short_steady_and_no_ones_else() -> None:
    codes = {
        customer_code(order(party=stranger(store_id=str(number)), connection=shop), "W")
        for number in range(500)
        for shop in ("shop", "other")
    }

    assert len(codes) == 1000
    assert all(re.fullmatch(r"W[A-Z2-7]{14}", code) for code in codes)
    assert customer_code(order(party=stranger()), "WEB") == customer_code(order(party=stranger()), "WEB")


def test_guest_without_an_email_is_known_by_the_order() -> None:
    guest = stranger(email="", is_guest=True)

    first, again, other = (customer_code(order(party=guest, number=number), "W") for number in (1, 1, 2))

    assert first == again != other


def test_store_id_and_email_stay_readable_in_no_guests_code() -> None:
    body = customer_body(order(party=stranger(is_guest=True)), SETTINGS)

    assert body["U_WebCustId"].startswith("shop:guest:")
    assert "new.buyer" not in body["U_WebCustId"]


def test_texts_are_cut_and_identities_are_left_out_whole() -> None:
    party = stranger(
        first_name="F" * 80,
        last_name="L" * 80,
        company="C" * 300,
        email="e" * 95 + "@x.example",
        vat_id="V" * 40,
        phone="1" * 60,
    )

    body = customer_body(order(party=party), SETTINGS)

    (contact,) = body["ContactEmployees"]
    assert len(body["CardName"]) == 100
    assert len(body["Phone1"]) == 20
    assert (len(contact["Name"]), len(contact["FirstName"]), len(contact["LastName"])) == (50, 50, 50)
    assert "EmailAddress" not in body
    assert "FederalTaxID" not in body
    assert "E_Mail" not in contact


def test_body_has_both_addresses_and_what_the_company_wants() -> None:
    settings = sap_settings(
        "https://b1.example.com:50000", customer_group=104, price_list=2, customer_series=1
    )

    body = customer_body(order(party=buyer(CUSTOMERS[1])), settings)

    assert [each["AddressType"] for each in body["BPAddresses"]] == ["bo_BillTo", "bo_ShipTo"]
    assert (body["GroupCode"], body["PriceListNum"], body["Series"]) == (104, 2, 1)
    assert (body["CompanyPrivate"], body["Currency"], body["FederalTaxID"]) == (
        "cCompany",
        "##",
        "ESB12345674",
    )
    assert "VatGroup" not in body


def test_filter_cannot_be_broken_out_of() -> None:
    party = stranger(email="x' or CardCode ne '", vat_id="' or '1")

    wanted = customer_filter(order(party=party), SETTINGS)

    assert "EmailAddress eq 'x'' or CardCode ne '''" in wanted
    assert wanted.count("'") % 2 == 0


def test_nothing_is_asked_for_without_evidence() -> None:
    blank = stranger(store_id="", email=" ", vat_id=" .-")

    assert customer_filter(order(party=blank), SETTINGS) == ""
    assert "FederalTaxID" not in customer_filter(order(party=stranger(vat_id="--")), SETTINGS)


async def test_names_with_every_sign_are_asked_for_and_kept(bench: SapBench) -> None:
    party = stranger(first_name="Zoë", last_name="O'Brien & Søn +1 #?%/", email="o'brien+x@example.org")

    code = await bench.erp.create_customer(order(party=party))

    assert bench.company.partners.row(code)["CardName"] == "Zoë O'Brien & Søn +1 #?%/"
    match, _ = await bench.erp.find_customer(order(party=party.model_copy(update={"store_id": "1"})), "")
    assert (match.code, match.matched_by) == (code, "e-mail")


async def test_lead_and_supplier_are_no_customers(bench: SapBench) -> None:
    for code in ("L10000", "V10000"):
        with pytest.raises(FixData, match="not a customer"):
            await bench.erp.find_customer(order(), code)


async def test_customer_named_in_another_case_is_told_as_it_is(bench: SapBench) -> None:
    match, _ = await bench.erp.find_customer(order(), "c20000")

    assert match.code == "C20000"


async def test_case_counts_where_the_company_wants_it(bench: SapBench) -> None:
    party = buyer(CUSTOMERS[0], email="ANNA.moreau@example.com")
    async with sap(bench.url, case_insensitive=False) as erp:
        match, _ = await erp.find_customer(order(party=party), "")

    assert match.outcome is MatchOutcome.NEW


async def test_code_of_another_partner_is_not_taken(bench: SapBench) -> None:
    placed = order(party=stranger())
    taken = {"CardCode": customer_code(placed, "W"), "CardName": "Somebody", "U_WebCustId": "shop:1"}
    async with open_desk(bench.company) as desk:
        await desk.post("BusinessPartners", taken)

    with pytest.raises(Refused) as caught:
        await bench.erp.create_customer(placed)

    assert caught.value.problem.code == "customer_ambiguous"


async def test_series_that_numbers_by_itself_is_refused_and_the_customer_found(bench: SapBench) -> None:
    placed = order(party=stranger())
    async with sap(bench.url, customer_series=70) as erp:
        with pytest.raises(BadConfiguration) as caught:
            await erp.create_customer(placed)
        assert caught.value.problem.field == "connections.sap.customer_series"

        match, _ = await erp.find_customer(placed, "")

    assert (match.outcome, match.matched_by) == (MatchOutcome.FOUND, "own id")
    assert bench.customers_made() == 1


async def test_credit_counts_invoices_deliveries_and_orders(bench: SapBench) -> None:
    for name, amount in (("account", 100), ("deliveries", 20), ("orders", 3)):
        bench.company.figures.add((name, "C20000"), Decimal(amount))

    _, credit = await bench.erp.find_customer(order(), "")

    assert credit is not None
    assert credit.used is not None
    assert credit.used.amount == Decimal(123)


async def test_company_without_the_customer_field_names_the_set_up() -> None:
    company = Company()
    async with sap_bench(company, customer_field="WebClientId") as bench:
        with pytest.raises(BadConfiguration) as caught:
            await bench.erp.create_customer(order())

        assert "waybill setup sap" in caught.value.problem.remedy
