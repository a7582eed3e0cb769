"""Reading a rule set from data: whatever was written, the answer is the set or what is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.approvals.policies import ApprovalPolicy
from domain.faults import Fault, out_of_bounds
from domain.rules.actions import Action
from domain.rules.conditions import MOST_LEVELS, MOST_NODES, NESTING, Comparison, levels
from domain.rules.experts import ExpertDefinition
from domain.rules.model import MOST_RULES, Rule, RuleSet
from domain.rules.operators import Operator
from domain.rules.places import Parts, Places, nearest, shortened
from domain.rules.triggers import Trigger

MOST_FAULTS = 100
"""Nobody mends more in one sitting."""
_DEEPEST, _LARGEST = 60, 200_000

ACTIONS: Mapping[str, type[BaseModel]] = {
    model.model_fields["do"].default: model for model in get_args(get_args(Action)[0])
}
"""The models of actions, by what they do."""


class Read(NamedTuple):
    """A rule set as read, None where it could not be, and what was wrong with it."""

    rule_set: RuleSet | None
    faults: tuple[Fault, ...]


def read_rules(raw: Any) -> Read:
    """Read a rule set from dicts, lists and texts. Never raises; size and depth are judged first."""
    places = Places(raw)
    if faults := tuple(_oversized(raw, places)):
        return Read(None, faults[:MOST_FAULTS])
    try:
        return Read(RuleSet.model_validate(raw, extra="forbid", by_alias=True, by_name=False), ())
    except ValidationError as problem:
        rows = problem.errors(include_input=False, include_url=False)
    found = [_Wrong(_without_tags(row["loc"]), row) for row in rows]
    wanted = [each for each in found if not _follows_from_another(each, found)]
    # Where a text or a list may stand, what is neither is told twice; the first says enough.
    first = {each.parts: each for each in reversed(wanted)}
    told = [each for each in wanted if first[each.parts] is each]
    return Read(None, tuple(_fault(each, places) for each in told[:MOST_FAULTS]))


class _Wrong(NamedTuple):
    parts: Parts
    row: ErrorDetails


def _follows_from_another(wrong: _Wrong, found: Iterable[_Wrong]) -> bool:
    """A list whose entries are wrong is said to be empty, too, or to be no text where one may stand."""
    depth = len(wrong.parts)
    return wrong.row["type"] in {"too_short", "string_type"} and any(
        len(each.parts) > depth and each.parts[:depth] == wrong.parts for each in found
    )


def _oversized(raw: Any, places: Places) -> Iterable[Fault]:
    if not isinstance(raw, Mapping):
        fix = "Write rules: and the list of them, each with id, when, if and then."
        yield places.fault((), "this is no rule set", fix)
        return
    if _is_too_large(raw):
        sentence = f"this is nested deeper than {_DEEPEST} or has more than {_LARGEST} entries"
        yield places.fault((), sentence, "Divide it, and leave out what is no rule.")
        return
    rules = raw.get("rules")
    if not isinstance(rules, list | tuple):
        return
    if len(rules) > MOST_RULES:
        sentence = f"there are {len(rules)} rules; {MOST_RULES} are the most"
        yield places.fault(("rules",), sentence, "Join rules by one_of, or let a decision table decide.")
        return
    for number, rule in enumerate(rules):
        if isinstance(rule, Mapping) and levels(rule.get("if")) > MOST_LEVELS:
            sentence = f"the tree is deeper than {MOST_LEVELS} levels or has more than {MOST_NODES} parts"
            yield places.fault(("rules", number, "if"), sentence, "Make two rules of it, or use one_of.")


def _is_too_large(raw: Any) -> bool:
    """Walked without recursion and to a limit: aliases may make a tree without end."""
    count, left = 0, [(raw, 1)]
    while left:
        node, depth = left.pop()
        count += 1
        if depth > _DEEPEST or count + len(left) > _LARGEST:
            return True
        if isinstance(node, Mapping):
            left += [(child, depth + 1) for child in node.values()]
        elif isinstance(node, list | tuple | set | frozenset):
            left += [(child, depth + 1) for child in node]
    return False


def _without_tags(place: Iterable[str | int]) -> Parts:
    """Drop what pydantic names beside keys: which kind of condition or action it took a dict for."""
    parts: list[str | int] = []
    is_tag_next = False
    for part in place:
        if is_tag_next and isinstance(part, str):
            is_tag_next = False
            continue
        parts.append(part)
        in_list = isinstance(part, int) and len(parts) > 1 and parts[-2] in {"all", "any", "none", "then"}
        is_tag_next = part in {"if", "any_line", "all_lines", "value"} or in_list
    return tuple(parts)


def _fault(wrong: _Wrong, places: Places) -> Fault:
    parts, row = wrong
    sentence, fix = _said(parts, row, places)
    return places.fault(parts, sentence, fix)


def _said(parts: Parts, row: ErrorDetails, places: Places) -> tuple[str, str]:
    kind, name = row["type"], parts[-1] if parts else ""
    message = row["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden" and name in {"fact", *NESTING}:
        return f"a condition is one thing, and {name} is a second one", "Put both into all, as a list of two."
    if kind == "extra_forbidden":
        return f"there is no field {shortened(name)} here", nearest(name, _fields(parts[:-1], places))
    if kind == "missing":
        return f"{name} is missing", f"Write {name}: {_described(parts, places)}".rstrip(": ") + "."
    if kind in {"enum", "literal_error"}:
        return _not_a_choice(parts, row, places)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        said = places.at((*parts, "do"))
        if said is None:
            return "it does not say what is done", f"Write do: with one of {', '.join(sorted(ACTIONS))}."
        fix = nearest(said, ACTIONS, "Write with one of {}.").removeprefix("Write ")
        return f"there is no action {shortened(said)}", f"Write do: {fix}"
    if kind == "timezone_aware":
        return "an instant needs its zone", "Write it as 2026-12-01T00:00+01:00."
    if kind == "string_pattern_mismatch":
        fix = "Write open hours as 09:00-17:00." if "hours" in parts else _FIXES[kind]
        return f"{shortened(places.at(parts))} has signs that are not taken here", fix
    if bounds := out_of_bounds(row):
        return bounds
    return _WORDS.get(kind, message[:1].lower() + message[1:]), _fix(kind, message)


def _not_a_choice(parts: Parts, row: ErrorDetails, places: Places) -> tuple[str, str]:
    said, choices = places.at(parts), str(row.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    key = str(next(part for part in reversed(parts) if isinstance(part, str)))
    known = _CHOICES.get(key) or [each.strip("' ") for each in choices.split(", ")]
    what = {"is": "operator", "when": "trigger"}.get(key, key)
    return f"there is no {what} {shortened(said)}", nearest(said, [each for each in known if each])


_CHOICES: Mapping[str, list[str]] = {"is": list(Operator), "when": list(Trigger)}
_WORDS: Mapping[str, str] = {
    "bool_parsing": "this is neither yes nor no",
    "bool_type": "this is neither yes nor no",
    "int_parsing": "this is no whole number",
    "string_type": "this is no text",
    "tuple_type": "this is no list",
    "dict_type": "this is no table of names",
    "model_type": "this has no fields",
    "model_attributes_type": "this has no fields",
    "datetime_parsing": "this is no instant",
    "too_short": "there is nothing here",
    "too_long": "there is too much here",
    "string_too_short": "there is nothing here",
    "string_too_long": "this is too long",
    "datetime_from_date_parsing": "this is no instant",
    "decimal_parsing": "this is no number",
    "date_parsing": "this is no date",
    "date_from_datetime_parsing": "this is no date",
    "condition": "this is no condition",
}
_FIXES: Mapping[str, str] = {
    "bool_parsing": "Write yes or no.",
    "bool_type": "Write yes or no.",
    "int_parsing": "Write a number such as 100.",
    "tuple_type": "Write a list: [a, b], or one entry a line with a dash.",
    "string_type": "Write one text.",
    "dict_type": "Write names with their values below.",
    "datetime_parsing": "Write it as 2026-12-01T00:00+01:00.",
    "datetime_from_date_parsing": "Write it as 2026-12-01T00:00+01:00.",
    "decimal_parsing": "Write a number such as 5 or 2.5.",
    "date_parsing": "Write it as 2026-12-24.",
    "date_from_datetime_parsing": "Write it as 2026-12-24.",
    "too_short": "Write at least one entry.",
    "too_long": "Leave some out.",
    "string_too_short": "Write something here.",
    "string_too_long": "Write it shorter.",
    "string_pattern_mismatch": "Write small letters and digits, with - or _ between, such as big-order.",
    "model_type": "Write its fields below, name: value.",
    "model_attributes_type": "Write its fields below, such as do: hold with a reason.",
}


def _fix(kind: str, message: str) -> str:
    return _FIXES.get(kind) or f"{message[:1].upper()}{message[1:]}.".replace("..", ".")


_ENTRIES: Mapping[str, type[BaseModel]] = {
    "rules": Rule,
    "experts": ExpertDefinition,
    "policies": ApprovalPolicy,
}


def _model(parts: Parts, places: Places) -> type[BaseModel] | None:
    """Return the model that reads what is written at a place, where its fields are worth naming."""
    if not parts:
        return RuleSet
    if len(parts) == 2:
        return _ENTRIES.get(str(parts[0]))
    if len(parts) == 4 and parts[2] == "then":
        return ACTIONS.get(str(places.at((*parts, "do"))))
    written = places.at(parts) if len(parts) > 2 and parts[2] == "if" else None
    return Comparison if isinstance(written, Mapping) and "fact" in written else None


def _fields(parts: Parts, places: Places) -> list[str]:
    if model := _model(parts, places):
        return [field.alias or name for name, field in model.model_fields.items()]
    written = places.at(parts)
    return [name for name in NESTING if isinstance(written, Mapping) and name in written]


def _described(parts: Parts, places: Places) -> str:
    model = _model(parts[:-1], places)
    for name, field in model.model_fields.items() if model else ():
        if (field.alias or name) == parts[-1]:
            said = (field.description or "").rstrip(".")
            return said[:1].lower() + said[1:]
    return ""
