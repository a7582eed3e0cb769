"""Each recipe is clean as it is, and does what it says to one order, and leaves another alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from domain.rules.case import Case
from domain.rules.evaluation import Rules
from domain.rules.faults import checked
from domain.rules.model import RuleSet
from starter.cli.app import app
from starter.cli.codes import Code
from starter.files import read_file
from starter.recipes import TEMPLATES, Recipe, recipes
from tests.domain import specimens
from tests.domain.rules.specimens import INSTALLATION, NOW, case

ALL = recipes()
NEW = specimens.facts(customer={"outcome": "new"})
COMPANY = {"store_id": "7", "company": "Rossi Srl", "vat_id": ""}
GUEST = {"store_id": "7", "is_guest": True}


def _order(**changed: Any) -> Case:
    return case(order=specimens.order(**changed))


def _lines(**changed: Any) -> Case:
    return case(order=specimens.order(specimens.line(), specimens.line(2, **changed)))


def _to(country: str, postcode: str = "69002") -> Case:
    return _order(delivery=specimens.address(country=country, postcode=postcode))


def _late(**changed: Any) -> Case:
    return case(begun_at=NOW - timedelta(days=4), since=NOW - timedelta(days=4), **changed)


BARE_PAYMENT = {"method": "ps_wirepayment", "paid": False}

CASES: Mapping[str, tuple[Case, Case | None]] = {
    "large_orders": (_order(gross="5000.01"), _order(gross="5000.00")),
    "new_customers": (case(facts=NEW), case()),
    "low_stock": (case(), None),
    "night_orders": (
        _order(gross="1000", placed_at="2026-11-20T23:30:00Z"),
        _order(gross="1000", placed_at="2026-11-20T21:30:00Z"),
    ),
    "export_countries": (_to("CH"), _to("FR")),
    "vat_id_missing": (
        _order(customer=COMPANY, billing=specimens.address(country="IT")),
        _order(customer=COMPANY | {"vat_id": "IT00743110157"}, billing=specimens.address(country="IT")),
    ),
    "prepaid_not_paid": (
        _late(order=specimens.order(payment=BARE_PAYMENT)),
        _late(order=specimens.order(payment=BARE_PAYMENT | {"paid": True})),
    ),
    "expensive_shipping": (
        _order(shipping={"gross": "50.01"}),
        _order(shipping={"gross": "50.01"}, gross="200"),
    ),
    "high_discounts": (
        _order(discounts=({"net": "12.10", "gross": "14.50"},)),
        _order(discounts=({"net": "12.00", "gross": "14.40"},)),
    ),
    "guests_with_high_totals": (_order(customer=GUEST, gross="801"), _order(customer=GUEST, gross="800")),
    "gift_wrapping": (_lines(sku="gift-wrap"), _lines()),
    "heavy_lines": (_lines(unit="kg", quantity="30.5"), _lines(unit="kg", quantity="30")),
    "first_orders": (case(facts=NEW), case()),
    "not_shipped": (_late(delivery="partly_shipped"), _late(delivery="shipped")),
    "on_hold_too_long": (_late(hold_code="sku_unknown"), _late(hold_code="payment_pending")),
    "approval_pending": (_late(), None),
    "bulk_quantities": (_lines(quantity="100"), _lines(quantity="99")),
    "fragile_goods": (
        case(order=specimens.order(specimens.line(sku="FRAGILE-9"), shipping={"code": "3"})),
        case(order=specimens.order(specimens.line(sku="FRAGILE-9"), shipping={"code": "7"})),
    ),
    "overseas_territories": (_to("ES", "35001"), _to("FR", "35000")),
    "weekend_orders": (
        _order(placed_at="2026-11-20T23:30:00Z"),  # Saturday in Paris already
        _order(placed_at="2026-11-20T12:00:00Z"),
    ),
}


def _read(recipe: Recipe) -> RuleSet:
    found = checked(read_file(recipe.path).content, INSTALLATION, NOW)
    assert (found.faults, found.warnings) == ((), ())
    assert found.rule_set is not None
    return found.rule_set


def _matches(rule_set: RuleSet, looked_at: Case) -> bool:
    rules = Rules(rule_set.rules, rule_set.experts)
    zoned = looked_at.model_copy(update={"time_zone": rule_set.time_zone})
    return any(rules.judge(rule.when, zoned).matched for rule in rule_set.rules)


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_a_recipe_does_what_it_says(recipe: Recipe) -> None:
    rule_set, (matching, other) = _read(recipe), CASES[recipe.name]

    assert _matches(rule_set, matching)
    if other is None:
        assert all(rule.condition is None for rule in rule_set.rules), "else show one that it leaves alone"
    else:
        assert not _matches(rule_set, other)


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_no_recipe_guesses_when_a_fact_is_unknown(recipe: Recipe) -> None:
    bare = case(order=specimens.order(delivery={}, billing={}, shipping={}), facts=None)
    for rule in _read(recipe).rules:
        ruling = Rules([rule]).judge(rule.when, bare)
        unknown = [judged for judged in ruling.judged if judged.answer is None]
        protects = all(action.do in {"hold", "require_approval"} for action in rule.then)
        assert not unknown or protects or not ruling.matched


def test_there_are_the_three_that_everybody_needs_and_fifteen_more() -> None:
    assert [recipe.name for recipe in ALL[:3]] == list(TEMPLATES)
    assert len(ALL) - len(TEMPLATES) >= 15
    assert set(CASES) == {recipe.name for recipe in ALL}


def test_each_says_what_it_is_for_and_all_ids_differ_so_that_they_go_together() -> None:
    ids = [rule.id for recipe in ALL for rule in _read(recipe).rules]

    assert len(ids) == len(set(ids))
    assert all(recipe.purpose.endswith((".", "?")) for recipe in ALL)


def test_all_recipes_together_are_one_clean_set() -> None:
    contents = [read_file(recipe.path).content for recipe in ALL]
    together = {"rules": [rule for content in contents for rule in content["rules"]]}

    assert not checked(together, INSTALLATION, NOW).faults


def test_the_command_lists_them_and_prints_each_as_the_file_that_it_is() -> None:
    runner = CliRunner()

    listed = runner.invoke(app, ["rules", "recipes"])
    printed = runner.invoke(app, ["rules", "recipes", "low_stock"])
    missing = runner.invoke(app, ["rules", "recipes", "low_stok"])

    assert all(recipe.name in listed.output for recipe in ALL)
    assert printed.output == ALL[2].path.read_text("utf-8")
    assert (missing.exit_code, "Is it low_stock?" in missing.stderr) == (Code.NOT_FOUND, True)
