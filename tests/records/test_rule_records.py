"""What rules decided and the cases they are tried on, kept."""

from datetime import UTC, datetime, timedelta

from domain.life import OrderView
from domain.rules.case import Case
from domain.rules.decisions import RuleDecision, RuleOutcome
from domain.rules.triggers import Trigger
from domain.stages import Stage
from records.database import Database
from records.orders import Orders
from records.recorded_cases import RecordedCases
from records.rule_decisions import RuleDecisions
from tests.domain import specimens

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def decided(number: int) -> RuleDecision:
    """Return a decision that one rule was followed."""
    outcome = RuleOutcome(rule="big", title="Big orders", answer=True, followed=True)
    return RuleDecision(
        number=number, at=NOON, trigger=Trigger.VALIDATED, version=3, outcomes=(outcome,), did=("hold: big",)
    )


def case(order_id: str, at: datetime = NOON, **changed: str) -> Case:
    """Return the case of an order."""
    order = specimens.order(store_id=order_id, **changed)
    return Case(order=order, base_currency="EUR", now=at, facts=specimens.facts())


async def test_a_decision_is_kept_once_however_often_it_is_told(database: Database) -> None:
    facts = {"connection": "shop", "store_order_id": "7", "stage": Stage.CHECKING, "since": NOON}
    for version in (1, 2):
        view = OrderView.model_validate({**facts, "version": version, "decisions": (decided(5), decided(6))})
        await Orders(database).record(view, NOON)

    kept = await RuleDecisions(database).of("shop", "7")

    assert kept == (decided(5), decided(6))
    stored = await Orders(database).one("shop", "7")
    assert stored is not None
    assert stored.decisions == ()


async def test_an_order_has_one_case_the_last(database: Database) -> None:
    cases = RecordedCases(database)
    await cases.record(case("7", number="A"))
    await cases.record(case("8", NOON + timedelta(hours=1), number="B"))
    await cases.record(case("7", NOON + timedelta(hours=2), number="C"))

    assert [each.order.number for each in await cases.latest(10)] == ["C", "B"]
    assert [each.order.number for each in await cases.latest(1)] == ["C"]


async def test_a_case_is_found_by_order_or_number_and_names_nobody(database: Database) -> None:
    cases = RecordedCases(database)
    await cases.record(case("7", number="XKB"))

    by_id, by_number = await cases.find("shop:7"), await cases.find("XKB")

    assert by_id == by_number != None  # noqa: E711
    assert by_id is not None
    assert by_id.order.customer.email == ""
    assert await cases.find("other:7") is None


async def test_old_cases_are_forgotten(database: Database) -> None:
    cases = RecordedCases(database)
    await cases.record(case("7", NOON - timedelta(days=200)))
    await cases.record(case("8"))

    assert await cases.forget_old(NOON) == 1
    assert [each.order.store_id for each in await cases.latest(10)] == ["8"]
