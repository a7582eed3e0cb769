"""Whatever a Service Layer answers after the order, only errors of ours come out."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.erps.sap_business_one import SapBusinessOne
from domain.errors import WaybillError
from domain.money import Money
from domain.policy import DocumentKind, PaperKind
from domain.returns import IncomingPayment, TakeBack, TakenLine
from sandbox.serving import serving
from tests.adapters.sap_after_bench import sap_after_bench
from tests.adapters.test_sap_conformance import sap

_ORDER = {"DocEntry": 1, "DocTotal": 1, "CardCode": "C1", "U_WebOrderId": "k"}
ODD = (
    "{}",
    '{"value": null}',
    '{"value": {}}',
    '{"value": [1]}',
    '{"value": [{}]}',
    '{"value": [{"DocEntry": "x", "Absoluteentry": "x"}]}',
    '{"value": [{"DocEntry": 1e400, "Absoluteentry": 1.5}]}',
    '{"value": [{"DocEntry": 1, "DocumentLines": {"a": 1}, "Absoluteentry": 1, "PickListsLines": 7}]}',
    '{"value": [{"DocEntry": 1, "DocumentLines": [null, 5], "Absoluteentry": 1, "PickListsLines": [null]}]}',
    '{"value": [{"DocEntry": 1, "UpdateDate": 5, "UpdateTime": [], "DocTotal": "much"}]}',
    '{"value": [{"DocEntry": 1, "DocDate": "soon", "DocTotal": 1, "DocumentLines": [{"LineNum": 0}]}]}',
    '{"value": [], "@odata.nextLink": "again", "CurrentDate": "yesterday", "CurrentTime": "noon"}',
    '{"value": [{"DocEntry": 1}], "@odata.nextLink": "Orders?$skip=0"}',
    json.dumps({**_ORDER, "DocumentLines": [{"Quantity": "many"}], "value": []}),
    json.dumps({**_ORDER, "DocumentLines": [5], "value": [_ORDER]}),
    "[]",
    "null",
    "no JSON",
)


@asynccontextmanager
async def hearing(text: str, status: int = 200) -> AsyncIterator[SapBusinessOne]:
    """Open an adapter whose Service Layer lets it log in and answers all else with this text."""

    async def answer(request: Request) -> Response:
        if request.url.path.endswith("/Login"):
            return JSONResponse({"SessionId": "s", "SessionTimeout": 30})
        if request.url.path.endswith("/CompanyService_GetAdminInfo"):
            return JSONResponse({"LocalCurrency": "EUR"})
        if request.url.path.endswith("/$batch"):
            parts = (await request.body()).count(b"HTTP/1.1\r\n") or (await request.body()).count(b"\r\nGET ")
            one = f"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {status} X\r\n\r\n{text}\r\n"
            return Response(one * max(parts, 2) + "--b--", media_type="multipart/mixed;boundary=b")
        return Response(text, status, media_type="application/json")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "DELETE"])])
    async with serving(app) as url, sap(url, bank_account="1", papers="attachment") as erp:
        yield erp


async def cursor() -> dict[str, str]:
    async with sap_after_bench() as bench:
        return (await bench.after.changes({})).cursor


def calls(erp: SapBusinessOne, known: dict[str, str]) -> list[Callable[[], Awaitable[object]]]:
    line = TakenLine(base="invoice:1", sku="A", quantity=Decimal(1))
    day = date(2026, 1, 15)
    wanted = TakeBack(key="k", kind=PaperKind.CREDIT_NOTE, sales_entry="1", on=day, lines=(line,))
    money = IncomingPayment(
        key="k",
        order_key="o",
        customer_code="C1",
        amount=Money(Decimal(1), "EUR"),
        received_on=day,
        invoice="1",
    )
    return [
        lambda: erp.changes({}),
        lambda: erp.changes(known),
        lambda: erp.progress(DocumentKind.ORDER, "1"),
        lambda: erp.paper_pdf(PaperKind.INVOICE, "1"),
        lambda: erp.take_back(wanted),
        lambda: erp.find_paper(PaperKind.CREDIT_NOTE, "k"),
        lambda: erp.register_payment(money),
        lambda: erp.find_payment("k"),
    ]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("text", ODD)
async def test_odd_answer_becomes_an_error_of_ours(text: str, status: int) -> None:
    known = await cursor()
    failed = 0
    async with hearing(text, status) as erp:
        for call in calls(erp, known):
            try:
                await call()
            except WaybillError:
                failed += 1

    assert failed >= 4
