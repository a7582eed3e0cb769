"""Which orders wait for a person, whom, and what time does to the question."""

from domain.approvals.policies import Approver
from domain.approvals.requests import Reminder
from domain.money import Money
from domain.order import Order
from domain.policy import Pair


def approval_needed(order: Order, pair: Pair) -> str:
    """Return why this order needs a person, or an empty text when it needs none."""
    limit = pair.approval.limit
    if limit is None:
        return ""
    total = order.in_base(pair.base_currency)
    if total is None:
        return (
            f"the total {order.total} has no rate to {pair.base_currency} and cannot be compared with {limit}"
        )
    return f"the total {total} is above {limit}" if total > limit else ""


def may_decide(person: Approver, total: Money, role: str) -> bool:
    """Whether a person's role and limit cover an amount in the base currency."""
    return role in person.roles and (person.limit is None or total <= person.limit)


def approvers_for(total: Money, pair: Pair, role: str) -> tuple[str, ...]:
    """Return the ids of those whose role and limit cover the amount."""
    return tuple(person.id for person in pair.approvers if may_decide(person, total, role))


def deputies_of(asked: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    """Return the deputies of those asked; a deputy decides with the authority they stand in for."""
    people = pair.people
    deputies = [people[name].deputy for name in asked if name in people and people[name].deputy]
    return tuple(dict.fromkeys(name for name in deputies if name not in asked))


def timetable(pair: Pair) -> tuple[tuple[Reminder, float], ...]:
    """Return what happens to an open request, with the seconds after it was asked, in order."""
    policy = pair.approval
    steps = [
        (Reminder.REMIND, policy.remind_after.total_seconds()),
        (Reminder.DEPUTY, policy.deputy_after.total_seconds()),
        (Reminder.EXPIRE, policy.expire_after.total_seconds()),
    ]
    if policy.escalate_to:
        steps.append((Reminder.ESCALATE, policy.escalate_after.total_seconds()))
    in_order = sorted(steps, key=lambda step: step[1])
    last = next(place for place, step in enumerate(in_order) if step[0] is Reminder.EXPIRE)
    return tuple(in_order[: last + 1])
