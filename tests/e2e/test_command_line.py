"""The command line on a running machine: what a person at the order desk does."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ROOT, Machine

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("machine")]


async def test_doctor_finds_everything_well(machine: Machine) -> None:
    ran = await machine.waybill("doctor", "--json")

    assert ran.code == 0, ran.out
    assert {finding["part"] for finding in ran.json} == {
        *("database", "temporal", "mail", "shop", "sap"),
        *("texts", "slack", "partner", "labels"),
    }
    assert all(finding["ok"] for finding in ran.json)


@pytest.mark.parametrize(
    ("variable", "value", "part", "names"),
    [
        ("SHOP_KEY", "X" * 32, "shop", "key"),
        ("SAP_PASSWORD", "wrong", "sap", "password"),
        ("TEMPORAL_ADDRESS", "127.0.0.1:9", "temporal", "TEMPORAL_ADDRESS"),
    ],
)
async def test_doctor_names_the_key_and_the_fix(
    machine: Machine, variable: str, value: str, part: str, names: str
) -> None:
    ran = await machine.waybill("doctor", "--json", **{variable: value})

    wrong = [finding for finding in ran.json if not finding["ok"]]
    assert ran.code == 1
    assert {finding["part"] for finding in wrong} == {part}
    assert names in wrong[0]["fix"]


async def test_a_missing_secret_is_named_before_anything_starts(machine: Machine) -> None:
    ran = await machine.waybill("doctor", SAP_PASSWORD="")

    assert ran.code == 69
    assert "connections.sap.password points to the variable SAP_PASSWORD" in ran.err


async def test_setup_can_be_run_again(machine: Machine) -> None:
    ran = await machine.waybill("setup", "sap", "--yes")

    assert ran.code == 0
    assert "Everything is there." in ran.out


async def test_an_order_is_listed_shown_explained_and_found(machine: Machine) -> None:
    order = await machine.place({"sku": "WINE-RED-75", "quantity": 6})
    view = await machine.until(order, "posted")
    number = view["document"]["number"]

    listed = await machine.waybill("order", "list", "--json")
    shown = await machine.waybill("order", "show", number)
    why = await machine.waybill("order", "why", f"shop:{order}")
    found = await machine.waybill("xref", "find", number, "--json")

    assert order in {each["store_order_id"] for each in listed.json}
    assert f"DocEntry {view['document']['entry']}" in shown.out
    assert "is posted" in why.out
    assert found.json[0]["ours"] == f"shop:{order}:order:1"


async def test_a_held_order_is_corrected_and_continued(machine: Machine) -> None:
    wrong = {"sku": "WINE-RED-75", "quantity": 1, "raw": {"product_reference": "NO-SUCH"}}
    order = await machine.place(wrong)
    await machine.until(order, "held")
    name = f"shop:{order}"

    holds = await machine.waybill("holds")
    nothing_to_try = await machine.waybill("try", "sap")
    nothing_parked = await machine.waybill("aside", "sap", "delivery 4711")
    refused = await machine.waybill("order", "correct", name, "line.9.sku=X")
    released = await machine.waybill("order", "release", name)
    corrected = await machine.waybill("order", "correct", name, "line.1.sku=WINE-RED-75", "--as", "olga")
    continued = await machine.waybill("order", "continue", name, "--as", "olga")
    await machine.until(order, "posted")
    why = await machine.waybill("order", "why", name)

    assert "NO-SUCH" in holds.out
    assert (nothing_parked.code, "Nothing is parked" in nothing_parked.err) == (4, True)
    assert (nothing_to_try.code, "No orders wait for sap" in nothing_to_try.err) == (4, True)
    assert (refused.code, "lines are numbered from 1 to 1" in refused.err) == (3, True)
    assert (released.code, "cannot be overruled" in released.err) == (3, True)
    assert (corrected.code, continued.code) == (0, 0)
    assert "olga" in why.out


async def test_approvals_by_the_command_line(machine: Machine) -> None:
    order = await machine.place({"sku": "CELLAR-CABINET", "quantity": 3})
    await machine.until(order, "awaiting_approval")
    name = f"shop:{order}"

    stranger = await machine.waybill("order", "approve", name, "--as", "somebody")
    approved = await machine.waybill("order", "approve", name, "--as", "dora")
    await machine.until(order, "posted")
    late = await machine.waybill("order", "reject", name, "--as", "dora", "--reason", "no")

    assert (stranger.code, "may not decide" in stranger.err) == (3, True)
    assert approved.code == 0
    assert (late.code, "already approved by Dora Director" in late.err) == (3, True)


async def test_hold_release_and_cancel(machine: Machine) -> None:
    order = await machine.place({"sku": "WINE-WHITE-75", "quantity": 1})
    await machine.until(order, "posted")
    name = f"shop:{order}"

    await machine.waybill("order", "hold", name, "--reason", "look at it")
    await machine.until(order, "held")
    await machine.waybill("order", "release", name)
    await machine.until(order, "posted")
    cancelled = await machine.waybill("order", "cancel", name, "--reason", "the buyer called")
    await machine.until(order, "cancelled")
    again = await machine.waybill("order", "cancel", name)

    assert (cancelled.code, again.code) == (0, 3)


async def test_unknown_orders_and_wrong_usage_have_their_own_codes(machine: Machine) -> None:
    unknown = await machine.waybill("order", "show", "shop:999999")
    usage = await machine.waybill("order", "correct", "shop:1001", "no-equals-sign")
    nothing = await machine.waybill("xref", "find", "never-heard")

    assert (unknown.code, usage.code, nothing.code) == (4, 2, 4)


async def test_simulated_orders_are_all_posted(machine: Machine) -> None:
    ran = await machine.waybill("simulate", "orders", "--n", "5", "--seed", "7")

    assert ran.code == 0
    assert "5 orders placed" in ran.out


async def test_the_worker_serves_metrics_and_the_logs_name_nobody(machine: Machine) -> None:
    await machine.until(await machine.place({"sku": "WINE-RED-75", "quantity": 1}), "posted")

    async with httpx.AsyncClient() as http:
        metrics = (await http.get(f"http://{machine.stack.addresses.prometheus}/metrics")).text
    logs = "".join(
        file.read_text("utf-8", "replace")
        for name in ("gateway", "worker")
        for file in (machine.stack.folder / f"{name}.log",)
    )

    assert "temporal_workflow_task_execution_latency" in metrics
    for personal in ("anna.moreau", "Moreau", "Lilas", "web-secret", "whsec_"):
        assert personal not in logs


async def test_up_names_every_place_and_stops_every_process_it_started(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "starter.cli",
        "up",
        "--folder",
        str(tmp_path / "up"),
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout
    said = ""
    async with asyncio.timeout(90):
        async for line in child.stdout:
            said += line.decode()
            if "Ctrl-C stops everything" in said:
                break
    children = _children_of(child.pid)

    child.send_signal(signal.SIGINT)
    code = await asyncio.wait_for(child.wait(), 60)

    assert code == 0
    for place in ("Temporal", "store", "ERP", "mailbox", "labels", "Slack", "texts", "webhooks", "gateway"):
        assert re.search(rf"^  {place}.*http://127\.0\.0\.1:\d+", said, re.MULTILINE), place
    assert len(children) >= 8
    assert [pid for pid in children if _runs(pid)] == []


def _children_of(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
