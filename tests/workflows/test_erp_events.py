"""An ERP's own webhooks wake the change feed; unsigned ones do nothing."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.stages import Stage
from starter.feeds import keep_feeds
from starter.temporal_server import TemporalServer
from tests import house as houses
from tests.house import House, house
from tests.workflows.test_following import posted

KEY = "a-key-of-the-companys-webhooks"
EVENT = [{"id": "5ac1", "type": "sap.b1.DeliveryNotes.Created.v1", "data": {"DocEntry": "1"}}]
UNSIGNED = {"Content-Type": "application/json"}


def signed(content: bytes, key: str = KEY) -> dict[str, str]:
    made = hmac.new(key.encode(), content, hashlib.sha256).digest()
    return {"X-B1-Webhook-Signature": base64.b64encode(made).decode()}


@pytest.fixture
async def lazy(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A house whose feed looks once an hour, unless it is woken."""
    monkeypatch.setitem(houses.SECRETS, "EVENTS", KEY)

    def choose(raw: dict[str, Any]) -> None:
        erp = raw["pairs"]["main"]["erp"]
        raw["connections"][erp]["webhook_key"] = "env:EVENTS"

    async with house(temporal_server, tmp_path, change=choose) as running:
        queue = running.waybill.configuration.task_queue
        await keep_feeds(running.client, (running.erp,), timedelta(hours=1), queue)
        yield running


def address(running: House) -> str:
    return f"{running.gateway_url}/erp-events/{running.erp}"


async def test_a_signed_event_wakes_the_feed(lazy: House) -> None:
    order_id, entry = await posted(lazy)
    lazy.company.staff.deliver(entry)
    body = json.dumps(EVENT).encode()

    async with httpx.AsyncClient() as http:
        answer = await http.post(address(lazy), content=body, headers=signed(body))
        await lazy.until(order_id, Stage.SHIPPED)

    assert answer.status_code == 202


async def test_the_signature_may_be_over_the_servers_own_rewriting(lazy: House) -> None:
    sent, compact = json.dumps(EVENT, indent=2).encode(), json.dumps(EVENT, separators=(",", ":")).encode()

    async with httpx.AsyncClient() as http:
        assert (await http.post(address(lazy), content=sent, headers=signed(compact))).status_code == 202


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (UNSIGNED, b"[]", 401),
        (signed(b"[]", "another-key"), b"[]", 401),
        (signed(b"[1]"), b"[]", 401),
        ({"X-B1-Webhook-Signature": "not base64!"}, b"[]", 401),
        (signed(b"{"), b"{", 400),
    ],
    ids=["unsigned", "another key", "another body", "no signature", "no JSON"],
)
async def test_what_is_not_from_the_company_is_refused(
    lazy: House, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with httpx.AsyncClient() as http:
        assert (await http.post(address(lazy), content=body, headers=headers)).status_code == status
        assert (await http.post(f"{lazy.gateway_url}/erp-events/nobody", content=b"[]")).status_code == 404


async def test_the_handshake_is_answered_for_who_knows_the_key(lazy: House) -> None:
    token = "0b7a7a3c-5f0c-4f43-9f6f-0a1b2c3d4e5f"
    asked = {"X-B1-Webhook-Token": token}

    async with httpx.AsyncClient() as http:
        known = await http.get(address(lazy), headers={**asked, **signed(token.encode())})
        stranger = await http.get(address(lazy), headers=asked)

    assert (known.status_code, known.json()) == (200, {"Challenge": token})
    assert stranger.status_code == 401
