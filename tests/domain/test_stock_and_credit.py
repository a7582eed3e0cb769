"""Stock and credit: unknown is neither zero nor enough, and what adds up is added up exactly."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks import CheckReport, CheckResult, Verdict, examine
from domain.facts import Credit, CustomerMatch, ItemStock, MatchOutcome
from domain.money import Money
from domain.order import Payment
from domain.policy import Pair, StockRule
from tests.domain.specimens import facts, line, order, pair, stock

ON_ACCOUNT = Payment(method="invoice")
AMOUNTS = st.decimals(0, 100_000, places=2)


def _stock_results(report: CheckReport) -> list[CheckResult]:
    return [result for result in report.results if result.code in {"out_of_stock", "below_minimum"}]


def _stock(
    *items: ItemStock, rule: StockRule = StockRule.HOLD, quantities: tuple[int, ...] = (6,)
) -> CheckReport:
    lines = (line(number, sku="WINE-1", quantity=Decimal(each)) for number, each in enumerate(quantities, 1))
    return examine(order(*lines), facts(*items), pair(stock=rule))


def _credit(credit: Credit | None, rules: Pair | None = None, **changed: object) -> CheckReport:
    placed = order(payment=ON_ACCOUNT).model_copy(update=changed)
    return examine(placed, facts(credit=credit), rules or pair())


def test_stock_that_suffices_to_the_last_piece_passes() -> None:
    assert _stock(stock(available=Decimal(6))).passed


def test_one_piece_short_stops_the_order() -> None:
    (found,) = _stock_results(_stock(stock(available=Decimal(5))))

    assert (found.verdict, found.code) == (Verdict.HOLD, "out_of_stock")
    assert "6 wanted, 5 available" in found.sentence


def test_unknown_stock_is_neither_zero_nor_enough() -> None:
    (found,) = _stock_results(_stock(stock(available=None)))

    assert found.verdict is Verdict.HOLD
    assert "unknown available" in found.sentence
    assert " 0 available" not in found.sentence


def test_several_lines_of_one_article_add_up() -> None:
    assert _stock(stock(available=Decimal(6)), quantities=(2, 3, 1)).passed
    (found,) = _stock_results(_stock(stock(available=Decimal(6)), quantities=(3, 3, 1)))
    assert "7 wanted, 6 available" in found.sentence


def test_one_article_never_stands_in_for_another() -> None:
    placed = order(line(1, sku="A"), line(2, sku="B"))
    told = facts(stock("A", available=Decimal(100)), stock("B", available=Decimal(1)))

    (found,) = _stock_results(examine(placed, told, pair()))

    assert found.sentence.endswith("B: 6 wanted, 1 available")


def test_an_article_without_stock_keeping_is_always_there() -> None:
    assert _stock(stock(stocked=False, available=None)).passed


@pytest.mark.parametrize(
    ("rule", "verdicts"),
    [(StockRule.HOLD, [Verdict.HOLD]), (StockRule.WARN, [Verdict.WARN]), (StockRule.IGNORE, [])],
)
def test_the_pair_says_what_too_little_stock_does(rule: StockRule, verdicts: list[Verdict]) -> None:
    for available in (Decimal(0), None):
        report = _stock(stock(available=available), rule=rule)

        assert [result.verdict for result in _stock_results(report)] == verdicts
        assert report.passed is (rule is not StockRule.HOLD)


@pytest.mark.parametrize("item", [stock(blocked=True), stock("OTHER")], ids=["blocked", "unknown"])
def test_a_pair_that_ignores_stock_still_knows_its_articles(item: ItemStock) -> None:
    assert not _stock(item, rule=StockRule.IGNORE).passed


def test_what_falls_below_its_minimum_warns_with_the_pieces_to_buy() -> None:
    report = _stock(stock(available=Decimal(20), minimum=Decimal(18)))

    (found,) = _stock_results(report)
    assert report.passed
    assert (found.verdict, found.code) == (Verdict.WARN, "below_minimum")
    assert found.facts == {"sku": "WINE-1", "missing": "4"}


def test_what_is_short_counts_into_the_pieces_to_buy() -> None:
    results = _stock_results(_stock(stock(available=Decimal(2), minimum=Decimal(10)), rule=StockRule.WARN))

    assert [result.code for result in results] == ["out_of_stock", "below_minimum"]
    assert results[1].facts["missing"] == "14"


def test_at_its_minimum_nothing_is_bought() -> None:
    assert _stock_results(_stock(stock(available=Decimal(16), minimum=Decimal(10)))) == []


@given(quantities=st.lists(st.decimals("0.001", 100, places=3), min_size=1, max_size=5), available=AMOUNTS)
def test_stock_is_enough_exactly_when_all_pieces_together_are_there(
    quantities: list[Decimal], available: Decimal
) -> None:
    lines = [line(number, sku="WINE-1", quantity=each) for number, each in enumerate(quantities, 1)]

    report = examine(order(*lines), facts(stock(available=available)), pair())

    assert (not _stock_results(report)) is (sum(quantities) <= available)


@given(limit=AMOUNTS, used=AMOUNTS, total=AMOUNTS)
def test_credit_is_enough_exactly_when_used_and_asked_stay_within_the_limit(
    limit: Decimal, used: Decimal, total: Decimal
) -> None:
    told = Credit(limit=Money(limit, "EUR"), used=Money(used, "EUR"))

    report = _credit(told, lines=(line(gross=total, net=total),), gross=total)

    assert report.passed is (used + total <= limit)
    assert {result.code for result in report.holding} <= {"credit_exceeded"}


def test_an_order_in_another_currency_is_counted_by_its_rate() -> None:
    told = Credit(limit=Money.parse("60 EUR"), used=Money.parse("0 EUR"))

    assert _credit(told, currency="USD", rate=Decimal("1.2")).passed
    assert not _credit(told, currency="USD", rate=Decimal("1.19")).passed


UNKNOWN = {
    "nothing said": None,
    "said to be unknown": Credit(known=False),
    "used is not told": Credit(limit=Money.parse("10000 EUR"), used=None),
    "used in another currency": Credit(limit=Money.parse("10000 USD"), used=Money.parse("0 USD")),
    "limit in another currency": Credit(limit=Money.parse("10000 USD"), used=Money.parse("0 EUR")),
    "only used in another currency": Credit(limit=Money.parse("10000 EUR"), used=Money.parse("0 USD")),
}


@pytest.mark.parametrize("told", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_credit_is_neither_used_up_nor_enough(told: Credit | None) -> None:
    (found,) = _credit(told).holding

    assert found.code == "credit_unknown"


@pytest.mark.parametrize("rate", [None, Decimal(0), Decimal(-1)])
def test_a_total_without_a_rate_is_not_compared_with_a_limit(rate: Decimal | None) -> None:
    (found,) = _credit(Credit(limit=Money.parse("1 EUR")), currency="USD", rate=rate).holding

    assert found.code == "rate_unknown"


def test_a_customer_without_a_limit_may_buy() -> None:
    assert _credit(Credit(limit=None, used=Money.parse("1000000 EUR"))).passed


@pytest.mark.parametrize(("method", "checked"), list(product(["card", "invoice"], [True, False])))
def test_credit_is_asked_for_on_account_and_where_the_pair_wants_it(method: str, checked: bool) -> None:
    exceeded = Credit(limit=Money.parse("1 EUR"), used=Money.parse("1 EUR"))

    report = _credit(exceeded, pair(check_credit=checked), payment=Payment(method=method, paid=True))

    assert report.passed is not (method == "invoice" and checked)


def test_a_customer_who_is_not_in_the_erp_yet_has_no_credit_there() -> None:
    told = facts(customer=CustomerMatch(outcome=MatchOutcome.NEW), credit=None)

    assert examine(order(payment=ON_ACCOUNT), told, pair()).passed
