"""What every ERP does after the order when asked: goods and money back, money in; each once, not too much."""

import asyncio
from decimal import Decimal

import pytest

from domain.errors import InDoubt, NotFound, Passing, Refused
from domain.fulfilment import Paper
from domain.policy import PaperKind
from domain.returns import (
    drawn_lines,
    left_of,
    left_to_credit,
)
from tests.adapters.erp_conformance_after import posted
from tests.adapters.erp_conformance_bench import LostAnswer, NotDone, needs
from tests.adapters.erp_conformance_returns_bench import (
    CREDIT,
    OIL,
    REQUEST,
    RETURN,
    WINE,
    ReturnsBench,
    euros,
    invoiced,
    payment,
    picture,
    pieces,
    refund,
    wanted,
)


class Shapes:
    """The shapes of giving back."""

    async def test_part_of_the_goods_comes_back(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        before = bench.on_hand(WINE)

        paper = await bench.care.take_back(wanted(made, pieces(invoice, "1")))

        assert (paper.kind, paper.total, paper.follows) == (CREDIT, euros("15.00"), (invoice,))
        assert bench.on_hand(WINE) == before + 1
        (seen,) = (await picture(bench, made)).of_kind(CREDIT)
        assert (seen.entry, seen.lines) == (paper.entry, paper.lines)

    async def test_all_goods_come_back(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)

        await bench.care.take_back(wanted(made, pieces(invoice, "4")))

        assert left_to_credit(await picture(bench, made)) == euros("0.00")

    async def test_goods_are_credited_and_stay_where_they_are(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        before = bench.on_hand(WINE)

        paper = await bench.care.take_back(wanted(made, pieces(invoice, "2"), to_stock=False))

        assert paper.total == euros("30.00")
        assert bench.on_hand(WINE) == before

    async def test_money_alone_is_given_back(self, bench: ReturnsBench) -> None:
        made, _, _ = await invoiced(bench)
        before = bench.on_hand(WINE)

        paper = await bench.care.take_back(wanted(made, amounts=(refund("7.20", "Scratched label"),)))

        assert paper.total == euros("7.20")
        assert bench.on_hand(WINE) == before
        found = await picture(bench, made)
        assert [each.entry for each in found.of_kind(CREDIT)] == [paper.entry]
        assert left_to_credit(found) == euros("52.80")

    async def test_shipping_is_given_back(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)

        paper = await bench.care.take_back(
            wanted(made, pieces(invoice, "1"), shipping=refund("6.00"), reason="damaged")
        )

        assert paper.total == euros("21.00")

    async def test_deduction_makes_it_less(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)

        paper = await bench.care.take_back(
            wanted(made, pieces(invoice, "2"), amounts=(refund("-4.80", "Return parcel"),))
        )

        assert paper.total == euros("25.20")

    async def test_goods_come_back_before_the_invoice(self, bench: ReturnsBench) -> None:
        made = await posted(bench)
        delivery = f"delivery:{bench.ship(made.entry)}"
        before = bench.on_hand(WINE)

        paper = await bench.care.take_back(wanted(made, pieces(delivery, "2"), kind=RETURN))

        assert (paper.kind, paper.follows) == (RETURN, (delivery,))
        assert bench.on_hand(WINE) == before + 2

    async def test_return_is_announced_then_made(self, bench: ReturnsBench) -> None:
        made = await posted(bench)
        delivery = f"delivery:{bench.ship(made.entry)}"
        before = bench.on_hand(WINE)

        request = await bench.care.take_back(wanted(made, pieces(delivery, "2"), kind=REQUEST))
        assert bench.on_hand(WINE) == before
        back = await bench.care.take_back(wanted(made, pieces(request.id, "2"), kind=RETURN))

        assert back.follows == (request.id,)
        assert bench.on_hand(WINE) == before + 2

    async def test_return_is_announced_then_credited(self, bench: ReturnsBench) -> None:
        made, *papers = await invoiced(bench)
        before = bench.on_hand(WINE)
        now = await picture(bench, made)
        # In some ERPs an invoice takes over what its delivery had open.
        source = next(each.id for each in now.papers if each.id in papers and left_of(each, now))

        request = await bench.care.take_back(wanted(made, pieces(source, "2"), kind=REQUEST))
        credit = wanted(made, pieces(request.id, "2"))
        paper = await bench.care.take_back(credit)
        again = await bench.care.take_back(credit)

        assert (paper.total, paper.follows, again.entry) == (euros("30.00"), (request.id,), paper.entry)
        assert bench.on_hand(WINE) == before + 2
        found = await picture(bench, made)
        assert [each.kind for each in found.papers if each.kind is RETURN] == []
        (seen,) = found.of_kind(REQUEST)
        assert left_of(seen, found) == {}

    async def test_several_lines_come_back_at_once(self, bench: ReturnsBench) -> None:
        made = await posted(bench)
        invoice = f"invoice:{bench.invoice(bench.ship(made.entry))}"
        lines = (pieces(invoice, "1"), pieces(invoice, "3", OIL, "2"))

        paper = await bench.care.take_back(wanted(made, *lines))

        assert {(each.line_id, each.quantity) for each in paper.lines} == {
            ("1", Decimal(1)),
            ("2", Decimal(3)),
        }
        assert paper.total == euros("40.48")

    async def test_papers_to_draw_from_are_chosen(self, bench: ReturnsBench) -> None:
        made, _, first = await invoiced(bench, 2)
        second = f"invoice:{bench.invoice(bench.ship(made.entry, {0: Decimal(3)}))}"
        await bench.care.take_back(wanted(made, pieces(first, "1")))

        lines = drawn_lines(await picture(bench, made), CREDIT, "1", WINE, Decimal(9))

        assert [(each.base, each.quantity) for each in lines] == [(first, Decimal(1)), (second, Decimal(3))]
        await bench.care.take_back(wanted(made, *lines, number="2"))
        assert left_to_credit(await picture(bench, made)) == euros("0.00")


class Limits:
    """What is not taken back."""

    async def test_more_pieces_than_were_invoiced_are_refused(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        await bench.care.take_back(wanted(made, pieces(invoice, "3")))

        with pytest.raises(Refused) as refused:
            await bench.care.take_back(wanted(made, pieces(invoice, "2"), number="2"))

        assert refused.value.problem.code == "more_than_left"
        assert bench.papers_made(CREDIT) == 1

    @pytest.mark.parametrize("gross", ["60.01", "1000"])
    async def test_more_money_than_was_invoiced_is_refused(self, bench: ReturnsBench, gross: str) -> None:
        made, _, _ = await invoiced(bench)

        with pytest.raises(Refused) as refused:
            await bench.care.take_back(wanted(made, amounts=(refund(gross),)))

        assert refused.value.problem.code == "more_than_invoiced"

    async def test_money_and_goods_together_are_not_more_than_was_invoiced(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        await bench.care.take_back(wanted(made, amounts=(refund("20.00"),)))

        with pytest.raises(Refused):
            await bench.care.take_back(wanted(made, pieces(invoice, "3"), number="2"))

        assert (await bench.care.take_back(wanted(made, pieces(invoice, "2"), number="2"))).total == euros(
            "30.00"
        )

    async def test_nothing_is_credited_of_what_is_not_invoiced(self, bench: ReturnsBench) -> None:
        made = await posted(bench)
        bench.ship(made.entry)

        with pytest.raises(Refused):
            await bench.care.take_back(wanted(made, amounts=(refund("1.00"),)))

    async def test_document_of_another_order_is_refused(self, bench: ReturnsBench) -> None:
        made, _, _ = await invoiced(bench)
        other = await posted(bench, 1043)
        foreign = f"invoice:{bench.invoice(bench.ship(other.entry))}"

        for base in (foreign, "invoice:4711"):
            with pytest.raises(Refused):
                await bench.care.take_back(wanted(made, pieces(base, "1")))

    async def test_unknown_order_is_not_found(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)

        with pytest.raises(NotFound):
            await bench.care.take_back(wanted(made, pieces(invoice, "1"), sales_entry="4711"))


class Once:
    """Under a key there is one document, whatever happens."""

    async def test_repeat_returns_the_first(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        asked = wanted(made, pieces(invoice, "4"))

        first = await bench.care.take_back(asked)
        second = await bench.care.take_back(asked)

        assert first == second == await bench.care.find_paper(CREDIT, asked.key)
        assert bench.papers_made(CREDIT) == 1

    @pytest.mark.parametrize("how", LostAnswer)
    async def test_lost_answer_is_in_doubt_and_found(self, bench: ReturnsBench, how: LostAnswer) -> None:
        made, _, invoice = await invoiced(bench)
        asked = wanted(made, pieces(invoice, "4"))
        bench.lose_next_answer(how)

        with pytest.raises(InDoubt):
            await bench.care.take_back(asked)
        found = await bench.care.find_paper(CREDIT, asked.key)

        assert found == await bench.care.take_back(asked)
        assert bench.papers_made(CREDIT) == 1

    @pytest.mark.parametrize("how", NotDone)
    async def test_write_that_did_not_happen_is_repeated(self, bench: ReturnsBench, how: NotDone) -> None:
        made, _, invoice = await invoiced(bench)
        asked = wanted(made, pieces(invoice, "1"))
        bench.fail_next_write(how)

        with pytest.raises((InDoubt, Passing)):
            await bench.care.take_back(asked)
        assert await bench.care.find_paper(CREDIT, asked.key) is None
        await bench.care.take_back(asked)

        assert bench.papers_made(CREDIT) == 1

    async def test_document_that_shows_late_is_not_made_twice(self, bench: ReturnsBench) -> None:
        needs(bench, "late reads")
        made, _, invoice = await invoiced(bench)
        asked = wanted(made, pieces(invoice, "4"))
        bench.hide_next_document(0.5)
        await bench.care.take_back(asked)

        found: Paper | None = None
        while found is None:
            try:
                found = await bench.care.take_back(asked)
            except InDoubt:
                await asyncio.sleep(0.05)

        assert bench.papers_made(CREDIT) == 1

    async def test_side_by_side_one_is_made(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        asked = wanted(made, pieces(invoice, "2"))

        ends = await asyncio.gather(*(bench.care.take_back(asked) for _ in range(3)), return_exceptions=True)

        assert all(isinstance(end, Paper | InDoubt) for end in ends)
        assert bench.papers_made(CREDIT) == 1


class Receiving:
    """Money that came in."""

    async def test_payment_settles_its_invoice(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)

        part = await bench.care.register_payment(payment(made, "20.00", invoice))
        left = (await picture(bench, made)).of_kind(PaperKind.INVOICE)[0].open
        await bench.care.register_payment(payment(made, "40.00", invoice, "2"))

        assert part is not None
        assert part.entry
        assert left == euros("40.00")
        assert (await picture(bench, made)).of_kind(PaperKind.INVOICE)[0].open == euros("0.00")

    async def test_paid_invoice_can_be_credited(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)
        await bench.care.register_payment(payment(made, "60.00", invoice))

        paper = await bench.care.take_back(wanted(made, pieces(invoice, "1")))

        assert paper.total == euros("15.00")

    async def test_money_without_an_invoice_stands_on_account(self, bench: ReturnsBench) -> None:
        made = await posted(bench)

        entry = await bench.care.register_payment(payment(made, "60.00"))

        assert entry is not None
        assert entry == await bench.care.find_payment(payment(made, "60.00").key)

    async def test_what_an_invoice_does_not_need_stands_on_account(self, bench: ReturnsBench) -> None:
        made, _, invoice = await invoiced(bench)

        assert await bench.care.register_payment(payment(made, "75.00", invoice))
        assert await bench.care.register_payment(payment(made, "5.00", invoice, "2"))
        assert (await picture(bench, made)).of_kind(PaperKind.INVOICE)[0].open == euros("0.00")

    async def test_zero_makes_nothing(self, bench: ReturnsBench) -> None:
        made = await posted(bench)

        assert await bench.care.register_payment(payment(made, "0.00")) is None
        assert bench.payments_made() == 0

    @pytest.mark.parametrize("how", LostAnswer)
    async def test_lost_answer_enters_it_once(self, bench: ReturnsBench, how: LostAnswer) -> None:
        made, _, invoice = await invoiced(bench)
        asked = payment(made, "60.00", invoice)
        bench.lose_next_answer(how)

        with pytest.raises(InDoubt):
            await bench.care.register_payment(asked)

        assert await bench.care.register_payment(asked) == await bench.care.find_payment(asked.key)
        assert bench.payments_made() == 1

    async def test_foreign_money_is_refused(self, bench: ReturnsBench) -> None:
        made = await posted(bench)

        with pytest.raises(Refused):
            await bench.care.register_payment(payment(made, "1.00", currency="USD"))


class Returning(Shapes, Limits, Once, Receiving):
    """What holds for every ERP that takes back."""
