"""Papers of a posted order are kept as files, once, and can be read over signed links that expire."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from activities.document_links import DocumentLinks
from domain.errors import NotFound
from domain.life import OrderView
from domain.policy import PaperKind
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import SECRETS, House, house
from tests.workflows.test_following import posted


@pytest.fixture
async def printing(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house that keeps delivery notes and invoices."""

    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["documents"] = ["delivery", "invoice"]

    async with house(temporal_server, tmp_path, change=choose, printing=True) as running:
        await running.watch_erp()
        yield running


def ship_and_bill(running: House, entry: int) -> None:
    delivery = running.company.staff.deliver(entry)
    running.company.staff.invoice_delivery(delivery["DocEntry"])


def has_documents(count: int) -> Any:
    def fits(view: OrderView) -> bool:
        return len(view.documents) == count

    return fits


async def test_delivery_note_and_invoice_are_kept_and_can_be_read(printing: House) -> None:
    order_id, entry = await posted(printing)
    ship_and_bill(printing, entry)
    view = await printing.until(order_id, Stage.SHIPPED, where=has_documents(2))
    kept = dict(view.documents)
    links = printing.waybill.document_links

    async with httpx.AsyncClient(base_url=printing.gateway_url) as http:
        answers = [await http.get(httpx.URL(links.url(each)).raw_path.decode()) for each in kept.values()]

    assert sorted(name.split()[0] for name in kept) == ["delivery", "invoice"]
    assert all(answer.status_code == 200 for answer in answers)
    assert all(answer.content.startswith(b"%PDF-") for answer in answers)
    assert all(answer.headers["content-type"] == "application/pdf" for answer in answers)
    shown = sorted(answer.headers["content-disposition"] for answer in answers)
    assert [text.rsplit("'", 1)[1] for text in shown] == ["delivery-451.pdf", "invoice-901.pdf"]


async def test_links_that_are_old_or_altered_open_nothing(printing: House) -> None:
    order_id, entry = await posted(printing)
    ship_and_bill(printing, entry)
    view = await printing.until(order_id, Stage.SHIPPED, where=has_documents(2))
    kept = view.documents[0][1]
    fleeting = DocumentLinks(SECRETS["SECRET"], printing.gateway_url, timedelta(seconds=-1))
    stranger = DocumentLinks("another-secret-that-is-long-enough-too", printing.gateway_url, timedelta(1))
    good = printing.waybill.document_links.url(kept).rsplit("/", 1)[1]

    async with httpx.AsyncClient() as http:
        answers = [
            await http.get(stranger.url(kept)),
            await http.get(f"{printing.gateway_url}/documents/{good[:-2]}xx"),
            await http.get(f"{printing.gateway_url}/documents/nonsense"),
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not any(b"%PDF" in answer.content for answer in answers)
    with pytest.raises(ValueError, match="too old"):
        fleeting.read(good)


async def test_what_is_no_pdf_is_asked_for_again(printing: House) -> None:
    order_id, entry = await posted(printing)
    printing.company.faults.arm("pdf_not_a_pdf", times=1)
    ship_and_bill(printing, entry)

    view = await printing.until(order_id, Stage.SHIPPED, where=has_documents(2))

    assert (view.hold, view.warnings) == (None, ())


async def test_a_paper_that_cannot_be_had_is_a_warning_and_looked_for_with_the_next_news(
    printing: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_kind: PaperKind, _entry: str) -> bytes:
        raise NotFound("the document has no file", connection=printing.erp)

    order_id, entry = await posted(printing)
    with monkeypatch.context() as patched:
        patched.setattr(printing.waybill.systems.erps[printing.erp], "paper_pdf", none)
        delivery = printing.company.staff.deliver(entry)
        warned = await printing.until(order_id, Stage.SHIPPED, where=lambda view: bool(view.warnings))
    printing.company.staff.invoice_delivery(delivery["DocEntry"])
    kept = await printing.until(order_id, Stage.SHIPPED, where=has_documents(2))

    assert "delivery 451 could not be fetched as a file: the document has no file" in warned.warnings
    assert (kept.hold, kept.warnings) == (None, ())


async def test_a_damaged_file_is_not_given_out(printing: House) -> None:
    order_id, entry = await posted(printing)
    ship_and_bill(printing, entry)
    view = await printing.until(order_id, Stage.SHIPPED, where=has_documents(2))
    sha256 = view.documents[0][1].sha256
    file = Path(printing.waybill.configuration.documents.store) / sha256[:2] / sha256
    await asyncio.to_thread(file.write_bytes, b"%PDF-another")

    async with httpx.AsyncClient() as http:
        answer = await http.get(
            printing.waybill.document_links.url(view.documents[0][1]).replace(
                printing.waybill.configuration.public_url, printing.gateway_url
            )
        )

    assert answer.status_code == 404
    assert "damaged" in answer.text
