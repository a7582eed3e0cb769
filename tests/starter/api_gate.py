"""The API over a database with some orders, without any Temporal server behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.approvals.requests import ApprovalRequest
from domain.life import Deed, Hold, OrderView
from domain.money import Money
from domain.roles import Role
from domain.stages import Stage
from records.migrate import migrate
from records.tokens import NewToken, Tokens
from starter.composition import Waybill, compose
from starter.configuration import parse
from starter.gateway.app import create_app
from tests.house import SECRETS, configuration

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
API = "/api/v1"


@dataclass
class ApiGate:
    """The gateway's API, asked by tokens of all roles."""

    http: httpx.AsyncClient
    waybill: Waybill
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def tokens(self) -> Tokens:
        """The tokens that the API looks up."""
        return Tokens(self.waybill.database)

    async def token(self, role: Role, person: str = "", **facts: Any) -> str:
        """Return the secret of a token of a role, made once."""
        name = f"{role}-{person or 'nobody'}"
        if name not in self.secrets or facts:
            new = NewToken(name=name, role=role, person=person, created_by="ada", **facts)
            self.secrets[name] = await self.tokens.create(new, datetime.now(UTC))
        return self.secrets[name]

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: Role = Role.ADMIN,
        person: str = "",
        key: str = "",
    ) -> httpx.Response:
        """Ask the API something with a token of a role, and with an Idempotency-Key where one is given."""
        sent = {"Authorization": f"Bearer {await self.token(role, person)}"}
        if key:
            sent["Idempotency-Key"] = key
        return await self.http.request(method, API + path, json=body, headers=sent)


@cache
def _empty_database() -> bytes:
    """Return a database with all its tables, which takes a while to make."""
    with TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/waybill.db")
        return (Path(folder) / "waybill.db").read_bytes()


@asynccontextmanager
async def api_gate(folder: Path, client: Client | None = None, database: str = "") -> AsyncIterator[ApiGate]:
    """Open the API; its database is not there where one is named, nor is Temporal without a client."""
    raw = configuration(folder, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    raw["database"] = database or raw["database"]
    settings = parse(raw, SECRETS)
    if not database:
        (folder / "waybill.db").write_bytes(await asyncio.to_thread(_empty_database))
    waybill = compose(settings)
    client = client or await Client.connect("127.0.0.1:9", lazy=True, data_converter=pydantic_data_converter)
    transport = httpx.ASGITransport(create_app(waybill, client))
    async with httpx.AsyncClient(transport=transport, base_url="http://waybill") as http:
        yield ApiGate(http, waybill)
    await waybill.close()


def order(number: int, stage: Stage = Stage.CHECKING, **facts: Any) -> OrderView:
    """Return a view of one of the shop's orders."""
    return OrderView(
        version=1,
        connection="shop",
        store_order_id=str(number),
        erp="sap",
        number=f"REF{number}",
        customer="Ana Buyer",
        stage=stage,
        since=NOON,
        total=Money(Decimal("6000.00"), "EUR"),
        lines=1,
        revision="rev1",
        placed_at=NOON,
        deeds=(Deed(number=1, at=NOON, by="olga", what="corrected", detail="delivery.country"),),
        **facts,
    )


def held(number: int) -> OrderView:
    """Return an order on hold."""
    hold = Hold(
        number=1,
        code="erp_refused",
        sentence="the ERP refused it",
        remedy="Correct it.",
        since=NOON,
        came_from=Stage.POSTING,
    )
    return order(number, Stage.HELD, hold=hold)


def asked(number: int) -> OrderView:
    """Return an order that waits for a decision."""
    request = ApprovalRequest(
        number=2,
        revision="rev1",
        total=Money(Decimal("6000.00"), "EUR"),
        role="director",
        because="the total 6000.00 EUR is above 5000 EUR",
        asked=("dora",),
        asked_at=NOON,
        code_hashes={"dora": "f" * 64},
    )
    return order(number, Stage.AWAITING_APPROVAL, approval=request)


async def record(waybill: Waybill, *views: OrderView) -> None:
    """Record orders, a second apart."""
    for second, view in enumerate(views):
        await waybill.orders.record(view, NOON + timedelta(seconds=second))
