"""What needs somebody: orders by cause, connections in trouble, and what was parked."""

from collections.abc import Sequence

from domain.approvals.requests import Standing
from domain.life import OrderView
from domain.model import Frozen
from domain.returning import ReturnStage, ReturnView
from records.incidents import Incident
from records.strays import Stray
from starter.composition import Waybill

MOST = 10_000


class WaitedFor(Incident):
    """An open incident, and how many orders wait for its end."""

    orders: int


class Attention(Frozen):
    """All that needs somebody, the oldest first."""

    orders: tuple[OrderView, ...]
    incidents: tuple[WaitedFor, ...]
    strays: tuple[Stray, ...]

    def by_cause(self) -> dict[str, list[OrderView]]:
        """Return the orders in groups of one cause each."""
        groups: dict[str, list[OrderView]] = {}
        for view in self.orders:
            groups.setdefault(cause_of(view), []).append(view)
        return groups


async def attention(waybill: Waybill) -> Attention:
    """Look up what needs somebody now."""
    views = await waybill.orders.list(needs_person=True, limit=MOST)
    return Attention(
        orders=tuple(sorted(views, key=lambda view: view.since)),
        incidents=await incidents_waited_for(waybill),
        strays=await waybill.strays.all(),
    )


async def incidents_waited_for(waybill: Waybill) -> tuple[WaitedFor, ...]:
    """Return the connections in trouble, each with the number of orders that wait for it."""
    found: Sequence[Incident] = await waybill.incidents.open_ones()
    return tuple(
        [
            WaitedFor(
                **incident.model_dump(),
                orders=len(await waybill.orders.waiting_for(incident.connection, MOST)),
            )
            for incident in found
        ]
    )


def cause_of(view: OrderView) -> str:
    """Return what an order that needs somebody waits for, in words."""
    if view.hold:
        return view.hold.group.value
    if stopped_returns(view):
        return "returns"
    return "broken promises" if view.broken_promises else "waiting for a decision"


def sentence_of(view: OrderView) -> str:
    """Say what keeps an order."""
    if view.hold:
        return view.hold.sentence
    if stopped := stopped_returns(view):
        return "; ".join(f"return {each.reference}: {each.because}" for each in stopped)
    return ", ".join(f"not {promise} in time" for promise in view.broken_promises) or view.because


def stopped_returns(view: OrderView) -> tuple[ReturnView, ...]:
    """Return those of its returns that wait for a person."""
    return tuple(each for each in view.returns if each.stage is ReturnStage.STOPPED)


def waits_for_decision(view: OrderView) -> bool:
    """Whether an approver is to decide."""
    return view.approval is not None and view.approval.standing is Standing.OPEN
