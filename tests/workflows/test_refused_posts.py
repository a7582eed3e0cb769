"""A post that was refused: nothing is in the ERP, so the order may end, be corrected, or be posted anew."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.corrections import Correction
from domain.errors import Refused
from domain.life import Asked
from domain.policy import DocumentKind
from domain.posting import ErpDocument, SalesDocument
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import Create, around_create, erp_of
from tests.workflows.placing import place

CANCEL = Asked(by="olga", reason="the buyer called")


async def test_a_cancellation_while_a_post_is_refused_ends_the_order(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(create: Create, document: SalesDocument) -> ErpDocument:
        await running.update(document.key.split(":")[1], "cancel", CANCEL)
        raise Refused("the ERP refused it", connection=running.erp)

    around_create(monkeypatch, running, refuses)
    order_id = place(running)

    ended = await running.until(order_id, Stage.CANCELLED, Stage.HELD)

    assert (ended.stage, ended.because) == (Stage.CANCELLED, CANCEL.reason)
    assert running.orders_in_erp(order_id) == []


async def test_a_cancellation_while_a_check_is_refused_ends_the_order(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(skus: tuple[str, ...], warehouse: str) -> tuple[object, ...]:
        await running.update(order_id, "cancel", CANCEL)
        raise Refused("the ERP refused it", connection=running.erp)

    monkeypatch.setattr(erp_of(running), "items", refuses)
    order_id = place(running)

    ended = await running.until(order_id, Stage.CANCELLED, Stage.HELD)

    assert ended.stage is Stage.CANCELLED


async def test_an_order_whose_draft_was_removed_and_whose_post_was_refused_can_be_corrected(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quick(raw: dict[str, Any]) -> None:
        # What was sent may be under way for twice the time-out and a margin.
        raw["connections"][raw["pairs"]["main"]["erp"]]["timeout"] = "1s"

    monkeypatch.setattr("activities.once._LEASE_MARGIN", timedelta(seconds=1))
    monkeypatch.setattr("workflows.journey.DOUBT_PAUSES", (timedelta(milliseconds=200),))
    kept = {"draft_survives_change_set": True}
    async with house(temporal_server, tmp_path, change=quick, company_settings=kept) as running:
        running.company.faults.arm("approval_procedure")
        order_id = place(running)
        drafted = await running.until(order_id, Stage.HELD)
        assert drafted.document is not None
        await erp_of(running).cancel_document(DocumentKind.DRAFT, drafted.document.entry)
        with monkeypatch.context() as closed:

            async def refuses(create: Create, document: SalesDocument) -> ErpDocument:
                raise Refused("the ERP refused it", connection=running.erp)

            around_create(closed, running, refuses)
            await running.update(order_id, "continue_order", Asked(by="olga"))
            refused = await running.until(
                order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold != drafted.hold
            )

        await running.update(order_id, "correct", Correction(by="olga", fields={"delivery.city": "Lille"}))
        await running.update(order_id, "continue_order", Asked(by="olga"))
        posted = await running.until(order_id, Stage.POSTED)

        assert refused.document is None
        assert posted.document is not None
        assert len(running.orders_in_erp(order_id)) == 1
