"""How an approval stands, in rows for mails, pages, messages and the command line."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from domain.approvals.policies import Expiry
from domain.approvals.requests import ApprovalRequest, Due, Reminder, Standing, Verdict, Vote

Row = tuple[str, str]
_NEXT: Mapping[Reminder, str] = MappingProxyType(
    {
        Reminder.REMIND: "a reminder",
        Reminder.DEPUTY: "the deputies are asked too",
        Reminder.ESCALATE: "the next higher role is asked too",
    }
)
_END: Mapping[Expiry, str] = MappingProxyType(
    {Expiry.HOLD: "the order goes on hold", Expiry.REJECT: "the order is rejected"}
)


def progress(
    request: ApprovalRequest, earlier: Iterable[ApprovalRequest], names: Mapping[str, str]
) -> tuple[Row, ...]:
    """Return title and text of what is worth saying: level, votes, who is needed, what time will do.

    `earlier` are the requests that were approved before, `names` what people are called.
    """
    decided = [_voted(vote, each, names) for each in (*earlier, request) for vote in each.votes]
    rows = [
        ("Level", _level(request)),
        ("Decided so far", "; ".join(decided)),
        ("Still needed", _needed(request)),
        ("Standing in", _standing_in(request, names)),
        ("If nobody decides", _time(request)),
    ]
    return tuple((title, text) for title, text in rows if text)


def outcome(request: ApprovalRequest) -> str:
    """Return what a person's decision came to, as one sentence for them."""
    if request.standing is Standing.REJECTED:
        return "The order was rejected."
    if request.missing:
        persons = "one more person" if request.missing == 1 else f"{request.missing} more persons"
        return f"Your approval is noted; {persons} must approve."
    if request.level < request.levels:
        return f"Level {request.level} is approved; level {request.level + 1} is asked now."
    return "The order was approved; it goes on by itself."


def _level(request: ApprovalRequest) -> str:
    policy = f", {request.policy}" if request.policy else ""
    if request.levels == 1:
        return f"{request.role}{policy}" if policy else ""
    return f"{request.level} of {request.levels}: {request.role}{policy}"


def _voted(vote: Vote, request: ApprovalRequest, names: Mapping[str, str]) -> str:
    did = "approved" if vote.verdict is Verdict.APPROVE else "rejected"
    place = f" for {_name(vote.stands_in_for, names)}" if vote.stands_in_for else ""
    level = f" (level {request.level})" if request.levels > 1 else ""
    return f"{_name(vote.approver, names)} {did}{place}{level}"


def _needed(request: ApprovalRequest) -> str:
    if request.standing is not Standing.OPEN or (request.quorum == 1 and request.levels == 1):
        return ""
    persons = "1 person" if request.missing == 1 else f"{request.missing} persons"
    higher = request.levels - request.level
    further = f", then {higher} more level{'s' if higher > 1 else ''}" if higher else ""
    return f"{persons} of {request.quorum}{further}"


def _standing_in(request: ApprovalRequest, names: Mapping[str, str]) -> str:
    if request.standing is not Standing.OPEN:
        return ""
    return "; ".join(
        f"{_name(deputy, names)} for {' and '.join(_name(seat, names) for seat in seats)}"
        for deputy, seats in request.stands_in.items()
    )


def _time(request: ApprovalRequest) -> str:
    if request.standing is not Standing.OPEN:
        return ""
    return "; ".join(f"{due.at:%Y-%m-%d %H:%M} UTC {_happens(due, request)}" for due in request.timetable)


def _happens(due: Due, request: ApprovalRequest) -> str:
    return _NEXT.get(due.what) or _END[request.on_expiry]


def _name(person: str, names: Mapping[str, str]) -> str:
    return names.get(person, person)
