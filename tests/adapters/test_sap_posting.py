"""Posting into SAP Business One: approvals, duplicates by hand, set-up that is missing, currencies, costs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest

from adapters.erps.sap_business_one.documents import Documents
from domain.errors import BadConfiguration, InDoubt, Refused
from domain.money import Money
from domain.order import Charge
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpState, SalesDocument
from sandbox.sap_business_one import Company, Settings, create_app, open_desk
from sandbox.serving import serving
from tests.adapters.erp_conformance_baskets import Baskets
from tests.adapters.erp_conformance_bench import document, line, order
from tests.adapters.test_sap_conformance import SapBench, sap, sap_bench


@pytest.fixture
async def bench() -> AsyncIterator[SapBench]:
    async with sap_bench() as bench:
        yield bench


def requests(company: Company) -> list[tuple[str, str]]:
    """Return the business requests the server saw, and forget them."""
    seen = [(each["method"], each["path"]) for each in company.ledger.of("request")]
    company.ledger.clear()
    return [each for each in seen if each[1] not in ("Login", "Logout")]


async def test_number_of_requests_is_known(bench: SapBench) -> None:
    asked = document(bench.erp)
    await bench.erp.find_customer(order(), "")
    assert requests(bench.company) == [("GET", "BusinessPartners"), ("POST", "CompanyService_GetAdminInfo")]
    await bench.erp.find_customer(order(), "")
    assert requests(bench.company) == [("GET", "BusinessPartners")]
    await bench.erp.items(("WINE-RED-75", "OLIVE-OIL-50"), "01")
    assert requests(bench.company) == [("GET", "Items")]
    await bench.erp.preview(asked)
    assert requests(bench.company) == [("POST", "OrdersService_Preview")]
    await bench.erp.find_document(asked.key, asked.kind)
    assert sorted(requests(bench.company)) == [("GET", "Drafts"), ("GET", "Orders")]
    made = await bench.erp.create_document(asked)
    assert requests(bench.company) == [("POST", "$batch")]
    await bench.erp.read_document(asked.kind, made.entry)
    assert requests(bench.company) == [("GET", f"Orders({made.entry})")]
    await bench.erp.cancel_document(asked.kind, made.entry)
    assert requests(bench.company) == [
        ("GET", f"Orders({made.entry})"),
        ("POST", f"Orders({made.entry})/Cancel"),
    ]


async def test_document_carries_what_was_asked(bench: SapBench) -> None:
    asked = document(bench.erp, comment="Leave at reception", terms="net30")

    made = await bench.erp.create_document(asked)

    row = bench.company.orders.row(int(made.entry))
    assert (row["NumAtCard"], row["U_WebOrderId"], row["Comments"]) == (
        asked.order_number,
        asked.key,
        "Leave at reception",
    )
    assert (row["PaymentGroupCode"], row["TransportationCode"]) == (2, 3)
    assert [each["U_WebLineId"] for each in row["DocumentLines"]] == ["1", "2"]
    assert row["AddressExtension"]["ShipToCity"] == "Lyon"


async def test_approval_that_keeps_its_draft_is_told_as_pending() -> None:
    company = Company(Settings(approval_above=Decimal(1), draft_survives_change_set=True))
    async with sap_bench(company) as bench:
        asked = document(bench.erp)

        kept = await bench.erp.create_document(asked)

        assert (kept.kind, kept.state) == (DocumentKind.DRAFT, ErpState.DRAFT_PENDING)
        assert await bench.erp.find_document(asked.key, asked.kind) == kept
        assert (await bench.erp.read_document(kept.kind, kept.entry)).state is ErpState.DRAFT_PENDING
        assert bench.kept(asked.key) == 1


async def test_order_made_of_an_approved_draft_wins_over_the_draft() -> None:
    company = Company(Settings(approval_above=Decimal(1), draft_survives_change_set=True))
    async with sap_bench(company) as bench:
        asked = document(bench.erp)
        kept = await bench.erp.create_document(asked)
        company.staff.decide_draft(int(kept.entry), approved=True, generate=True)

        found = await bench.erp.find_document(asked.key, asked.kind)

        assert found is not None
        assert (found.kind, found.state) == (DocumentKind.ORDER, ErpState.OPEN)


async def test_approval_that_takes_its_draft_back_is_refused_with_the_way_out() -> None:
    async with sap_bench(Company(Settings(approval_above=Decimal(1)))) as bench:
        asked = document(bench.erp)

        with pytest.raises(Refused) as caught:
            await bench.erp.create_document(asked)

        assert "approval" in caught.value.problem.remedy
        assert bench.kept(asked.key) == 0


async def test_draft_made_into_an_order_is_found_as_the_order(bench: SapBench) -> None:
    asked = document(bench.erp, kind=DocumentKind.DRAFT)
    draft = await bench.erp.create_document(asked)
    async with open_desk(bench.company) as desk:
        await desk.post("DraftsService_SaveDraftToDocument", {"Document": {"DocEntry": draft.entry}})

    found = await bench.erp.find_document(asked.key, asked.kind)

    assert found is not None
    assert (found.kind, found.state) == (DocumentKind.ORDER, ErpState.OPEN)
    assert await bench.erp.create_document(asked) == found


async def test_document_doubled_by_hand_leaves_ours_the_one_that_counts(bench: SapBench) -> None:
    asked = document(bench.erp)
    made = await bench.erp.create_document(asked)
    twin = {"CardCode": "C20000", "DocDueDate": "2026-01-20", "U_WebOrderId": asked.key}
    async with open_desk(bench.company) as desk:
        await desk.post("Orders", {**twin, "DocumentLines": [{"ItemCode": "WINE-RED-75", "Quantity": 1}]})

    assert await bench.erp.find_document(asked.key, asked.kind) == made
    await bench.erp.cancel_document(asked.kind, made.entry)
    found = await bench.erp.find_document(asked.key, asked.kind)
    assert found is not None
    assert (found.state, found.entry != made.entry) == (ErpState.OPEN, True)


async def test_key_without_a_document_stays_in_doubt(bench: SapBench) -> None:
    asked = document(bench.erp)
    async with open_desk(bench.company) as desk:
        await desk.post("U_WEBORDKEYS", {"Code": asked.key})

    with pytest.raises(InDoubt):
        await bench.erp.create_document(asked)

    assert bench.kept(asked.key) == 0


async def test_key_that_cannot_be_looked_up_stays_in_doubt(bench: SapBench) -> None:
    asked = document(bench.erp)
    await bench.erp.create_document(asked)
    bench.company.faults.arm("reset_before", path="Orders", method="GET")

    with pytest.raises(InDoubt):
        await bench.erp.create_document(asked)


async def test_company_without_our_table_and_fields_names_the_set_up() -> None:
    company = Company()
    async with serving(create_app(company)) as url, sap(url) as erp:
        asked = document(erp)
        for call in (
            lambda: erp.create_document(asked),
            lambda: erp.find_document(asked.key, asked.kind),
            lambda: erp.find_customer(order(), ""),
            lambda: erp.create_customer(order()),
            lambda: erp.preview(asked),
        ):
            with pytest.raises(BadConfiguration) as caught:
                await call()
            assert "waybill setup sap" in caught.value.problem.remedy

        assert company.ledger.of("order") == []


async def test_table_alone_is_not_enough() -> None:
    company = Company()
    async with serving(create_app(company)) as url, sap(url) as erp:
        await erp.set_up("key-table")

        with pytest.raises(BadConfiguration, match="user field"):
            await erp.create_document(document(erp))

        assert company.ledger.of("key") == []


async def test_closed_period_is_refused_in_words_and_with_the_quote() -> None:
    async with sap_bench(Company(Settings(closed_before=date(2026, 2, 1)))) as bench:
        with pytest.raises(Refused) as caught:
            await bench.erp.create_document(document(bench.erp))

        assert "closed period" in caught.value.problem.sentence
        assert "1250000073" in caught.value.problem.quote


async def test_credit_limit_and_tax_code_are_refused_by_name(bench: SapBench) -> None:
    bench.company.faults.arm("credit_block", path="$batch")
    with pytest.raises(Refused) as caught:
        await bench.erp.create_document(document(bench.erp))
    assert caught.value.problem.code == "credit_exceeded"

    async with sap(bench.url, tax_codes={"20": "ZZ", "5.5": "A2", "0": "A0"}) as erp:
        with pytest.raises(Refused) as caught:
            await erp.create_document(document(erp))
    assert caught.value.problem.code == "tax_unknown"
    assert bench.company.ledger.of("order") == []


async def test_foreign_currency_is_posted_and_told_in_itself(bench: SapBench) -> None:
    placed = order(line("WINE-RED-75", "2", currency_rate="1.10"), currency="USD")
    asked = document(bench.erp, placed)

    made = await bench.erp.create_document(asked)

    assert made.total == placed.total == Money(Decimal("39.00"), "USD")
    assert made.tax == Money(asked.pricing.expected.tax, "USD")


async def test_currency_without_a_rate_of_the_day_is_refused_by_name() -> None:
    async with sap_bench(Company(Settings(standing_rates=False))) as bench:
        with pytest.raises(Refused) as caught:
            await bench.erp.create_document(document(bench.erp, order(currency="USD")))

        assert caught.value.problem.code == "rate_unknown"


async def test_write_that_takes_too_long_is_given_up_in_doubt(bench: SapBench) -> None:
    asked = document(bench.erp)
    async with bench.patient_for(0.4) as erp:
        await erp.preview(asked)
        bench.company.faults.arm("latency", path="$batch", seconds=2)

        with pytest.raises(InDoubt):
            await erp.create_document(asked)


async def test_write_of_many_slow_requests_is_given_up_in_doubt(
    bench: SapBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: Documents, asked: SalesDocument) -> ErpDocument:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(Documents, "create", never)
    async with bench.patient_for(0.05) as erp:
        with pytest.raises(InDoubt, match="too long"):
            await erp.create_document(document(bench.erp))


async def test_order_given_up_while_waiting_leaves_the_pool_whole(bench: SapBench) -> None:
    asked = document(bench.erp)
    await bench.erp.preview(asked)
    bench.company.faults.arm("latency", path="$batch", seconds=1)
    task = asyncio.create_task(bench.erp.create_document(asked))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*[bench.erp.find_document(asked.key, asked.kind) for _ in range(9)])


async def test_free_shipping_sends_no_freight(bench: SapBench) -> None:
    placed = order(shipping=Charge(code="2", name="Free"))

    made = await bench.erp.create_document(document(bench.erp, placed))

    assert bench.company.orders.row(int(made.entry))["DocumentAdditionalExpenses"] == []
    assert made.total == placed.total


class TestTaxRoundedOncePerRate(Baskets):
    """The same baskets in a company that rounds tax once per rate."""

    @pytest.fixture
    async def bench(self) -> AsyncIterator[SapBench]:
        async with sap_bench(Company(Settings(tax_on_total=True)), tax_per_line=False) as bench:
            yield bench


class TestPricesOfTwoDecimals(Baskets):
    """The same baskets in a company that keeps prices with two decimals."""

    @pytest.fixture
    async def bench(self) -> AsyncIterator[SapBench]:
        async with sap_bench(Company(Settings(price_decimals=2)), price_digits=2) as bench:
            yield bench
