"""What the order desk says when nobody answers: that nobody knows, never that it was not done."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import typer
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.approval_links import DecisionLink
from domain.life import Asked
from records.inbox import InboxState
from starter.cli import session
from starter.cli.codes import Code
from starter.order_desk import Declined, NoAnswer, OrderDesk
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import place

ASKED = Asked(by="olga", reason="the buyer called")


async def started(running: House) -> int:
    """Place an order and wait until its workflow is there."""
    order_id = place(running)

    async def look() -> bool | None:
        return InboxState.STARTED.value in await running.waybill.inbox.counts() or None

    await eventually(look)
    return order_id


async def test_without_a_worker_there_is_no_answer(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.order_desk._ANSWER_TIME", timedelta(milliseconds=300))
    async with house(temporal_server, tmp_path, with_worker=False) as running:
        order_id = str(await started(running))

        with pytest.raises(NoAnswer):
            await running.desk.cancel(running.store, order_id, ASKED)


async def test_the_decision_page_says_that_it_does_not_know(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.order_desk._ANSWER_TIME", timedelta(milliseconds=300))
    async with house(temporal_server, tmp_path, with_worker=False) as running:
        order_id = str(await started(running))
        link = DecisionLink(
            approver="dora", connection=running.store, store_order_id=order_id, request=1, revision="r"
        )
        path = running.waybill.links.url(link).partition("/approvals/")[2]
        async with httpx.AsyncClient(base_url=running.gateway_url) as browser:
            answer = await browser.post(f"/approvals/{path}", data={"verdict": "approve", "reason": ""})

    assert answer.status_code == 503
    assert "not known whether it was taken" in answer.text


async def test_without_a_server_there_is_no_answer() -> None:
    client = await Client.connect("127.0.0.1:9", lazy=True, data_converter=pydantic_data_converter)
    desk = OrderDesk(client, "waybill")

    with pytest.raises(NoAnswer):
        await desk.cancel("shop", "1042", ASKED)


async def test_an_order_that_never_came_is_declined_and_not_left_open(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path, with_worker=False) as running:
        with pytest.raises(Declined) as refusal:
            await running.desk.cancel(running.store, "no-such-order", ASKED)

    assert "never came here" in str(refusal.value)


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (NoAnswer("DEADLINE_EXCEEDED"), Code.NO_ANSWER, "It may still be done; look at the order."),
        (Declined("already approved"), Code.DECLINED, "Declined: already approved"),
    ],
)
@pytest.mark.usefixtures("terminal")
async def test_the_command_line_tells_silence_from_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    answer: Exception,
    code: Code,
    told: str,
) -> None:
    async def nowhere() -> Client:
        return await Client.connect("127.0.0.1:9", lazy=True)

    monkeypatch.setattr(session, "connect", nowhere)

    with pytest.raises(typer.Exit) as ended:
        async with session.answering():
            raise answer

    assert ended.value.exit_code == code
    assert told in " ".join(capfd.readouterr().err.split())
