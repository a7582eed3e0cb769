"""Which document the ERP gets is the pair's choice; and the same life on PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest

from domain.policy import DocumentKind
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import house
from tests.postgres import new_database
from tests.workflows.placing import place


@pytest.mark.parametrize("kind", [DocumentKind.QUOTATION, DocumentKind.DRAFT])
async def test_a_pair_may_ask_for_another_document(
    temporal_server: TemporalServer, tmp_path: Path, kind: DocumentKind
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["document"] = kind.value

    async with house(temporal_server, tmp_path, change=choose) as running:
        running.company.faults.arm("reset_after_commit", path="$batch")
        order_id = place(running)
        view = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

        assert view.document is not None
        assert view.document.kind is kind
        assert len(running.company.ledger.of(kind.value)) == 1
        assert running.orders_in_erp(order_id) == []


async def test_an_order_lives_the_same_life_on_postgresql(
    temporal_server: TemporalServer, tmp_path: Path, postgres: str
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["database"] = new_database(postgres)

    async with house(temporal_server, tmp_path, change=choose) as running:
        ids = [place(running) for _ in range(10)]
        for order_id in ids:
            await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

        assert [len(running.orders_in_erp(order_id)) for order_id in ids] == [1] * 10
