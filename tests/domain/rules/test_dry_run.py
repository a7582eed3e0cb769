"""Drafts on orders that were: who would take another path, why, and how fast that is known."""

import time
from collections.abc import Iterable, Mapping

from domain.errors import ExpertFailed
from domain.rules.case import Case
from domain.rules.dry_run import KNOWN, DryRun, Trial, compared
from domain.rules.experts import ExpertDefinition
from domain.rules.model import RuleSet
from domain.rules.triggers import Trigger
from tests.domain import specimens
from tests.domain.rules.specimens import case, rule, rule_set

AWAY = {"do": "route", "pair": "overseas"}
BIG = {"fact": "total", "is": "more_than", "value": "100 EUR"}


async def dry_run(current: RuleSet, draft: RuleSet, cases: Iterable[Case]) -> DryRun:
    """Try a draft on cases, each as far as it is known."""
    now, then = Trial(current), Trial(draft)
    ends = [(each, KNOWN[-1] if each.facts else KNOWN[0]) for each in cases]
    return compared(
        draft, [(each, await now.path(each, last), await then.path(each, last)) for each, last in ends]
    )


def big(limit: str) -> RuleSet:
    """Return a rule set that holds orders above a limit."""
    return rule_set(rule(**{"if": {"fact": "total", "is": "more_than", "value": f"{limit} EUR"}}))


async def test_only_orders_between_the_old_and_the_new_limit_change_their_path() -> None:
    orders = [case(order=specimens.order(store_id=str(total), gross=str(total))) for total in (50, 150, 250)]

    found = await dry_run(big("200"), big("100"), orders)

    assert found.orders == 3
    (change,) = found.changes
    assert (change.store_order_id, change.before, change.after) == ("150", (), ("hold: look at it",))
    assert [(rule.rule, rule.answer) for rule in change.because] == [("one", True)]
    assert found.followed == {"one": 2}


async def test_a_hold_ends_the_path_as_it_would_have() -> None:
    later = rule(id="tell", when="posted", then=[{"do": "tag", "tags": ["told"]}])

    found = await dry_run(
        RuleSet(), rule_set(rule(**{"if": BIG}), later), [case(order=specimens.order(gross="500"))]
    )

    assert found.changes[0].after == ("hold: look at it",)


async def test_tags_of_the_capture_are_seen_by_later_rules() -> None:
    draft = rule_set(
        rule(id="mark", when="captured", then=[{"do": "tag", "tags": ["export"]}]),
        rule(id="use", **{"if": {"fact": "tags", "is": "has_any", "value": ["export"]}}),
    )

    found = await dry_run(RuleSet(), draft, [case()])

    assert found.followed == {"mark": 1, "use": 1}


async def test_rules_that_wait_for_what_happens_later_are_named_as_not_tried() -> None:
    late = rule(id="late", when="not_shipped_after", after="2d", then=[{"do": "tag", "tags": ["slow"]}])

    assert (await dry_run(RuleSet(), rule_set(late), [])).not_tried == ("late",)


async def test_500_orders_take_less_than_five_seconds() -> None:
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
    found = await dry_run(RuleSet(), rules, cases)
    seconds = time.process_time() - started

    assert found.orders == len(found.changes) == 500
    assert seconds < 5, f"500 orders of 20 lines by 20 rules took {seconds:.2f} s"


async def test_an_order_that_is_sent_to_another_pair_goes_no_further_in_its_own() -> None:
    draft = rule_set(
        rule(id="away", when="captured", pairs=["main"], then=[AWAY]),
        rule(id="here", pairs=["main"]),
        rule(id="there", pairs=["overseas"]),
    )

    assert (await Trial(draft).path(case())).did == ("route to overseas",)


async def test_an_order_that_a_rule_sent_away_begins_in_the_pair_it_came_in_by() -> None:
    big = {"fact": "total", "is": "more_than", "value": "100 USD"}
    rules = rule_set(
        rule(id="away", when="captured", pairs=["main"], then=[AWAY], **{"if": big}),
        rule(id="mark", when="captured", pairs=["overseas"], then=[{"do": "tag", "tags": ["far"]}]),
        rule(id="look", pairs=["overseas"]),
    )
    sent = case(order=specimens.order(gross="500"), pair="overseas", base_currency="CHF", came_in_by="main")
    dear = sent.model_copy(update={"order": specimens.order(gross="500", currency="EUR", rate="0.5")})

    assert (await Trial(rules, bases={"main": "USD"}).path(dear)).did == (
        "route to overseas",
        "tag far",
        "hold: look at it",
    )
    stays = rule_set(rule(id="look", pairs=["main", "overseas"]))
    assert (await Trial(stays).path(sent)).did == (), "the ERP of the other pair was asked"


async def test_expert_rules_are_asked_what_the_order_knows_at_each_step() -> None:
    number = {"name": "zone", "returns": "number", "body": "len(tags)"}
    known = {"fact": "expert.zone", "is": "is_known"}
    draft = rule_set(
        rule(id="mark", when="captured", then=[{"do": "tag", "tags": ["far"]}]),
        rule(id="early", when="captured", then=[{"do": "tag", "tags": ["early"]}], **{"if": known}),
        rule(id="late", then=[{"do": "tag", "tags": ["late"]}], **{"if": known}),
        rule(id="other", when="posted", then=[{"do": "tag", "tags": ["posted"]}]),
        experts=[number],
    )
    asked: list[tuple[bool, tuple[str, ...]]] = []

    async def ask(experts: tuple[ExpertDefinition, ...], seen: Case) -> Mapping[str, str]:
        asked.append((seen.facts is not None, seen.tags))
        return {each.name: str(len(seen.tags)) for each in experts}

    await Trial(draft, ask).path(case())

    assert asked == [(False, ()), (True, ("far", "early"))]


async def test_an_expert_rule_that_fails_holds_the_order_that_it_fails_for_and_no_other() -> None:
    known = {"fact": "expert.zone", "is": "is_known"}
    number = {"name": "zone", "returns": "number", "body": "1 / line_count"}
    draft = rule_set(
        rule(then=[{"do": "tag", "tags": ["zone"]}], **{"if": known}),
        rule(id="two", when="posted", then=[{"do": "tag", "tags": ["posted"]}]),
        experts=[number],
    )

    async def ask(_experts: tuple[ExpertDefinition, ...], seen: Case) -> Mapping[str, str]:
        if seen.order.store_id == "7":
            raise ExpertFailed("the expert rule zone: it cannot be evaluated")
        return {"zone": "1"}

    trial = Trial(draft, ask)
    path = await trial.path(case(order=specimens.order(store_id="7")))

    assert path.did == ("hold: the expert rule zone: it cannot be evaluated",)
    assert path.steps[-1].trigger is Trigger.VALIDATED
    assert (await trial.path(case(order=specimens.order(store_id="8")))).did == ("tag zone", "tag posted")


async def test_rules_over_what_no_recorded_case_has_are_named_as_not_tried() -> None:
    drafts = {"fact": "document_kind", "is": "equals", "value": "draft"}
    draft = rule_set(
        rule(id="drafts", when="posted", then=[{"do": "tag", "tags": ["draft"]}], **{"if": drafts})
    )

    found = await dry_run(RuleSet(), draft, [case()])

    assert (found.not_tried, found.changes) == (("drafts",), ())


async def test_an_order_that_came_to_no_check_is_tried_as_far_as_it_is_known() -> None:
    at_capture = rule(id="early", when="captured")
    checked = rule(id="stock", **{"if": {"fact": "in_stock", "is": "is_true"}})

    found = await dry_run(rule_set(at_capture, checked), rule_set(checked), [case(facts=None)])

    (change,) = found.changes
    assert (change.before, change.after) == (("hold: look at it",), ())


async def test_rules_of_another_time_than_the_orders_are_named() -> None:
    tag = [{"do": "tag", "tags": ["x"]}]
    draft = rule_set(
        rule(id="soon", then=tag, valid_from="2027-01-01T00:00Z"),
        rule(id="over", then=tag, valid_until="2026-01-01T00:00Z"),
        rule(id="now", then=tag, valid_from="2026-01-01T00:00Z"),
    )

    found = await dry_run(RuleSet(), draft, [case()])

    assert (found.not_valid, found.followed) == (("soon", "over"), {"now": 1})
