"""Approvals of several levels: quorum, deputies of who is away, changes that void and changes that do not."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.approvals.absences import Absence
from domain.approvals.requests import ApprovalRequest, Standing
from domain.corrections import Correction
from domain.life import OrderView
from domain.stages import Stage
from records.approvals import ApprovalRequests
from sandbox.mailbox import Mail
from starter.absences import tell_open_questions
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish

PEOPLE = [
    {"id": "dora", "name": "Dora Director", "roles": ["director"], "deputy": "dan"},
    {"id": "carl", "name": "Carl Chief", "roles": ["director", "board"]},
    {"id": "dan", "name": "Dan Deputy", "roles": ["sales"]},
    {"id": "bea", "name": "Bea Board", "roles": ["board"]},
]
TWO_LEVELS = {"levels": [{"role": "director", "quorum": 2}, {"role": "board"}]}


def with_policy(**policy: Any) -> Callable[[dict[str, Any]], None]:
    """Return the change of a configuration to four approvers and a policy."""

    def change(raw: dict[str, Any]) -> None:
        raw["approvers"] = [{**person, "email": f"{person['id']}@waybill.example"} for person in PEOPLE]
        raw["pairs"]["main"]["approval"] |= policy

    return change


@pytest.fixture
async def running(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which two directors and then the board approve."""
    async with house(temporal_server, tmp_path, change=with_policy(**TWO_LEVELS)) as opened:
        yield opened


async def asks(running: House, order_id: int, *people: str, level: int = 1) -> OrderView:
    """Wait until these people, and no others, are asked by an open question of a level."""

    def fits(view: OrderView) -> bool:
        request = view.approval
        return (
            request is not None
            and request.standing is Standing.OPEN
            and request.level == level
            and set(request.asked) == set(people) == set(request.code_hashes)
        )

    return await running.until(order_id, Stage.AWAITING_APPROVAL, where=fits)


async def approve(running: House, view: OrderView, *people: str) -> OrderView:
    """Let people approve what a view shows, one after the other."""
    for person in people:
        view = await running.update(view.store_order_id, "decide", running.decision(view, approver=person))
    return view


async def is_away(running: House, person: str, deputy: str = "") -> None:
    """Note that somebody is away from today on, as the command line does."""
    today = datetime.now(UTC).date()
    absence = Absence(approver=person, first=today, last=today + timedelta(days=9), deputy=deputy)
    await running.waybill.absences.note(absence, "olga", datetime.now(UTC))
    await tell_open_questions(ApprovalRequests(running.waybill.database), running.client)


async def mail_to(running: House, person: str) -> Mail:
    """Return the last mail that a person got."""

    async def look() -> Mail | None:
        return next((mail for mail in reversed(running.mailbox.mails) if person in mail.to[0]), None)

    return await eventually(look)


async def did(running: House, order_id: int) -> list[str]:
    """Return the audit of an order, each deed as `who did`."""
    return [
        f"{row.by} {row.what}" for row in await running.waybill.orders.audit(running.store, str(order_id))
    ]


async def test_two_directors_and_then_the_board_approve(running: House) -> None:
    order_id = place(running, CABINET)
    first = await asks(running, order_id, "dora", "carl")

    noted = await approve(running, first, "dora")
    assert noted.approval is not None
    assert (noted.approval.standing, noted.approval.missing) == (Standing.OPEN, 1)
    assert running.orders_in_erp(order_id) == []

    await approve(running, noted, "carl")
    second = await asks(running, order_id, "bea", level=2)
    assert running.orders_in_erp(order_id) == []
    await approve(running, second, "bea")
    posted = await running.until(order_id, Stage.POSTED)

    assert [vote.approver for request in posted.granted for vote in request.votes] == ["dora", "carl"]
    assert await did(running, order_id) == ["dora approved", "carl approved", "bea approved"]


async def test_who_approved_a_level_is_not_asked_on_the_next(running: House) -> None:
    order_id = place(running, CABINET)
    view = await asks(running, order_id, "dora", "carl")
    await approve(running, view, "dora", "carl")
    second = await asks(running, order_id, "bea", level=2)

    with pytest.raises(Declined) as answer:
        await approve(running, second, "carl")

    assert str(answer.value) == "carl may not decide on this order"


async def test_the_second_level_rejects_what_the_first_approved(running: House) -> None:
    order_id = place(running, CABINET)
    await approve(running, await asks(running, order_id, "dora", "carl"), "dora", "carl")
    second = await asks(running, order_id, "bea", level=2)

    no = running.decision(second, approver="bea", verdict="reject", reason="no room")
    await running.update(order_id, "decide", no)
    ended = await running.until(order_id, Stage.REJECTED)

    assert ended.because == "rejected by bea: no room"
    assert running.orders_in_erp(order_id) == []


async def test_page_and_mail_say_how_the_approval_stands(running: House) -> None:
    order_id = place(running, CABINET)
    view = await asks(running, order_id, "dora", "carl")
    await approve(running, view, "dora")
    mail = await mail_to(running, "carl")
    (link,) = [link for link in mail.links if "/approvals/" in link]
    page = running.gateway_url + link[link.index("/approvals/") :]

    async with httpx.AsyncClient() as browser:
        shown = await browser.get(page)
        done = await browser.post(page, data={"verdict": "approve", "reason": ""})

    assert "Level: 1 of 2: director" in mail.text
    assert "Still needed: 2 persons of 2, then 1 more level" in mail.text
    assert "the order goes on hold" in mail.text
    assert "Dora Director approved (level 1)" in shown.text
    assert "1 person of 2, then 1 more level" in shown.text
    assert "Level 1 is approved; level 2 is asked now." in done.text


async def test_a_person_and_their_deputy_count_once(running: House) -> None:
    await is_away(running, "dora")
    order_id = place(running, CABINET)
    view = await asks(running, order_id, "dan", "carl")
    assert view.approval is not None
    assert view.approval.stands_in == {"dan": ("dora",)}
    mail = await mail_to(running, "dan")
    assert "You are asked in the place of Dora Director." in mail.text

    after = await approve(running, view, "dan", "carl")

    assert after.approval is not None
    votes = {vote.approver: vote.stands_in_for for vote in after.approval.votes}
    assert votes == {"dan": "dora", "carl": ""}
    audit = await running.waybill.orders.audit(running.store, str(order_id))
    assert [row.detail for row in audit] == ["cli, for dora: as agreed", "cli: as agreed"]


async def test_who_goes_away_while_asked_is_stood_in_for_at_once(running: House) -> None:
    order_id = place(running, CABINET)
    await asks(running, order_id, "dora", "carl")

    await is_away(running, "carl", deputy="bea")
    view = await asks(running, order_id, "dora", "carl", "bea")

    assert view.approval is not None
    assert view.approval.stands_in == {"bea": ("carl",)}
    assert "in the place of Carl Chief" in (await mail_to(running, "bea")).text


async def test_with_too_few_people_left_the_order_is_held_with_their_absence(running: House) -> None:
    await is_away(running, "carl")
    order_id = place(running, CABINET)

    held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "no_approver"
    assert "2 persons of director must approve" in held.hold.sentence
    assert "Carl Chief is away until" in held.hold.sentence


async def test_a_voiding_change_asks_the_first_level_again(running: House) -> None:
    order_id = place(running, CABINET)
    await approve(running, await asks(running, order_id, "dora", "carl"), "dora", "carl")
    second = await asks(running, order_id, "bea", level=2)

    running.shop.edit(order_id, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 4}]})
    again = await asks(running, order_id, "dora", "carl")

    assert second.approval is not None
    assert again.approval is not None
    assert again.approval.number > second.approval.number
    deeds = await did(running, order_id)
    assert deeds.count("waybill voided the approval of level 1") == 1
    assert deeds.count("waybill voided the approval of level 2") == 1


@pytest.fixture
async def lenient(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose approvals only a higher total voids."""
    change = with_policy(**TWO_LEVELS, voided_by=["country"], tolerated_rise="10")
    async with house(temporal_server, tmp_path, change=change) as opened:
        yield opened


async def test_a_change_that_voids_nothing_keeps_votes_and_question(lenient: House) -> None:
    order_id = place(lenient, CABINET)
    first = await asks(lenient, order_id, "dora", "carl")
    await approve(lenient, first, "dora", "carl")
    second = await asks(lenient, order_id, "bea", level=2)

    correction = Correction(by="olga", fields={"delivery.street": "2 rue Neuve"})
    await lenient.update(order_id, "correct", correction)
    still = await asks(lenient, order_id, "bea", level=2)
    await approve(lenient, second, "bea")
    posted = await lenient.until(order_id, Stage.POSTED)

    assert still.approval is not None
    assert second.approval is not None
    assert still.approval.number == second.approval.number
    assert posted.revision != second.revision
    assert await did(lenient, order_id) == [
        "dora approved",
        "carl approved",
        "olga corrected",
        "waybill kept the approval of level 1",
        "waybill kept the approval of level 2",
        "bea approved",
    ]


async def test_an_approver_who_corrects_the_order_takes_their_approval_back(lenient: House) -> None:
    order_id = place(lenient, CABINET)
    view = await asks(lenient, order_id, "dora", "carl")
    await approve(lenient, view, "dora")

    correction = Correction(by="dora", fields={"delivery.street": "2 rue Neuve"})
    await lenient.update(order_id, "correct", correction)
    again = await lenient.until(
        order_id,
        Stage.AWAITING_APPROVAL,
        where=lambda now: is_newer(now.approval, view.approval),
    )

    assert again.approval is not None
    assert (again.approval.missing, again.approval.votes) == (2, ())
    with pytest.raises(Declined, match="placed or corrected themselves"):
        await approve(lenient, again, "dora")


def rejecting(raw: dict[str, Any]) -> None:
    """Reject what nobody decided on within two seconds."""
    raw["pairs"]["main"]["approval"] |= {"on_expiry": "reject", "expire_after": "2s"}


async def test_time_may_reject_but_never_approve(temporal_server: TemporalServer, tmp_path: Path) -> None:
    async with house(temporal_server, tmp_path, change=rejecting) as running:
        order_id = place(running, CABINET)
        ended = await running.until(order_id, Stage.REJECTED)

    assert ended.because == "rejected: nobody decided in time"
    assert running.orders_in_erp(order_id) == []


def in_business_time(raw: dict[str, Any]) -> None:
    """Remind after two seconds of business time, in a year without any work day."""
    first = date.today()  # noqa: DTZ011 - a margin of days around any zone
    off = [first + timedelta(days=days) for days in range(-2, 12)]
    raw["pairs"]["main"]["approval"] |= {"remind_after": "2s", "calendar": {"days_off": off}}


async def test_nobody_is_reminded_outside_business_time(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path, change=in_business_time) as running:
        order_id = place(running, CABINET)
        view = await running.until(
            order_id,
            Stage.AWAITING_APPROVAL,
            where=lambda view: bool(view.approval and view.approval.code_hashes),
        )

    assert view.approval is not None
    due = {due.what.value: due.at for due in view.approval.timetable}
    assert due["remind"] > datetime.now(UTC) + timedelta(days=9)
    assert due["expire"] - due["remind"] > timedelta(days=9)


def is_newer(request: ApprovalRequest | None, other: ApprovalRequest | None) -> bool:
    """Whether a question was asked after another."""
    return request is not None and other is not None and request.number > other.number


BIG = {"fact": "total", "is": "more_than", "value": "100 EUR"}


def asking(name: str, policy: str) -> dict[str, Any]:
    """Return a rule that asks for an approval of every order of some size."""
    return {
        "id": name,
        "when": "validated",
        "if": BIG,
        "then": [{"do": "require_approval", "policy": policy}],
    }


async def test_each_policy_is_obtained_once_however_many_rules_ask_for_it(running: House) -> None:
    wine = {"role": "", "people": ["dan"]}
    await publish(
        running, asking("big", "wine"), asking("again", "wine"), asking("own", ""), policies={"wine": wine}
    )
    order_id = place(running, CABINET)
    view = await asks(running, order_id, "dora", "carl")
    await approve(running, view, "dora", "carl")
    await approve(running, await asks(running, order_id, "bea", level=2), "bea")

    last = await asks(running, order_id, "dan")
    await approve(running, last, "dan")
    posted = await running.until(order_id, Stage.POSTED)

    assert view.approval is not None
    assert "is above 5000 EUR; " in view.approval.because
    assert "(rule own)" in view.approval.because
    assert last.approval is not None
    assert last.approval.policy == "wine"
    assert "(rule big); " in last.approval.because
    assert "(rule again)" in last.approval.because
    assert [(each.policy, each.level) for each in posted.granted] == [("", 1), ("", 2)]


async def test_a_rule_that_asks_for_an_unknown_policy_holds_the_order(running: House) -> None:
    await publish(running, asking("big", "wine"))
    order_id = place(running, {"sku": "WINE-RED-75", "quantity": 60})

    held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "no_policy"
    assert "there is no approval policy wine" in held.hold.sentence


async def test_a_question_that_nothing_asks_for_any_more_is_void(lenient: House) -> None:
    order_id = place(lenient, CABINET)
    await approve(lenient, await asks(lenient, order_id, "dora", "carl"), "dora")

    lenient.shop.edit(order_id, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 1}]})
    posted = await lenient.until(order_id, Stage.POSTED)

    assert posted.approval is not None
    assert posted.approval.standing is Standing.VOID


async def test_an_order_deleted_in_the_store_while_it_waits_is_held(running: House) -> None:
    order_id = place(running, CABINET)
    await asks(running, order_id, "dora", "carl")
    orders = running.shop.state.tables["orders"]

    (row,) = orders.find(id=order_id)
    orders.remove(row)
    await running.handle(order_id).signal("store_event", {})
    held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "store_refused"
