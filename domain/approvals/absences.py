"""When approvers are away, and who decides meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from domain.approvals.policies import Approver
from domain.approvals.requests import Away
from domain.model import Frozen


class Absence(Frozen):
    """Somebody's absence: both days are days away. No deputy named: the one of waybill.toml decides."""

    approver: str
    first: date
    last: date
    deputy: str = ""


class AbsenceRefused(ValueError):
    """The absence makes no sense; the text says why."""


def away_on(absences: Iterable[Absence], day: date) -> Mapping[str, Away]:
    """Return who is away on a day; of several absences of one person the last to end counts."""
    on_day = [each for each in absences if each.first <= day <= each.last]
    return {
        each.approver: Away(until=each.last, deputy=each.deputy)
        for each in sorted(on_day, key=lambda each: each.last)
    }


def check_absence(absence: Absence, approvers: Sequence[Approver], today: date) -> None:
    """Raise `AbsenceRefused` for one that makes no sense."""
    known = [person.id for person in approvers]
    for name in (absence.approver, absence.deputy or absence.approver):
        if name not in known:
            raise AbsenceRefused(f"{name} is not an approver; there are {', '.join(known) or 'none'}")
    if absence.deputy == absence.approver:
        raise AbsenceRefused("nobody stands in for themselves")
    if absence.last < absence.first:
        raise AbsenceRefused(f"the absence ends on {absence.last}, before it begins on {absence.first}")
    if absence.last < today:
        raise AbsenceRefused(f"{absence.last} is past")
