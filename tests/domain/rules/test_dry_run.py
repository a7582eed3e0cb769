"""Drafts on orders that were: who would take another path, why, and how fast that is known."""

import time

from domain.rules.dry_run import Trial, dry_run
from domain.rules.model import RuleSet
from tests.domain import specimens
from tests.domain.rules.specimens import case, rule, rule_set

BIG = {"fact": "total", "is": "more_than", "value": "100 EUR"}


def big(limit: str) -> RuleSet:
    """Return a rule set that holds orders above a limit."""
    return rule_set(rule(**{"if": {"fact": "total", "is": "more_than", "value": f"{limit} EUR"}}))


def test_only_orders_between_the_old_and_the_new_limit_change_their_path() -> None:
    orders = [case(order=specimens.order(store_id=str(total), gross=str(total))) for total in (50, 150, 250)]

    found = dry_run(big("200"), big("100"), ((each, {}, {}) for each in orders))

    assert found.orders == 3
    (change,) = found.changes
    assert (change.store_order_id, change.before, change.after) == ("150", (), ("hold: look at it",))
    assert [(rule.rule, rule.answer) for rule in change.because] == [("one", True)]
    assert found.followed == {"one": 2}


def test_a_hold_ends_the_path_as_it_would_have() -> None:
    later = rule(id="tell", when="posted", then=[{"do": "tag", "tags": ["told"]}])

    found = dry_run(
        RuleSet(), rule_set(rule(**{"if": BIG}), later), [(case(order=specimens.order(gross="500")), {}, {})]
    )

    assert found.changes[0].after == ("hold: look at it",)


def test_tags_of_the_capture_are_seen_by_later_rules() -> None:
    draft = rule_set(
        rule(id="mark", when="captured", then=[{"do": "tag", "tags": ["export"]}]),
        rule(id="use", **{"if": {"fact": "tags", "is": "has_any", "value": ["export"]}}),
    )

    found = dry_run(RuleSet(), draft, [(case(), {}, {})])

    assert found.followed == {"mark": 1, "use": 1}


def test_rules_that_wait_for_what_happens_later_are_named_as_not_tried() -> None:
    late = rule(id="late", when="not_shipped_after", after="2d", then=[{"do": "tag", "tags": ["slow"]}])

    assert dry_run(RuleSet(), rule_set(late), []).not_tried == ("late",)


def test_500_orders_take_less_than_five_seconds() -> None:
    lines = tuple(specimens.line(number) for number in range(1, 21))
    kept = case(order=specimens.order(*lines)).model_dump_json(exclude_defaults=True)
    rules = rule_set(
        *(
            rule(
                id=f"r{number}",
                then=[{"do": "tag", "tags": [f"t{number}"]}],
                **{
                    "if": {"any": [BIG, {"any_line": {"fact": "sku", "is": "equals", "value": f"X{number}"}}]}
                },
            )
            for number in range(20)
        )
    )

    started = time.process_time()
    cases = [type(case()).model_validate_json(kept) for _ in range(500)]
    found = dry_run(RuleSet(), rules, ((each, {}, {}) for each in cases))
    seconds = time.process_time() - started

    assert found.orders == len(found.changes) == 500
    assert seconds < 5, f"500 orders of 20 lines by 20 rules took {seconds:.2f} s"


def test_an_order_that_is_sent_to_another_pair_goes_no_further_in_its_own() -> None:
    draft = rule_set(
        rule(id="away", when="captured", then=[{"do": "route", "pair": "overseas"}]),
        rule(id="here", pairs=["main"]),
    )

    assert Trial(draft).path(case()).did == ("route to overseas",)


def test_rules_over_what_no_recorded_case_has_are_named_as_not_tried() -> None:
    drafts = {"fact": "document_kind", "is": "equals", "value": "draft"}
    draft = rule_set(
        rule(id="drafts", when="posted", then=[{"do": "tag", "tags": ["draft"]}], **{"if": drafts})
    )

    found = dry_run(RuleSet(), draft, [(case(), {}, {})])

    assert (found.not_tried, found.changes) == (("drafts",), ())


def test_an_order_that_came_to_no_check_is_tried_as_far_as_it_is_known() -> None:
    at_capture = rule(id="early", when="captured")
    checked = rule(id="stock", **{"if": {"fact": "in_stock", "is": "is_true"}})

    found = dry_run(rule_set(at_capture, checked), rule_set(checked), [(case(facts=None), {}, {})])

    (change,) = found.changes
    assert (change.before, change.after) == (("hold: look at it",), ())
