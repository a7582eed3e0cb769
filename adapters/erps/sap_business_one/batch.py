"""A `$batch` (multipart/mixed): several reads, or a change set, which is made whole or not at all."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters.exact_json import written

_BATCH, _CHANGES = "batch_waybill", "changes_waybill"
HEADERS = {"Content-Type": f"multipart/mixed;boundary={_BATCH}"}
"""Fixed boundaries are safe: our JSON has no line breaks, and a boundary begins a line."""
_DEEPEST = 3


@dataclass(frozen=True)
class Write:
    """One POST within a change set."""

    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What was said to one of the writes. `content_id` counts them from 1; "" when the server named none."""

    content_id: str
    status: int
    body: Any


@dataclass(frozen=True)
class Reading:
    """One GET within a batch, of at most so many rows a page."""

    path: str
    page: int = 100


def readings(asked: tuple[Reading, ...], root: str) -> bytes:
    """Return the body that asks for several things one after another; nothing is written.

    Two line breaks follow a GET's head, as the vendor's guide says.
    """
    parts = [
        f"--{_BATCH}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"GET {root}{reading.path}\r\nPrefer: odata.maxpagesize={reading.page}\r\n\r\n\r\n"
        for reading in asked
    ]
    return "".join([*parts, f"--{_BATCH}--\r\n"]).encode()


def request(writes: tuple[Write, ...], root: str) -> bytes:
    """Return the body that asks for all writes as one."""
    parts = [b"--", _BATCH.encode(), b"\r\nContent-Type: multipart/mixed;boundary=", _CHANGES.encode()]
    for number, write in enumerate(writes, 1):
        head = (
            f"\r\n\r\n--{_CHANGES}\r\n"
            "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
            f"Content-ID: {number}\r\n\r\n"
            f"POST {root}{write.path}\r\nContent-Type: application/json\r\n\r\n"
        )
        parts += [head.encode(), written(write.body)]
    parts.append(f"\r\n\r\n--{_CHANGES}--\r\n--{_BATCH}--\r\n".encode())
    return b"".join(parts)


def answered(content_type: str, body: bytes) -> tuple[Part, ...]:
    """Return what was said to each write, in order.

    Raises ValueError when the answer is cut off or is not what the protocol says.
    """
    found = _parts(content_type, body, _DEEPEST)
    if not found:
        raise ValueError("the answer has no parts")
    return tuple(found)


def _parts(content_type: str, body: bytes, levels: int) -> list[Part]:
    named = re.search(r'boundary="?([^";,\s]{1,200})"?', content_type)
    if not named or not content_type.lower().startswith("multipart/") or not levels:
        raise ValueError("the answer is not made of parts")
    line = b"\n--" + named[1].encode()
    _before, *pieces = (b"\n" + body).split(line)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise ValueError("the answer is cut off")
    found: list[Part] = []
    for piece in pieces[:-1]:
        head, content = _split(piece)
        kind = head.get("content-type", "")
        if kind.lower().startswith("multipart/"):
            found += _parts(kind, content, levels - 1)
        else:
            found.append(_part(head.get("content-id", ""), content))
    return found


def _part(content_id: str, content: bytes) -> Part:
    status_line, _, rest = content.lstrip().partition(b"\n")
    status = re.match(rb"HTTP/\d\.\d (\d{3})\b", status_line)
    if not status:
        raise ValueError("a part has no status")
    head, body = _split(b"\n" + rest)
    number = content_id or head.get("content-id", "")
    return Part(number.strip("<> "), int(status[1]), _json(body))


def _split(piece: bytes) -> tuple[dict[str, str], bytes]:
    """Split a part into its header, names in lower case, and what follows the first empty line."""
    lines, content = re.split(rb"\r?\n\r?\n", piece + b"\n\n", maxsplit=1)
    head: dict[str, str] = {}
    for line in lines.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        head[name.strip().lower()] = value.strip()
    return head, content


def _json(body: bytes) -> Any:
    text = body.strip()
    if not text:
        return None
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")
