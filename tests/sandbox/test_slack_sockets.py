"""The sandbox workspace's sockets, as an app with a client of its own sees them."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sandbox.serving import serving
from sandbox.slack import APP, DEFAULT_APP_TOKEN, DEFAULT_TOKEN, Slack
from sandbox.slack_app import create_app
from sandbox.slack_sockets import MOST_SOCKETS

PRESS = {"type": "block_actions"}


@dataclass
class App:
    """An app of the workspace."""

    slack: Slack
    web: httpx.AsyncClient

    async def ask(self, token: str = DEFAULT_APP_TOKEN) -> dict[str, Any]:
        """Ask for an address."""
        login = {"Authorization": f"Bearer {token}"}
        answer: dict[str, Any] = (await self.web.post("/api/apps.connections.open", headers=login)).json()
        return answer

    async def connect(self) -> tuple[ClientConnection, dict[str, Any]]:
        """Connect; return the socket and the first thing that is said over it."""
        socket = await connect((await self.ask())["url"])
        return socket, await heard(socket)


async def heard(socket: ClientConnection) -> dict[str, Any]:
    """Return what is said next."""
    said: dict[str, Any] = json.loads(await socket.recv())
    return said


async def acknowledge(socket: ClientConnection, envelope: dict[str, Any], **more: Any) -> None:
    """Acknowledge an envelope."""
    await socket.send(json.dumps({"envelope_id": envelope["envelope_id"], **more}))


@pytest.fixture
async def app() -> AsyncIterator[App]:
    slack = Slack()
    slack.sockets.on = True
    async with serving(create_app(slack)) as url, httpx.AsyncClient(base_url=url) as web:
        yield App(slack, web)


async def test_only_the_app_level_token_gets_an_address(app: App) -> None:
    answers = [await app.ask(token) for token in (DEFAULT_APP_TOKEN, DEFAULT_TOKEN, "xapp-other")]
    app.slack.faults.arm("token_revoked")
    revoked = await app.ask()
    by_app_token = await app.web.post(
        "/api/auth.test", headers={"Authorization": f"Bearer {DEFAULT_APP_TOKEN}"}
    )

    assert [answer.get("error", "") for answer in answers] == ["", "not_allowed_token_type", "invalid_auth"]
    assert revoked["error"] == "token_revoked"
    assert by_app_token.json()["error"] == "not_allowed_token_type"


async def test_an_address_works_once_and_greets(app: App) -> None:
    url = (await app.ask())["url"]

    async with connect(url) as socket:
        hello = await heard(socket)
        with pytest.raises(InvalidStatus):
            await connect(url)

    assert (hello["type"], hello["connection_info"]["app_id"], hello["num_connections"]) == ("hello", APP, 1)


async def test_an_envelope_is_acknowledged_by_its_id(app: App) -> None:
    socket, _ = await app.connect()
    async with socket:
        pressing = asyncio.create_task(app.slack.sockets.deliver(PRESS))
        envelope = await heard(socket)
        await acknowledge(socket, {"envelope_id": "another"})
        await acknowledge(socket, envelope, payload={"text": "not asked for"})
        await socket.send("no JSON")
        await acknowledge(socket, envelope)
        answer = await pressing

    assert (envelope["type"], envelope["payload"]) == ("interactive", PRESS)
    assert envelope["accepts_response_payload"] is False
    assert answer.status_code == 200
    assert len(app.slack.ledger.of("stray")) == 3


async def test_an_acknowledgement_that_comes_late_is_none(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.slack_sockets._ACK_SECONDS", 0.1)
    socket, _ = await app.connect()
    async with socket:
        pressing = asyncio.create_task(app.slack.sockets.deliver(PRESS))
        envelope = await heard(socket)
        with pytest.raises(httpx.ReadTimeout):
            await pressing
        await acknowledge(socket, envelope)
        await socket.close()

    assert app.slack.ledger.of("acknowledged") == []
    assert len(app.slack.ledger.of("stray")) == 1


async def test_presses_go_to_the_sockets_in_turn(app: App) -> None:
    first, _ = await app.connect()
    second, hello = await app.connect()
    async with first, second:
        for socket in (first, second, first):
            pressing = asyncio.create_task(app.slack.sockets.deliver(PRESS))
            await acknowledge(socket, await heard(socket))
            await pressing

    assert hello["num_connections"] == 2


async def test_an_envelope_whose_acknowledgement_is_lost_comes_over_another_socket(app: App) -> None:
    app.slack.faults.arm("lose_ack")
    first, _ = await app.connect()
    pressing = asyncio.create_task(app.slack.sockets.deliver(PRESS))
    envelope = await heard(first)
    await acknowledge(first, envelope)
    with pytest.raises(ConnectionClosed):
        await first.recv()

    second, _ = await app.connect()
    async with second:
        again = await heard(second)
        await acknowledge(second, again)
        await pressing

    assert (again["envelope_id"], again["retry_attempt"]) == (envelope["envelope_id"], 1)


async def test_one_socket_too_many_is_turned_away(app: App) -> None:
    opened = [(await app.connect())[0] for _ in range(MOST_SOCKETS)]
    eleventh, said = await app.connect()
    for socket in (*opened, eleventh):
        await socket.close()

    assert said == {"type": "disconnect", "reason": "too_many_websockets"}


async def test_the_door_ends_sockets_and_switches_the_mode(app: App) -> None:
    socket, _ = await app.connect()
    refreshed = await app.web.post("/_sandbox/sockets", json={"end": "refresh_requested"})
    asked = await heard(socket)
    await socket.close()
    other, _ = await app.connect()
    disabled = await app.web.post("/_sandbox/sockets", json={"end": "link_disabled"})
    told = await heard(other)
    await other.close()
    warned = await app.ask()
    refused, said = await app.connect()
    await refused.close()
    on = await app.web.post("/_sandbox/sockets", json={"on": True})
    wrong = await app.web.post("/_sandbox/sockets", json={"end": "boredom"})

    assert refreshed.json() == {"on": True, "open": 0}
    assert (asked["reason"], told["reason"], said["reason"]) == (
        "refresh_requested",
        "link_disabled",
        "link_disabled",
    )
    assert (disabled.json()["on"], on.json()["on"], wrong.status_code) == (False, True, 400)
    assert warned["response_metadata"]["messages"] == ["[WARN] Socket Mode is not turned on."]
