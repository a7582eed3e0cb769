"""Which orders wait for a person, whom, and what time does to the question."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.approvals.asking import approval_needed, approvers_for, deputies_of, may_decide, timetable
from domain.approvals.policies import ApprovalPolicy, Approver
from domain.approvals.requests import Reminder
from domain.money import Money
from domain.policy import Pair
from tests.domain.specimens import CARL, DORA, order, pair

AMOUNTS = st.decimals(0, 100_000, places=2)
HOURS = st.integers(1, 100).map(lambda hours: timedelta(hours=hours))
NAMES = ("ada", "bob", "eve")


def _needed(
    gross: Decimal | str, rules: Pair | None = None, currency: str = "EUR", rate: str | None = None
) -> str:
    placed = order(gross=Decimal(gross), currency=currency, rate=Decimal(rate) if rate else None)
    return approval_needed(placed, rules or pair())


def test_an_order_at_the_limit_goes_on_and_a_cent_more_waits() -> None:
    assert _needed("5000.00") == ""
    assert _needed("5000.01") == "the total 5000.01 EUR is above 5000 EUR"


def test_without_a_limit_nobody_is_asked() -> None:
    assert _needed("999999999", pair(approval=ApprovalPolicy())) == ""


def test_a_limit_of_zero_asks_for_every_order_that_costs_something() -> None:
    everything = pair(approval=ApprovalPolicy(limit=Money.parse("0 EUR")))

    assert _needed("0.01", everything)
    assert _needed("0", everything) == ""


def test_an_amount_in_another_currency_is_compared_in_the_base_currency() -> None:
    assert _needed("5400.00", currency="USD", rate="1.08") == ""
    assert "5000.01 EUR is above" in _needed("5400.01", currency="USD", rate="1.08")


@pytest.mark.parametrize("rate", [None, "0", "-1.08"])
def test_an_amount_that_cannot_be_compared_waits_for_a_person(rate: str | None) -> None:
    assert "has no rate to EUR" in _needed("0.01", currency="USD", rate=rate)


@given(limit=AMOUNTS, total=AMOUNTS, more=AMOUNTS, rate=st.none() | st.decimals("0.01", 200, places=4))
def test_a_higher_total_never_needs_less(
    limit: Decimal, total: Decimal, more: Decimal, rate: Decimal | None
) -> None:
    rules = pair(approval=ApprovalPolicy(limit=Money(limit, "EUR")))
    placed = order(gross=total, currency="USD" if rate else "EUR", rate=rate)
    higher = placed.model_copy(update={"gross": total + more})

    assert approval_needed(higher, rules) or not approval_needed(placed, rules)


@given(limit=AMOUNTS, lower=AMOUNTS, total=AMOUNTS)
def test_a_lower_limit_never_asks_for_less(limit: Decimal, lower: Decimal, total: Decimal) -> None:
    strict = pair(approval=ApprovalPolicy(limit=Money(min(limit, lower), "EUR")))
    loose = pair(approval=ApprovalPolicy(limit=Money(max(limit, lower), "EUR")))

    assert approval_needed(order(gross=total), strict) or not approval_needed(order(gross=total), loose)


def _approver(
    name: str, limit: Decimal | None = None, roles: tuple[str, ...] = ("director",), deputy: str = ""
) -> Approver:
    amount = None if limit is None else Money(limit, "EUR")
    return Approver(
        id=name, name=name, email=f"{name}@waybill.example", roles=roles, limit=amount, deputy=deputy
    )


@pytest.mark.parametrize(
    ("total", "role", "expected"),
    [
        ("7999.99", "director", ("dora", "carl")),
        ("8000", "director", ("dora", "carl")),
        ("8000.01", "director", ("dora",)),
        ("1", "board", ("carl",)),
        ("8000.01", "board", ()),
        ("1", "warehouse", ()),
    ],
)
def test_those_are_asked_whose_role_and_limit_cover_the_amount(
    total: str, role: str, expected: tuple[str, ...]
) -> None:
    assert approvers_for(Money.parse(f"{total} EUR"), pair(), role) == expected


@given(
    limits=st.lists(st.none() | AMOUNTS, min_size=3, max_size=3),
    roles=st.lists(
        st.sampled_from([("director",), ("board",), ("director", "board"), ()]), min_size=3, max_size=3
    ),
    total=AMOUNTS,
    more=AMOUNTS,
)
def test_a_higher_total_never_finds_more_people(
    limits: list[Decimal | None], roles: list[tuple[str, ...]], total: Decimal, more: Decimal
) -> None:
    people = tuple(map(_approver, NAMES, limits, roles))
    rules = pair(approvers=people)

    few = approvers_for(Money(total + more, "EUR"), rules, "director")
    many = approvers_for(Money(total, "EUR"), rules, "director")

    assert set(few) <= set(many)
    for person in people:
        assert (person.id in many) is may_decide(person, Money(total, "EUR"), "director")


def test_a_deputy_is_asked_with_the_authority_of_the_one_they_stand_in_for() -> None:
    assistant = _approver("ada", Decimal(1), ())
    rules = pair(approvers=(_approver("bob", deputy="ada"), assistant))

    assert deputies_of(("bob",), rules) == ("ada",)


def test_a_deputy_is_asked_once_and_nobody_who_was_asked_already() -> None:
    people = (_approver("ada", deputy="eve"), _approver("bob", deputy="eve"), _approver("eve", deputy="ada"))
    rules = pair(approvers=people)

    assert deputies_of(("ada", "bob"), rules) == ("eve",)
    assert deputies_of(("ada", "eve"), rules) == ()
    assert deputies_of(("gone",), rules) == ()


def test_the_question_is_repeated_passed_on_and_ended_in_this_order() -> None:
    hour = 3600
    standard = pair(approval=ApprovalPolicy(escalate_to="board"))

    assert timetable(standard) == (
        (Reminder.REMIND, 4 * hour),
        (Reminder.DEPUTY, 8 * hour),
        (Reminder.ESCALATE, 24 * hour),
        (Reminder.EXPIRE, 72 * hour),
    )
    assert [step for step, _ in timetable(pair())] == [Reminder.REMIND, Reminder.DEPUTY, Reminder.EXPIRE]


@given(HOURS, HOURS, HOURS, HOURS, st.sampled_from(["", "board"]))
def test_every_timetable_is_in_order_and_ends_with_its_only_end(
    remind: timedelta, deputy: timedelta, escalate: timedelta, expire: timedelta, to: str
) -> None:
    policy = ApprovalPolicy(
        remind_after=remind, deputy_after=deputy, escalate_after=escalate, expire_after=expire, escalate_to=to
    )
    steps = timetable(pair(approval=policy))
    due = dict(steps)

    assert [step for step, _ in steps].count(Reminder.EXPIRE) == 1
    assert steps[-1] == (Reminder.EXPIRE, expire.total_seconds())
    assert all(first[1] <= second[1] for first, second in pairwise(steps))
    for step, after in ((Reminder.REMIND, remind), (Reminder.DEPUTY, deputy)):
        assert due.get(step, expire.total_seconds()) == min(after, expire).total_seconds()
    assert to or Reminder.ESCALATE not in due


def test_a_limit_has_a_currency() -> None:
    with pytest.raises(ValidationError):
        pair(approval={"limit": "5000"})


@pytest.mark.parametrize(
    ("changed", "key", "says"),
    [
        ({"approval": {"limit": "5000 USD"}}, "approval.limit", "base currency EUR, not USD"),
        (
            {"approvers": (DORA.model_copy(update={"limit": Money.parse("1 USD")}),)},
            f"approvers.{DORA.id}.limit",
            "base currency EUR, not USD",
        ),
        ({"approvers": (CARL,)}, f"approvers.{CARL.id}.deputy", f"{CARL.deputy} is not an approver"),
        ({"approvers": (DORA, DORA)}, f"approvers.{DORA.id}", "two approvers have this id"),
        ({"approval": {"escalate_to": "night"}}, "approval.escalate_to", "no approver has the role night"),
        ({"note": "ERP {nr}"}, "note", "write {number} where"),
    ],
)
def test_what_is_wrong_with_a_pair_is_named_by_its_key(changed: dict[str, Any], key: str, says: str) -> None:
    found = dict(pair(**changed).faults())

    assert says in found[key]
