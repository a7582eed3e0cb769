"""Documents: posted, found, and never twice."""

import asyncio

import pytest

from domain.errors import (
    ConnectionDown,
    Disposition,
    InDoubt,
    NotFound,
    Passing,
    Refused,
    WaybillError,
)
from domain.policy import DocumentKind
from domain.posting import ErpState, SalesDocument, differences
from sandbox.catalogue import CUSTOMERS
from tests.adapters.erp_conformance_bench import (
    ErpBench,
    LostAnswer,
    NotDone,
    document,
    needs,
    order,
)

ANNA = str(CUSTOMERS[0].card_code)


async def write(bench: ErpBench, asked: SalesDocument, *ends: type[WaybillError]) -> WaybillError:
    """Try to create a document, expect one of these ends, and return it."""
    with pytest.raises(ends) as caught:
        await bench.erp.create_document(asked)
    return caught.value


class Posting:
    """Documents: posted, found, and never twice."""

    async def test_posted_document_is_found_and_read_back_as_posted(self, bench: ErpBench) -> None:
        placed = order()
        asked = document(bench.erp, placed)

        made = await bench.erp.create_document(asked)

        assert made.key == asked.key
        assert made.state is ErpState.OPEN
        assert not differences(asked, placed.total, made)
        assert await bench.erp.read_document(asked.kind, made.entry) == made
        assert await bench.erp.find_document(asked.key, asked.kind) == made

    async def test_a_document_is_shown_as_it_would_be_sent_and_nothing_is_made(self, bench: ErpBench) -> None:
        asked = document(bench.erp)

        shown = str(bench.erp.written(asked))

        assert asked.order_number in shown
        assert all(line.sku in shown for line in asked.pricing.lines)
        assert bench.kept(asked.key) == 0

    async def test_own_fields_that_the_erp_does_not_have_are_named(self, bench: ErpBench) -> None:
        header, line = await bench.erp.missing_fields(("U_Nowhere",), ("U_Neither",))

        assert "U_Nowhere" in header
        assert "U_Neither" in line

    async def test_unknown_key_is_not_found(self, bench: ErpBench) -> None:
        assert await bench.erp.find_document("shop:1:order:1", DocumentKind.ORDER) is None

    async def test_unknown_document_is_not_found(self, bench: ErpBench) -> None:
        for entry in ("999999", "x", "1)/Cancel", ""):
            with pytest.raises(NotFound):
                await bench.erp.read_document(DocumentKind.ORDER, entry)

    @pytest.mark.parametrize("kind", [DocumentKind.QUOTATION, DocumentKind.DRAFT])
    async def test_other_kinds_are_posted_once_too(self, bench: ErpBench, kind: DocumentKind) -> None:
        placed = order()
        asked = document(bench.erp, placed, kind=kind)

        made = await bench.erp.create_document(asked)

        assert made.kind is kind
        assert not differences(asked, placed.total, made)
        assert await bench.erp.create_document(asked) == made
        assert await bench.erp.read_document(kind, made.entry) == made
        assert bench.kept(asked.key) == 1

    async def test_second_create_with_the_same_key_leaves_one_document(self, bench: ErpBench) -> None:
        asked = document(bench.erp)

        first = await bench.erp.create_document(asked)
        second = await bench.erp.create_document(asked)

        assert second == first
        assert bench.kept(asked.key) == 1

    async def test_creates_at_the_same_time_leave_one_document(self, bench: ErpBench) -> None:
        asked = document(bench.erp)

        ends = await asyncio.gather(*[bench.erp.create_document(asked) for _ in range(8)])

        assert len({end.entry for end in ends}) == 1
        assert bench.kept(asked.key) == 1

    async def test_other_orders_are_other_documents(self, bench: ErpBench) -> None:
        asked = [document(bench.erp, order(number=number)) for number in range(2000, 2010)]

        made = await asyncio.gather(*[bench.erp.create_document(each) for each in asked])

        assert len({each.entry for each in made}) == 10
        assert [each.key for each in made] == [each.key for each in asked]

    @pytest.mark.parametrize("how", LostAnswer)
    async def test_lost_answer_is_in_doubt_and_leaves_one_document(
        self, bench: ErpBench, how: LostAnswer
    ) -> None:
        asked = document(bench.erp)
        bench.lose_next_answer(how)

        await write(bench, asked, InDoubt)

        found = await bench.erp.find_document(asked.key, asked.kind)
        assert found is not None
        assert await bench.erp.create_document(asked) == found
        assert bench.kept(asked.key) == 1

    async def test_answer_that_never_comes_is_in_doubt(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        async with bench.patient_for(0.7) as erp:
            await erp.find_document(asked.key, asked.kind)
            bench.hang_after_next_write()

            with pytest.raises(InDoubt):
                await erp.create_document(asked)

        assert await bench.erp.find_document(asked.key, asked.kind) is not None
        assert bench.kept(asked.key) == 1

    @pytest.mark.parametrize("how", NotDone)
    async def test_failure_before_the_write_leaves_nothing_and_can_be_repeated(
        self, bench: ErpBench, how: NotDone
    ) -> None:
        asked = document(bench.erp)
        bench.fail_next_write(how)

        await write(bench, asked, InDoubt, Passing, ConnectionDown)

        assert await bench.erp.find_document(asked.key, asked.kind) is None
        assert bench.kept(asked.key) == 0
        await bench.erp.create_document(asked)
        assert bench.kept(asked.key) == 1

    async def test_document_not_readable_yet_stays_in_doubt_and_alone(self, bench: ErpBench) -> None:
        needs(bench, "late reads")
        asked = document(bench.erp)
        bench.hide_next_document(2)
        await bench.erp.create_document(asked)

        await write(bench, asked, InDoubt)

        found = None
        for _ in range(500):
            found = found or await bench.erp.find_document(asked.key, asked.kind)
            await asyncio.sleep(0 if found else 0.02)
        assert found is not None
        assert bench.kept(asked.key) == 1

    async def test_blocked_customer_is_refused_and_the_key_stays_free(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        bench.block_customer(ANNA)

        end = await write(bench, asked, Refused)

        assert end.problem.code == "customer_blocked"
        assert end.problem.field == "customer.code"
        assert bench.kept(asked.key) == 0
        bench.block_customer(ANNA, blocked=False)
        await bench.erp.create_document(asked)
        assert bench.kept(asked.key) == 1

    async def test_blocked_article_is_refused_with_its_line(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        bench.block_item("OLIVE-OIL-50")

        end = await write(bench, asked, Refused)

        assert end.problem.code == "item_blocked"
        assert end.problem.field == "line.2.sku"
        assert end.problem.quote
        assert bench.kept(asked.key) == 0

    async def test_unknown_customer_is_refused(self, bench: ErpBench) -> None:
        asked = document(bench.erp, customer_code="NOBODY")

        end = await write(bench, asked, Refused)

        assert end.problem.disposition is Disposition.FIX_DATA
        assert bench.kept(asked.key) == 0

    async def test_preview_is_what_the_posted_document_costs(self, bench: ErpBench) -> None:
        asked = document(bench.erp)

        seen = await bench.erp.preview(asked)

        made = await bench.erp.create_document(asked)
        assert (seen.total, seen.tax) == (made.total, made.tax)
        assert seen.total == order().total
