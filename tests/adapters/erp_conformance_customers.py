"""Customers: found by the ladder, created once."""

import asyncio
from decimal import Decimal

import pytest

from domain.errors import (
    FixData,
    Passing,
)
from domain.facts import MatchOutcome
from domain.money import Money
from domain.order import Address
from sandbox.catalogue import CUSTOMERS
from tests.adapters.erp_conformance_bench import (
    ErpBench,
    LostAnswer,
    buyer,
    document,
    order,
    stranger,
)

ANNA, SOL, NORD, HOTEL = (str(customer.card_code) for customer in CUSTOMERS[:4])


class Buyers:
    """Customers: found by the ladder, created once."""

    async def test_buyer_is_found_by_email_whatever_its_case(self, bench: ErpBench) -> None:
        party = buyer(CUSTOMERS[0], email="Anna.MOREAU@example.com")

        match, credit = await bench.erp.find_customer(order(party=party), "")

        assert (match.outcome, match.code, match.matched_by) == (MatchOutcome.FOUND, ANNA, "e-mail")
        assert credit is not None
        assert credit.limit == Money(Decimal("10000.00"), bench.currency)
        assert credit.used == Money(Decimal("0.00"), bench.currency)

    @pytest.mark.parametrize("spelling", ["BE0123456749", "BE 0123.456.749", "0123456749", "be0123456749"])
    async def test_buyer_is_found_by_vat_id_however_written(self, bench: ErpBench, spelling: str) -> None:
        party = stranger(vat_id=spelling, is_guest=True)

        match, _ = await bench.erp.find_customer(order(party=party, billing=_belgian()), "")

        assert (match.outcome, match.code, match.matched_by) == (MatchOutcome.FOUND, HOTEL, "VAT id")

    async def test_vat_id_is_stronger_than_email(self, bench: ErpBench) -> None:
        party = buyer(CUSTOMERS[1], email=CUSTOMERS[0].email)

        match, credit = await bench.erp.find_customer(order(party=party), "")

        assert (match.code, match.matched_by) == (SOL, "VAT id")
        assert credit is not None
        assert credit.used == Money(Decimal("1200.00"), bench.currency)

    async def test_person_names_the_customer(self, bench: ErpBench) -> None:
        match, _ = await bench.erp.find_customer(order(), NORD)

        assert (match.outcome, match.code, match.matched_by) == (MatchOutcome.FOUND, NORD, "a person")

    async def test_customer_named_must_exist(self, bench: ErpBench) -> None:
        with pytest.raises(FixData) as caught:
            await bench.erp.find_customer(order(), "NOBODY'S")

        assert caught.value.problem.field == "customer.code"

    async def test_blocked_customer_is_told(self, bench: ErpBench) -> None:
        bench.block_customer(ANNA)

        match, _ = await bench.erp.find_customer(order(), "")

        assert (match.outcome, match.code) == (MatchOutcome.BLOCKED, ANNA)

    async def test_stranger_is_new_and_then_found_by_own_id(self, bench: ErpBench) -> None:
        placed = order(party=stranger())
        assert (await bench.erp.find_customer(placed, ""))[0].outcome is MatchOutcome.NEW

        code = await bench.erp.create_customer(placed)

        moved = order(number=1043, party=stranger(email="other@example.org"))
        match, credit = await bench.erp.find_customer(moved, "")
        assert (match.outcome, match.code, match.matched_by) == (MatchOutcome.FOUND, code, "own id")
        assert credit is not None
        assert credit.known
        assert credit.limit is None

    async def test_two_with_one_email_are_ambiguous(self, bench: ErpBench) -> None:
        first = await bench.erp.create_customer(order(party=stranger(store_id="901")))
        second = await bench.erp.create_customer(order(party=stranger(store_id="902")))

        match, credit = await bench.erp.find_customer(order(party=stranger(store_id="903")), "")

        assert match.outcome is MatchOutcome.AMBIGUOUS
        assert set(match.candidates) == {first, second}
        assert credit is None

    async def test_guest_with_nothing_known_is_new(self, bench: ErpBench) -> None:
        match, _ = await bench.erp.find_customer(order(party=stranger(email="", is_guest=True)), "")

        assert match.outcome is MatchOutcome.NEW

    async def test_guest_who_buys_again_is_one_customer(self, bench: ErpBench) -> None:
        first = await bench.erp.create_customer(order(party=stranger(is_guest=True)))

        again = order(number=7, party=stranger(store_id="901", is_guest=True))

        assert await bench.erp.create_customer(again) == first
        match, _ = await bench.erp.find_customer(again, "")
        assert (match.code, match.matched_by) == (first, "e-mail")

    async def test_customers_of_two_stores_are_two(self, bench: ErpBench) -> None:
        first = await bench.erp.create_customer(order(party=stranger()))
        second = await bench.erp.create_customer(order(party=stranger(), connection="other-shop"))

        assert first != second

    async def test_customer_created_at_the_same_time_is_one(self, bench: ErpBench) -> None:
        placed = order(party=stranger())

        codes = await asyncio.gather(*[bench.erp.create_customer(placed) for _ in range(5)])

        assert len(set(codes)) == 1
        assert bench.customers_made() == 1

    @pytest.mark.parametrize("how", LostAnswer)
    async def test_lost_answer_to_a_new_customer_is_safe_to_repeat(
        self, bench: ErpBench, how: LostAnswer
    ) -> None:
        placed = order(party=stranger())
        bench.lose_next_answer(how)

        with pytest.raises(Passing):
            await bench.erp.create_customer(placed)

        assert await bench.erp.create_customer(placed)
        assert bench.customers_made() == 1

    async def test_order_of_a_new_customer_is_posted(self, bench: ErpBench) -> None:
        placed = order(party=stranger(first_name="N" * 120, last_name="é" * 80, phone="0" * 50))

        code = await bench.erp.create_customer(placed)

        made = await bench.erp.create_document(document(bench.erp, placed, customer_code=code))
        assert made.customer_code == code


def _belgian() -> Address:
    return Address(street="Rue de la Loi 16", postcode="1000", city="Bruxelles", country="BE")
