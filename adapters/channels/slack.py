"""Messages over Slack's Web API, and the check of what Slack sends back.

Slack answers HTTP 200 even when it refuses; `ok` in the body tells.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr

from adapters.channel_ports import ChatClick, ChatMessage, ChatPost, ClickKind
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.ports import BodyRefused, Finding, SignatureRefused
from domain.durations import Duration
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    InDoubt,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)
from domain.model import Strict

_TOLERANCE_SECONDS = 300
_RESPONSES = "hooks.slack.com"
_LOOK_BACK = timedelta(days=1)
_PASSING = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_CREDENTIALS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
_RIGHTS = frozenset({"missing_scope", "restricted_action", "no_permission", "ekm_access_denied"})
_SET_UP = frozenset({"channel_not_found", "not_in_channel", "is_archived", "user_not_found"})


class SlackSettings(Strict):
    """A Slack app in one workspace."""

    token: SecretStr = Field(description="The bot's token (`xoxb-…`).")
    signing_secrets: tuple[SecretStr, ...] = Field(
        default=(), description="Check what Slack sends when a button is pressed; needed for approvals."
    )
    team: str = Field(
        default="", pattern="^([TE][A-Z0-9]+)?$", description="The workspace's id; needed for approvals."
    )
    app: str = Field(default="", pattern="^(A[A-Z0-9]+)?$", description="The app's id; empty: not checked.")
    base_url: str = Field(default="https://slack.com/api", description="Another one for a sandbox.")
    settle: Duration = Field(
        default=timedelta(seconds=10), description="How late a message that was taken may show."
    )
    timeout: Duration = Field(default=timedelta(seconds=20), gt=timedelta(0), description="For each request.")


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
        return (Finding(what="Slack takes our token", ok=True),)

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
            return _click(payload, self._settings)
        except SignatureRefused:
            raise
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            raise BodyRefused("the interaction cannot be read", "payload") from None

    async def open_dialog(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a dialog; the trigger works for three seconds, once."""
        await self._call("views.open", {"trigger_id": trigger, "view": view}, writes=False)

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

    async def _call(self, method: str, content: Mapping[str, Any], *, writes: bool) -> dict[str, Any]:
        """Call a method. `writes` is for those that must not be done twice: a doubt about them is told."""
        answer = await self._http.request(
            "POST",
            method,
            writes=writes,
            headers=self._login,
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


def _click(payload: dict[str, Any], settings: SlackSettings) -> ChatClick:
    # A workspace-wide installation has no team; in a shared channel the person may be of another one.
    home = (payload.get("team") or payload.get("enterprise") or {}).get("id")
    person = payload["user"]
    foreign = person.get("team_id") not in {None, settings.team}
    if home != settings.team or (foreign and settings.team.startswith("T")):
        raise SignatureRefused("the interaction is from another workspace")
    if settings.app not in {"", payload.get("api_app_id")}:
        raise SignatureRefused("the interaction is for another app")
    if payload["type"] == "block_actions":
        action = payload["actions"][0]
        return ChatClick(
            kind=ClickKind.BUTTON,
            person=person["id"],
            action=action["action_id"],
            value=action.get("value") or "",
            trigger=payload.get("trigger_id") or "",
            answer_to=payload.get("response_url") or "",
        )
    if payload["type"] == "view_submission":
        view = payload["view"]
        fields = [field for block in view["state"]["values"].values() for field in block.values()]
        return ChatClick(
            kind=ClickKind.DIALOG,
            person=person["id"],
            action=view.get("callback_id") or "",
            value=view.get("private_metadata") or "",
            text=fields[0].get("value") or "",
        )
    return ChatClick(kind=ClickKind.OTHER, person=person["id"])


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


def verify(headers: Mapping[str, str], body: bytes, now: datetime, secrets: Sequence[SecretStr]) -> None:
    """Check that Slack sent a request, by its raw bytes, within five minutes of now.

    Raises `SignatureRefused`.
    """
    stamp, given = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 13):
        raise SignatureRefused("the header x-slack-request-timestamp is missing or garbled")
    if abs(now.timestamp() - int(stamp)) > _TOLERANCE_SECONDS:
        raise SignatureRefused("the request was signed more than five minutes before or after now")
    signed = f"v0:{stamp}:".encode() + body
    for secret in secrets:
        digest = hmac.new(secret.get_secret_value().encode(), signed, sha256).hexdigest()
        if hmac.compare_digest(f"v0={digest}".encode(), given.encode("utf-8", "replace")):
            return
    raise SignatureRefused("the request's signature fits none of the connection's secrets")
