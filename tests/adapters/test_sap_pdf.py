"""Documents as PDF: the API Gateway's manners, and the attachment way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    NotFound,
    Passing,
    UnexpectedAnswer,
    WaybillError,
)
from domain.policy import PaperKind
from sandbox.sap_business_one import Company, create_app, create_gateway
from sandbox.serving import serving
from tests.adapters.erp_conformance_after import posted
from tests.adapters.sap_after_bench import SapAfterBench
from tests.adapters.test_sap_conformance import sap

LAYOUTS = {
    "delivery": "DLN20001",
    "invoice": "INV20001",
    "credit_note": "RIN20001",
    "return": "RDN20001",
    "return_request": "RRR20001",
}


@asynccontextmanager
async def printing_bench(**changes: Any) -> AsyncIterator[SapAfterBench]:
    """Serve a company and its API Gateway, and open an adapter for both."""
    company = Company()
    company.staff.prepare_for_web_orders()
    async with serving(create_app(company)) as url, serving(create_gateway(company)) as printer:
        wanted = {"pdf_url": printer, "pdf_layouts": LAYOUTS, **changes}
        async with sap(url, **wanted) as erp:
            yield SapAfterBench(company, url, erp)


@pytest.fixture
async def bench() -> AsyncIterator[SapAfterBench]:
    async with printing_bench() as bench:
        yield bench


async def test_each_kind_is_printed_as_a_real_pdf(bench: SapAfterBench) -> None:
    made = await posted(bench)
    delivery = bench.ship(made.entry)
    back = bench.take_back(delivery, {1: Decimal(1)})
    invoice = bench.invoice(delivery)
    credit = bench.credit(invoice)

    for kind, entry, number in (
        (PaperKind.DELIVERY, delivery, b"Delivery note 451"),
        (PaperKind.INVOICE, invoice, b"Invoice 901"),
        (PaperKind.CREDIT_NOTE, credit, b"Credit note 81"),
        (PaperKind.RETURN, back, b"Return 71"),
    ):
        data = await bench.after.paper_pdf(kind, entry)
        assert data.startswith(b"%PDF-")
        assert data.rstrip().endswith(b"%%EOF")
        assert number in data


async def test_one_login_serves_many_prints(bench: SapAfterBench) -> None:
    delivery = bench.ship((await posted(bench)).entry)

    for _ in range(3):
        await bench.after.paper_pdf(PaperKind.DELIVERY, delivery)

    assert len(bench.company.ledger.of("gateway_login")) == 1


async def test_prints_wait_for_each_other(bench: SapAfterBench) -> None:
    delivery = bench.ship((await posted(bench)).entry)
    bench.company.faults.arm("latency", times=None, path="ExportPDFData", seconds=0.05)

    files = await asyncio.gather(*(bench.after.paper_pdf(PaperKind.DELIVERY, delivery) for _ in range(4)))

    assert all(file.startswith(b"%PDF-") for file in files)
    assert len(bench.company.ledger.of("export")) == 4


@pytest.mark.parametrize("fault", ["pdf_failed", "session_expired"])
async def test_trouble_of_a_moment_is_tried_again(bench: SapAfterBench, fault: str) -> None:
    delivery = bench.ship((await posted(bench)).entry)
    await bench.after.paper_pdf(PaperKind.DELIVERY, delivery)
    bench.company.faults.arm(fault, path="ExportPDFData")

    assert (await bench.after.paper_pdf(PaperKind.DELIVERY, delivery)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("pdf_garbled", UnexpectedAnswer),
        ("pdf_not_a_pdf", UnexpectedAnswer),
        ("pdf_failed", UnexpectedAnswer),
        ("bad_gateway_html", Passing),
        ("reset_before", Passing),
        ("unavailable_503", Passing),
    ],
)
async def test_what_is_no_pdf_is_refused(bench: SapAfterBench, fault: str, error: type[WaybillError]) -> None:
    delivery = bench.ship((await posted(bench)).entry)
    bench.company.faults.arm(fault, path="ExportPDFData", times=2)

    with pytest.raises(error):
        await bench.after.paper_pdf(PaperKind.DELIVERY, delivery)


async def test_refused_login_says_what_right_is_missing_and_is_not_repeated(bench: SapAfterBench) -> None:
    delivery = bench.ship((await posted(bench)).entry)
    bench.company.faults.arm("pdf_login_refused")

    for _ in range(2):
        with pytest.raises(BadCredentials) as refused:
            await bench.after.paper_pdf(PaperKind.DELIVERY, delivery)

    assert "Report Layout API" in refused.value.problem.remedy
    assert len(bench.company.ledger.of("gateway")) == 1


async def test_document_that_is_not_there_is_not_found(bench: SapAfterBench) -> None:
    with pytest.raises(NotFound):
        await bench.after.paper_pdf(PaperKind.INVOICE, "4711")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pdf_layouts": {}}, "pdf_layouts"),
        ({"pdf_layouts": {"delivery": "NONE0001"}}, "pdf_layouts"),
        ({"pdf_url": ""}, "pdf_url"),
    ],
)
async def test_missing_layout_names_the_setting(changes: dict[str, Any], field: str) -> None:
    async with printing_bench(**changes) as bench:
        delivery = bench.ship((await posted(bench)).entry)

        with pytest.raises(BadConfiguration) as wrong:
            await bench.after.paper_pdf(PaperKind.DELIVERY, delivery)

    assert wrong.value.problem.field == f"connections.sap.{field}"


async def test_connection_test_looks_at_each_layout() -> None:
    wrong = {"pdf_layouts": {"delivery": "DLN20001", "invoice": "NONE0001"}}
    async with printing_bench(**wrong) as bench:
        found = {finding.what.partition(":")[0]: finding for finding in await bench.erp.test()}

    assert found["the layout for delivery"].ok
    assert not found["the layout for invoice"].ok
    assert "pdf_layouts" in found["the layout for invoice"].fix


async def test_gateway_that_is_down_is_told(bench: SapAfterBench) -> None:
    async with serving(create_gateway(bench.company)) as gone:
        pass
    delivery = bench.ship((await posted(bench)).entry)

    async with sap(bench.url, pdf_url=gone, pdf_layouts=LAYOUTS) as erp:
        with pytest.raises(ConnectionDown):
            await erp.paper_pdf(PaperKind.DELIVERY, delivery)


async def test_attached_pdf_is_read(bench: SapAfterBench) -> None:
    delivery = bench.ship((await posted(bench)).entry)

    async with sap(bench.url, papers="attachment") as erp:
        with pytest.raises(NotFound):
            await erp.paper_pdf(PaperKind.DELIVERY, delivery)
        bench.company.staff.attach("DeliveryNotes", int(delivery))
        data = await erp.paper_pdf(PaperKind.DELIVERY, delivery)

    assert data.startswith(b"%PDF-")
    assert b"Delivery note 451" in data
