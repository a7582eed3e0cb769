"""SAP Business One passes the ERP conformance suite against its sandbox."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.erps.sap_business_one import SapBusinessOne, SapBusinessOneSettings
from adapters.ports import ErpPort
from sandbox.sap_business_one import Company, create_app
from sandbox.serving import serving
from tests.adapters.erp_conformance import ErpConformance
from tests.adapters.erp_conformance_bench import LostAnswer, NotDone

SESSIONS = 3
LOST = {
    LostAnswer.ERROR: "error_500_after_commit",
    LostAnswer.RESET: "reset_after_commit",
    LostAnswer.TRUNCATED: "truncate_after_commit",
    LostAnswer.PROXY_PAGE: "bad_gateway_html_after_commit",
}
NOT_DONE = {
    NotDone.ERROR: "error_500_before",
    NotDone.RESET: "reset_before",
    NotDone.PROXY_PAGE: "bad_gateway_html",
    NotDone.UNAVAILABLE: "unavailable_503",
    NotDone.RATE_LIMITED: "rate_limited_429",
    NotDone.NOT_READY: "node_not_ready",
}


def sap_settings(url: str, **changes: Any) -> SapBusinessOneSettings:
    """Return the settings that fit the sandbox company."""
    usual = {
        "base_url": url,
        "company": "SBODEMOFR",
        "user": "manager",
        "password": "1234",
        "sessions": SESSIONS,
        "tax_codes": {"20": "A1", "5.5": "A2", "0": "A0"},
        "shipping_expense": 1,
        "discount_item": "DISCOUNT",
        "rounding_item": "ROUNDING",
        "wrapping_item": "WRAPPING",
        "carriers": {"2": 3},
        "payment_terms": {"net30": 2},
        "requester": "manager",
    }
    return SapBusinessOneSettings.model_validate({**usual, **changes})


@asynccontextmanager
async def sap(url: str, **changes: Any) -> AsyncIterator[SapBusinessOne]:
    """Open an adapter for a served company."""
    erp = SapBusinessOne("sap", sap_settings(url, **changes))
    try:
        yield erp
    finally:
        await erp.close()


class SapBench:
    """The sandbox company with the suite's switches."""

    most_at_once = SESSIONS
    currency = "EUR"
    cannot: Mapping[str, str] = MappingProxyType({})

    def __init__(self, company: Company, url: str, erp: SapBusinessOne) -> None:
        self.company, self.url = company, url
        self.erp: ErpPort = erp

    def lose_next_answer(self, how: LostAnswer) -> None:
        self.company.faults.arm(LOST[how])

    def hang_after_next_write(self) -> None:
        self.company.faults.arm("hang_after_commit", seconds=30)

    def fail_next_write(self, how: NotDone) -> None:
        self.company.faults.arm(NOT_DONE[how], path="$batch")

    def hide_next_document(self, seconds: float) -> None:
        # A lag strikes each row written: the key's, then the document's.
        self.company.faults.arm("read_lag", seconds=seconds, times=2)

    def kept(self, key: str) -> int:
        kinds = ("order", "quotation", "draft")
        return sum(len(self.company.ledger.of(kind, U_WebOrderId=key)) for kind in kinds)

    def customers_made(self) -> int:
        return len(self.company.ledger.of("partner"))

    def requests_made(self) -> int:
        return len(self.company.ledger.of("purchase_request"))

    def block_customer(self, code: str, *, blocked: bool = True) -> None:
        self.company.staff.freeze_partner(code, blocked)

    def block_item(self, sku: str, *, blocked: bool = True) -> None:
        self.company.staff.freeze_item(sku, blocked)

    def deliver(self, entry: str, quantities: Mapping[int, Decimal] | None = None) -> None:
        self.company.staff.deliver(int(entry), None if quantities is None else dict(quantities))

    def end_sessions(self) -> None:
        self.company.sessions.end_all()

    def slow_down(self, seconds: float) -> None:
        self.company.faults.arm("latency", times=None, seconds=seconds)

    def peak_at_once(self) -> int:
        assert self.company.sessions.load.peak_waiting_in_session == 0
        return self.company.sessions.load.peak_in_flight

    @asynccontextmanager
    async def patient_for(self, seconds: float) -> AsyncIterator[ErpPort]:
        async with sap(self.url, timeout=f"{seconds}s") as erp:
            yield erp

    @asynccontextmanager
    async def hearing(
        self, status: int, kind: str, body: bytes, *, only_writes: bool = False
    ) -> AsyncIterator[ErpPort]:
        async def answer(request: Request) -> Response:
            if request.url.path.endswith("/Login"):
                return JSONResponse({"SessionId": "s", "SessionTimeout": 30})
            if request.url.path.endswith("/CompanyService_GetAdminInfo"):
                return JSONResponse({"LocalCurrency": "EUR"})
            return Response(body, status, media_type=kind)

        app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
        async with serving(app) as url, sap(url) as erp:
            yield erp

    @asynccontextmanager
    async def facing_nobody(self) -> AsyncIterator[ErpPort]:
        async with serving(Starlette()) as url:
            pass
        async with sap(url) as erp:
            yield erp


@asynccontextmanager
async def sap_bench(company: Company | None = None, **changes: Any) -> AsyncIterator[SapBench]:
    """Serve a company that is prepared for web orders, and open an adapter for it."""
    company = company or Company()
    company.staff.prepare_for_web_orders()
    async with serving(create_app(company)) as url, sap(url, **changes) as erp:
        yield SapBench(company, url, erp)


class TestSapBusinessOne(ErpConformance):
    """The whole suite."""

    @pytest.fixture
    async def bench(self) -> AsyncIterator[SapBench]:
        async with sap_bench() as bench:
            yield bench
