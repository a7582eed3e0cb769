"""Presses of buttons in Slack, signed or over our own socket: the decisions of those who were asked.

Slack shows a warning when no answer comes within three seconds. A decision is given two of them; one that
takes longer goes on in the background, and the message shows its outcome.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from activities.approval_links import ApprovalLinks, DecisionLink, LinkRefused
from activities.channels import Channels
from adapters.channel_ports import ChatClick, ChatPort, ClickKind
from adapters.ports import BodyRefused, SignatureRefused
from domain.approvals.policies import Approver
from domain.approvals.requests import Channel, Verdict
from domain.errors import WaybillError
from starter.configuration import GatewaySettings
from starter.gateway.bodies import read_body
from starter.gateway.problems import Refusal
from starter.gateway.slack_messages import APPROVE, REJECT, dialog_error, reason_dialog
from starter.order_desk import Declined, NoAnswer, OrderDesk

_LOG = structlog.get_logger("waybill.slack")
_ANSWER_SECONDS = 2.0
_UNKNOWN = (
    "It is not known whether it was taken. Look at the message in a minute, and press again if need be."
)


class SlackDesk:
    """Takes interactions. `decided` is called after each decision that an order took."""

    def __init__(
        self,
        channels: Channels,
        people: Mapping[str, Approver],
        links: ApprovalLinks,
        desk: OrderDesk,
        settings: GatewaySettings,
        decided: Callable[[], None],
    ) -> None:
        self._channels, self._people, self._links = channels, people, links
        self._desk, self._settings, self._decided = desk, settings, decided
        self._work: set[asyncio.Task[str]] = set()

    async def receive(self, request: Request) -> Response:
        """Take one interaction and answer within Slack's three seconds."""
        chat = self._channels.chats.get(request.path_params["connection"])
        if chat is None:
            raise Refusal(404, "there is no such connection")
        body = await read_body(request, self._settings.largest_body, self._settings.body_seconds)
        try:
            click = chat.read_click(request.headers, body, datetime.now(UTC))
        except SignatureRefused as refusal:
            raise Refusal(401, str(refusal)) from None
        except BodyRefused as refusal:
            raise Refusal(400, str(refusal), field=refusal.field) from None
        answer = await self._take(chat, click)
        return JSONResponse(answer) if answer else Response(status_code=200)

    async def hear(self, chat: ChatPort, content: Mapping[str, Any]) -> dict[str, Any] | None:
        """Take what came over our own socket, and return what to acknowledge it with, in the same time."""
        try:
            click = chat.read_socket_click(content)
        except (SignatureRefused, BodyRefused) as refusal:
            _LOG.warning(f"an interaction was not taken: {refusal}")
            return None
        return await self._take(chat, click)

    async def finish(self) -> None:
        """Let the decisions under way end."""
        await asyncio.gather(*self._work)

    async def _take(self, chat: ChatPort, click: ChatClick) -> dict[str, Any] | None:
        if click.kind is ClickKind.BUTTON and click.action == APPROVE:
            await self._in_time(self._decide(chat, click, Verdict.APPROVE))
        elif click.kind is ClickKind.BUTTON and click.action == REJECT:
            await self._in_time(self._ask_why(chat, click))
        elif click.kind is ClickKind.DIALOG and click.action == REJECT:
            said = await self._in_time(self._decide(chat, click, Verdict.REJECT))
            return dialog_error(said) if said else None
        return None

    async def _in_time(self, work: Coroutine[Any, Any, str]) -> str:
        """Give the work as long as Slack waits, and let it go on after that."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        done, _ = await asyncio.wait({task}, timeout=_ANSWER_SECONDS)
        return task.result() if done else ""

    async def _ask_why(self, chat: ChatPort, click: ChatClick) -> str:
        link, said = self._asked(click)
        if link is None:
            return await self._tell(chat, click, said)
        try:
            await chat.open_dialog(click.trigger, reason_dialog(click.value))
        except WaybillError as trouble:
            _LOG.warning("no dialog", code=trouble.problem.code, quote=trouble.problem.quote)
            return await self._tell(chat, click, "The dialog could not be opened. Press again.")
        return ""

    async def _decide(self, chat: ChatPort, click: ChatClick, verdict: Verdict) -> str:
        """Take a decision; return what is in its way."""
        link, said = self._asked(click)
        if link is None:
            return await self._tell(chat, click, said)
        decision = self._links.decision(link, verdict, Channel.SLACK, click.text)
        try:
            await self._desk.once(click.id).decide(link.connection, link.store_order_id, decision)
        except Declined as refusal:
            return await self._tell(chat, click, f"Your decision was not taken: {refusal}.")
        except NoAnswer:
            return await self._tell(chat, click, _UNKNOWN)
        finally:
            self._decided()
        return ""

    def _asked(self, click: ChatClick) -> tuple[DecisionLink | None, str]:
        """Return who was asked what, when it is the one who pressed; else what to tell them."""
        try:
            link = self._links.read(click.value)
        except LinkRefused as refusal:
            return None, f"Your decision was not taken: {refusal}."
        person = self._people.get(link.approver)
        if person is None or not person.slack or person.slack != click.person:
            return None, "You may not decide on this order."
        return link, ""

    async def _tell(self, chat: ChatPort, click: ChatClick, text: str) -> str:
        if click.answer_to:
            try:
                await chat.answer_privately(click.answer_to, text)
            except WaybillError as trouble:
                _LOG.warning("no private answer", code=trouble.problem.code)
        return text
