"""Odoo makes a document in steps: an answer lost at any of them leaves one document, and no draft behind."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest

from domain.errors import InDoubt, Passing, Refused
from domain.mapping.values import OwnField
from domain.money import Money
from domain.order import Basis
from domain.policy import DocumentKind
from domain.posting import ErpState, LineDetails
from domain.totals import pricings
from tests.adapters.erp_conformance_bench import TOLERANCE, LostAnswer, NotDone, document, line, order
from tests.adapters.odoo_bench import OdooBench, SandboxBenches, sandbox_benches

STEPS = (("sale.order", "load"), ("sale.order.line", "load"), ("sale.order", "action_confirm"))


@pytest.fixture(scope="module", params=[14, 19])
def benches(request: pytest.FixtureRequest) -> Iterator[SandboxBenches]:
    with sandbox_benches(request.param) as benches:
        yield benches


@pytest.fixture
async def bench(benches: SandboxBenches) -> AsyncIterator[OdooBench]:
    async with benches.bench() as bench:
        yield bench


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", LostAnswer)
async def test_answer_lost_at_any_step_leaves_one_confirmed_order(
    bench: OdooBench, step: tuple[str, str], how: LostAnswer
) -> None:
    asked = document(bench.erp)
    bench.proxy.lose_after = frozenset({step})
    bench.lose_next_answer(how)

    with pytest.raises(InDoubt):
        await bench.erp.create_document(asked)

    made = await bench.erp.create_document(asked)
    assert made.state is ErpState.OPEN
    assert len(made.lines) == 2
    assert bench.kept(asked.key) == 1
    (order,) = bench.staff.rows("sale.order", [["origin", "=", asked.key]], "state")
    assert order["state"] == "sale"


async def test_half_made_order_counts_as_not_there(bench: OdooBench) -> None:
    asked = document(bench.erp)
    bench.proxy.lose_after = frozenset({("sale.order.line", "load")})
    bench.lose_next_answer(LostAnswer.RESET)
    with pytest.raises(InDoubt):
        await bench.erp.create_document(asked)

    assert await bench.erp.find_document(asked.key, DocumentKind.ORDER) is None


async def test_refused_order_leaves_no_draft(bench: OdooBench) -> None:
    asked = document(bench.erp)
    broken = asked.model_copy(update={"details": {"1": LineDetails(tax_code="999999")}})

    with pytest.raises(Refused):
        await bench.erp.create_document(broken)

    assert bench.kept(asked.key) == 0


@pytest.mark.parametrize("said", ["2026-01-15T10:30:00+01:00", "2026-01-15T09:30:00Z", "2026-01-15T09:30:00"])
async def test_moments_are_written_in_utc(bench: OdooBench, said: str) -> None:
    asked = document(bench.erp, fields={"signed_on": OwnField.of(datetime.fromisoformat(said))})

    assert bench.erp.written(asked)["signed_on"] == "2026-01-15 09:30:00"


async def test_preview_keeps_nothing_and_uses_no_number(bench: OdooBench) -> None:
    before = bench.staff.last("sale.order")
    await bench.erp.preview(document(bench.erp))

    assert bench.staff.rows("sale.order", [["id", ">", before]], "name") == []
    assert (await bench.erp.create_document(document(bench.erp))).number == "S00001"


@pytest.mark.parametrize("basis", Basis)
async def test_company_that_rounds_globally_adds_up_as_expected(
    benches: SandboxBenches, basis: Basis
) -> None:
    shirts = [line("SHIRT-BLK-S", number=number) for number in (1, 2, 3)]
    placed = order(*shirts, price_basis=basis)

    async with benches.bench(rounds_globally=True) as bench:
        for way in pricings(placed, bench.erp.arithmetic, TOLERANCE):
            seen = await bench.erp.preview(document(bench.erp, placed, pricing=way))

            assert way.expected.gross == placed.gross, way.method
            assert seen.total == Money(way.expected.gross, "EUR"), way.method
            assert seen.tax == Money(way.expected.tax, "EUR"), way.method


async def test_lost_preview_passes_by(bench: OdooBench) -> None:
    bench.fail_next_write(NotDone.RESET)

    with pytest.raises(Passing):
        await bench.erp.preview(document(bench.erp))
