"""Published sets: one router for each kind (rules, mappings), over the same records and checks as the CLI."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import Field, WithJsonSchema

from domain.errors import NotFound
from domain.model import Frozen, Strict
from records.published import Draft, Publication, PublishedSet, refuse_what_cannot_be_kept
from starter.api.access import Publisher, Reader
from starter.api.inputs import LARGEST_NUMBER, Text, Whole
from starter.api.problems import refusals
from starter.api.services import Given
from starter.publishing import Findings, Publishing

Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="A version.")]
_SIGNS = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
_VALUE: dict[str, Any] = {"$ref": "#/components/schemas/SetValue"}
_OBJECT: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": _SIGNS},
    "additionalProperties": _VALUE,
}
SET_VALUE: dict[str, Any] = {
    "title": "SetValue",
    "description": "What a set is made of. There is no number that is not whole: amounts are text.",
    "anyOf": [
        {"type": "string", "pattern": _SIGNS},
        {"type": ["integer", "boolean", "null"]},
        {"type": "array", "items": _VALUE},
        _OBJECT,
    ],
}
SetBody = Annotated[
    dict[str, Any],
    Body(description="The whole set. Amounts are text in quotes."),
    WithJsonSchema(_OBJECT),
]


class DraftShown(Frozen):
    """What is being written, and what is wrong with it so far."""

    author: str
    saved_at: datetime
    fingerprint: str
    body: dict[str, Any]
    findings: Findings


class Note(Strict):
    """Why a version is published."""

    note: Text = Field(min_length=1, description="For the history.")


class RollBack(Note):
    """Which older version comes into force again, and why."""

    to: Whole = Field(ge=1, le=LARGEST_NUMBER)


def router_of(publishing: Publishing) -> APIRouter:
    """Return the addresses of one kind of set."""
    kind = publishing.kind
    router = APIRouter(prefix=f"/{kind}", tags=[kind], responses=refusals(404))
    _add_reading(router, publishing)
    _add_writing(router, publishing)
    _add_publishing(router, publishing)
    return router


def _add_reading(router: APIRouter, publishing: Publishing) -> None:
    kind, sets = publishing.kind, publishing.sets

    @router.get("", operation_id=f"show_{kind}")
    async def show(_: Reader) -> PublishedSet:
        """Show the version in force."""
        current = await sets.current(kind)
        if current is None:
            raise NotFound(f"nothing was published of the {kind} yet", remedy="Save a draft and publish it.")
        return current

    @router.get("/history", operation_id=f"list_{kind}_history")
    async def history(_: Reader) -> tuple[Publication, ...]:
        """List who published which version when and why, the latest first."""
        return await sets.history(kind)

    @router.get("/versions/{number}", operation_id=f"show_{kind}_version")
    async def version(_: Reader, number: Number) -> PublishedSet:
        """Show one version."""
        return await sets.version(kind, number)


def _add_writing(router: APIRouter, publishing: Publishing) -> None:
    kind, sets = publishing.kind, publishing.sets

    @router.get("/draft", operation_id=f"show_{kind}_draft")
    async def show_draft(_: Reader) -> DraftShown:
        """Show what is being written."""
        draft = await sets.draft(kind)
        if draft is None:
            raise NotFound(f"there is no draft of the {kind}", remedy="Save one.")
        return await _shown(publishing, draft)

    @router.put("/draft", operation_id=f"save_{kind}_draft")
    async def save_draft(caller: Publisher, body: SetBody, given: Given) -> DraftShown:
        """Keep a draft in place of the one before. It may be faulty: what is wrong is in the answer."""
        return await _shown(publishing, await publishing.save(body, caller.name, given.now))

    @router.delete("/draft", status_code=204, operation_id=f"drop_{kind}_draft")
    async def drop_draft(_: Publisher) -> Response:
        """Throw the draft away."""
        if not await sets.drop_draft(kind):
            raise NotFound(f"there is no draft of the {kind}")
        return Response(status_code=204)

    @router.post("/lint", operation_id=f"lint_{kind}")
    async def lint(_: Reader, body: SetBody) -> Findings:
        """Say what is wrong with a set, without keeping it."""
        refuse_what_cannot_be_kept(body)
        return await publishing.lint(body)


def _add_publishing(router: APIRouter, publishing: Publishing) -> None:
    kind = publishing.kind

    @router.post("/publish", responses=refusals(409), operation_id=f"publish_{kind}")
    async def publish(caller: Publisher, wanted: Note, given: Given) -> Publication:
        """Publish the draft as the next version. Orders in flight keep theirs."""
        return await publishing.publish(caller.name, wanted.note, given.now)

    @router.post("/rollback", responses=refusals(409), operation_id=f"roll_back_{kind}")
    async def roll_back(caller: Publisher, wanted: RollBack, given: Given) -> Publication:
        """Publish an older version again, as the next version."""
        return await publishing.roll_back(wanted.to, caller.name, wanted.note, given.now)


async def _shown(publishing: Publishing, draft: Draft) -> DraftShown:
    return DraftShown(
        author=draft.author,
        saved_at=draft.saved_at,
        fingerprint=draft.fingerprint,
        body=draft.body,
        findings=await publishing.lint(draft.body),
    )
