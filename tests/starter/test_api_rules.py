"""Rules over the API: said in words, tried on orders, and what they decided."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from domain.roles import Role
from domain.stages import Stage
from records.tokens import NewToken, Tokens
from starter.temporal_server import TemporalServer
from tests.house import house
from tests.workflows.placing import place
from tests.workflows.publishing import publish, rule

BIG = {"fact": "total", "is": "more_than", "value": "50 EUR"}


@pytest.mark.timeout(120)
async def test_rules_are_said_tried_and_looked_up(temporal_server: TemporalServer, tmp_path: Path) -> None:
    async with house(temporal_server, tmp_path) as running:
        await publish(running, rule("tag", "validated", {"do": "tag", "tags": ["seen"]}))
        order_id = place(running)
        await running.until(order_id, Stage.POSTED)
        new = NewToken(name="reader", role=Role.VIEWER, created_by="ada")
        secret = await Tokens(running.waybill.database).create(new, datetime.now(UTC))
        draft = {"rules": [rule("ask", "validated", {"do": "require_approval"}, **{"if": BIG})]}
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(base_url=f"{running.gateway_url}/api/v1", headers=headers) as api:
            said = (await api.post("/rules/explain", params={"language": "fr"}, json=draft)).json()
            wrong = (await api.post("/rules/explain", json={"rules": [{"id": "x"}]})).json()
            run = (await api.post("/rules/dry-run", json=draft)).json()["run"]
            tried = (await api.post(f"/rules/try/{running.store}/{order_id}", json=draft)).json()["path"]
            why = (await api.get(f"/orders/{running.store}/{order_id}/why")).json()

    assert "le total" in said["sentences"][0]["sentence"]
    assert wrong["findings"]["faults"]
    assert (run["orders"], run["changes"][0]["after"]) == (1, ["approval by the pair: ask"])
    assert tried["steps"][1]["outcomes"][0]["seen"][0]["answer"] is True
    assert [each["version"] for each in why["decisions"]] == [1]
