"""Exactly once: whatever the ERP does with the post and its answer, there is one document."""

from pathlib import Path
from typing import Any

import pytest

from domain.life import Asked
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.placing import place

LOST_ANSWERS = [
    "error_500_after_commit",
    "reset_after_commit",
    "hang_after_commit",
    "truncate_after_commit",
    "bad_gateway_html_after_commit",
]
NOT_DONE = ["error_500_before", "reset_before", "bad_gateway_html", "node_not_ready", "session_expired"]


@pytest.mark.parametrize("fault", LOST_ANSWERS)
async def test_a_lost_answer_ends_in_one_document(running: House, fault: str) -> None:
    running.company.faults.arm(fault, path="$batch", seconds=5)

    order_id = place(running)
    view = await running.until(order_id, Stage.POSTED)

    assert len(running.orders_in_erp(order_id)) == 1
    assert view.pricing == "found in the ERP"


@pytest.mark.parametrize("fault", NOT_DONE)
async def test_a_post_that_was_not_done_is_done_once(running: House, fault: str) -> None:
    running.company.faults.arm(fault, path="$batch")

    order_id = place(running)
    await running.until(order_id, Stage.POSTED)

    assert len(running.orders_in_erp(order_id)) == 1


async def test_in_doubt_is_shown_while_the_erp_cannot_be_searched_yet(running: House) -> None:
    running.company.faults.arm("read_lag", seconds=3)
    running.company.faults.arm("reset_after_commit", path="$batch")

    order_id = place(running)
    doubtful = await running.until(order_id, Stage.IN_DOUBT)
    await running.until(order_id, Stage.POSTED)

    assert doubtful.document is None
    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_read_lag_longer_than_the_settle_time_still_ends_in_one_document(running: House) -> None:
    # The settle time of the tests' pair is 1 s, the lag three times that: the second create meets the key.
    running.company.faults.arm("read_lag", seconds=8)
    running.company.faults.arm("reset_after_commit", path="$batch")

    order_id = place(running)
    await running.until(order_id, Stage.POSTED)

    assert len(running.orders_in_erp(order_id)) == 1


async def test_many_faults_in_a_row_end_in_one_document(running: House) -> None:
    for fault in ("error_500_before", "bad_gateway_html", "reset_after_commit"):
        running.company.faults.arm(fault, path="$batch")
    running.company.faults.arm("reset_before", path="Orders")

    order_id = place(running)
    await running.until(order_id, Stage.POSTED)

    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_refusal_holds_with_the_erps_own_words_and_goes_on_after(running: House) -> None:
    running.company.faults.arm("closed_period", times=None)
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)

    running.company.faults.clear()
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert "1250000073" in held.hold.quote
    assert len(running.orders_in_erp(order_id)) == 1


async def test_a_draft_that_waits_in_the_erp_is_never_posted_beside(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    kept = {"draft_survives_change_set": True}
    async with house(temporal_server, tmp_path, company_settings=kept) as running:
        running.company.faults.arm("approval_procedure")
        order_id = place(running)
        held = await running.until(order_id, Stage.HELD)

        await running.update(order_id, "continue_order", Asked(by="olga"))
        again = await running.until(order_id, Stage.HELD, where=lambda view: view.hold != held.hold)
        (draft,) = running.company.ledger.of("draft")
        running.company.staff.decide_draft(draft["DocEntry"], approved=True, generate=True)
        await running.update(order_id, "continue_order", Asked(by="olga"))
        await running.until(order_id, Stage.POSTED)

        assert held.hold is not None
        assert again.hold is not None
        assert (held.hold.code, again.hold.code) == ("erp_keeps_draft", "erp_keeps_draft")
        assert len(running.orders_in_erp(order_id)) == 1
        assert len(running.company.ledger.of("draft")) == 1


async def test_a_cancellation_while_in_doubt_waits_for_the_truth(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def patient(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["settle"] = "5s"

    async with house(temporal_server, tmp_path, change=patient) as running:
        running.company.faults.arm("read_lag", seconds=3)
        running.company.faults.arm("reset_after_commit", path="$batch")
        order_id = place(running)
        await running.until(order_id, Stage.IN_DOUBT)

        await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
        view = await running.until(order_id, Stage.CANCELLED)

        assert view.document is not None
        (cancelled,) = running.company.ledger.of("cancel")
        assert str(cancelled["DocEntry"]) == view.document.entry


async def test_a_cancellation_while_in_doubt_posts_nothing_that_was_not_posted(running: House) -> None:
    running.company.faults.arm("reset_before", path="$batch", times=None)
    order_id = place(running)
    await running.until(order_id, Stage.IN_DOUBT)

    await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
    view = await running.until(order_id, Stage.CANCELLED)

    assert view.document is None
    assert running.orders_in_erp(order_id) == []
