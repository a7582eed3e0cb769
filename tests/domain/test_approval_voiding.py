"""What a change of the order does to an approval: by default all void it, a policy may tell them apart."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.approvals.policies import ApprovalPolicy, Change, Level
from domain.approvals.requests import ApprovalRequest, Channel, Standing, Verdict, Vote
from domain.approvals.voiding import seen_of, stands, voided_because
from domain.money import Money
from domain.order import Order, Party, Payment
from domain.policy import Pair
from tests.domain.specimens import CARL, DORA, NOON, address, line, order, pair

ORDER = order(gross=Decimal(1000))
BUYER = Party(store_id="8", email="anna@example.com", first_name="Anna", last_name="Moreau")
CHANGES: dict[str, Order] = {
    "lines": order(line(quantity=Decimal(7)), gross=Decimal(1000)),
    "customer": order(gross=Decimal(1000), customer=BUYER),
    "billing": order(gross=Decimal(1000), billing=address(street="2 rue Neuve")),
    "address": order(gross=Decimal(1000), delivery=address(street="2 rue Neuve")),
    "country": order(gross=Decimal(1000), delivery=address(country="BE")),
    "payment": order(gross=Decimal(1000), payment=Payment(method="invoice")),
    "less": order(gross=Decimal(900)),
    "more": order(gross=Decimal(1001)),
    "currency": order(gross=Decimal(1000), currency="USD", rate=Decimal(2)),
}


def _request(placed: Order = ORDER, **changed: Any) -> ApprovalRequest:
    vote = Vote(approver="dora", verdict=Verdict.APPROVE, at=NOON, channel=Channel.CLI)
    facts: dict[str, Any] = {
        "number": 3,
        "revision": placed.revision,
        "total": placed.total,
        "role": "director",
        "because": "the total is above the limit",
        "asked": ("dora", "carl"),
        "asked_at": NOON,
        "standing": Standing.APPROVED,
        "votes": (vote,),
        "seen": seen_of(placed),
    }
    return ApprovalRequest.model_validate(facts | changed)


def _rules(*voided_by: Change, **more: Any) -> Pair:
    return pair(approval=ApprovalPolicy(voided_by=voided_by, **more))


def _voided(changed: Order, rules: Pair, authors: frozenset[str] = frozenset()) -> str:
    return voided_because(_request(), changed, rules, authors)


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_by_default_every_change_voids(changed: Order) -> None:
    assert _voided(changed, pair()) == "the order was changed"
    assert not stands(_request(), changed, pair(), frozenset())


def test_no_change_voids_nothing() -> None:
    assert _voided(ORDER, pair()) == ""
    assert stands(_request(), ORDER, pair(), frozenset())


@pytest.mark.parametrize(
    ("changed", "voids"),
    [
        ("lines", {Change.LINES}),
        ("customer", {Change.CUSTOMER}),
        ("billing", {Change.CUSTOMER}),
        ("address", {Change.ADDRESS}),
        ("country", {Change.ADDRESS, Change.COUNTRY}),
        ("payment", set()),
        ("less", set()),
        ("more", set(Change)),
        ("currency", set(Change)),
    ],
)
@pytest.mark.parametrize("rule", [change for change in Change if change is not Change.ANY])
def test_a_policy_tells_changes_apart(changed: str, voids: set[Change], rule: Change) -> None:
    assert bool(_voided(CHANGES[changed], _rules(rule))) is (rule in voids)


def test_without_a_rule_only_a_higher_total_voids() -> None:
    voids = {name for name, changed in CHANGES.items() if _voided(changed, _rules())}

    assert voids == {"more", "currency"}


@given(
    was=st.decimals(1, 100_000, places=2),
    now=st.decimals(0, 200_000, places=2),
    rise=st.decimals(0, 100, places=1),
)
def test_the_total_may_rise_by_so_many_per_cent_and_fall_by_any(
    was: Decimal, now: Decimal, rise: Decimal
) -> None:
    rules = _rules(tolerated_rise=rise)

    reason = voided_because(_request(order(gross=was)), order(gross=now), rules, frozenset())

    assert bool(reason) is (now > was * (1 + rise / 100))


def test_small_rises_do_not_add_up() -> None:
    rules = _rules(tolerated_rise=Decimal(5))

    assert _voided(order(gross=Decimal(1050)), rules) == ""
    assert _voided(order(gross=Decimal("1050.01")), rules) == (
        "the total rose from 1000 EUR to 1050.01 EUR by more than 5 %"
    )


def test_an_approval_is_not_carried_beyond_the_approvers_limit() -> None:
    limited = DORA.model_copy(update={"limit": Money.parse("1020 EUR")})
    rules = pair(approval=ApprovalPolicy(voided_by=(), tolerated_rise=Decimal(5)), approvers=(limited, CARL))

    assert _voided(order(gross=Decimal(1020)), rules) == ""
    assert _voided(order(gross=Decimal(1021)), rules) == "dora may not decide on 1021 EUR"


def test_who_approved_and_then_corrected_the_order_approved_nothing() -> None:
    corrected = CHANGES["payment"]

    assert "then corrected it" in _voided(corrected, _rules(), frozenset({"dora"}))
    assert _voided(corrected, _rules(), frozenset({"carl"})) == ""
    assert _voided(corrected, _rules(four_eyes=False), frozenset({"dora"})) == ""


def test_what_was_asked_before_changes_were_told_apart_is_voided_by_all() -> None:
    assert voided_because(_request(seen=None), CHANGES["payment"], _rules(), frozenset())


@pytest.mark.parametrize(
    "policy",
    [
        ApprovalPolicy(quorum=2),
        ApprovalPolicy(levels=(Level(quorum=2),)),
    ],
)
def test_an_approval_by_too_few_does_not_stand_once_more_are_asked_for(policy: ApprovalPolicy) -> None:
    assert not stands(_request(), ORDER, pair(approval=policy), frozenset())


def test_the_approval_of_a_level_or_a_policy_that_is_no_more_does_not_stand() -> None:
    assert not stands(_request(level=2), ORDER, pair(), frozenset())
    assert not stands(_request(policy="wine"), ORDER, pair(), frozenset())


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.APPROVED])
def test_only_what_was_approved_stands(standing: Standing) -> None:
    assert not stands(_request(standing=standing), ORDER, pair(), frozenset())


def test_nothing_personal_is_kept_of_what_approvers_saw() -> None:
    kept = seen_of(ORDER).model_dump_json()

    assert not any(word in kept for word in ("Moreau", "rue du Port", "Lyon", "anna@example.com"))
