"""Reports that a mail could not be delivered (RFC 3464), as they come to the sender on its envelope."""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

from domain.model import Frozen

_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^>\s]+>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class Bounce(Frozen):
    """A mail that was not delivered: its Message-ID, and why. `for_good`: it is not tried any more."""

    message_id: str
    status: str
    for_good: bool


def read_bounce(raw: bytes) -> Bounce | None:
    """Read a report; None for any other mail, such as an answer or a notice of absence."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        if message.get_content_type() != "multipart/report":
            return None
        parts = list(message.walk())
        status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
        original = _original(parts)
    except (MessageError, ValueError, LookupError):
        return None
    fields = _fields(status) if status is not None else {}
    code = _STATUS.search(fields.get("status", ""))
    found = _MESSAGE_ID.search(original)
    if code is None or found is None:
        return None
    return Bounce(
        message_id=found.group(1),
        status=code.group(),
        for_good=fields.get("action", "").strip().lower() == "failed",
    )


def _original(parts: Sequence[Message]) -> str:
    """Return the original's headers, whether they came alone or with the whole mail."""
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            return str(part.get_payload(decode=False))
        if part.get_content_type() == "message/rfc822":
            return part.as_string()
    return ""


def _fields(status: Message) -> dict[str, str]:
    """Return the report's fields; those of the last recipient count, and ours have one only."""
    blocks = status.get_payload()
    if not isinstance(blocks, list):
        return {}
    return {
        name.lower(): str(value)
        for block in blocks
        if isinstance(block, Message)
        for name, value in block.items()
    }
