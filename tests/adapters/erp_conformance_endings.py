"""Documents: cancelled, closed, or past that."""

from decimal import Decimal

import pytest

from domain.posting import ChangeOutcome, ErpState
from tests.adapters.erp_conformance_bench import (
    ErpBench,
    LostAnswer,
    document,
)


class Ending:
    """Documents: cancelled, closed, or past that."""

    async def test_untouched_document_is_cancelled_and_again(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        made = await bench.erp.create_document(asked)

        first = await bench.erp.cancel_document(asked.kind, made.entry)
        second = await bench.erp.cancel_document(asked.kind, made.entry)

        assert first.outcome is second.outcome is ChangeOutcome.CANCELLED
        found = await bench.erp.find_document(asked.key, asked.kind)
        assert found is not None
        assert found.state is ErpState.CANCELLED

    @pytest.mark.parametrize("how", LostAnswer)
    async def test_lost_answer_to_a_cancellation_settles(self, bench: ErpBench, how: LostAnswer) -> None:
        asked = document(bench.erp)
        made = await bench.erp.create_document(asked)
        bench.lose_next_answer(how)

        end = await bench.erp.cancel_document(asked.kind, made.entry)

        assert end.outcome is ChangeOutcome.CANCELLED

    async def test_partly_delivered_document_is_closed_and_again(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        made = await bench.erp.create_document(asked)
        bench.deliver(made.entry, {0: Decimal(1)})
        assert (await bench.erp.read_document(asked.kind, made.entry)).delivered

        first = await bench.erp.cancel_document(asked.kind, made.entry)
        second = await bench.erp.cancel_document(asked.kind, made.entry)

        assert first.outcome is second.outcome is ChangeOutcome.CLOSED
        assert (await bench.erp.read_document(asked.kind, made.entry)).state is ErpState.CLOSED

    async def test_delivered_document_cannot_be_cancelled(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        made = await bench.erp.create_document(asked)
        bench.deliver(made.entry)

        end = await bench.erp.cancel_document(asked.kind, made.entry)

        assert end.outcome is ChangeOutcome.IMPOSSIBLE
        assert end.sentence
