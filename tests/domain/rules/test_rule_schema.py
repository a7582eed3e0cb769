"""The published JSON Schema is current, takes what passes the check and refuses what people mistype."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings

from domain.rules.facts import FACTS, LINE_FACTS
from domain.rules.faults import faults_of
from domain.rules.schema import rules_schema, schema_text
from starter.recipes import recipes
from tests.domain.rules.drawn import conditions
from tests.domain.rules.golden_pages import ACTIONS, FRAMES
from tests.domain.rules.specimens import INSTALLATION, NOW, rule

PUBLISHED = Path(__file__).parents[3] / "docs/schemas/rules.schema.json"
SCHEMA = jsonschema_rs.Draft202012Validator(rules_schema())


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text("utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    assert jsonschema_rs.meta.is_valid(rules_schema())


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_recipes_fit_as_an_editor_reads_them(recipe: Any) -> None:
    SCHEMA.validate(yaml.safe_load(recipe.path.read_text("utf-8")))


@settings(max_examples=100)
@given(conditions())
def test_what_passes_the_check_fits(condition: Any) -> None:
    SCHEMA.validate({"rules": [rule(**{"if": condition})]})


@pytest.mark.parametrize("changed", [*FRAMES, *({"then": [action]} for action in ACTIONS)], ids=str)
def test_every_action_and_field_fits(changed: dict[str, Any]) -> None:
    SCHEMA.validate({"rules": [rule(**changed)]})


def test_every_fact_is_named() -> None:
    text = schema_text()

    assert all(f'"const": "{name}"' in text for name in (*FACTS, *LINE_FACTS))


@pytest.mark.parametrize(
    "changed",
    [
        {"if": {"fact": "totl", "is": "more_than", "value": "1 EUR"}},
        {"if": {"fact": "total", "is": "more_then", "value": "1 EUR"}},
        {"if": {"fact": "total", "is": "more_than", "value": "5000"}},
        {"if": {"fact": "total", "is": "more_than", "value": ["1 EUR"]}},
        {"if": {"fact": "total", "is": "contains", "value": "1 EUR"}},
        {"if": {"fact": "paid", "is": "is_true", "value": "yes"}},
        {"if": {"fact": "weekday", "is": "equals", "value": "sonday"}},
        {"if": {"fact": "age", "is": "more_than", "value": "4"}},
        {"if": {"fact": "quantity", "is": "more_than", "value": "3"}},
        {"if": {"any_line": {"fact": "total", "is": "is_known"}}},
        {"if": {"any_line": {"any_line": {"fact": "sku", "is": "is_known"}}}},
        {"if": {"all": []}},
        {"if": {"fact": "total", "is": "is_known", "any": []}},
        {"when": "posed"},
        {"afer": "4h"},
        {"then": []},
        {"then": [{"do": "hodl"}]},
        {"then": [{"do": "hold"}]},
        {"then": [{"reason": "x"}]},
        {"then": [{"do": "hold", "reason": "x", "until": "y"}]},
        {"when": "on_hold_for", "after": "4 hours"},
    ],
    ids=str,
)
def test_what_people_mistype_does_not_fit_and_is_a_fault(changed: dict[str, Any]) -> None:
    raw = {"rules": [rule(**changed)]}

    assert not SCHEMA.is_valid(raw)
    assert faults_of(raw, INSTALLATION, NOW)
