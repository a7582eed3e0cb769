"""Noting who is away and who is back, so that open questions go to somebody who is there."""

import asyncio
from datetime import date, datetime
from typing import NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError

from activities.approvals import APPROVERS_CHANGED
from domain.approvals.absences import Absence, check_absence
from domain.approvals.policies import Approver
from domain.order import order_workflow_id
from records.absences import Absences
from records.approvals import ApprovalRequests


class Presence(NamedTuple):
    """An approver, and their absences that are not over."""

    person: Approver
    absences: tuple[Absence, ...]


class AbsenceDesk:
    """The absences of approvers."""

    def __init__(self, approvers: tuple[Approver, ...], absences: Absences) -> None:
        self._approvers, self._absences = approvers, absences

    async def list(self, today: date) -> tuple[Presence, ...]:
        """Return all approvers with their absences."""
        known = await self._absences.from_day(today)
        return tuple(
            Presence(person, tuple(each for each in known if each.approver == person.id))
            for person in self._approvers
        )

    async def note(self, absence: Absence, by: str, now: datetime) -> None:
        """Note that somebody is away. Raises `AbsenceRefused`."""
        check_absence(absence, self._approvers, now.date())
        await self._absences.note(absence, by, now)

    async def end(self, approver: str, now: datetime, *, planned: bool = False) -> int:
        """Note that somebody is back, or give their planned absences up too; return how many ended."""
        return await self._absences.end(approver, now.date(), now, planned=planned)


async def tell_open_questions(requests: ApprovalRequests, client: Client) -> int:
    """Let all orders that wait for a decision look who is there now; return how many were told.

    One that cannot be told looks at its next reminder.
    """
    views = await requests.open_ones()

    async def tell(connection: str, order_id: str) -> bool:
        handle = client.get_workflow_handle(order_workflow_id(connection, order_id))
        try:
            await handle.signal(APPROVERS_CHANGED)
        except (RPCError, RuntimeError):
            # A client that connects lazily tells of a missing server by a RuntimeError.
            return False
        return True

    told = await asyncio.gather(*(tell(view.connection, view.store_order_id) for view in views))
    return sum(told)
