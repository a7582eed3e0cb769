"""Whom a level of an approval asks, whom in their place, and when again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from domain.approvals.calendar import later
from domain.approvals.policies import Approver, Level
from domain.approvals.requests import ApprovalRequest, AskingPlan, Away, Due, PlanWanted, Reminder
from domain.model import Frozen
from domain.money import Money
from domain.order import Order
from domain.policy import Pair


class Worth(Frozen):
    """What an order is worth, for limits: in its own currency and, where a rate is known, in the base one."""

    total: Money
    in_base: Money | None


class Round(NamedTuple):
    """People to ask, and of those who stand in for others: for whom."""

    people: tuple[str, ...] = ()
    stands_in: Mapping[str, tuple[str, ...]] = {}

    def without(self, names: frozenset[str]) -> "Round":
        """Return the same without some people."""
        left = tuple(name for name in self.people if name not in names)
        return Round(left, {name: seats for name, seats in self.stands_in.items() if name in left})


def worth_of(order: Order, pair: Pair) -> Worth:
    """Return what an order is worth to the approvers of a pair."""
    return Worth(total=order.total, in_base=order.in_base(pair.base_currency))


def covers(person: Approver, worth: Worth) -> bool:
    """Whether a person's limits allow them to decide on an amount.

    The limit in the order's currency counts, else the one in the base currency. An amount that cannot be
    compared is above every limit.
    """
    limits = person.limit_by_currency
    own = limits.get(worth.total.currency)
    if own is not None:
        return worth.total <= own
    if worth.in_base is None:
        return False
    base = limits.get(worth.in_base.currency)
    return worth.in_base <= base if base is not None else not limits


def may_decide(person: Approver, level: Level, worth: Worth, *, escalated: bool = False) -> bool:
    """Whether a level is a person's own to decide for an amount."""
    asked_later = escalated and bool(level.escalate_to) and level.escalate_to in person.roles
    return (level.names(person) or asked_later) and covers(person, worth)


def level_of(request: ApprovalRequest, pair: Pair) -> Level | None:
    """Return the level that a request asks, as it is configured now; None where there is none any more."""
    policy = pair.policy(request.policy)
    steps = policy.steps if policy else ()
    return steps[request.level - 1] if request.level <= len(steps) else None


def stand_in(name: str, pair: Pair, away: Mapping[str, Away], worth: Worth) -> str:
    """Return who decides in somebody's place: the first down the line of deputies who is there, else empty.

    A deputy decides on no more than either may.
    """
    people, seen = pair.people, {name}
    while True:
        absent = away.get(name)
        usual = people[name].deputy if name in people else ""
        name = absent.deputy if absent and absent.deputy in people else usual
        if name in seen or name not in people or not covers(people[name], worth):
            return ""
        if name not in away:
            return name
        seen.add(name)


def first_round(
    level: Level, worth: Worth, pair: Pair, away: Mapping[str, Away], spent: frozenset[str] = frozenset()
) -> Round:
    """Return whom a level asks at once: those it names, and the deputy of each who is away.

    `spent` are those who approved the order on an earlier level.
    """
    named = [person.id for person in pair.approvers if may_decide(person, level, worth)]
    return _present(named, worth, pair, away, spent)


def escalation_round(
    level: Level, worth: Worth, pair: Pair, away: Mapping[str, Away], spent: frozenset[str] = frozenset()
) -> Round:
    """Return whom a level asks when nobody decided."""
    named = [
        person.id for person in pair.approvers if level.escalate_to in person.roles and covers(person, worth)
    ]
    return _present(named, worth, pair, away, spent)


def deputy_round(names: Iterable[str], pair: Pair, away: Mapping[str, Away], worth: Worth) -> Round:
    """Return the deputies of some people, each with all in whose place they may decide."""
    places: dict[str, tuple[str, ...]] = {}
    for name in names:
        if deputy := stand_in(name, pair, away, worth):
            places[deputy] = (*places.get(deputy, ()), name)
    return Round(tuple(places), places)


def _present(
    names: Iterable[str], worth: Worth, pair: Pair, away: Mapping[str, Away], spent: frozenset[str]
) -> Round:
    wanted = [name for name in names if name not in spent]
    here = tuple(name for name in wanted if name not in away)
    absent = [name for name in wanted if name in away]
    instead = deputy_round(absent, pair, away, worth).without(spent | set(here))
    return Round((*here, *instead.people), instead.stands_in)


def deputies_of(asked: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    """Return the usual deputies of those asked, whatever they may decide on."""
    people = pair.people
    deputies = [people[name].deputy for name in asked if name in people and people[name].deputy]
    return tuple(dict.fromkeys(name for name in deputies if name not in asked))


def with_round(request: ApprovalRequest, more: Round) -> tuple[ApprovalRequest, tuple[str, ...]]:
    """Return the request with more people asked, and who of them is new."""
    new = tuple(name for name in more.people if name not in request.asked)
    stands_in = dict(request.stands_in)
    for name, seats in more.stands_in.items():
        stands_in[name] = tuple(dict.fromkeys((*stands_in.get(name, ()), *seats)))
    asked = (*request.asked, *new)
    return request.model_copy(update={"asked": asked, "stands_in": stands_in}), new


def shortage(
    asked: Round, level: Level, worth: Worth, pair: Pair, away: Mapping[str, Away], barred: frozenset[str]
) -> str:
    """Return why a level that asks these people cannot come about, or an empty text when it may.

    `barred` are those whose approval would not count.
    """
    named = [person.id for person in pair.approvers if may_decide(person, level, worth, escalated=True)]
    able = [({name} - set(away) | {stand_in(name, pair, away, worth)}) - barred - {""} for name in named]
    possible = _most_votes(able)
    if asked.people and possible >= level.quorum:
        return ""
    who = "person" if level.quorum == 1 else "persons"
    needed = f"{level.quorum} {who} of {level.who} must approve {worth.total}, {possible or 'none'} may"
    return "; ".join((needed, *(_absence(name, away[name], pair) for name in named if name in away)))


def _most_votes(able: Sequence[set[str]]) -> int:
    """Return how many of some rights to decide can be used, each by one of those able, nobody using two."""
    user: dict[str, int] = {}

    def place(seat: int, tried: set[str]) -> bool:
        for person in sorted(able[seat] - tried):
            tried.add(person)
            if person not in user or place(user[person], tried):
                user[person] = seat
                return True
        return False

    return sum(place(seat, set()) for seat in range(len(able)))


def _absence(name: str, away: Away, pair: Pair) -> str:
    return f"{pair.people[name].name} is away until {away.until}"


def durations(level: Level) -> tuple[tuple[Reminder, timedelta], ...]:
    """Return what happens to an open request, with how long after it was asked, in order; its end is last."""
    after = {
        Reminder.REMIND: level.remind_after,
        Reminder.DEPUTY: level.deputy_after,
        Reminder.EXPIRE: level.expire_after,
        Reminder.ESCALATE: level.escalate_after if level.escalate_to else None,
    }
    steps = [(what, duration) for what, duration in after.items() if duration is not None]
    in_order = sorted(steps, key=lambda step: step[1])
    last = next(place for place, (what, _) in enumerate(in_order) if what is Reminder.EXPIRE)
    return tuple(in_order[: last + 1])


def plan_of(wanted: PlanWanted, away: Mapping[str, Away]) -> AskingPlan:
    """Return when time does what to a request, beside who is away."""
    due = (
        Due(what=what, at=later(wanted.calendar, wanted.asked_at, duration))
        for what, duration in wanted.steps
    )
    return AskingPlan(away=dict(away), timetable=tuple(due))
