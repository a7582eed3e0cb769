"""The JSON Schema of rule files, made from the models: `python -m domain.rules.schema`.

Editors complete and check with it while somebody writes; only `waybill rules lint` knows the installation.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from domain.rules.conditions import NESTING
from domain.rules.fact_words import FACT_WORDS, LINE_FACT_WORDS
from domain.rules.facts import EXPERT, FACTS, LINE_FACTS, Fact
from domain.rules.model import RuleSet
from domain.rules.operators import LISTS, NO_VALUE, OPERATORS, Kind, Operator

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR = {"type": ["string", "integer", "boolean"]}
_PATTERNS: Mapping[Kind, str] = {
    Kind.MONEY: r"^\s*-?\d+(\.\d+)?\s+[A-Z]{3}\s*$",
    Kind.NUMBER: r"^\s*-?\d+(\.\d+)?\s*$",
    Kind.DATE: r"^\s*\d{4}-\d{2}-\d{2}\s*$",
    Kind.CLOCK: r"^\s*\d{2}:\d{2}(:\d{2})?\s*$",
    Kind.AGE: r"^\s*\d+(\.\d+)?\s*[smhd]\s*$",
}
_AS_NUMBER = frozenset({Kind.NUMBER})
_CONDITIONS = ("All", "AnyOf", "NoneOf", "AnyLine", "AllLines")


def rules_schema() -> dict[str, Any]:
    """Return the schema of a rule file (draft 2020-12)."""
    made = RuleSet.model_json_schema(by_alias=True, mode="validation")
    found: dict[str, Any] = _closed(_as_people_write(made))
    parts = found["$defs"]
    for name in ("Comparison", "Operator", *_CONDITIONS):
        parts.pop(name, None)
    for part in parts.values():
        if "do" in part.get("properties", {}):
            part["required"] = ["do", *part.get("required", [])]
    parts["ExpertDefinition"]["properties"]["body"]["type"] = ["string", "object"]
    parts |= _conditions()
    parts["Rule"]["properties"]["if"] = {
        "$ref": "#/$defs/Condition",
        "description": made["$defs"]["Rule"]["properties"]["if"]["description"],
    }
    return {"$schema": _DIALECT, "title": "Waybill rules", **found}


def _as_people_write(node: Any) -> Any:
    """Durations and amounts are texts of our own; files may hold numbers and yes or no for texts."""
    if isinstance(node, list):
        return [_as_people_write(each) for each in node]
    if not isinstance(node, dict):
        return node
    left_out = {name for name, each in node.items() if name == "title" and isinstance(each, str)}
    if node.get("format") == "duration":
        left_out |= {"format", "default"}
    found = {name: _as_people_write(each) for name, each in node.items() if name not in left_out}
    if "format" in left_out:
        found["pattern"] = _PATTERNS[Kind.AGE]
    if found.get("type") in {"boolean", "integer"}:
        found["type"] = [found["type"], "string"]
    return found


def _closed(node: Any) -> Any:
    """Refuse fields that no model has, as reading does."""
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {name: _closed(each) for name, each in node.items()}
    if "properties" in found and found.get("type") == "object":
        found["additionalProperties"] = False
    return found


def _conditions() -> dict[str, Any]:
    order, line = _comparisons(FACTS.values(), FACT_WORDS), _comparisons(LINE_FACTS.values(), LINE_FACT_WORDS)
    of_expert = _asked(
        {"type": "string", "pattern": rf"^{EXPERT.replace('.', '[.]')}[a-z]"}, list(Operator), _any_value()
    )
    nested = {name: _nesting(name, "Condition") for name in NESTING}
    on_line = {name: _nesting(name, "LineCondition") for name in ("all", "any", "none")}
    return {
        "Condition": _one_of([*order, of_expert, *nested.values()], "What must be so of the order."),
        "LineCondition": _one_of([*line, *on_line.values()], "What must be so of one line."),
    }


def _one_of(choices: list[Any], description: str) -> dict[str, Any]:
    return {"description": description, "anyOf": choices}


def _nesting(name: str, of: str) -> dict[str, Any]:
    inner = {"$ref": f"#/$defs/{'LineCondition' if name in {'any_line', 'all_lines'} else of}"}
    listed = {"type": "array", "items": inner, "minItems": 1}
    is_line = name in {"any_line", "all_lines"}
    return _object({name: {"description": _NESTING_WORDS[name], **(inner if is_line else listed)}}, [name])


_NESTING_WORDS: Mapping[str, str] = {
    "all": "Every one of them holds.",
    "any": "At least one of them holds.",
    "none": "Not one of them holds.",
    "any_line": "At least one line of the order is so.",
    "all_lines": "Every line of the order is so, and there is one.",
}


def _comparisons(facts: Iterable[Fact], words: Mapping[str, tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Return a schema for each kind of fact and each way its operators take values."""
    by_kind: dict[tuple[Kind, tuple[str, ...]], list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault((fact.kind, fact.choices), []).append(fact)
    found = []
    for (kind, choices), alike in by_kind.items():
        named = {"oneOf": [{"const": fact.name, "description": words[fact.name][0]} for fact in alike]}
        one = _value(kind, choices)
        many = {"type": "array", "items": one, "minItems": 1}
        operators = OPERATORS[kind]
        none = [operator for operator in operators if operator in NO_VALUE]
        lists = [operator for operator in operators if operator in LISTS]
        single = [operator for operator in operators if operator not in {*none, *lists}]
        found += [
            _asked(named, which, value)
            for which, value in ((none, None), (single, one), (lists, many))
            if which
        ]
    return found


def _asked(fact: Any, operators: list[Operator], value: Any) -> dict[str, Any]:
    given = {"fact": fact, "is": {"enum": [operator.value for operator in operators]}}
    return _object(given | ({"value": value} if value else {}), ["fact", "is", *(["value"] if value else [])])


def _any_value() -> dict[str, Any]:
    return {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}


def _value(kind: Kind, choices: tuple[str, ...]) -> dict[str, Any]:
    if choices:
        return {"enum": list(choices)}
    types = ["string", "number"] if kind in _AS_NUMBER else _SCALAR["type"]
    if kind not in _PATTERNS:
        return {"type": types, "minLength": 1}
    return {"type": types if kind in _AS_NUMBER else "string", "pattern": _PATTERNS[kind]}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(rules_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
