"""Every sentence that rules can be made of, in three languages, as pages to be read by people of the trade.

`python -m tests.domain.rules.golden_pages` writes them anew; look at what changed before you commit them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from domain.notices import LANGUAGES
from domain.rules.actions import triggers_for
from domain.rules.decisions import outcomes_of
from domain.rules.evaluation import Rules
from domain.rules.experts import ExpertDefinition
from domain.rules.facts import FACTS, LINE_FACTS
from domain.rules.model import Rule
from domain.rules.operators import OPERATORS, Kind, Operator
from domain.rules.sentences import condition_phrase, rule_sentence, seen_sentence
from domain.rules.triggers import DEADLINES, Trigger
from starter.files import read_file
from starter.recipes import recipes
from tests.domain import specimens
from tests.domain.rules.specimens import case, rule, rule_set

FOLDER = Path(__file__).parent / "golden"
EXPERTS = (
    ExpertDefinition.model_validate({"name": "risk", "returns": "flag", "body": "guest"}),
    ExpertDefinition.model_validate({"name": "score", "returns": "number", "body": "1"}),
)
_ONE: Mapping[Kind, str] = {
    Kind.MONEY: "5000 EUR",
    Kind.NUMBER: "3",
    Kind.DATE: "2026-12-24",
    Kind.CLOCK: "22:00",
    Kind.AGE: "36h",
    Kind.TEXT: "ab",
}
_TWO: Mapping[Kind, list[str]] = {
    Kind.MONEY: ["1 EUR", "12500.50 EUR"],
    Kind.NUMBER: ["1", "2.5"],
    Kind.DATE: ["2026-12-24", "2027-01-06"],
    Kind.CLOCK: ["22:00", "01:00"],
    Kind.AGE: ["1h", "2d"],
    Kind.TEXT: ["ab", "cd"],
    Kind.TAGS: ["ab", "cd"],
}
_EXAMPLES = (
    "total",
    "pieces",
    "postcode",
    "has_vat_id",
    "tags",
    "findings",
    "deliver_by",
    "time",
    "stage_age",
)
_LISTING = {"between", "one_of", "none_of", "has_any", "has_all", "has_none"}
_LINE = {"fact": "quantity", "is": "more_than", "value": "10"}
_PAID, _NEW = {"fact": "paid", "is": "is_true"}, {"fact": "customer_is_new", "is": "is_true"}
_TREES: tuple[dict[str, Any], ...] = (
    {"all": [_PAID, _NEW, {"fact": "guest", "is": "is_false"}]},
    {"any": [_PAID, {"all": [_NEW, {"none": [{"fact": "guest", "is": "is_true"}]}]}]},
    {"none": [_PAID, {"any": [_NEW, {"fact": "company", "is": "is_true"}]}]},
    {"none": [{"all": [_PAID, _NEW]}]},
    {"all": [{"any_line": {"all": [_LINE, {"fact": "sku", "is": "starts_with", "value": "W"}]}}, _PAID]},
    {"all_lines": _LINE},
    {"none": [{"any_line": _LINE}]},
    {"none": [{"all_lines": {"any": [_LINE, {"fact": "known_article", "is": "is_false"}]}}]},
    {"fact": "expert.risk", "is": "is_true"},
    {"none": [{"fact": "expert.risk", "is": "is_true"}]},
    {"fact": "expert.risk", "is": "is_unknown"},
    {"fact": "expert.score", "is": "at_least", "value": "7.5"},
    {"fact": "country", "is": "one_of", "value": ["ES", "IT", "fr"]},
    {"fact": "weekday", "is": "none_of", "value": ["saturday", "sunday"]},
    {"fact": "stage", "is": "equals", "value": "awaiting_approval"},
    {"fact": "document_kind", "is": "equals", "value": "quotation"},
    {"fact": "currency", "is": "not_equals", "value": "eur"},
    {"fact": "discount_percent", "is": "more_than", "value": "12.5"},
    {"fact": "total", "is": "more_than", "value": "150000 JPY"},
    {"fact": "total", "is": "more_than", "value": "0.125 EUR"},
)
ACTIONS: tuple[dict[str, Any], ...] = (
    {"do": "require_approval"},
    {"do": "require_approval", "policy": "board"},
    {"do": "hold", "reason": "Look at it."},
    {"do": "release"},
    {"do": "reject", "reason": "Not deliverable."},
    {"do": "choose", "document": "quotation"},
    {"do": "choose", "warehouse": "02", "series": "B2B", "price_list": "3", "payment_terms": "30 days"},
    {"do": "set_field", "target": "U_Origin", "value": "web"},
    {"do": "request_restock"},
    {"do": "create_customer"},
    {"do": "notify", "audience": "customer"},
    {"do": "notify", "audience": "customer", "channel": "sms", "template": "shipped"},
    {"do": "notify", "audience": "sales", "to": "sales@example.com", "text": "Look at it."},
    {"do": "notify", "audience": "warehouse", "channel": "slack", "to": "C0SALES"},
    {"do": "notify", "audience": "sales", "channel": "webhook", "to": "partner"},
    {"do": "route", "pair": "iberia"},
    {"do": "tag", "tags": ["gift"]},
    {"do": "tag", "tags": ["gift", "heavy", "island"]},
    {"do": "call_hook", "hook": "score_buyer"},
)
FRAMES: tuple[dict[str, Any], ...] = (
    {"if": _PAID, "stop": "yes"},
    {"if": _PAID, "pairs": ["main", "iberia"], "connections": ["shop"]},
    {"if": {"none": [{"any_line": _LINE}]}, "valid_from": "2026-12-01T00:00+01:00"},
    {"if": {"none": [{"fact": "tags", "is": "has_all", "value": ["gift", "vip"]}]}},
    {"valid_until": "2027-01-06T18:30Z"},
    {"valid_from": "2026-12-01T00:00Z", "valid_until": "2027-01-06T00:00Z", "enabled": "no"},
    *({"if": _NEW, "when_unknown": way} for way in ("match", "skip", "hold")),
)


def _condition(written: dict[str, Any]) -> Any:
    return Rule.model_validate(rule(**{"if": written}), extra="forbid").condition


def _said(title: str, say: Callable[[str], str]) -> Iterator[str]:
    yield f"\n{title}\n"
    for language in LANGUAGES:
        yield f"  {language}  {say(language)}\n"


def _comparisons() -> Iterator[str]:
    for name in _EXAMPLES:
        kind = FACTS[name].kind
        for operator in OPERATORS[kind]:
            asked = {"fact": name, "is": operator.value, **_value(kind, operator)}
            for condition in (asked, {"none": [asked]}):
                title = f"{'not ' * (condition is not asked)}{name} {operator.value}"
                yield from _said(title, partial(condition_phrase, _condition(condition)))
    for single in ("one_of", "none_of", "has_any", "has_all", "has_none"):
        name = "tags" if single.startswith("has") else "postcode"
        condition = _condition({"fact": name, "is": single, "value": ["ab"]})
        yield from _said(f"{name} {single}, one", partial(condition_phrase, condition))


def _value(kind: Kind, operator: Operator) -> dict[str, Any]:
    if operator.value.startswith("is_"):
        return {}
    return {"value": _TWO[kind] if operator.value in _LISTING else _ONE[kind]}


def _facts() -> Iterator[str]:
    for fact in FACTS.values():
        condition = _condition({"fact": fact.name, "is": "is_known"})
        yield from _said(fact.name, partial(condition_phrase, condition))
    for fact in LINE_FACTS.values():
        condition = _condition({"any_line": {"fact": fact.name, "is": "is_known"}})
        yield from _said(f"line: {fact.name}", partial(condition_phrase, condition))


def _trees() -> Iterator[str]:
    for written in _TREES:
        condition = _condition(written)
        yield from _said(str(written), partial(condition_phrase, condition, experts=EXPERTS))


def _rules() -> Iterator[str]:
    for trigger in Trigger:
        after = {"after": "4h"} if trigger in DEADLINES else {}
        yield from _rule(trigger.value, {"when": trigger.value, "then": [ACTIONS[12]], **after})
    for action in ACTIONS:
        when = min(triggers_for(action["do"]))
        yield from _rule(str(action), {"when": when.value, "after": "1d", "then": [action]})
    for changed in FRAMES:
        yield from _rule(str(changed), changed)


def _rule(title: str, changed: dict[str, Any]) -> Iterator[str]:
    written = Rule.model_validate(rule(**changed), extra="forbid")
    yield from _said(title, partial(rule_sentence, written))


def _traces() -> Iterator[str]:
    asked: list[dict[str, Any]] = [
        {"fact": "total", "is": "more_than", "value": "5000 EUR"},
        {"fact": "total", "is": "more_than", "value": "5000 USD"},
        {"fact": "total", "is": "is_known"},
        {"fact": "customer_is_new", "is": "is_true"},
        {"fact": "country", "is": "one_of", "value": ["ES", "IT"]},
        {"fact": "state", "is": "is_known"},
        {"fact": "deliver_by", "is": "at_most", "value": "2026-12-24"},
        {"fact": "placed_at", "is": "at_least", "value": "22:00"},
        {"fact": "placed_weekday", "is": "equals", "value": "monday"},
        {"fact": "age", "is": "more_than", "value": "1h"},
        {"fact": "tags", "is": "has_any", "value": ["gift"]},
        {"fact": "findings", "is": "has_none", "value": ["late"]},
        {"any_line": {"fact": "stock_left", "is": "less_than", "value": "5"}},
        {"any_line": {"fact": "line_total", "is": "less_than", "value": "5 EUR"}},
    ]
    seen = case(
        order=specimens.order(gross="6200.00", deliver_by="2026-12-23"),
        begun_at="2026-11-19T07:43:21.5Z",
        tags=("gift", "vip"),
    )
    for each in asked:
        ruling = Rules(rule_set(rule(**{"if": each})).rules).judge(Trigger.VALIDATED, seen)
        for fact in outcomes_of(ruling)[0].seen:
            yield from _said(str(each), partial(seen_sentence, fact))


def _recipes() -> Iterator[str]:
    for recipe in recipes():
        for written in rule_set(*read_file(recipe.path).content["rules"]).rules:
            yield from _said(recipe.name, partial(rule_sentence, written))


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "comparisons": _comparisons,
    "facts": _facts,
    "trees": _trees,
    "rules": _rules,
    "traces": _traces,
    "recipes": _recipes,
}


def page(name: str) -> str:
    """Return a page."""
    return "".join(PAGES[name]()).lstrip("\n")


if __name__ == "__main__":
    for name in PAGES:
        (FOLDER / f"{name}.txt").write_text(page(name), "utf-8")
