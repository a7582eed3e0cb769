"""The socket that Slack sends presses over: each acknowledged, none cut off, and why it cannot be open."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.channels.slack_socket import SlackSocket
from domain.errors import BadConfiguration, ConnectionDown
from sandbox.serving import serving
from sandbox.slack import Slack
from sandbox.slack_app import create_app

PRESS = {"type": "block_actions", "user": {"id": "U0DORA"}}
SUBMISSION = {"type": "view_submission", "user": {"id": "U0DORA"}}
PATIENCE = 20


@dataclass
class Line:
    """A sandbox workspace with a socket of ours. `answer` is given once `let_go` is set."""

    slack: Slack
    socket: SlackSocket
    url: str
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    answer: dict[str, Any] | None = None
    taken: list[Mapping[str, Any]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    defect: Exception | None = None
    address: str = ""
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def take(self, content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Take a press."""
        self.taken.append(content)
        self.heard.set()
        if self.defect:
            raise self.defect
        await self.let_go.wait()
        return self.answer


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    slack = Slack()
    slack.sockets.on = True
    async with serving(create_app(slack)) as url:

        async def address() -> str:
            opened.asked.release()
            return opened.address or slack.sockets.ticket(url)

        async def take(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
            return await opened.take(content)

        opened = Line(slack, SlackSocket(address, take), url)
        opened.let_go.set()
        yield opened
        await opened.socket.close()


async def held(line: Line) -> asyncio.Task[None]:
    """Hold the socket in the background."""
    holding = asyncio.create_task(line.socket.hold())
    await asyncio.wait_for(line.slack.sockets.until(1), PATIENCE)
    return holding


async def test_an_answer_goes_with_the_acknowledgement_only_where_slack_takes_one(line: Line) -> None:
    line.answer = {"response_action": "errors"}
    await held(line)

    dialog = await line.slack.sockets.deliver(SUBMISSION)
    button = await line.slack.sockets.deliver(PRESS)

    assert dialog.json() == {"response_action": "errors"}
    assert button.content == b""
    assert line.slack.ledger.of("stray") == []


async def test_other_envelopes_are_acknowledged_and_not_taken(line: Line) -> None:
    await held(line)

    for kind in ("events_api", "slash_commands", "something_new"):
        answer = await line.slack.sockets.deliver({"text": "hello"}, kind)
        assert answer.status_code == 200

    assert line.taken == []


async def test_what_is_under_way_is_acknowledged_before_the_socket_is_given_back(line: Line) -> None:
    line.let_go.clear()
    holding = await held(line)
    pressing = asyncio.create_task(line.slack.sockets.deliver(PRESS))
    await line.heard.wait()

    closing = asyncio.create_task(line.socket.close())
    line.let_go.set()
    answer = await pressing
    await closing

    assert answer.status_code == 200
    assert len(line.slack.ledger.of("acknowledged")) == 1
    await holding


async def test_a_press_that_a_defect_of_ours_met_is_taken_again_when_it_comes_again(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    holding = await held(line)
    line.defect = RuntimeError("a defect")
    pressing = asyncio.create_task(line.slack.sockets.deliver(PRESS))
    await line.heard.wait()
    line.defect = None
    await line.slack.sockets.end("dropped")
    await holding
    await held(line)

    assert ((await pressing).status_code, len(line.taken)) == (200, 2)
    assert "a defect" in caplog.text


@pytest.mark.parametrize("reason", ["link_disabled", "too_many_websockets"])
async def test_slacks_refusal_of_a_socket_is_one_of_the_set_up(line: Line, reason: str) -> None:
    if reason == "link_disabled":
        line.slack.sockets.on = False
    else:
        line.slack.faults.arm(reason)

    with pytest.raises(BadConfiguration) as refused:
        await line.socket.hold()

    assert refused.value.problem.quote == reason


async def test_an_address_that_was_used_is_refused(line: Line) -> None:
    line.address = line.slack.sockets.ticket(line.url)
    holding = await held(line)
    await line.slack.sockets.end("dropped")
    await holding

    with pytest.raises(ConnectionDown) as refused:
        await line.socket.hold()

    assert "ticket" not in str(refused.value.problem)


async def test_a_slack_that_is_not_there_is_told(line: Line) -> None:
    line.address = "ws://127.0.0.1:9/link/"

    with pytest.raises(ConnectionDown):
        await line.socket.hold()


async def test_a_socket_stays_while_it_cannot_be_replaced(line: Line) -> None:
    line.address = line.slack.sockets.ticket(line.url)
    holding = await held(line)

    await line.slack.sockets.end("refresh_requested")
    for _ in range(2):
        await line.asked.acquire()
    stays = len(line.slack.ledger.of("socket_closed")) == 0
    line.address = ""
    await line.slack.sockets.end("dropped")
    await holding
    await held(line)
    answer = await line.slack.sockets.deliver(PRESS)

    assert (stays, answer.status_code) == (True, 200)
