"""Messages over Slack's Web API.

Slack answers HTTP 200 even when it refuses; `ok` in the body tells.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.channel_ports import ChatClick, ChatMessage, ChatPost, ChatSocket, TakeClick
from adapters.channels.slack_clicks import read_click, verify
from adapters.channels.slack_settings import APP_LEVEL_REMEDY, SlackSettings
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.ports import BodyRefused, Finding
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    FixData,
    FixSetup,
    InDoubt,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)

_RESPONSES = "hooks.slack.com"
_LOOK_BACK = timedelta(days=1)
_PASSING = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_CREDENTIALS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "not_allowed_token_type",
        "token_revoked",
        "token_expired",
    }
)
_RIGHTS = frozenset({"missing_scope", "restricted_action", "no_permission", "ekm_access_denied"})
_SET_UP = frozenset({"channel_not_found", "not_in_channel", "is_archived", "user_not_found"})


class Slack:
    """Messages by one Slack app. Implements `ChatPort`."""

    def __init__(self, connection: str, settings: SlackSettings) -> None:
        self._settings, self._connection = settings, connection
        self._login = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url.rstrip("/") + "/",
                connection=connection,
                timeout=settings.timeout,
                headers={"Content-Type": "application/json; charset=utf-8"},
            )
        )

    @property
    def settle(self) -> timedelta:
        """How late a message may show."""
        return self._settings.settle

    async def test(self) -> tuple[Finding, ...]:
        """Look whether the token is taken, and whether it is of the workspace named."""
        try:
            said = await self._call("auth.test", {}, writes=False)
        except WaybillError as error:
            field = f"connections.{self._connection}.{error.problem.field or 'base_url'}"
            fix = f"{field}: {error.problem.quote or 'no answer'}"
            return (Finding(what="Slack does not take our token", ok=False, fix=fix),)
        if self._settings.team not in {"", said.get("team_id")}:
            fix = f"connections.{self._connection}.team: the token is of {said.get('team_id')}"
            return (Finding(what="Slack knows us in another workspace", ok=False, fix=fix),)
        ours = Finding(what="Slack takes our token", ok=True)
        return (ours, await self._test_socket()) if self._settings.app_token else (ours,)

    async def _test_socket(self) -> Finding:
        """Ask for a socket, without opening it: a press could come over it."""
        try:
            said = await self._call_for_socket()
        except WaybillError as error:
            fix = f"connections.{self._connection}.{error.problem.field or 'base_url'}: "
            fix += f"{error.problem.quote or 'no answer'}; {error.problem.remedy}"
            return Finding(what=error.problem.sentence, ok=False, fix=fix)
        # "Socket Mode is not turned on." is said here at times although it is.
        warnings = " ".join((said.get("response_metadata") or {}).get("messages", ()))
        return Finding(what=f"Slack opens a socket for us. {warnings}".strip(), ok=True)

    async def post(self, message: ChatMessage) -> ChatPost:
        """Post a message; our key stays with it as metadata."""
        said = await self._call("chat.postMessage", _written(message), writes=True)
        return ChatPost(channel=said["channel"], message=said["ts"])

    async def find(self, message: ChatMessage, since: datetime) -> ChatPost | None:
        """Look through the channel's latest messages for our key. Needs the right to read its history."""
        channel = message.to
        if channel.startswith(("U", "W")):
            opened = await self._call("conversations.open", {"users": channel}, writes=False)
            channel = opened["channel"]["id"]
        history = await self._history(channel, since - _LOOK_BACK)
        for each in history.get("messages", ()):
            payload = (each.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == message.key:
                return ChatPost(channel=channel, message=each["ts"])
        return None

    async def update(self, post: ChatPost, text: str, blocks: tuple[dict[str, Any], ...]) -> None:
        """Replace a message. Safe to repeat."""
        content = {"channel": post.channel, "ts": post.message, "text": escaped(text), "blocks": list(blocks)}
        await self._call("chat.update", content, writes=False)

    def read_click(self, headers: Mapping[str, str], body: bytes, now: datetime) -> ChatClick:
        """Check Slack's signature, the workspace and the app; then read what was pressed."""
        verify(headers, body, now, self._settings.signing_secrets)
        try:
            payload = json.loads(parse_qs(body.decode())["payload"][0])
        except (ValueError, KeyError, IndexError):
            raise BodyRefused("the interaction cannot be read", "payload") from None
        return self.read_socket_click(payload)

    def read_socket_click(self, content: Mapping[str, Any]) -> ChatClick:
        """Check the workspace and the app; then read what was pressed."""
        return read_click(content, self._settings)

    def socket(self, take: TakeClick) -> ChatSocket | None:
        """Return the Socket Mode connection, where an app-level token is set."""
        if self._settings.app_token is None:
            return None
        # Loading the vendor's client takes its time, for those who use it only.
        from adapters.channels.slack_socket import SlackSocket

        async def address() -> str:
            return str((await self._call_for_socket())["url"])

        return SlackSocket(address, take)

    async def open_dialog(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a dialog; the trigger works for three seconds. One that was used opened it already."""
        try:
            await self._call("views.open", {"trigger_id": trigger, "view": view}, writes=False)
        except Refused as refusal:
            if refusal.problem.quote != "exchanged_trigger_id":
                raise

    async def answer_privately(self, url: str, text: str) -> None:
        """Tell something to the one who pressed a button; others see nothing of it."""
        parts, ours = urlsplit(url), urlsplit(self._settings.base_url)
        if (parts.scheme, parts.netloc) not in {("https", _RESPONSES), (ours.scheme, ours.netloc)}:
            raise Refused("the address to answer to is not Slack's")
        content = {"response_type": "ephemeral", "replace_original": False, "text": escaped(text)}
        # Without our token: the address itself is the right to answer.
        await self._http.request("POST", url, writes=False, content=json.dumps(content).encode())

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def _history(self, channel: str, oldest: datetime) -> dict[str, Any]:
        # Methods that read take no JSON.
        query = {
            "channel": channel,
            "oldest": str(oldest.timestamp()),
            "include_all_metadata": "true",
            "limit": "200",
        }
        method = "conversations.history"
        answer = await self._http.request("GET", method, writes=False, params=query, headers=self._login)
        return self._judged(answer, writes=False)

    async def _call_for_socket(self) -> dict[str, Any]:
        """Ask where to open a socket. Every refusal is one of our set-up."""
        token = self._settings.app_token
        login = {"Authorization": f"Bearer {token.get_secret_value() if token else ''}"}
        try:
            return await self._call("apps.connections.open", {}, writes=False, login=login)
        except (FixData, FixSetup) as refusal:
            raise BadConfiguration(
                "Slack refuses our app-level token",
                quote=refusal.problem.quote,
                field="app_token",
                remedy=APP_LEVEL_REMEDY,
            ) from None

    async def _call(
        self,
        method: str,
        content: Mapping[str, Any],
        *,
        writes: bool,
        login: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Call a method. `writes` is for those that must not be done twice: a doubt about them is told."""
        answer = await self._http.request(
            "POST",
            method,
            writes=writes,
            headers=login or self._login,
            content=json.dumps(content, separators=(",", ":")).encode(),
        )
        return self._judged(answer, writes=writes)

    def _judged(self, answer: Answer, *, writes: bool) -> dict[str, Any]:
        if answer.status == 429:
            raise RateLimited("Slack asks us to slow down", retry_after=answer.retry_after)
        try:
            said = answer.json
        except ValueError:
            said = None
        if answer.status >= 500 or not isinstance(said, dict):
            raise unreadable(answer, "", writes=writes)
        if said.get("ok") is not True:
            raise error_of(str(said.get("error", "")), answer.retry_after, writes=writes)
        return said


def error_of(code: str, retry_after: timedelta | None = None, *, writes: bool = True) -> WaybillError:
    """Return our error for one of Slack's codes."""
    if code == "ratelimited":
        return RateLimited("Slack asks us to slow down", retry_after=retry_after)
    if code in _PASSING:
        if writes:
            return InDoubt("Slack may have taken the message", quote=code)
        return Passing("Slack does not answer as it should", quote=code)
    if code in _CREDENTIALS:
        return BadCredentials("Slack refused our token", quote=code, field="token")
    if code in _RIGHTS:
        return NotPermitted("our Slack app lacks a right", quote=code, field="token")
    if code in _SET_UP:
        return BadConfiguration("Slack does not let us write there", quote=code, field="to")
    return Refused("Slack does not take the message", quote=code)


def _written(message: ChatMessage) -> dict[str, Any]:
    content: dict[str, Any] = {
        "channel": message.to,
        "text": escaped(message.text),
        "metadata": {"event_type": "waybill", "event_payload": {"key": message.key}},
        "unfurl_links": False,
    }
    return content | ({"blocks": list(message.blocks)} if message.blocks else {})


def escaped(text: str) -> str:
    """Return a value as Slack shows it: a customer's name forges no links and calls no channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
