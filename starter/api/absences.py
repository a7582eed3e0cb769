"""Approvers, and when they are away: noted by themselves, or by an admin for anybody."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field, StrictBool

from domain.approvals.absences import Absence, AbsenceRefused
from domain.model import Frozen, Strict
from domain.roles import Right
from starter.absences import AbsenceDesk, Presence, tell_open_questions
from starter.api.access import Caller, Decider, Reader
from starter.api.inputs import Day
from starter.api.problems import refusals
from starter.api.services import Given, Services
from starter.gateway.problems import Refusal

router = APIRouter(tags=["approvals"])

Approver = Annotated[str, Path(max_length=40, description="The approver's id in waybill.toml.")]


class AwayShown(Frozen):
    """Days away, the first and the last among them; `deputy` is empty where the one that is set decides."""

    first: date
    last: date
    deputy: str


class ApproverShown(Frozen):
    """Somebody who may approve, and when they are away from now on."""

    id: str
    name: str
    roles: tuple[str, ...]
    deputy: str
    away: tuple[AwayShown, ...]

    @classmethod
    def of(cls, presence: Presence) -> "ApproverShown":
        """Return what is shown of an approver; addresses are not."""
        person, absences = presence
        away = tuple(AwayShown.model_validate(each.model_dump()) for each in absences)
        return cls(id=person.id, name=person.name, roles=person.roles, deputy=person.deputy, away=away)


class AwayWanted(Strict):
    """When somebody is away."""

    last: Day = Field(description="The last day away.")
    first: Day | None = Field(default=None, description="The first; none: today.")
    deputy: str = Field(default="", max_length=40, description="Who decides meanwhile; none: the deputy set.")


class BackWanted(Strict):
    """Whether planned absences are given up too."""

    planned: StrictBool = False


@router.get("/approvers", responses=refusals())
async def list_approvers(_: Reader, given: Given) -> tuple[ApproverShown, ...]:
    """List who may approve, and when they are away."""
    return tuple(ApproverShown.of(each) for each in await _desk(given).list(given.now.date()))


@router.post("/approvers/{approver}/away", responses=refusals(404, 409))
async def note_absence(
    caller: Decider, approver: Approver, wanted: AwayWanted, given: Given
) -> ApproverShown:
    """Note that somebody is away: their deputy is asked at once instead."""
    _check(caller, approver)
    shown, now = await _one(approver, given), given.now
    absence = Absence(
        approver=shown.id, first=wanted.first or now.date(), last=wanted.last, deputy=wanted.deputy
    )
    try:
        await _desk(given).note(absence, caller.name, now)
    except AbsenceRefused as refusal:
        raise Refusal(409, str(refusal)) from None
    await tell_open_questions(given.approvals, given.client)
    return await _one(approver, given)


@router.post("/approvers/{approver}/back", responses=refusals(404, 409))
async def end_absence(caller: Decider, approver: Approver, wanted: BackWanted, given: Given) -> ApproverShown:
    """Note that somebody is back."""
    _check(caller, approver)
    shown = await _one(approver, given)
    if not await _desk(given).end(shown.id, given.now, planned=wanted.planned):
        raise Refusal(409, f"{shown.id} is not away")
    await tell_open_questions(given.approvals, given.client)
    return await _one(approver, given)


def _desk(given: Services) -> AbsenceDesk:
    return AbsenceDesk(given.waybill.configuration.approvers, given.waybill.absences)


def _check(caller: Caller, approver: str) -> None:
    """Raise `Refusal` unless somebody speaks for themselves, or is an admin: who is away is not asked."""
    if caller.token.person != approver and Right.GRANT not in caller.rights:
        raise Refusal(
            403, f"the token {caller.token.name} is not bound to {approver}; it takes that, or admin"
        )


async def _one(approver: str, given: Services) -> ApproverShown:
    for each in await _desk(given).list(given.now.date()):
        if each.person.id == approver:
            return ApproverShown.of(each)
    raise Refusal(404, f"there is no approver {approver}")
