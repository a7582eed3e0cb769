"""Returns by the command line on a running machine, from the asking to the credit note."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Machine

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("machine")]


async def invoiced(machine: Machine) -> str:
    """Let six bottles be bought, shipped and invoiced; return the order's name."""
    order = await machine.place({"sku": "WINE-RED-75", "quantity": 6})
    entry = (await machine.until(order, "posted"))["document"]["entry"]
    async with httpx.AsyncClient(base_url=machine.stack.addresses.erp_url) as sap:
        delivery = (await sap.post("/_sandbox/deliver", json={"order": int(entry)})).raise_for_status()
        wanted = {"delivery": delivery.json()["DocEntry"]}
        (await sap.post("/_sandbox/invoice", json=wanted)).raise_for_status()
    await until(machine, order, lambda view: len(view["papers"]) == 2)
    return order


async def until(machine: Machine, order: str, fits: Any) -> dict[str, Any]:
    """Wait until the order's page shows what is wanted."""
    async with asyncio.timeout(60):
        while True:
            view = await machine.until(order, "posted", "picking", "shipped")
            if fits(view):
                return view
            await asyncio.sleep(0.2)


def stages(view: dict[str, Any]) -> dict[str, str]:
    return {each["reference"]: each["stage"] for each in view["returns"]}


async def test_returns_are_asked_for_told_and_shown(machine: Machine) -> None:
    order = await invoiced(machine)
    name = f"shop:{order}"

    too_much = await machine.waybill("return", "ask", name, "--amount", "1000")
    odd = await machine.waybill("return", "ask", name, "WINE-RED-75=many")
    money = await machine.waybill("return", "ask", name, "--amount", "5.00", "--as", "olga")
    goods = await machine.waybill("return", "ask", name, "WINE-RED-75=2", "--reason", "corked")
    await until(machine, order, lambda view: stages(view).get("R2") == "waiting_for_goods")
    again = await machine.waybill("return", "ask", name, "WINE-RED-75=2", "--reason", "corked")
    arrived = await machine.waybill("return", "arrived", name, "R2")
    await until(machine, order, lambda view: stages(view) == {"R1": "completed", "R2": "completed"})
    late = await machine.waybill("return", "give-up", name, "R2")
    shown = await machine.waybill("order", "show", name)

    assert (too_much.code, "is left" in too_much.err) == (3, True)
    assert (odd.code, "lines.0.quantity" in odd.err) == (2, True)
    assert (money.code, "Return R1" in money.out) == (0, True)
    assert (goods.code, arrived.code) == (0, 0)
    assert (again.code, "Return R2" in again.out, "just this already" in again.out) == (0, True, True)
    assert (late.code, "no open return R2" in late.err) == (3, True)
    rows = {row.split()[0]: row for row in shown.out.splitlines() if row.startswith(("R1", "R2"))}
    assert "5.00 EUR" in rows["R1"]
    assert "return request" in rows["R2"]
    assert "30.00 EUR" in rows["R2"]


async def test_others_are_sent_instead_and_what_cannot_be_is_shown_to_the_order_desk(
    machine: Machine,
) -> None:
    order = await invoiced(machine)
    name = f"shop:{order}"
    ask = ("return", "ask", name, "WINE-RED-75=2", "--goods", "back", "--instead")

    no_price = await machine.waybill(*ask, "WINE-WHITE-75=2")
    odd = await machine.waybill(*ask, "WINE-WHITE-75")
    unknown = await machine.waybill(*ask, "NO-SUCH=1@5.00")
    await until(machine, order, lambda view: stages(view).get("R1") == "stopped")
    holds = await machine.waybill("holds")
    await machine.waybill("return", "give-up", name, "R1")
    white = await machine.waybill(*ask, "WINE-WHITE-75=2@11.90")
    view = await until(machine, order, lambda view: any(each["replacement"] for each in view["returns"]))
    shown = await machine.waybill("order", "show", name)

    assert (no_price.code, "say it, with tax, as WINE-WHITE-75=2@PRICE" in no_price.err) == (3, True)
    assert (odd.code, "SKU=QTY@PRICE" in odd.err) == (2, True)
    assert unknown.code == 0
    assert "returns: 1" in holds.out
    assert "waybill return continue" in holds.out
    assert white.code == 0
    number = view["returns"][1]["replacement"]["number"]
    assert f"{number}, open, 23.80 EUR" in shown.out


async def test_a_worker_killed_while_it_orders_what_is_sent_instead_orders_it_once(machine: Machine) -> None:
    order = await invoiced(machine)
    ask = ("return", "ask", f"shop:{order}", "WINE-RED-75=2", "--at-once", "--instead", "WINE-RED-75=2")

    async with httpx.AsyncClient(base_url=machine.stack.addresses.erp_url) as sap:

        async def ordered() -> list[str]:
            rows = (await sap.get("/_sandbox/ledger", params={"kind": "order"})).json()
            return [key for row in rows if (key := row["U_WebOrderId"]) == f"shop:{order}:exchange:R1"]

        hang = {"kind": "hang_after_commit", "path": "$batch", "seconds": 60}
        (await sap.post("/_sandbox/faults", json=hang)).raise_for_status()
        asked = await machine.waybill(*ask)
        async with asyncio.timeout(60):
            while not await ordered():  # noqa: ASYNC110 - it happens in other processes
                await asyncio.sleep(0.1)
        await machine.stack.worker.kill()
        await machine.stack.start_worker()
        await until(machine, order, lambda view: stages(view).get("R1") == "waiting_for_goods")
        once = await ordered()

    assert asked.code == 0
    assert once == [f"shop:{order}:exchange:R1"]
