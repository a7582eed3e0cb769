"""Which orders wait for a person, whom they ask, and what time does to the question."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.approvals.asking import Worth, covers, deputies_of, durations, first_round, stand_in
from domain.approvals.demands import Demand, approval_needed, demands_of, joined
from domain.approvals.policies import ApprovalPolicy, Approver, Level
from domain.approvals.requests import Away, Reminder
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


def _worth(total: str, in_base: str = "") -> Worth:
    amount = Money.parse(total)
    return Worth(total=amount, in_base=Money.parse(in_base) if in_base else amount)


def _asked(total: str, role: str, rules: Pair | None = None, **away: Away) -> tuple[str, ...]:
    return first_round(Level(role=role), _worth(total), rules or pair(), away).people


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
    assert _asked(f"{total} EUR", role) == expected


def test_a_level_asks_the_people_it_names_beside_its_role() -> None:
    rules = pair(approvers=(DORA, _approver("ada", roles=()), _approver("bob", Decimal(5), ())))

    assert first_round(Level(role="director", people=("ada", "bob")), _worth("6 EUR"), rules, {}).people == (
        "dora",
        "ada",
    )
    assert first_round(Level(people=("bob",)), _worth("5 EUR"), rules, {}).people == ("bob",)


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
    rules = pair(approvers=tuple(map(_approver, NAMES, limits, roles)))

    few = _asked(f"{total + more} EUR", "director", rules)
    many = _asked(f"{total} EUR", "director", rules)

    assert set(few) <= set(many)


@pytest.mark.parametrize(
    ("total", "in_base", "may"),
    [
        ("9000 USD", "8400 EUR", True),
        ("9000.01 USD", "1 EUR", False),
        ("7000 CHF", "8000 EUR", True),
        ("7000 CHF", "8000.01 EUR", False),
        ("8000 EUR", "8000 EUR", True),
    ],
)
def test_the_limit_in_the_orders_currency_counts_before_the_one_in_the_base_currency(
    total: str, in_base: str, may: bool
) -> None:
    person = DORA.model_copy(update={"limits": (Money.parse("8000 EUR"), Money.parse("9000 USD"))})

    assert covers(person, _worth(total, in_base)) is may


def test_an_amount_without_a_rate_is_covered_only_by_a_limit_in_its_currency() -> None:
    unknown = Worth(total=Money.parse("10 USD"), in_base=None)
    in_dollars = DORA.model_copy(update={"limits": (Money.parse("1 EUR"), Money.parse("10 USD"))})

    assert not covers(DORA, unknown)
    assert not covers(CARL, unknown)
    assert covers(in_dollars, unknown)


NEXT_WEEK = date(2026, 11, 27)


def test_who_is_away_is_not_asked_but_their_deputy_is() -> None:
    rules = pair(approvers=(DORA, CARL, _approver("eve", roles=())))

    found = first_round(
        Level(role="board"), _worth("1 EUR"), rules, {"carl": Away(until=NEXT_WEEK, deputy="eve")}
    )

    assert found == (("eve",), {"eve": ("carl",)})
    assert _asked("1 EUR", "board", rules, carl=Away(until=NEXT_WEEK)) == ("dora",)


def test_a_deputy_who_is_away_passes_it_on_down_the_line() -> None:
    people = (_approver("ada", deputy="bob"), _approver("bob", deputy="eve"), _approver("eve", deputy="ada"))
    rules = pair(approvers=people)
    gone = Away(until=NEXT_WEEK)

    assert stand_in("ada", rules, {"ada": gone}, _worth("1 EUR")) == "bob"
    assert stand_in("ada", rules, {"ada": gone, "bob": gone}, _worth("1 EUR")) == "eve"
    assert stand_in("ada", rules, dict.fromkeys(NAMES, gone), _worth("1 EUR")) == ""


@given(own=st.none() | AMOUNTS, deputys=st.none() | AMOUNTS, total=AMOUNTS)
def test_a_deputy_never_decides_on_more_than_either_may(
    own: Decimal | None, deputys: Decimal | None, total: Decimal
) -> None:
    people = (_approver("ada", own, deputy="bob"), _approver("bob", deputys, ()))
    away = {"ada": Away(until=NEXT_WEEK)}

    asked = first_round(Level(role="director"), _worth(f"{total} EUR"), pair(approvers=people), away).people

    allowed = all(limit is None or total <= limit for limit in (own, deputys))
    assert asked == (("bob",) if allowed else ())


def test_who_approved_before_is_not_asked_again_nor_as_a_deputy() -> None:
    rules = pair(approvers=(DORA, CARL))
    gone = {"carl": Away(until=NEXT_WEEK)}

    level = Level(role="director")
    assert first_round(level, _worth("1 EUR"), rules, {}, frozenset({"dora"})).people == ("carl",)
    assert first_round(level, _worth("1 EUR"), rules, gone, frozenset({"dora"})).people == ()


def test_a_deputy_is_asked_once_and_nobody_who_was_asked_already() -> None:
    people = (_approver("ada", deputy="eve"), _approver("bob", deputy="eve"), _approver("eve", deputy="ada"))
    rules = pair(approvers=people)

    assert deputies_of(("ada", "bob"), rules) == ("eve",)
    assert deputies_of(("ada", "eve"), rules) == ()
    assert deputies_of(("gone",), rules) == ()


def _timetable(policy: ApprovalPolicy) -> tuple[tuple[Reminder, timedelta], ...]:
    return durations(policy.steps[0])


def test_the_question_is_repeated_passed_on_and_ended_in_this_order() -> None:
    hour = timedelta(hours=1)

    assert _timetable(ApprovalPolicy(escalate_to="board")) == (
        (Reminder.REMIND, 4 * hour),
        (Reminder.DEPUTY, 8 * hour),
        (Reminder.ESCALATE, 24 * hour),
        (Reminder.EXPIRE, 72 * hour),
    )
    found = [step for step, _ in _timetable(ApprovalPolicy())]
    assert found == [Reminder.REMIND, Reminder.DEPUTY, Reminder.EXPIRE]


@given(HOURS, HOURS, HOURS, HOURS, st.sampled_from(["", "board"]))
def test_every_timetable_is_in_order_and_ends_with_its_only_end(
    remind: timedelta, deputy: timedelta, escalate: timedelta, expire: timedelta, to: str
) -> None:
    policy = ApprovalPolicy(
        remind_after=remind, deputy_after=deputy, escalate_after=escalate, expire_after=expire, escalate_to=to
    )
    steps = _timetable(policy)
    due = dict(steps)

    assert [step for step, _ in steps].count(Reminder.EXPIRE) == 1
    assert steps[-1] == (Reminder.EXPIRE, expire)
    assert all(first[1] <= second[1] for first, second in pairwise(steps))
    for step, after in ((Reminder.REMIND, remind), (Reminder.DEPUTY, deputy)):
        assert due.get(step, expire) == min(after, expire)
    assert to or Reminder.ESCALATE not in due


def test_a_level_has_its_own_times_or_those_of_the_policy() -> None:
    policy = ApprovalPolicy(
        role="director",
        remind_after=timedelta(hours=1),
        levels=(Level(quorum=2), Level(role="board", remind_after=timedelta(0), escalate_to="owner")),
    )

    first, second = policy.steps

    assert (first.who, first.quorum, first.remind_after) == ("director", 2, timedelta(hours=1))
    assert (second.who, second.quorum, second.remind_after) == ("board", 1, timedelta(0))
    assert (first.escalate_to, second.escalate_to) == ("", "owner")
    assert first.expire_after == second.expire_after == timedelta(hours=72)


def test_each_policy_is_obtained_once_with_all_reasons() -> None:
    demands = (
        Demand(policy="", because="above 5000 EUR"),
        Demand(policy="wine", because="more than 60 bottles", rule="bottles"),
        Demand(policy="", because="a new customer", rule="new"),
        Demand(policy="wine", because="more than 60 bottles", rule="bottles"),
    )

    assert list(joined(demands).items()) == [
        ("", "above 5000 EUR; a new customer (rule new)"),
        ("wine", "more than 60 bottles (rule bottles)"),
    ]


def test_the_limit_of_the_pair_is_one_demand_of_its_own_policy() -> None:
    (demand,) = demands_of(order(gross=Decimal("5000.01")), pair())

    assert demand == Demand(policy="", because="the total 5000.01 EUR is above 5000 EUR")
    assert demands_of(order(gross=Decimal(5000)), pair()) == ()


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
        (
            {"approval": {"limit": "1 EUR", "role": "night"}},
            "approval.role",
            "no approver has the role night",
        ),
        ({"approval": {"limit": "1 EUR", "quorum": 3}}, "approval.quorum", "3 persons must approve"),
        (
            {"approval": {"limit": "1 EUR", "people": ["nina"]}},
            "approval.people",
            "nina is not an approver",
        ),
        (
            {"policies": {"wine": {"levels": [{"role": "board"}, {"role": "board"}]}}},
            "policies.wine.levels",
            "board and board together need 2 different persons, and there are 1",
        ),
        ({"policies": {"wine": {"role": "night"}}}, "policies.wine.role", "no approver has the role night"),
        (
            {"policies": {"wine": {"levels": [{"role": "board"}], "people": ["dora"]}}},
            "policies.wine.levels",
            "with each level",
        ),
        ({"policies": {"wine": {"limit": "1 EUR"}}}, "policies.wine.limit", "the pair's own approval"),
        (
            {"policies": {"wine": {"tolerated_rise": "5"}}},
            "policies.wine.tolerated_rise",
            "any change voids",
        ),
        (
            {"policies": {"wine": {"role": "", "people": []}}},
            "policies.wine.role",
            "name a role or people",
        ),
        (
            {"policies": {"wine": {"calendar": {"time_zone": "Mars/Base"}}}},
            "policies.wine.calendar.time_zone",
            "no time zone Mars/Base",
        ),
        ({"calendar": {"country": "XX"}}, "calendar.country", "no holidays are known for 'XX'"),
        (
            {"approvers": (DORA.model_copy(update={"limits": (Money.parse("9 USD"),)}),)},
            "approvers.dora.limits",
            "base currency EUR too",
        ),
        (
            {"approvers": (CARL.model_copy(update={"limits": (Money.parse("9 EUR"),)}), DORA)},
            "approvers.carl.limits",
            "one limit in EUR, not 2",
        ),
        ({"note": "ERP {nr}"}, "note", "write {number} where"),
    ],
)
def test_what_is_wrong_with_a_pair_is_named_by_its_key(changed: dict[str, Any], key: str, says: str) -> None:
    found = dict(pair(**changed).faults())

    assert says in found[key]
