"""The first floor: the calls of real orders, made again by one asyncio loop that does nothing else.

It reads each answer whole and looks only at its status. ERP sessions are logged in before and taken in turn.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from adapters.erps.sap_business_one.sessions import ROOT
from starter.ending import Unable, run
from starter.stack.kinds import SAP_PASSWORD
from tests.bench.arrivals import arrive
from tests.bench.jobs import Done, LoopJob, answer, meter_of
from tests.bench.recording import Call, Script

_SHOP_CONNECTIONS = 8
_KEPT_ALIVE_SECONDS = 3
_PATIENCE = 600
"""Seconds: with many orders at once a call waits long for a free connection."""
_LOGIN = {"CompanyDB": "SBODEMOFR", "UserName": "web", "Password": SAP_PASSWORD}


@dataclass(frozen=True)
class _Doors:
    """The clients of both systems, and the ERP's sessions by their cookies."""

    shop: httpx.AsyncClient
    sap: httpx.AsyncClient
    sessions: "asyncio.LifoQueue[str]"


@asynccontextmanager
async def _client(url: str, connections: int) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=_KEPT_ALIVE_SECONDS)
    async with httpx.AsyncClient(base_url=url, limits=limits, trust_env=False, timeout=_PATIENCE) as client:
        yield client


@asynccontextmanager
async def _open(job: LoopJob) -> AsyncIterator[_Doors]:
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(_client(job.shop_url, _SHOP_CONNECTIONS))
        sap = await stack.enter_async_context(_client(job.sap_url, job.sessions + 1))
        doors = _Doors(shop, sap, asyncio.LifoQueue())
        for _ in range(job.sessions):
            opened = await sap.post(f"{ROOT}Login", json=_LOGIN, headers={"cookie": ""})
            doors.sessions.put_nowait(f"B1SESSION={opened.json()['SessionId']}")
        yield doors


async def _make(call: Call, doors: _Doors, key: tuple[str, str]) -> None:
    recorded, ours = key
    target, content = call.target.replace(recorded, ours), call.content.replace(recorded, ours)
    if call.system == "shop":
        response = await doors.shop.request(
            call.method, target, headers=call.headers, content=content.encode()
        )
    else:
        cookie = await doors.sessions.get()
        try:
            headers = {**call.headers, "cookie": cookie}
            response = await doors.sap.request(call.method, target, headers=headers, content=content.encode())
        finally:
            doors.sessions.put_nowait(cookie)
    if response.is_error:
        raise Unable(f"{call.system} answered {response.status_code} to a call of the bare loop.")


async def _order(script: Script, doors: _Doors, name: str) -> None:
    key = (f"shop:{script.order_id}:", f"{name}:")
    for group in script.groups:
        if len(group) == 1:
            await _make(group[0], doors, key)
        else:
            await asyncio.gather(*(_make(call, doors, key) for call in group))


async def work(job: LoopJob) -> Done:
    """Let the orders come, and tell when each was due; the ERP's ledger knows when each was committed."""
    due_at: dict[str, float] = {}
    async with _open(job) as doors:

        async def order(number: int, due: float, mark: str = job.mark) -> None:
            name = f"{mark}:{number}"
            due_at[name] = due
            await _order(job.scripts[number % len(job.scripts)], doors, name)

        async def warm_up(number: int, due: float) -> None:
            await order(number, due, f"{job.mark}w")

        await arrive(job.warm_up, job.warm_up_rate, warm_up)
        due_at.clear()
        meter = meter_of("loop", job)
        await arrive(job.count, job.rate, order)
        return Done(due=due_at, usage=meter.stop())


async def main() -> None:
    """Do one job."""
    await answer(LoopJob, work)


if __name__ == "__main__":
    run(main)
