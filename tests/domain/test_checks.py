"""The checks before posting: each cause has its case, its place and its remedy; nothing wrong passes."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain import checks
from domain.checks import CheckReport, Verdict, examine
from domain.corrections import Correction, CorrectionRefused, corrected
from domain.facts import Credit, CustomerMatch, Facts, MatchOutcome
from domain.money import Money
from domain.order import Order, Party, Payment
from domain.policy import Pair
from domain.reasons import REASONS
from tests.domain.specimens import address, facts, line, order, pair, stock

ON_ACCOUNT = Payment(method="invoice")
Case = tuple[Order, Facts, Pair]


def _case(placed: Order | None = None, told: Facts | None = None, rules: Pair | None = None) -> Case:
    return placed or order(), told or facts(), rules or pair()


def _customer(outcome: MatchOutcome, **told: Any) -> Facts:
    return facts(customer=CustomerMatch(outcome=outcome, **told))


def _buyer(**changed: Any) -> Order:
    return order(customer=Party(**{"store_id": "7", "last_name": "Moreau", **changed}))


CASES: dict[str, list[tuple[Case, str]]] = {
    "too_many_lines": [(_case(order(lines_left_out=1)), "lines")],
    "no_lines": [(_case(order(lines=(), net=Decimal(0), gross=Decimal(0))), "lines")],
    "sku_missing": [(_case(order(line(1), line(2, sku="")), facts(stock("WINE-1"))), "line.2.sku")],
    "quantity_wrong": [
        (_case(order(line(quantity=Decimal(0)))), "line.1.quantity"),
        (_case(order(line(quantity=Decimal(-1)))), "line.1.quantity"),
    ],
    "country_missing": [
        (_case(order(delivery=address(country=""))), "delivery.country"),
        (_case(order(billing=address(country="France"))), "billing.country"),
        (_case(order(billing=address(country="fr"))), "billing.country"),
    ],
    "address_incomplete": [
        (_case(order(delivery=address(street=" "))), "delivery.street"),
        (_case(order(billing=address(city=""))), "billing.city"),
    ],
    "vat_id_malformed": [(_case(_buyer(vat_id="FR 12-345")), "customer.vat_id")],
    "customer_incomplete": [(_case(_buyer(last_name="")), "customer.last_name")],
    "customer_ambiguous": [
        (_case(told=_customer(MatchOutcome.AMBIGUOUS, candidates=("C1", "C2"))), "customer.code")
    ],
    "customer_blocked": [(_case(told=_customer(MatchOutcome.BLOCKED, code="C1")), "customer.code")],
    "customer_unknown": [
        (_case(told=_customer(MatchOutcome.NEW), rules=pair(create_customers=False)), "customer.code")
    ],
    "rate_unknown": [
        (
            _case(
                order(currency="USD", payment=ON_ACCOUNT), facts(credit=Credit(limit=Money.parse("9 EUR")))
            ),
            "",
        )
    ],
    "credit_unknown": [(_case(order(payment=ON_ACCOUNT), facts(credit=None)), "")],
    "credit_exceeded": [
        (
            _case(
                order(payment=ON_ACCOUNT),
                facts(credit=Credit(limit=Money.parse("71.99 EUR"), used=Money.parse("0 EUR"))),
            ),
            "",
        )
    ],
    "sku_unknown": [
        (_case(told=facts(stock("OTHER"))), "line.1.sku"),
        (_case(told=facts(stock(known=False, available=None))), "line.1.sku"),
    ],
    "item_blocked": [(_case(told=facts(stock(blocked=True))), "line.1.sku")],
    "out_of_stock": [(_case(told=facts(stock(available=Decimal(5)))), "lines")],
    "payment_method_unknown": [
        (_case(order(payment=Payment(method="barter", paid=True))), "payment.method"),
        (_case(order(payment=Payment(paid=True))), "payment.method"),
    ],
    "payment_pending": [(_case(order(payment=Payment(method="card", paid=False))), "")],
    "tax_unknown": [(_case(order(line(tax_rate=None))), "line.1.tax_rate")],
    "order_does_not_add_up": [
        (_case(order(gross=Decimal("72.06"))), ""),
        (_case(order(gross=Decimal("71.94"))), ""),
    ],
}
EACH_CASE = [
    pytest.param(code, *case, id=f"{code}-{number}")
    for code, cases in CASES.items()
    for number, case in enumerate(cases, 1)
]


def _codes(report: CheckReport, verdict: Verdict = Verdict.HOLD) -> set[str]:
    return {result.code for result in report.results if result.verdict is verdict}


def test_an_ordinary_order_passes_each_check() -> None:
    report = examine(*_case())

    assert report.passed
    assert {result.verdict for result in report.results} == {Verdict.PASS}
    assert len(report.results) == 7


@pytest.mark.parametrize(("code", "case", "field"), EACH_CASE)
def test_a_cause_stops_the_order_alone_and_names_its_place(code: str, case: Case, field: str) -> None:
    report = examine(*case)

    assert not report.passed
    assert _codes(report) == {code}
    (found,) = report.holding
    assert found.field == field
    assert found.sentence.startswith(REASONS[code].title)
    assert found.remedy == REASONS[code].remedy


@pytest.mark.parametrize(("code", "case", "field"), EACH_CASE)
def test_a_named_place_is_one_that_a_correction_reaches(code: str, case: Case, field: str) -> None:
    if field in {"", "lines"}:
        return
    value = {"country": "FR", "quantity": "1", "tax_rate": "20"}.get(field.rpartition(".")[2], "X")

    try:
        corrected(case[0], Correction(by="olga", fields={field: value}))
    except CorrectionRefused as refused:
        pytest.fail(str(refused))


def test_every_cause_that_a_check_can_find_has_its_case() -> None:
    source = Path(checks.__file__).read_text("utf-8")

    assert set(CASES) == {code for code in REASONS if f'"{code}"' in source} - {"below_minimum"}


@pytest.mark.parametrize(("code", "case", "field"), EACH_CASE)
def test_a_cause_that_a_person_accepted_only_warns_where_that_is_allowed(
    code: str, case: Case, field: str
) -> None:
    report = examine(*case, accepted=frozenset({code}))

    assert report.passed is REASONS[code].releasable
    assert code in _codes(report, Verdict.WARN if REASONS[code].releasable else Verdict.HOLD)


def test_accepting_one_cause_accepts_no_other() -> None:
    everything_else = frozenset(REASONS) - {"payment_pending"}
    unpaid = _case(order(payment=Payment(method="card", paid=False)))

    assert _codes(examine(*unpaid, accepted=everything_else)) == {"payment_pending"}


def test_all_causes_are_told_at_once() -> None:
    placed = order(
        line(1, sku="", tax_rate=None),
        line(2, quantity=Decimal(0)),
        delivery=address(country="", street=""),
        payment=Payment(method="barter"),
    )
    report = examine(*_case(placed, facts(stock("WINE-2", blocked=True))))

    assert _codes(report) == {
        *("sku_missing", "quantity_wrong", "tax_unknown", "country_missing", "address_incomplete"),
        *("payment_method_unknown", "item_blocked"),
    }


def test_too_many_lines_are_counted_with_those_left_out() -> None:
    report = examine(
        *_case(order(line(1), line(2), lines_left_out=700), facts(stock("WINE-1"), stock("WINE-2")))
    )

    assert [result.sentence for result in report.holding] == [
        f"{REASONS['too_many_lines'].title}: 702 lines, allowed are 500"
    ]


@pytest.mark.parametrize("difference", ["0.05", "-0.05"])
def test_amounts_may_differ_from_the_total_by_the_tolerance(difference: str) -> None:
    assert examine(*_case(order(gross=Decimal("72.00") + Decimal(difference)))).passed


def test_a_malformed_vat_id_comes_with_a_suggestion() -> None:
    (found,) = examine(*_case(_buyer(vat_id="fr 12-345"))).holding

    assert found.facts["suggestion"] == "FR12345"
    again = corrected(order(), Correction(by="olga", fields={"customer.vat_id": found.facts["suggestion"]}))
    assert examine(*_case(again)).passed


@pytest.mark.parametrize("vat_id", ["", "FR12345678901", "ATU12345678", "esb12345678"])
def test_a_vat_id_without_blanks_and_signs_passes(vat_id: str) -> None:
    assert examine(*_case(_buyer(vat_id=vat_id))).passed


def test_a_new_customer_passes_where_the_pair_creates_customers() -> None:
    assert examine(*_case(told=_customer(MatchOutcome.NEW))).passed


@pytest.mark.parametrize("method", ["invoice", "cash"])
def test_only_prepaid_methods_wait_for_their_money(method: str) -> None:
    rules = pair(payments={"invoice": {"timing": "on_account"}, "cash": {"timing": "on_delivery"}})

    assert examine(*_case(order(payment=Payment(method=method, paid=False)), rules=rules)).passed


def test_no_sentence_of_a_check_names_the_buyer() -> None:
    secret = {"first_name": "Canary", "last_name": "Canary", "email": "canary@example.com", "phone": "Canary"}
    buyer = {"customer": Party(store_id="7", vat_id="CANARY 1", **secret)}
    place = {"person": "Canary", "street": "", "city": "Canary", "country": "Canary"}
    placed = order(**buyer, delivery=address(**place), billing=address(**place))

    report = examine(*_case(placed, _customer(MatchOutcome.AMBIGUOUS, candidates=("C1",))))

    assert len(report.holding) >= 4
    assert not re.search("canary", " ".join(result.sentence for result in report.holding), re.IGNORECASE)
