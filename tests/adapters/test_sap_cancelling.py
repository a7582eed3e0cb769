"""Undoing documents of SAP Business One beyond the suite: drafts, other hands, states that allow nothing."""

from collections.abc import AsyncIterator

import pytest

from adapters.erps.sap_business_one.documents import Documents
from domain.errors import InDoubt, NotFound, Passing
from domain.policy import DocumentKind
from domain.posting import ChangeOutcome, ErpDocument
from sandbox.sap_business_one import open_desk
from tests.adapters.erp_conformance_bench import document
from tests.adapters.test_sap_conformance import SapBench, sap_bench


@pytest.fixture
async def bench() -> AsyncIterator[SapBench]:
    async with sap_bench() as bench:
        yield bench


async def posted(bench: SapBench, kind: DocumentKind = DocumentKind.ORDER) -> ErpDocument:
    """Post a document."""
    return await bench.erp.create_document(document(bench.erp, kind=kind))


async def test_quotation_is_cancelled_too(bench: SapBench) -> None:
    made = await posted(bench, DocumentKind.QUOTATION)

    end = await bench.erp.cancel_document(made.kind, made.entry)

    assert end.outcome is ChangeOutcome.CANCELLED


async def test_draft_is_deleted(bench: SapBench) -> None:
    made = await posted(bench, DocumentKind.DRAFT)

    end = await bench.erp.cancel_document(made.kind, made.entry)

    assert end.outcome is ChangeOutcome.CANCELLED
    assert await bench.erp.find_document(made.key, made.kind) is None
    again = await bench.erp.cancel_document(made.kind, made.entry)
    assert again.outcome is ChangeOutcome.CANCELLED


async def test_draft_deleted_with_its_answer_lost_settles(bench: SapBench) -> None:
    made = await posted(bench, DocumentKind.DRAFT)
    bench.company.faults.arm("reset_after_commit")

    end = await bench.erp.cancel_document(made.kind, made.entry)

    assert end.outcome is ChangeOutcome.CANCELLED


async def test_draft_made_into_an_order_cannot_be_cancelled(bench: SapBench) -> None:
    made = await posted(bench, DocumentKind.DRAFT)
    async with open_desk(bench.company) as desk:
        await desk.post("DraftsService_SaveDraftToDocument", {"Document": {"DocEntry": made.entry}})

    end = await bench.erp.cancel_document(made.kind, made.entry)

    assert end.outcome is ChangeOutcome.IMPOSSIBLE
    assert "made of the draft" in end.sentence


async def test_order_closed_by_hand_cannot_be_cancelled(bench: SapBench) -> None:
    made = await posted(bench)
    async with open_desk(bench.company) as desk:
        await desk.post(f"Orders({made.entry})/Close")

    end = await bench.erp.cancel_document(made.kind, made.entry)

    assert end.outcome is ChangeOutcome.IMPOSSIBLE
    assert "closed already" in end.sentence


async def test_change_by_another_hand_in_between_is_met_with_a_fresh_read(
    bench: SapBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await posted(bench)
    reads = _touched_after_reads(bench, made.entry, monkeypatch, times=1)

    end = await bench.erp.cancel_document(made.kind, made.entry)

    assert end.outcome is ChangeOutcome.CANCELLED
    assert reads == [1, 0]


async def test_change_by_another_hand_each_time_passes_by(
    bench: SapBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await posted(bench)
    _touched_after_reads(bench, made.entry, monkeypatch, times=9)

    with pytest.raises(Passing):
        await bench.erp.cancel_document(made.kind, made.entry)


async def test_failure_before_a_cancellation_stays_in_doubt(bench: SapBench) -> None:
    made = await posted(bench)
    bench.company.faults.arm("reset_before", path="Cancel")

    with pytest.raises(InDoubt):
        await bench.erp.cancel_document(made.kind, made.entry)

    assert (await bench.erp.cancel_document(made.kind, made.entry)).outcome is ChangeOutcome.CANCELLED


async def test_document_that_never_was_is_not_found(bench: SapBench) -> None:
    with pytest.raises(NotFound):
        await bench.erp.cancel_document(DocumentKind.ORDER, "4711")


def _touched_after_reads(
    bench: SapBench, entry: str, monkeypatch: pytest.MonkeyPatch, times: int
) -> list[int]:
    """Let a person change the order after each of the next reads; return what was left at each."""
    seen: list[int] = []
    original = Documents.raw

    async def raw(self: Documents, kind: DocumentKind, wanted: str) -> dict[str, object]:
        found = await original(self, kind, wanted)
        left = times - len(seen)
        seen.append(max(left, 0))
        if left > 0:
            bench.company.staff.pick(int(entry))
        return found

    monkeypatch.setattr(Documents, "raw", raw)
    return seen
