"""Approvals: who may decide, on what, by which channel, and what time does."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.approvals.requests import ApprovalRequest, Decision, Standing
from domain.corrections import Correction
from domain.life import OrderView
from domain.stages import Stage
from sandbox.mailbox import Mail
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import CABINET, place


def asked_again(view: OrderView, first: ApprovalRequest) -> bool:
    """Whether another question than the first one is open."""
    request = view.approval
    return request is not None and request.number > first.number and request.standing is Standing.OPEN


async def waiting(running: House, order_id: int) -> tuple[OrderView, ApprovalRequest]:
    """Wait until the order waits for a decision."""
    view = await running.until(
        order_id,
        Stage.AWAITING_APPROVAL,
        where=lambda view: view.approval is not None and view.approval.standing is Standing.OPEN,
    )
    assert view.approval is not None
    return view, view.approval


async def mail_to(running: House, person: str, count: int = 1, subject: str = "approve?") -> Mail:
    """Return the n-th mail that a person got."""

    async def look() -> Mail | None:
        mails = [mail for mail in running.mailbox.mails if person in mail.to[0] and subject in mail.subject]
        return mails[count - 1] if len(mails) >= count else None

    return await eventually(look)


async def refused(running: House, order_id: int, given: Decision) -> str:
    """Send a decision that must be refused and return the reason."""
    with pytest.raises(Declined) as answer:
        await running.update(order_id, "decide", given)
    return str(answer.value)


async def test_an_order_above_the_limit_waits_and_is_posted_after_approval(running: House) -> None:
    order_id = place(running, CABINET)
    view, request = await waiting(running, order_id)
    assert running.orders_in_erp(order_id) == []

    await running.update(order_id, "decide", running.decision(view))
    posted = await running.until(order_id, Stage.POSTED)

    assert request.asked == ("dora", "carl")
    assert posted.approval is not None
    assert (posted.approval.standing, posted.approval.decided_by) == (Standing.APPROVED, "dora")


async def test_a_rejected_order_is_never_posted_and_makes_no_customer(running: House) -> None:
    guest = {
        "customer": "",
        "guest": {"email": "big.spender@example.com", "first_name": "Bea", "last_name": "Groot"},
        "address": {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"},
    }
    order_id = place(running, CABINET, **guest)
    view, _ = await waiting(running, order_id)

    await running.update(order_id, "decide", running.decision(view, verdict="reject", reason="too much"))
    ended = await running.until(order_id, Stage.REJECTED)

    assert "too much" in ended.because
    assert running.orders_in_erp(order_id) == []
    assert running.company.ledger.of("partner") == []


async def test_decisions_that_do_not_count_are_refused_with_the_reason(running: House) -> None:
    order_id = place(running, {"sku": "CELLAR-CABINET", "quantity": 4})
    view, request = await waiting(running, order_id)

    assert request.asked == ("dora",)
    assert "carl may not decide" in await refused(running, order_id, running.decision(view, approver="carl"))
    assert "nobody may not decide" in await refused(
        running, order_id, running.decision(view, approver="nobody")
    )
    assert "changed since" in await refused(running, order_id, running.decision(view, revision="0" * 16))
    assert "needs a reason" in await refused(
        running, order_id, running.decision(view, verdict="reject", reason="")
    )
    assert "code" in await refused(
        running, order_id, running.decision(view, channel="temporal", code="guessed")
    )
    assert running.orders_in_erp(order_id) == []


async def test_a_second_decision_is_told_who_decided(running: House) -> None:
    order_id = place(running, CABINET)
    view, _ = await waiting(running, order_id)
    await running.update(order_id, "decide", running.decision(view))

    reason = await refused(
        running, order_id, running.decision(view, approver="carl", verdict="reject", reason="no")
    )

    assert reason == "already approved by Dora Director"


async def test_who_corrected_the_order_does_not_approve_it(running: House) -> None:
    order_id = place(running, CABINET)
    _, first = await waiting(running, order_id)
    await running.update(
        order_id, "correct", Correction(by="dora", fields={"delivery.street": "2 rue Neuve"})
    )
    view = await running.until(
        order_id,
        Stage.AWAITING_APPROVAL,
        where=lambda view: asked_again(view, first),
    )

    assert "placed or corrected themselves" in await refused(running, order_id, running.decision(view))


async def test_a_changed_order_voids_the_request_and_asks_anew(running: House) -> None:
    order_id = place(running, CABINET)
    before, first = await waiting(running, order_id)

    running.shop.edit(order_id, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 4}]})
    second = await running.until(
        order_id,
        Stage.AWAITING_APPROVAL,
        where=lambda view: asked_again(view, first),
    )

    assert "changed since" in await refused(running, order_id, running.decision(before))
    await running.update(order_id, "decide", running.decision(second))
    posted = await running.until(order_id, Stage.POSTED)
    assert posted.total == second.total


async def test_an_order_edited_below_the_limit_needs_nobody(running: House) -> None:
    order_id = place(running, CABINET)
    await waiting(running, order_id)

    running.shop.edit(order_id, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 1}]})
    posted = await running.until(order_id, Stage.POSTED)

    assert posted.approval is not None
    assert posted.approval.standing is Standing.VOID


async def test_the_mail_has_the_facts_a_link_and_a_code(running: House) -> None:
    order_id = place(running, CABINET)
    await waiting(running, order_id)

    mail = await mail_to(running, "dora")

    assert "6804.00 EUR" in mail.text or "EUR" in mail.text
    assert f"({running.store} {order_id})" in mail.text
    assert any("/approvals/" in link for link in mail.links)


async def test_opening_the_link_decides_nothing_and_posting_does(running: House) -> None:
    order_id = place(running, CABINET)
    await waiting(running, order_id)
    mail = await mail_to(running, "dora")
    (link,) = [link for link in mail.links if "/approvals/" in link]
    page = running.gateway_url + link[link.index("/approvals/") :]

    async with httpx.AsyncClient() as browser:
        for method in ("GET", "HEAD", "GET"):
            shown = await browser.request(method, page)
        still, _ = await waiting(running, order_id)
        done = await browser.post(page, data={"verdict": "approve", "reason": ""})
        late = await browser.post(page, data={"verdict": "reject", "reason": "changed my mind"})

    assert "may this order go on?" in shown.text
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert still.stage is Stage.AWAITING_APPROVAL
    assert "approved" in done.text
    assert (late.status_code, "already approved by Dora Director" in late.text) == (409, True)
    await running.until(order_id, Stage.POSTED)


async def test_a_forged_link_opens_nothing(running: House) -> None:
    async with httpx.AsyncClient() as browser:
        shown = await browser.get(f"{running.gateway_url}/approvals/made-up.token")
        sent = await browser.post(
            f"{running.gateway_url}/approvals/made-up.token", data={"verdict": "approve"}
        )

    assert (shown.status_code, sent.status_code) == (404, 404)


async def test_a_signal_with_the_persons_code_decides(running: House) -> None:
    order_id = place(running, CABINET)
    await waiting(running, order_id)
    mail = await mail_to(running, "dora")
    found = re.search(r'"code": "(\w+)"', mail.text)
    assert found

    handle = running.handle(order_id)
    await handle.signal("approve", "nonsense")
    await handle.signal("approve", {"approver": "carl", "code": found[1]})
    await handle.signal("approve", {"approver": "dora", "code": found[1]})
    posted = await running.until(order_id, Stage.POSTED)

    assert posted.approval is not None
    assert posted.approval.decided_by == "dora"
    audit = await running.waybill.orders.audit(running.store, str(order_id))
    assert [row.what for row in audit] == ["tried to approve", "tried to approve", "approved"]


@pytest.fixture
async def impatient(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose approvals run through all their reminders within seconds."""

    def quick(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["approval"] |= {
            "remind_after": "1s",
            "deputy_after": "2s",
            "escalate_after": "3s",
            "escalate_to": "board",
            "expire_after": "4s",
        }
        raw["approvers"][0]["deputy"] = "fritz"
        raw["approvers"][1]["roles"] = ["board"]
        raw["approvers"].append(
            {"id": "fritz", "name": "Fritz", "email": "fritz@waybill.example", "roles": ["finance"]}
        )

    async with house(temporal_server, tmp_path, change=quick) as opened:
        yield opened


async def test_time_reminds_asks_the_deputy_escalates_and_expires_into_a_hold(impatient: House) -> None:
    order_id = place(impatient, CABINET)
    await waiting(impatient, order_id)

    held = await impatient.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "approval_expired"
    subjects = {(mail.to[0].split("@")[0], mail.subject.split(":")[0]) for mail in impatient.mailbox.mails}
    assert {name for name, _ in subjects} >= {"dora", "fritz", "carl"}
    assert ("dora", "Remind") in subjects
    assert impatient.orders_in_erp(order_id) == []


async def test_the_deputy_decides_with_the_authority_they_stand_in_for(impatient: House) -> None:
    order_id = place(impatient, CABINET)
    view = await impatient.until(
        order_id,
        Stage.AWAITING_APPROVAL,
        where=lambda view: view.approval is not None and "fritz" in view.approval.asked,
    )

    await impatient.update(order_id, "decide", impatient.decision(view, approver="fritz"))
    await impatient.until(order_id, Stage.POSTED)


async def test_nobody_with_a_high_enough_limit_is_a_hold(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def only_carl(raw: dict[str, Any]) -> None:
        del raw["approvers"][0]

    async with house(temporal_server, tmp_path, change=only_carl) as running:
        order_id = place(running, {"sku": "CELLAR-CABINET", "quantity": 4})
        held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "no_approver"


async def test_a_mail_server_that_is_down_delays_no_decision(running: House) -> None:
    running.mailbox.faults.arm("greylist", times=None)
    order_id = place(running, CABINET)
    view, _ = await waiting(running, order_id)

    await running.update(order_id, "decide", running.decision(view))
    await running.until(order_id, Stage.POSTED)

    assert running.mailbox.mails == []
