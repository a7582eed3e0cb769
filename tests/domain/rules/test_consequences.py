"""What follows from rules: choices by priority, disputes that nobody wins, approvals that are never lost."""

from decimal import Decimal

from domain.policy import DocumentKind
from domain.rules.case import Case
from domain.rules.consequences import Chosen, Consequences, consequences_of
from domain.rules.decisions import outcomes_of
from domain.rules.evaluation import Rules
from domain.rules.model import OrderRules, RuleSet
from domain.rules.triggers import Trigger
from tests.domain import specimens
from tests.domain.rules.specimens import NOW, case, rule, rule_set

UNKNOWN = {"fact": "carrier", "is": "equals", "value": "dhl"}
ALWAYS = {"fact": "currency", "is": "equals", "value": "EUR"}


def follows(rules: RuleSet, seen: Case | None = None) -> Consequences:
    """Return what the rules make of an ordinary order that passed its checks."""
    return consequences_of(Rules(rules.rules).judge(Trigger.VALIDATED, seen or case()))


def test_the_first_choice_by_priority_counts_and_the_others_fill_in() -> None:
    late = rule(id="late", priority=200, then=[{"do": "choose", "warehouse": "02", "series": "WEB"}])
    early = rule(id="early", priority=10, then=[{"do": "choose", "warehouse": "01"}])

    found = follows(rule_set(late, early))

    assert found.chosen == Chosen(warehouse="01", series="WEB")


def test_a_field_is_set_by_the_first_rule_that_sets_it() -> None:
    first = rule(id="a", then=[{"do": "set_field", "target": "U_Gift", "value": "yes"}])
    second = rule(id="b", then=[{"do": "set_field", "target": "U_Gift", "value": "no"}])

    assert follows(rule_set(first, second)).chosen.fields == {"U_Gift": "yes"}


def test_what_two_rules_would_do_finally_neither_does_but_an_approval_is_still_asked() -> None:
    tell = {"do": "notify", "audience": "warehouse", "to": "wh@x.example"}
    found = follows(
        rule_set(rule(id="a", then=[tell, {"do": "require_approval"}]), rule(id="b", then=[tell]))
    )

    assert found.beside == []
    assert [demand.rule for demand in found.approvals] == ["a"]
    assert found.conflicts == ["a and b both match and both would notify mail wh@x.example"]


def test_a_rule_that_cannot_be_judged_holds_and_asks_for_its_approval() -> None:
    both = [{"do": "require_approval", "policy": "board"}, {"do": "tag", "tags": ["big"]}]
    found = follows(rule_set(rule(**{"if": UNKNOWN}, then=both)))

    assert [stop.sentence for stop in found.stop] == ["the rule one cannot be judged: a fact is unknown"]
    assert [demand.policy for demand in found.approvals] == ["board"]
    assert found.tags == []


def test_a_rule_that_only_protects_matches_when_it_cannot_be_judged() -> None:
    found = follows(rule_set(rule(**{"if": UNKNOWN}, then=[{"do": "require_approval"}])))

    assert (found.stop, [demand.rule for demand in found.approvals]) == ([], ["one"])


def test_a_rule_with_stop_keeps_later_rules_from_being_looked_at() -> None:
    first = rule(id="a", stop="yes", **{"if": ALWAYS})
    ruling = Rules(rule_set(first, rule(id="b")).rules).judge(Trigger.VALIDATED, case())

    assert [outcome.rule for outcome in outcomes_of(ruling)] == ["a"]


def test_choices_change_the_pair_and_nothing_else() -> None:
    pair = specimens.pair()
    changed = Chosen(document=DocumentKind.DRAFT, warehouse="02", series="X").applied_to(pair)

    assert changed == pair.model_copy(update={"document": DocumentKind.DRAFT, "warehouse": "02"})


def test_the_trace_says_what_was_seen_on_which_line() -> None:
    lines = (specimens.line(1), specimens.line(2, quantity=Decimal(20)))
    many = {"any_line": {"fact": "quantity", "is": "more_than", "value": "10"}}
    seen = case(order=specimens.order(*lines))
    ruling = Rules(rule_set(rule(**{"if": many})).rules).judge(Trigger.VALIDATED, seen)

    (outcome,) = outcomes_of(ruling)

    assert [(fact.line, fact.seen, fact.answer) for fact in outcome.seen] == [
        (1, "6", False),
        (2, "20", True),
    ]


def test_an_order_keeps_only_the_rules_policies_and_experts_that_concern_it() -> None:
    rules = rule_set(
        rule(id="mine", pairs=["main"], then=[{"do": "require_approval", "policy": "board"}]),
        rule(id="theirs", pairs=["iberia"], then=[{"do": "require_approval", "policy": "junta"}]),
        policies={"board": {"role": "board"}, "junta": {"role": "board"}},
        experts=[{"name": "score", "returns": "number", "body": "1"}],
    )

    kept = OrderRules.of(rules, 3, "main", "shop")

    assert [each.id for each in kept.rules] == ["mine"]
    assert list(kept.policies) == ["board"]
    assert kept.experts == ()
    assert OrderRules.model_validate_json(kept.model_dump_json()) == kept


def test_a_recorded_case_names_no_person_and_is_judged_alike() -> None:
    full = case(now=NOW)
    bare = full.without_persons()

    text = bare.model_dump_json()
    for secret in ("Anna", "Moreau", "anna@example.com", "rue du Port"):
        assert secret not in text
    condition = {
        "all": [{"fact": "has_vat_id", "is": "is_false"}, {"fact": "country", "is": "equals", "value": "FR"}]
    }
    rules = Rules(rule_set(rule(**{"if": condition})).rules)
    assert rules.judge(Trigger.VALIDATED, bare).matched == rules.judge(Trigger.VALIDATED, full).matched != []
