"""What is wrong with a rule's actions, against its trigger and against what is installed."""

from typing import Any

import pytest

from domain.rules.faults import faults_of
from tests.domain import specimens
from tests.domain.rules.specimens import INSTALLATION, NOW, check, only_fault, rule

TELL = {"do": "notify", "audience": "sales", "to": "desk@example.com"}


@pytest.mark.parametrize(
    ("action", "place", "sentence", "fix"),
    [
        ({"do": "hodl"}, "", "there is no action hodl", "Write do: hold."),
        ({"to": "me"}, "", "it does not say what is done", "Write do: with one of call_hook,"),
        ({"do": "hold"}, ".reason", "reason is missing", "Write reason: why, for the order desk."),
        (
            {"do": "hold", "reason": "x", "until": "y"},
            ".until",
            "there is no field until here",
            "Write one of: do",
        ),
        ({"do": "release"}, ".do", "release makes no sense at validated", "It can follow held, on_hold_for."),
        (
            {"do": "route", "pair": "iberia"},
            ".do",
            "route makes no sense at validated",
            "It can follow captured.",
        ),
        (
            {"do": "request_restock"},
            ".do",
            "request_restock makes no sense",
            "It can follow stock_below_minimum.",
        ),
        (
            {"do": "set_field", "target": "coment", "value": "x"},
            ".target",
            "the ERP's document has no",
            "Write comment.",
        ),
        (
            {"do": "set_field", "target": "deliver_on", "value": "soon"},
            ".value",
            "deliver_on takes",
            "Write a value",
        ),
        ({"do": "choose"}, ".do", "choose names nothing to choose", "Name document, warehouse"),
        ({"do": "choose", "document": "ordre"}, ".document", "there is no document ordre", "Write order."),
        (
            {"do": "call_hook", "hook": "score"},
            ".hook",
            "there is no hook score",
            "Write one of: score_buyer.",
        ),
        (
            {"do": "require_approval", "policy": "board"},
            ".policy",
            "the pair main has no approval",
            "Leave it out",
        ),
        (
            {"do": "tag", "tags": ["a b"]},
            ".tags[0]",
            "a b has signs that are not taken",
            "Write small letters",
        ),
        ({"do": "notify", "audience": "sales"}, ".to", "say where sales is told", "Say where"),
        (
            {"do": "notify", "audience": "boss"},
            ".audience",
            "there is no audience boss",
            "Write one of: customer",
        ),
        (TELL | {"to": "desk"}, ".to", "write a mail address", "Write a mail address."),
        (
            TELL | {"channel": "webhook", "to": "partnr"},
            ".to",
            "there is no webhook connection",
            "Write partner.",
        ),
        (
            TELL | {"channel": "slack", "to": "#a", "connection": "chit"},
            ".connection",
            "there is no slack",
            "Write chat",
        ),
        (
            {"do": "notify", "audience": "customer", "channel": "slack"},
            ".channel",
            "customers have no slack",
            "",
        ),
    ],
)
def test_what_is_wrong_with_an_action(action: dict[str, Any], place: str, sentence: str, fix: str) -> None:
    found = only_fault(then=[action])

    assert found[0] == f"rules[one].then[0]{place}"
    assert found[1].startswith(sentence)
    assert found[2].startswith(fix)


def test_an_order_is_routed_only_within_its_store_to_a_pair_that_rules_choose() -> None:
    def route(pair: str, **changed: Any) -> tuple[str, str, str]:
        return only_fault(when="captured", then=[{"do": "route", "pair": pair}], **changed)

    place, sentence, fix = route("overseas")
    assert place == "rules[one].then[0].pair"
    assert sentence == "orders of tienda cannot go to overseas, which takes those of shop"
    assert fix == "Write connections: [shop] in the rule."
    assert route("x")[1] == "there is no pair x"
    assert route("iberia")[1:] == (
        "the pair iberia takes no orders by rule",
        "Write by_rule = true in [pairs.iberia], or name another pair.",
    )
    assert route("overseas", pairs=["overseas"])[1] == "these orders are the pair overseas's already"
    away = rule(when="captured", then=[{"do": "route", "pair": "overseas"}], connections=["shop"])
    assert not faults_of({"rules": [away]}, INSTALLATION, NOW)


def test_what_the_erp_maps_by_name_is_named_and_a_number_stands_for_itself() -> None:
    def choose(**chosen: str) -> tuple[Any, ...]:
        raw = {"rules": [rule(then=[{"do": "choose", **chosen}])]}
        return tuple((fault.place, fault.sentence, fault.fix) for fault in faults_of(raw, INSTALLATION, NOW))

    assert choose(series="web", payment_terms="not mapped by this specimen") == ()
    assert choose(series="7", price_list="-1") == ()
    place, no_series, fix = choose(series="exprot")[0]
    assert (place, fix) == ("rules[one].then[0].series", "Write export.")
    assert no_series == "the ERP of the pair main has no series exprot"
    assert choose(price_list="dealers")[0][2] == "Map it in the ERP's connection in waybill.toml."


@pytest.mark.parametrize(
    "then",
    [
        [{"do": "hold", "reason": "a"}, {"do": "reject", "reason": "b"}],
        [TELL, TELL | {"text": "again"}],
    ],
)
def test_a_rule_does_not_contradict_or_repeat_itself(then: list[dict[str, Any]]) -> None:
    assert only_fault(then=then)[2] == "Keep one of the two."


def test_an_approval_that_nobody_could_give_is_refused() -> None:
    bare = INSTALLATION.model_copy(update={"pairs": {"main": specimens.pair(approvers=())}})
    ask = [{"do": "require_approval"}]

    found = faults_of({"rules": [rule(then=ask)]}, bare, NOW)
    limited = check(
        """
        rules:
        - {id: one, when: validated, then: [{do: require_approval, policy: board}]}
        policies:
          board: {role: director, limit: 5000 EUR}
        """
    )

    assert [fault.place for fault in found] == ["rules[one].then[0].policy"]
    assert found[0].sentence == "nobody could approve for the pair main: no approver has the role director"
    assert not faults_of({"rules": [rule(then=ask)]}, INSTALLATION, NOW)
    assert [fault.place for fault in limited.faults] == ["policies.board.limit"]


def test_only_orders_are_made_where_stock_is_published() -> None:
    quotation = [{"do": "choose", "document": "quotation"}]
    publishing = INSTALLATION.model_copy(update={"pairs": {"main": specimens.pair(publish_stock=True)}})

    assert not faults_of({"rules": [rule(then=quotation)]}, INSTALLATION, NOW)
    found = faults_of({"rules": [rule(then=quotation)]}, publishing, NOW)
    assert [fault.place for fault in found] == ["rules[one].then[0].document"]


def test_no_order_is_sent_to_and_fro_without_end() -> None:
    pairs = {name: specimens.pair(name=name, by_rule=name != "main") for name in ("main", "big", "far")}
    there = INSTALLATION.model_copy(update={"pairs": pairs})

    def way(start: str, end: str, bound: str, amount: str = "100 EUR") -> dict[str, Any]:
        asked = {"fact": "total", "is": bound, "value": amount}
        route = [{"do": "route", "pair": end}]
        return rule(id=f"{start}-{end}", when="captured", pairs=[start], then=route, **{"if": asked})

    def faults(*rules: dict[str, Any]) -> list[str]:
        return [str(fault) for fault in faults_of({"rules": list(rules)}, there, NOW)]

    away, on = way("main", "big", "more_than"), way("big", "far", "more_than", "900 EUR")
    assert faults(away, on, way("far", "big", "at_most", "900 EUR")) == []
    assert faults(away, on, way("far", "big", "at_most", "901 EUR")) == [
        "rules[far-big]: big-far sends orders to far, and this rule sends them back to big"
    ]
    everywhere = [way("x", end, "more_than") | {"pairs": [], "id": end} for end in ("big", "far")]
    everywhere[0]["stop"] = "yes"
    assert faults(*everywhere) == []


@pytest.mark.parametrize(
    ("then", "where", "sentence"),
    [
        ([{"do": "reject", "reason": "no"}, {"do": "tag", "tags": ["x"]}], {}, ""),
        (
            [{"do": "reject", "reason": "no"}, {"do": "require_approval", "policy": ""}],
            {},
            "reject ends the order, so require_approval would never be done",
        ),
        (
            [{"do": "route", "pair": "overseas"}, {"do": "require_approval", "policy": ""}],
            {"pairs": ["main"]},
            "the pair overseas has rules of its own, so require_approval would be forgotten",
        ),
        (
            [{"do": "route", "pair": "overseas"}, {"do": "require_approval", "policy": ""}],
            {"connections": ["shop"]},
            "",
        ),
    ],
)
def test_what_a_rule_asks_for_beside_the_end_of_an_order_is_not_forgotten(
    then: list[dict[str, Any]], where: dict[str, Any], sentence: str
) -> None:
    found = faults_of({"rules": [rule(when="captured", then=then, **where)]}, INSTALLATION, NOW)

    assert [fault.sentence for fault in found] == ([sentence] if sentence else [])
