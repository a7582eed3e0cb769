"""A Slack workspace: messages, replaced messages, dialogs, and people who press buttons.

GET  /                    the messages, with their buttons to press as anybody
POST /api/{method}        chat.postMessage, chat.update, users.info, users.lookupByEmail, views.open,
                          conversations.open, conversations.history, auth.test, apps.connections.open
POST /_sandbox/click      {"channel", "ts", "action", "user"}: press a button
POST /_sandbox/submit     {"view", "value", "user"}: send off a dialog
POST /_sandbox/sockets    {"on": true}: switch Socket Mode; {"end": "refresh_requested"}: end the sockets
/_sandbox/faults, /_sandbox/ledger: see control.py. A fault's `path` selects by method.

`ratelimited` and `internal_error` do nothing, `lose_answer` does what was asked and hangs up,
`missing_scope` lacks a right, `token_revoked` knows the token no more. With Socket Mode on, presses go over
the app's sockets, else to `interactivity_url`; the faults of sockets are in slack_sockets.py.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.catalogue import CHATS, STAFF
from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.slack_sockets import FAULTS as SOCKET_FAULTS
from sandbox.slack_sockets import OFF, Sockets

FAULTS = frozenset({"ratelimited", "internal_error", "lose_answer", "missing_scope", "token_revoked"})
DEFAULT_TOKEN = "xoxb-sandbox"  # noqa: S105 - the sandbox's own
DEFAULT_APP_TOKEN = "xapp-sandbox"  # noqa: S105
DEFAULT_SIGNING_SECRET = "the-sandbox-workspace-signs-with-this"  # noqa: S105
TEAM, APP = "T0SANDBOX", "A0WAYBILL"
CONNECT = "apps.connections.open"
READS = frozenset({"users.info", "users.lookupByEmail", "conversations.history"})
_TRIGGER_SECONDS = 3


class Refusal(Exception):
    """A method says no, with Slack's own word for why."""


@dataclass
class Slack:
    """One workspace. `interactivity_url` is where presses of buttons are posted to."""

    token: str = DEFAULT_TOKEN
    app_token: str = DEFAULT_APP_TOKEN
    signing_secret: str = DEFAULT_SIGNING_SECRET
    interactivity_url: str = ""
    own_url: str = ""
    messages: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    dialogs: dict[str, dict[str, Any]] = field(default_factory=dict)
    private: list[tuple[str, str]] = field(default_factory=list)
    faults: FaultBoard = field(default_factory=lambda: FaultBoard(FAULTS | SOCKET_FAULTS))
    ledger: Ledger = field(default_factory=Ledger)
    sockets: Sockets = field(init=False)
    _triggers: dict[str, float] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _answers: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.sockets = Sockets(APP, self.faults, self.ledger)

    def admit(self, method: str, authorization: str) -> None:
        """Check the token that a method is called with. Raises `Refusal`."""
        needed, other = self.token, self.app_token
        if method == CONNECT:
            needed, other = other, needed
        if authorization == f"Bearer {other}":
            raise Refusal("not_allowed_token_type")
        if authorization != f"Bearer {needed}":
            raise Refusal("invalid_auth")
        if self.faults.take("token_revoked", path=method):
            raise Refusal("token_revoked")

    def call(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Do what a method asks. Raises `Refusal`."""
        if self.faults.take("missing_scope", path=method):
            raise Refusal("missing_scope")
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": lambda _: {"team_id": TEAM, "user_id": "U0WAYBILL"},
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "users.info": lambda asked: _user("slack", asked.get("user")),
            "users.lookupByEmail": lambda asked: _user("email", asked.get("email")),
            "views.open": self._open_view,
            "conversations.open": lambda asked: {"channel": {"id": _channel(asked.get("users", ""))}},
            "conversations.history": self._history,
            CONNECT: lambda _: self._connect(),
        }
        if method not in answers:
            raise Refusal("unknown_method")
        return answers[method](given)

    def _post(self, given: dict[str, Any]) -> dict[str, Any]:
        channel = _channel(given.get("channel", ""))
        if not given.get("text") and not given.get("blocks"):
            raise Refusal("no_text")
        ts = f"{time.time():.6f}"[:-3] + f"{next(self._numbers) % 1000:03d}"
        kept = {name: given.get(name) for name in ("text", "blocks", "metadata")}
        self.messages[channel, ts] = {"channel": channel, "ts": ts, **kept}
        self.ledger.write("posted", channel=channel, ts=ts, text=given.get("text"))
        return {"channel": channel, "ts": ts, "message": self.messages[channel, ts]}

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        place = (given.get("channel", ""), given.get("ts", ""))
        if place not in self.messages:
            raise Refusal("message_not_found")
        self.messages[place] |= {"text": given.get("text"), "blocks": given.get("blocks")}
        self.ledger.write("updated", channel=place[0], ts=place[1], text=given.get("text"))
        return {"channel": place[0], "ts": place[1], "text": given.get("text")}

    def _history(self, given: dict[str, Any]) -> dict[str, Any]:
        oldest = float(given.get("oldest", 0))
        found = [
            message
            for (channel, ts), message in self.messages.items()
            if channel == given.get("channel") and float(ts) >= oldest
        ]
        return {"messages": found[::-1][: int(given.get("limit", 100))]}

    def _connect(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"url": self.sockets.ticket(self.own_url)}
        return answer if self.sockets.on else answer | {"response_metadata": {"messages": [OFF]}}

    def _open_view(self, given: dict[str, Any]) -> dict[str, Any]:
        trigger = given.get("trigger_id", "")
        if trigger in self._used:
            raise Refusal("exchanged_trigger_id")
        if self._triggers.pop(trigger, 0) < time.monotonic():
            raise Refusal("expired_trigger_id")
        self._used.add(trigger)
        view = {"id": f"V{next(self._numbers)}", **given["view"]}
        self.dialogs[view["id"]] = view
        self.ledger.write("dialog", view=view["id"])
        return {"view": view}

    def answered(self, response: str, given: dict[str, Any]) -> None:
        """Take what is said by the address that went with a press of a button."""
        self.private.append((self._answers.get(response, ""), given.get("text", "")))
        self.ledger.write("private", user=self._answers.get(response, ""), text=given.get("text", ""))

    async def click(self, channel: str, ts: str, action: str, user: str) -> httpx.Response:
        """Press a button of a message, as one of the people."""
        message = self.messages[channel, ts]
        button = next(
            element
            for block in message["blocks"] or ()
            for element in block.get("elements", ())
            if element.get("action_id") == action
        )
        payload = {
            "type": "block_actions",
            **self._who(user),
            "trigger_id": self._trigger(),
            "container": {"type": "message", "message_ts": ts, "channel_id": channel},
            "channel": {"id": channel, "name": CHATS.get(channel, "directmessage")},
            "message": message,
            "response_url": self._response_url(user),
            "actions": [
                {
                    "type": "button",
                    "action_id": action,
                    "value": button.get("value", ""),
                    "action_ts": f"{time.time():.6f}",
                }
            ],
        }
        return await self._send(payload)

    async def submit(self, view: str, value: str, user: str) -> httpx.Response:
        """Send off a dialog with one text."""
        shown = self.dialogs[view]
        place = shown["blocks"][0]
        values = {
            place["block_id"]: {place["element"]["action_id"]: {"type": "plain_text_input", "value": value}}
        }
        answer = await self._send(
            {"type": "view_submission", **self._who(user), "view": {**shown, "state": {"values": values}}}
        )
        if answer.is_success and not answer.content:
            del self.dialogs[view]
        return answer

    async def changed(self) -> None:
        """Tell those who wait that something happened."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, fits: Any) -> None:
        """Wait until something holds for the workspace."""
        async with self._changed:
            await self._changed.wait_for(lambda: fits(self))

    def _who(self, user: str) -> dict[str, Any]:
        person = {"id": user, "username": user.lower(), "team_id": TEAM}
        return {
            "user": person,
            "team": {"id": TEAM, "domain": "sandbox"},
            "api_app_id": APP,
            "token": "ignored",
        }

    def _trigger(self) -> str:
        trigger = f"trigger.{next(self._numbers)}"
        self._triggers[trigger] = time.monotonic() + _TRIGGER_SECONDS
        return trigger

    def _response_url(self, user: str) -> str:
        number = str(next(self._numbers))
        self._answers[number] = user
        return f"{self.own_url}/actions/{number}"

    async def _send(self, payload: dict[str, Any]) -> httpx.Response:
        if self.sockets.on:
            return await self.sockets.deliver(payload)
        body = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self.signing_secret, stamp, body),
        }
        # Slack shows a warning to whoever pressed the button when nothing comes within three seconds.
        async with httpx.AsyncClient(trust_env=False, timeout=3) as client:
            answer = await client.post(self.interactivity_url, content=body, headers=headers)
        self.ledger.write("interaction", type=payload["type"], answer=answer.status_code)
        return answer


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a request's raw body."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def _channel(asked: str) -> str:
    """Return the channel for a channel's or a person's id."""
    if asked in {person.slack for person in STAFF}:
        return f"D{asked[1:]}"
    if asked not in CHATS and not asked.startswith("D0"):
        raise Refusal("channel_not_found")
    return asked


def _user(key: str, value: object) -> dict[str, Any]:
    for person in STAFF:
        if getattr(person, key) == value:
            facts = {"deleted": False, "is_bot": False, "is_restricted": False, "team_id": TEAM}
            return {"user": {"id": person.slack, "profile": {"email": person.email}, **facts}}
    raise Refusal("users_not_found" if key == "email" else "user_not_found")
