"""`python -m sandbox` as a process of its own."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import woocommerce


@contextlib.asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[tuple[Process, dict[str, Any]]]:
    """Start a sandbox and yield it with what it announced."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "sandbox", *arguments, stdout=PIPE)
    try:
        assert child.stdout is not None
        yield child, json.loads(await child.stdout.readline())
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def status_of(url: str, **details: Any) -> int:
    async with httpx.AsyncClient() as web:
        return (await web.get(url, **details)).status_code


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_sandbox_announces_where_it_listens_and_stops_when_told(tmp_path: Path, stop: int) -> None:
    file = tmp_path / "mailbox.json"
    async with started("mailbox", "--announce", str(file)) as (child, said):
        status = await status_of(f"{said['url']}/mails")
        child.send_signal(stop)
        code = await asyncio.wait_for(child.wait(), 20)

    assert (status, code) == (200, 0)
    assert said["smtp_port"] > 0
    assert written_in(file) == said


def written_in(file: Path) -> Any:
    return json.loads(file.read_text())


async def test_shop_answers_in_its_folder_and_takes_its_options() -> None:
    options = ["--base-path", "/boutique", "--webhook-url", "http://127.0.0.1:9/hook", "--round-type", "3"]
    async with started("prestashop", *options) as (_, said), httpx.AsyncClient() as web:
        status = await status_of(f"{said['url']}/api", auth=("WAYBILL0SANDBOX0PRESTASHOP0KEY01", ""))
        settings = (await web.get(f"{said['control']}/settings")).json()

    assert said["url"].endswith("/boutique")
    assert status == 200
    assert settings["webhook_url"] == "http://127.0.0.1:9/hook"
    assert settings["round_type"] == 3


async def test_woocommerce_answers_in_its_folder_and_takes_its_options() -> None:
    options = ["--base-path", "/en", "--plain-permalinks", "--webhook-url", "http://127.0.0.1:9/hook"]
    async with started("woocommerce", *options) as (_, said), httpx.AsyncClient() as web:
        auth = (woocommerce.DEFAULT_KEY, woocommerce.DEFAULT_SECRET)
        status = await status_of(f"{said['url']}/?rest_route=/wc/v3/orders&via=wp-json/wc/", auth=auth)
        webhooks = (await web.get(f"{said['control']}/webhooks")).json()

    assert said["url"].endswith("/en")
    assert status == 200
    assert [each["topic"] for each in webhooks] == ["order.created", "order.updated", "order.deleted"]


async def test_company_lets_its_users_in_for_as_long_as_told() -> None:
    login = {"CompanyDB": "SBODEMOFR", "UserName": "manager", "Password": "1234"}
    options = ["--session-minutes", "7", "--approval-above", "5000.00"]
    async with started("sap", *options) as (_, said), httpx.AsyncClient() as web:
        answer = await web.post(f"{said['url']}/b1s/v2/Login", json=login)

    assert answer.json()["SessionTimeout"] == 7


@pytest.mark.parametrize("name", ["twilio", "slack", "receiver"])
async def test_channel_shows_its_page(name: str) -> None:
    async with started(name) as (_, said):
        assert await status_of(said["url"]) == 200
        assert await status_of(f"{said['control']}/faults") == 200


async def test_slack_sends_presses_over_sockets_where_asked() -> None:
    async with started("slack", "--socket-mode") as (_, said), httpx.AsyncClient() as web:
        answer = await web.post(f"{said['control']}/sockets", json={})

    assert answer.json() == {"on": True, "open": 0}


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [("--timezone", "Mars/Base", "no time zone"), ("--approval-above", "much", "not an amount")],
)
def test_option_that_makes_no_sense_is_refused(option: str, value: str, reason: str) -> None:
    command = [sys.executable, "-m", "sandbox", "sap", option, value]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 2
    assert reason in ended.stderr
