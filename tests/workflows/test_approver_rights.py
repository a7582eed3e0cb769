"""Who may decide is what the configuration says now, and a decision without the person's code is none."""

from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.approvals.requests import Standing
from domain.life import OrderView
from domain.stages import Stage
from starter.order_desk import Declined, reason_of
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import until_read
from tests.workflows.placing import CABINET, place


async def asked(running: House) -> tuple[int, OrderView]:
    """Place an order that waits for a director, and wait until it does."""
    order_id = place(running, CABINET)

    def is_asked(view: OrderView) -> bool:
        return view.approval is not None and bool(view.approval.code_hashes)

    return order_id, await running.until(order_id, Stage.AWAITING_APPROVAL, where=is_asked)


def without(running: House, approver: str) -> None:
    """Take an approver out of the configuration."""
    pairs: Any = running.waybill.systems.pairs
    pair = pairs[running.store]
    left = tuple(person for person in pair.approvers if person.id != approver)
    pairs[running.store] = pair.model_copy(update={"approvers": left})


@pytest.mark.parametrize("channel", ["cli", "page", "temporal"])
@pytest.mark.parametrize("code", ["", None, "A" * 32])
async def test_a_decision_sent_past_our_own_channels_needs_the_code_too(
    running: House, channel: str, code: str | None
) -> None:
    order_id, view = await asked(running)
    assert view.approval is not None
    request = {"request": view.approval.number, "revision": view.approval.revision}
    decision = {"verdict": "approve", "approver": "dora", "channel": channel, **request}

    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await running.handle(order_id).execute_update(
            "decide", decision if code is None else {**decision, "code": code}
        )

    assert "code does not belong" in reason_of(refusal.value)
    still = await running.view(order_id)
    assert still is not None
    assert still.stage is Stage.AWAITING_APPROVAL


async def test_a_code_of_one_approver_is_not_anothers(running: House) -> None:
    order_id, view = await asked(running)
    carls = running.decision(view, approver="carl")

    with pytest.raises(Declined) as refusal:
        await running.update(order_id, "decide", running.decision(view, code=carls.code))

    assert "code does not belong" in str(refusal.value)


async def test_an_approver_taken_out_of_the_configuration_no_longer_decides(running: House) -> None:
    order_id, view = await asked(running)
    without(running, "dora")
    running.shop.set_state(order_id, 3)
    await until_read(running, order_id, view)

    with pytest.raises(Declined) as refusal:
        await running.update(order_id, "decide", running.decision(view))
    await running.update(order_id, "decide", running.decision(view, approver="carl"))
    posted = await running.until(order_id, Stage.POSTED)

    assert str(refusal.value) == "dora may not decide on this order"
    assert posted.approval is not None
    assert (posted.approval.standing, posted.approval.decided_by) == (Standing.APPROVED, "carl")


async def test_reminders_leave_out_an_approver_who_is_gone(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def soon(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["approval"]["remind_after"] = "2s"

    async with house(temporal_server, tmp_path, change=soon) as running:
        order_id, view = await asked(running)
        without(running, "dora")
        running.shop.set_state(order_id, 3)
        await until_read(running, order_id, view)

        reminded = await eventually(lambda: _reminded(running))
        after = await running.update(order_id, "decide", running.decision(view, approver="carl"))

    assert reminded == {"carl@waybill.example"}
    assert after.approval is not None
    assert after.approval.standing is Standing.APPROVED


async def _reminded(running: House) -> set[str] | None:
    mails = [mail for mail in running.mailbox.mails if mail.subject.startswith("Remind")]
    return {address for mail in mails for address in mail.to} or None
