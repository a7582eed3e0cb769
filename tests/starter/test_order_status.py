"""What a store's module may show of an order, and who may ask for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.documents import KeptDocument
from domain.fulfilment import Paper
from domain.life import OrderView
from domain.policy import Carrier, DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState
from domain.stages import Stage
from records.migrate import migrate
from starter.gateway.order_status import OrderStatus, Parcel, status_of
from tests.postgres import new_database
from tests.starter.test_gateway import Gate, gate, signed

NOW = datetime(2026, 5, 28, 12, tzinfo=UTC)
INVOICE = KeptDocument(sha256="a" * 64, name="invoice-801.pdf", size=9)
POSTED = ErpDocument(kind=DocumentKind.ORDER, entry="7", number="2001", state=ErpState.OPEN)
CARRIERS = {"COLI": Carrier(name="Colissimo", url="https://track.example/?n={number}&l=fr")}


def view(**facts: Any) -> OrderView:
    """Return an order that the ERP has."""
    known: dict[str, Any] = {"version": 1, "stage": Stage.POSTED, "document": POSTED}
    return OrderView(connection="shop", store_order_id="1042", since=NOW, **(known | facts))


def paper(kind: PaperKind, number: str, **facts: Any) -> Paper:
    return Paper(kind=kind, entry=f"9{number}", number=number, on=date(2026, 5, 28), **facts)


def shown(order: OrderView) -> OrderStatus:
    return status_of(order, CARRIERS, lambda document: f"https://w.example/{document.name}")


def test_an_order_that_is_not_posted_has_no_number() -> None:
    assert shown(view(stage=Stage.HELD, document=None)) == OrderStatus(erp_number="", stage="held")


def test_a_shipment_names_its_carrier_and_where_each_parcel_is_followed() -> None:
    delivery = paper(PaperKind.DELIVERY, "501", carrier="COLI", tracking=("6A1", "6A 2/x"))

    (shipment,) = shown(view(papers=(delivery,))).shipments

    assert (shipment.number, shipment.on, shipment.carrier) == ("501", "2026-05-28", "Colissimo")
    assert shipment.tracking == (
        Parcel(number="6A1", url="https://track.example/?n=6A1&l=fr"),
        Parcel(number="6A 2/x", url="https://track.example/?n=6A%202%2Fx&l=fr"),
    )


def test_an_unmapped_carrier_has_the_erps_name_and_no_address() -> None:
    delivery = paper(PaperKind.DELIVERY, "501", carrier="DHL", tracking=("1",))

    (shipment,) = shown(view(papers=(delivery,))).shipments

    assert (shipment.carrier, shipment.tracking) == ("DHL", (Parcel(number="1"),))


def test_an_invoice_that_ships_is_a_shipment_too() -> None:
    status = shown(view(papers=(paper(PaperKind.INVOICE, "801", ships=True),)))

    assert ([each.number for each in status.shipments], len(status.documents)) == (["801"], 1)


def test_documents_have_a_link_once_there_is_a_file() -> None:
    papers = (paper(PaperKind.DELIVERY, "501"), paper(PaperKind.INVOICE, "801"))

    documents = shown(view(papers=papers, documents=(("invoice 801", INVOICE),))).documents

    found = [(each.kind, each.number, each.url) for each in documents]
    assert found == [
        (PaperKind.DELIVERY, "501", ""),
        (PaperKind.INVOICE, "801", "https://w.example/invoice-801.pdf"),
    ]


def test_cancelled_papers_and_return_requests_are_not_shown() -> None:
    papers = (paper(PaperKind.DELIVERY, "501", cancelled=True), paper(PaperKind.RETURN_REQUEST, "9"))

    status = shown(view(papers=papers))

    assert (status.shipments, status.documents) == ((), ())


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gate]:
    async with gate(tmp_path) as opened:
        await opened.waybill.orders.record(view(), NOW)
        yield opened


async def ask(gateway: Gate, path: str, **facts: Any) -> httpx.Response:
    """Ask for an order with a right signature, unless a fact says otherwise."""
    about = facts.pop("about", path)
    return await gateway.http.get(path, headers=signed(f"GET {about}".encode(), **facts))


async def test_the_store_is_told_of_its_order(gateway: Gate) -> None:
    answer = await ask(gateway, "/orders/shop/1042")

    assert answer.status_code == 200
    assert answer.json() == {"erp_number": "2001", "stage": "posted", "shipments": [], "documents": []}
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_document_of_the_answer_can_be_downloaded(gateway: Gate) -> None:
    papers = (paper(PaperKind.INVOICE, "801"),)
    order = view(version=2, papers=papers, documents=(("invoice 801", INVOICE),))
    await gateway.waybill.orders.record(order, NOW)

    url = (await ask(gateway, "/orders/shop/1042")).json()["documents"][0]["url"]

    assert gateway.waybill.document_links.read(url.rpartition("/")[2]) == INVOICE


@pytest.mark.parametrize(
    "facts",
    [{"about": "/orders/shop/1"}, {"age_seconds": 3600}, {"secret": "whsec_" + "b2xk" * 8}],
    ids=["another order", "too old", "another secret"],
)
async def test_a_wrongly_signed_question_is_refused(gateway: Gate, facts: dict[str, Any]) -> None:
    assert (await ask(gateway, "/orders/shop/1042", **facts)).status_code == 401


async def test_an_unsigned_question_is_refused_whether_the_order_exists_or_not(gateway: Gate) -> None:
    answers = [await gateway.http.get(f"/orders/shop/{number}") for number in (1042, 9)]

    assert [answer.status_code for answer in answers] == [401, 401]


async def test_an_unknown_order_or_connection_is_told_so(gateway: Gate) -> None:
    answers = [await ask(gateway, path) for path in ("/orders/shop/9", "/orders/other/1042")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_odd_order_ids_are_unknown_on_every_database(tmp_path: Path, postgres: str) -> None:
    """PostgreSQL takes no NUL in a text."""
    database = new_database(postgres)
    await asyncio.to_thread(migrate, database)

    async with gate(tmp_path, database=database) as gateway:
        for odd, about in (("%00", "\0"), ("%27", "'"), ("9" * 500, "9" * 500)):
            answer = await ask(gateway, f"/orders/shop/{odd}", about=f"/orders/shop/{about}")

            assert answer.status_code == 404
