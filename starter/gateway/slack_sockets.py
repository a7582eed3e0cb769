"""Sockets that presses of buttons in Slack come over, for sites without an inbound port.

Several gateways may each hold one: Slack hands each press to one of them.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from functools import partial

import structlog

from adapters.channel_ports import ChatPort, ChatSocket
from domain.errors import Disposition, Problem, WaybillError
from starter.gateway.slack import SlackDesk

_LOG = structlog.get_logger("waybill.slack")
_STEADY_SECONDS = 30.0
_PAUSES = (0.0, 1.0, 3.0, 10.0, 30.0, 60.0)


@contextlib.asynccontextmanager
async def listening(chats: Mapping[str, ChatPort], desk: SlackDesk) -> AsyncIterator[None]:
    """Listen for as long as the context is open, where a connection has an app-level token."""
    opened = {name: chat.socket(partial(desk.hear, chat)) for name, chat in chats.items()}
    sockets = {name: socket for name, socket in opened.items() if socket}
    work = [asyncio.create_task(_keep_open(name, socket)) for name, socket in sockets.items()]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        for socket in sockets.values():
            await socket.close()


async def _keep_open(name: str, socket: ChatSocket) -> None:
    """Open a socket again whenever it is lost: at once, then more and more slowly while it does not hold."""
    told: Problem | None = None
    tries = 0
    while True:
        began, asked = time.monotonic(), 0.0
        trouble = await _hold(socket)
        if time.monotonic() - began > _STEADY_SECONDS:
            told, tries = None, 0
        if trouble:
            asked = trouble.retry_after.total_seconds() if trouble.retry_after else 0.0
            if trouble.problem != told:
                told = trouble.problem
                _tell(name, told)
        await asyncio.sleep(max(asked, _PAUSES[min(tries, len(_PAUSES) - 1)]))
        tries += 1


async def _hold(socket: ChatSocket) -> WaybillError | None:
    try:
        await socket.hold()
    except WaybillError as trouble:
        return trouble
    return None


def _tell(name: str, problem: Problem) -> None:
    """Say once why no press arrives; the gateway goes on, and tries again by itself."""
    place = f"connections.{name}.{problem.field}: " if problem.field else ""
    said = f" ({problem.quote})" if problem.quote else ""
    sentence = f"no press of a button in Slack arrives: {problem.sentence}{said}. {place}{problem.remedy}"
    if problem.disposition is Disposition.FIX_SETUP:
        _LOG.error(sentence, connection=name, code=problem.code)
    else:
        _LOG.warning(sentence, connection=name, code=problem.code)
