"""Presses of buttons as Slack words them: who sent them, and what was pressed."""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import SecretStr

from adapters.channel_ports import ChatClick, ClickKind
from adapters.channels.slack_settings import SlackSettings
from adapters.ports import BodyRefused, SignatureRefused

_TOLERANCE_SECONDS = 300


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


def read_click(payload: Mapping[str, Any], settings: SlackSettings) -> ChatClick:
    """Read what was pressed, by somebody of our workspace in our app.

    Raises `SignatureRefused` for another workspace or app, and `BodyRefused`.
    """
    try:
        return _click(payload, settings)
    except SignatureRefused:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise BodyRefused("the interaction cannot be read", "payload") from None


def _click(payload: Mapping[str, Any], settings: SlackSettings) -> ChatClick:
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
            id=_same(person["id"], payload.get("container"), action.get("action_ts"), action["action_id"]),
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
            id=_same(person["id"], view.get("id"), view.get("hash"), fields),
            action=view.get("callback_id") or "",
            value=view.get("private_metadata") or "",
            text=fields[0].get("value") or "",
        )
    return ChatClick(kind=ClickKind.OTHER, person=person["id"])


def _same(*facts: Any) -> str:
    """Return what one click has in all its deliveries, and no other click; it tells nothing of the person."""
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
