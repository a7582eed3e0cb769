"""The gateway's answers: what is taken, what is refused and how, and that nothing taken is lost."""

import asyncio
import gzip
import json
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac_of
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from records.migrate import migrate
from sandbox.serving import serving
from starter.composition import Waybill, compose
from starter.configuration import parse
from starter.gateway.app import create_app
from tests.house import SECRETS, configuration, eventually

EVENT = {"type": "order.created", "timestamp": "2026-01-05T10:29:00Z", "data": {"id_order": 1042}}
SECRET = SECRETS["HOOK"]


@dataclass
class Gate:
    """A gateway without any Temporal server behind it."""

    http: httpx.AsyncClient
    waybill: Waybill
    url: str

    async def send(self, body: bytes, **headers: str) -> httpx.Response:
        """Post a body to the shop's webhook address."""
        return await self.http.post("/webhooks/shop", content=body, headers=headers)

    async def send_signed(self, body: bytes, **facts: Any) -> httpx.Response:
        """Post a body with a right signature, unless a fact says otherwise."""
        return await self.send(body, **signed(body, **facts))

    async def kept(self) -> dict[str, int]:
        """Return how many rows the inbox has in each state."""
        return await self.waybill.inbox.counts()


def signed(body: bytes, *, secret: str = SECRET, age_seconds: int = 0, message: str = "") -> dict[str, str]:
    """Return the headers of the Standard Webhooks form."""
    message = message or f"msg_{uuid4().hex}"
    stamp = str(int(time.time()) - age_seconds)
    key = b64decode(secret.removeprefix("whsec_"))
    digest = hmac_of(key, f"{message}.{stamp}.".encode() + body, sha256).digest()
    signature = f"v1,{b64encode(digest).decode()}"
    return {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": signature}


@asynccontextmanager
async def gate(folder: Path, database: str = "", **settings: Any) -> AsyncIterator[Gate]:
    """Run a gateway whose Temporal server is not there; nor is its database, where one is named."""
    raw = configuration(folder, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    raw["gateway"] = settings
    raw["database"] = database or raw["database"]
    chosen = parse(raw, SECRETS)
    if not database:
        await asyncio.to_thread(migrate, chosen.database)
    waybill = compose(chosen)
    client = await Client.connect("127.0.0.1:9", lazy=True, data_converter=pydantic_data_converter)
    async with serving(create_app(waybill, client)) as url, httpx.AsyncClient(base_url=url) as http:
        yield Gate(http, waybill, url)
    await waybill.close()


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gate]:
    async with gate(tmp_path) as opened:
        yield opened


async def test_a_signed_delivery_is_kept_and_answered_although_temporal_is_gone(gateway: Gate) -> None:
    answer = await gateway.send_signed(json.dumps(EVENT).encode())

    assert answer.status_code == 202
    (row,) = await gateway.waybill.inbox.waiting()
    assert (row.order_id, row.kind) == ("1042", "order.created")


async def test_the_same_delivery_again_is_answered_and_kept_once(gateway: Gate) -> None:
    body = json.dumps(EVENT).encode()

    answers = await asyncio.gather(*(gateway.send_signed(body, message="msg_same") for _ in range(100)))

    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [202]
    assert await gateway.kept() == {"waiting": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "msg_1"},
        {"webhook-id": "msg_1", "webhook-timestamp": "soon", "webhook-signature": "v1,AAAA"},
        {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "nonsense"},
    ],
    ids=["unsigned", "half signed", "no time", "garbled"],
)
async def test_an_unsigned_delivery_is_refused_and_not_kept(gateway: Gate, headers: dict[str, str]) -> None:
    answer = await gateway.send(json.dumps(EVENT).encode(), **headers)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert await gateway.kept() == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"secret": "whsec_" + b64encode(b"another connection's own secret!").decode()},
        {"age_seconds": 3600},
        {"age_seconds": -3600},
    ],
    ids=["other secret", "too old", "from the future"],
)
async def test_a_wrongly_signed_delivery_is_refused_and_counted(gateway: Gate, facts: dict[str, Any]) -> None:
    answer = await gateway.send_signed(json.dumps(EVENT).encode(), **facts)
    health = (await gateway.http.get("/health/ready")).json()

    assert answer.status_code == 401
    assert health["webhooks"] == {"refused_signature": 1}
    assert await gateway.kept() == {}


async def test_a_changed_body_is_refused(gateway: Gate) -> None:
    headers = signed(json.dumps(EVENT).encode())
    changed = json.dumps(EVENT | {"data": {"id_order": 1}}).encode()

    assert (await gateway.send(changed, **headers)).status_code == 401


UNREADABLE = {
    "not JSON": b"order=1042",
    "deep": b"[" * 100_000,
    "NaN": b'{"type": "order.created", "data": {"id_order": NaN}}',
    "NUL": b'{"type": "order.created\\u0000", "data": {"id_order": 1042}}',
    "lone surrogate": b'{"type": "\\ud800", "data": {"id_order": 1042}}',
    "wrong type": b'{"type": "order.created", "data": {"id_order": [1042]}}',
    "negative id": b'{"type": "order.created", "data": {"id_order": -5}}',
    "no data": b'{"type": "order.created"}',
    "a list": b"[]",
    "empty": b"",
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_a_signed_body_that_cannot_be_read_is_kept_as_refused(gateway: Gate, name: str) -> None:
    answer = await gateway.send_signed(UNREADABLE[name])

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert await gateway.kept() == {"refused": 1}


async def test_an_event_about_something_else_is_kept_as_ignored(gateway: Gate) -> None:
    body = {"type": "customer.updated", "data": {"id_customer": 7}}

    answer = await gateway.send_signed(json.dumps(body).encode())

    assert (answer.status_code, await gateway.kept()) == (202, {"ignored": 1})


async def test_unknown_connections_paths_and_methods_are_told_so(gateway: Gate) -> None:
    body = json.dumps(EVENT).encode()

    stranger = await gateway.http.post("/webhooks/other", content=body, headers=signed(body))
    nowhere = await gateway.http.get("/nowhere")
    wrong_method = await gateway.http.get("/webhooks/shop")

    assert [answer.status_code for answer in (stranger, nowhere, wrong_method)] == [404, 404, 405]
    assert stranger.json()["detail"] == "there is no such connection"


async def test_a_body_over_the_cap_is_refused_unread(tmp_path: Path) -> None:
    async with gate(tmp_path, largest_body=1024) as gateway:
        declared = await gateway.send_signed(b"x" * 2000)

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(1000):
                yield b"x" * 1000

        streamed = await gateway.http.post("/webhooks/shop", content=endless())

    assert (declared.status_code, streamed.status_code) == (413, 413)


async def test_a_gzip_bomb_is_not_unfolded(gateway: Gate) -> None:
    bomb = gzip.compress(b"0" * 200_000_000)

    answer = await gateway.send(bomb, **signed(bomb), **{"content-encoding": "gzip"})

    assert answer.status_code == 413


async def test_a_gzipped_body_is_taken(gateway: Gate) -> None:
    body = json.dumps(EVENT).encode()

    answer = await gateway.send(gzip.compress(body), **signed(body), **{"content-encoding": "gzip"})
    strange = await gateway.send(body, **signed(body), **{"content-encoding": "br"})
    broken = await gateway.send(gzip.compress(body)[:-9], **signed(body), **{"content-encoding": "gzip"})

    assert [each.status_code for each in (answer, strange, broken)] == [202, 415, 400]


async def test_a_slow_body_is_given_up(tmp_path: Path) -> None:
    async with gate(tmp_path, body_seconds=0.3) as gateway:

        async def slow() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.sleep(2)
            yield b"}"

        answer = await gateway.http.post("/webhooks/shop", content=slow())

    assert answer.status_code == 408


async def test_without_its_database_the_gateway_never_says_yes(tmp_path: Path) -> None:
    async with gate(tmp_path, database="postgresql://nobody@127.0.0.1:9/none") as gateway:
        answer = await gateway.send_signed(json.dumps(EVENT).encode())
        ready = await gateway.http.get("/health/ready")
        live = await gateway.http.get("/health/live")

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (ready.status_code, live.status_code) == (503, 200)


async def test_a_full_disk_is_503_and_leaves_no_half_row(gateway: Gate) -> None:
    database = gateway.waybill.database
    pages = await database.read(lambda session: session.execute(text("pragma page_count")).scalar_one())
    await asyncio.gather(
        *(
            database.read(lambda session: session.execute(text(f"pragma max_page_count = {pages}")))
            for _ in range(10)
        )
    )
    big = EVENT | {"padding": "x" * 100_000}

    answers = [await gateway.send_signed(json.dumps(big).encode()) for _ in range(20)]

    refused = [answer for answer in answers if answer.status_code == 503]
    taken = [answer for answer in answers if answer.status_code == 202]
    assert refused
    assert (await gateway.kept()).get("waiting", 0) == len(taken)


async def test_too_many_waiting_deliveries_push_back(tmp_path: Path) -> None:
    async with gate(tmp_path, most_waiting=2) as gateway:
        body = json.dumps(EVENT).encode()

        async def refusal() -> httpx.Response | None:
            answer = await gateway.send_signed(body)
            return answer if answer.status_code != 202 else None

        answer = await eventually(refusal)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"


async def test_health_says_that_deliveries_wait_for_temporal(gateway: Gate) -> None:
    await gateway.send_signed(json.dumps(EVENT).encode())

    async def told() -> dict[str, Any] | None:
        health: dict[str, Any] = (await gateway.http.get("/health/ready")).json()
        return health if health["waiting"] else None

    health = await eventually(told)

    assert health["ready"] is True
    assert health["temporal"].startswith("does not answer")
