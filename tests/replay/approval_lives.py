"""Recorded lives of orders that several people approve: in levels, in each other's place, and anew."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.approvals.absences import Absence
from domain.approvals.requests import Standing
from domain.corrections import Correction
from domain.life import OrderView
from domain.stages import Stage
from tests.house import House
from tests.workflows.placing import CABINET, place


def in_levels(raw: dict[str, Any]) -> None:
    """Ask two directors, then the board; remind soon; only a higher total voids."""
    people: dict[str, dict[str, Any]] = {
        "dora": {"roles": ["director"], "deputy": "dan"},
        "carl": {"roles": ["director"]},
        "dan": {"roles": ["sales"]},
        "bea": {"roles": ["board"]},
    }
    raw["approvers"] = [
        {"id": name, "name": name.title(), "email": f"{name}@waybill.example", **facts}
        for name, facts in people.items()
    ]
    raw["pairs"]["main"]["approval"] |= {
        "levels": [{"role": "director", "quorum": 2, "remind_after": "1s"}, {"role": "board"}],
        "voided_by": [],
        "tolerated_rise": "10",
        "calendar": {
            "hours": ["00:00-24:00"],
            "work_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        },
    }


OPTIONS: dict[str, dict[str, Any]] = {
    "approved_by_levels": {"change": in_levels},
    "approval_voided": {"change": in_levels},
}


async def _asked(house: House, order: int, level: int, *people: str, after: int = 0) -> OrderView:
    def fits(view: OrderView) -> bool:
        request = view.approval
        return (
            request is not None
            and request.standing is Standing.OPEN
            and request.level == level
            and set(people) <= set(request.code_hashes)
            and request.number > after
        )

    return await house.until(order, Stage.AWAITING_APPROVAL, where=fits)


async def _approve(house: House, view: OrderView, *people: str) -> None:
    for person in people:
        await house.update(view.store_order_id, "decide", house.decision(view, approver=person))


async def approved_by_levels(house: House) -> str:
    """A deputy for who is away, a reminder, a correction that keeps the approval, then the second level."""
    now = datetime.now(UTC)
    away = Absence(approver="dora", first=now.date(), last=now.date() + timedelta(days=3))
    await house.waybill.absences.note(away, "olga", now)
    order = place(house, CABINET)
    first = await _asked(house, order, 1, "dan", "carl")
    await _approve(house, first, "dan")
    reminded = await house.until(
        order,
        Stage.AWAITING_APPROVAL,
        where=lambda view: bool(view.approval and view.approval.timetable[0].what.value != "remind"),
    )
    correction = Correction(by="olga", fields={"delivery.street": "2 rue Neuve"})
    await house.update(order, "correct", correction)
    await _approve(house, reminded, "carl")
    await _approve(house, await _asked(house, order, 2, "bea"), "bea")
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    return house.handle(order).id


async def approval_voided(house: House) -> str:
    """Approved by the first level, then more is ordered: all is asked again, and the board rejects it."""
    order = place(house, CABINET)
    first = await _asked(house, order, 1, "dora", "carl")
    await _approve(house, first, "dora", "carl")
    second = await _asked(house, order, 2, "bea")
    house.shop.edit(order, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 4}]})
    number = second.approval.number if second.approval else 0
    await _approve(house, await _asked(house, order, 1, "dora", "carl", after=number), "dora", "carl")
    last = await _asked(house, order, 2, "bea", after=number)
    no = house.decision(last, approver="bea", verdict="reject", reason="too much")
    await house.update(order, "decide", no)
    await house.until(order, Stage.REJECTED)
    return house.handle(order).id
