"""What comes after the order in Odoo: finished on the second attempt, and each Waybill for itself."""

from collections.abc import AsyncIterator, Iterator

import pytest

from domain.errors import InDoubt
from domain.policy import PaperKind
from tests.adapters.erp_conformance_after import posted
from tests.adapters.erp_conformance_bench import LostAnswer
from tests.adapters.erp_conformance_returns_bench import (
    REQUEST,
    RETURN,
    euros,
    invoiced,
    payment,
    picture,
    pieces,
    refund,
    wanted,
)
from tests.adapters.odoo_bench import OdooBench, SandboxBenches, fresh_namespace, sandbox_benches


@pytest.fixture(scope="module")
def benches() -> Iterator[SandboxBenches]:
    with sandbox_benches(14) as benches:
        yield benches


@pytest.fixture
async def bench(benches: SandboxBenches) -> AsyncIterator[OdooBench]:
    async with benches.bench() as bench:
        yield bench


async def test_payment_whose_answer_was_lost_is_set_off_on_the_second_attempt(bench: OdooBench) -> None:
    made, _, invoice = await invoiced(bench)
    asked = payment(made, "60.00", invoice)
    bench.lose_next_answer(LostAnswer.RESET)
    with pytest.raises(InDoubt):
        await bench.care.register_payment(asked)

    await bench.care.register_payment(asked)

    assert (await picture(bench, made)).of_kind(PaperKind.INVOICE)[0].open == euros("0.00")


async def test_credit_note_whose_answer_was_lost_is_set_off_on_the_second_attempt(bench: OdooBench) -> None:
    made, _, invoice = await invoiced(bench)
    asked = wanted(made, pieces(invoice, "4"))
    bench.lose_next_answer(LostAnswer.RESET)
    with pytest.raises(InDoubt):
        await bench.care.take_back(asked)

    await bench.care.take_back(asked)

    assert (await picture(bench, made)).of_kind(PaperKind.INVOICE)[0].open == euros("0.00")


async def test_money_alone_is_given_back_again_and_again(bench: OdooBench) -> None:
    made, _, _ = await invoiced(bench)
    for number in range(1, 12):
        await bench.care.take_back(wanted(made, amounts=(refund("1.20"),), number=str(number)))

    notes = (await picture(bench, made)).of_kind(PaperKind.CREDIT_NOTE)

    assert len(notes) == 11
    assert len({note.follows for note in notes}) == 1


async def test_return_under_the_same_key_is_each_waybills_own(bench: OdooBench) -> None:
    made = await posted(bench)
    delivery = f"delivery:{bench.ship(made.entry)}"
    request = await bench.care.take_back(wanted(made, pieces(delivery, "1"), kind=REQUEST))
    back = wanted(made, pieces(request.id, "1"), kind=RETURN)
    await bench.care.take_back(back)

    async with bench.opened(bench.url, namespace=fresh_namespace()) as other:
        assert await other.find_paper(RETURN, back.key) is None
    assert await bench.care.find_paper(RETURN, back.key) is not None
