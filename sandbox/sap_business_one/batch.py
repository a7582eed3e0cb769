"""`$batch`: several requests in one, in multipart/mixed. A change set is written whole or not at all.

Execution stops at the first part that fails. Outside change sets every part is its own transaction.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from sandbox.sap_business_one.calls import ROOT, Call, Reply, refusal, split_target
from sandbox.sap_business_one.errors import ApprovalPending, ServiceLayerError, bad_request
from sandbox.sap_business_one.service import Service

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_REQUEST_LINE = re.compile(r"(?P<method>[A-Z]+)\s+(?P<target>.+?)(?:\s+HTTP/1\.1)?")
_REFERENCE = re.compile(r"\$(?P<id>\w+)(?P<rest>/.*)?", re.DOTALL)
_NO_CHANGE = ("GET", "HEAD")


@dataclass(frozen=True)
class Part:
    """One request of a batch, with the id its change set gave it."""

    call: Call
    content_id: str | None = None


@dataclass(frozen=True)
class ChangeSet:
    """Requests that are written together."""

    parts: tuple[Part, ...]


Step = Part | ChangeSet


@dataclass(frozen=True)
class BatchAnswer:
    """The multipart answer of a batch."""

    content_type: str
    body: str


def read_batch(call: Call) -> list[Step]:
    """Return the steps of a batch request, or refuse it whole when it is malformed."""
    text = call.body.decode("utf-8", "replace").replace("\r\n", "\n")
    steps: list[Step] = []
    for headers, content in _parts(text, call.headers.get("content-type", "")):
        kind = headers.get("content-type", "")
        if kind.lower().startswith("multipart/mixed"):
            inner = [_part(*each, call, in_change_set=True) for each in _parts(content, kind)]
            steps.append(ChangeSet(_checked(inner)))
        else:
            steps.append(_part(headers, content, call, in_change_set=False))
    if not steps:
        raise _incomplete()
    return steps


def calls_in(steps: Iterable[Step]) -> list[Call]:
    """Return every request of a batch, flat."""
    parts = (step.parts if isinstance(step, ChangeSet) else (step,) for step in steps)
    return [part.call for each in parts for part in each]


class Batch:
    """Carries out the steps of one batch."""

    def __init__(self, company: "Company", service: Service) -> None:
        self._company, self._service = company, service

    def answer(self, steps: list[Step]) -> BatchAnswer:
        """Carry out the steps up to the first that fails, and return what each answered."""
        boundary = f"batchresponse_{uuid.uuid4()}"
        answers: list[str] = []
        for step in steps:
            text, failed = self._step(step)
            answers.append(text)
            if failed:
                break
        return BatchAnswer(f"multipart/mixed;boundary={boundary}", _multipart(boundary, answers))

    def _step(self, step: Step) -> tuple[str, bool]:
        if isinstance(step, Part):
            reply = self._service.answer(step.call)
            return _written(reply), reply.status >= HTTPStatus.BAD_REQUEST
        try:
            return self._change_set(step), False
        except ApprovalPending as pending:
            if self._company.settings.draft_survives_change_set:
                self._service.keep_draft(pending)
            return _written(refusal(pending)), True
        except ServiceLayerError as refused:
            return _written(refusal(refused)), True

    def _change_set(self, step: ChangeSet) -> str:
        boundary = f"changesetresponse_{uuid.uuid4()}"
        made: dict[str, str] = {}
        answers = []
        with self._company.transaction():
            for part in step.parts:
                call = _resolved(part.call, made)
                reply = self._service.carry_out(call)
                if part.content_id is not None and "Location" in reply.headers:
                    made[part.content_id] = reply.headers["Location"].removeprefix(call.root)
                answers.append(_written(reply, part.content_id))
        head = f"Content-Type: multipart/mixed;boundary={boundary}\r\n\r\n"
        return head + _multipart(boundary, answers)


def _incomplete() -> ServiceLayerError:
    return bad_request("Incomplete Batch Request Body!")


def _parts(text: str, content_type: str) -> list[tuple[dict[str, str], str]]:
    """Return headers and content of each part of a multipart text."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise _incomplete()
    mark = f"--{match[1] or match[2]}"
    pieces = re.split(rf"(?:^|\n){re.escape(mark)}", text)
    if len(pieces) < 2 or not pieces[-1].startswith("--"):
        raise _incomplete()
    return [_headed(piece.lstrip("\n")) for piece in pieces[1:-1]]


def _headed(text: str) -> tuple[dict[str, str], str]:
    head, _, content = text.partition("\n\n")
    return _headers(head.splitlines()), content


def _headers(lines: Iterable[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _part(headers: dict[str, str], content: str, outer: Call, in_change_set: bool) -> Part:
    if not headers.get("content-type", "").lower().startswith("application/http"):
        raise _incomplete()
    head, _, body = content.lstrip("\n").partition("\n\n")
    first, *rest = head.splitlines() or [""]
    match = _REQUEST_LINE.fullmatch(first.strip())
    if match is None:
        raise _incomplete()
    if in_change_set and match["method"] in _NO_CHANGE:
        raise bad_request("A change set takes no query")
    path, query = split_target(match["target"])
    path = path.partition(ROOT)[2] if ROOT in path else path.lstrip("/")
    call = Call(match["method"], path, query, _headers(rest), body.strip("\n").encode(), outer.root)
    return Part(call, headers.get("content-id") or _headers(rest).get("content-id"))


def _checked(parts: list[Part]) -> tuple[Part, ...]:
    if not parts:
        raise _incomplete()
    ids = [part.content_id for part in parts]
    if None in ids:
        raise ServiceLayerError(400, "244", "Content ID should be specified in each change set request.")
    if len(set(ids)) != len(ids):
        raise bad_request("Content ID must be unique within its change set")
    return tuple(parts)


def _resolved(call: Call, made: dict[str, str]) -> Call:
    """Return a call whose `$<Content-ID>` stands for what that request made."""
    match = _REFERENCE.fullmatch(call.path)
    if match is None or match["id"] not in made:
        return call
    return replace(call, path=made[match["id"]] + (match["rest"] or ""))


def _multipart(boundary: str, parts: list[str]) -> str:
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def _written(reply: Reply, content_id: str | None = None) -> str:
    """Return an answer as a part: its own headers, then the HTTP answer."""
    head = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id is not None:
        head.append(f"Content-ID: {content_id}")
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    body = reply.body if isinstance(reply.body, str) else reply.body.decode("latin-1")
    if body:
        lines += [f"Content-Type: {reply.content_type}", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join([*head, "", *lines, "", body])
