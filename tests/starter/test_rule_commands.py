"""`waybill rules`: lint, explain, try on orders, publish, look back, roll back; and `order why`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import BadConfiguration
from domain.life import OrderView
from domain.rules.case import Case
from domain.rules.decisions import RuleDecision, RuleOutcome, SeenFact
from domain.rules.triggers import Trigger
from domain.stages import Stage
from records.database import Database
from records.orders import Orders
from records.published import PublishedSets
from records.recorded_cases import RecordedCases
from starter.cli.codes import Code
from tests.domain import specimens
from tests.starter.terminal import Terminal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BIG = """\
rules:
  - id: big
    name: Big orders
    when: validated
    if: {fact: total, is: more_than, value: 60 EUR}
    then:
      - {do: require_approval}
"""


def case(total: str, number: str) -> Case:
    """Return the case of an order that was checked."""
    order = specimens.order(gross=total, store_id=number, number=f"N{number}")
    return Case(order=order, pair="main", base_currency="EUR", now=NOW, facts=specimens.facts())


async def some_orders(database: Database) -> None:
    """Two orders were checked, one of 50 EUR and one of 72."""
    for total, number in (("50", "7"), ("72", "8")):
        await RecordedCases(database).record(case(total, number))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A file with one rule."""
    path = tmp_path / "rules.yaml"
    path.write_text(BIG)
    return path


def test_lint_names_place_sentence_and_fix(terminal: Terminal, rules: Path) -> None:
    rules.write_text(BIG.replace("60 EUR", "60"))

    ran = terminal.run("rules", "lint", str(rules))

    assert ran.exit_code == Code.DIFFERENT
    assert "rules.yaml:5" in ran.stderr
    assert "5000.00 EUR" in ran.stderr


def test_a_file_is_explained_in_each_language(terminal: Terminal, rules: Path) -> None:
    said = [
        terminal.run("rules", "explain", str(rules), "--language", each).stdout for each in ("en", "es", "fr")
    ]

    assert ["the total" in said[0], "el total" in said[1], "le total" in said[2]] == [True] * 3


def test_a_published_version_is_in_force_and_an_older_one_comes_back(terminal: Terminal, rules: Path) -> None:
    assert terminal.run("rules", "publish", str(rules), "--note", "first").exit_code == 0
    rules.write_text(BIG.replace("60 EUR", "90 EUR"))
    assert "- " in terminal.run("rules", "diff", str(rules)).stdout
    assert terminal.run("rules", "import", str(rules)).exit_code == 0
    assert terminal.run("rules", "publish").exit_code == 0
    assert "90 EUR" in terminal.run("rules", "export").stdout

    assert terminal.run("rules", "rollback", "1", "--note", "too high").exit_code == 0

    assert "60 EUR" in terminal.run("rules", "export").stdout
    listed = json.loads(terminal.run("rules", "history", "--json").stdout)
    assert [(each["number"], each["rolled_back_to"], each["note"]) for each in listed] == [
        (3, 1, "too high"),
        (2, None, ""),
        (1, None, "first"),
    ]


def test_faulty_rules_are_not_published(terminal: Terminal, rules: Path) -> None:
    rules.write_text(BIG.replace("total,", "totel,"))

    ran = terminal.run("rules", "publish", str(rules))

    assert ran.exit_code == Code.DECLINED
    assert "totel" in ran.stderr
    assert terminal.run("rules", "export").exit_code == Code.NOT_FOUND


def test_a_dry_run_names_the_orders_that_would_change_and_why(terminal: Terminal, rules: Path) -> None:
    terminal.fill(some_orders)

    ran = terminal.run("rules", "dry-run", str(rules), "--last", "10")

    assert "1 of 2 orders would take another path." in ran.stdout
    assert "shop:8" in ran.stdout
    assert "then: approval by the pair: Big orders" in ran.stdout
    assert "72.00" in ran.stdout


def test_one_order_is_tried_from_the_records_and_from_a_file(
    terminal: Terminal, rules: Path, tmp_path: Path
) -> None:
    terminal.fill(some_orders)
    recorded = terminal.run("rules", "test", str(rules), "shop:8", "--json")
    kept = tmp_path / "case.json"
    kept.write_text(json.dumps(json.loads(recorded.stdout)["case"]))

    from_file = terminal.run("rules", "test", str(rules), str(kept), "--json")

    assert json.loads(from_file.stdout)["path"] == json.loads(recorded.stdout)["path"]
    (_, validated, _) = json.loads(from_file.stdout)["path"]["steps"]
    assert validated["did"] == ["approval by the pair: Big orders"]
    assert terminal.run("rules", "test", str(rules), "shop:99").exit_code == Code.NOT_FOUND


async def an_unreadable_version(database: Database) -> None:
    """Publish what only another release could read."""
    sets = PublishedSets(database)
    await sets.save_draft("rules", {"rules": [{"id": "far", "when": "teleported"}]}, "iris", NOW)
    await sets.publish("rules", "iris", "from another release", NOW)


def test_rules_that_this_release_cannot_read_are_told_in_words_and_keep_no_reason_secret(
    terminal: Terminal, rules: Path
) -> None:
    seen = SeenFact(fact="expert.zone", asked="equals", value="far", seen="far", answer=True)
    outcome = RuleOutcome(rule="far", title="Far", answer=True, followed=True, seen=(seen,))
    decision = RuleDecision(number=5, at=NOW, trigger=Trigger.VALIDATED, version=1, outcomes=(outcome,))
    facts = {"connection": "shop", "store_order_id": "8", "stage": Stage.POSTED, "since": NOW}
    view = OrderView.model_validate({**facts, "version": 1, "decisions": (decision,)})
    terminal.fill(an_unreadable_version, lambda database: Orders(database).record(view, NOW))

    assert "expert.zone equals far: far" in terminal.run("order", "why", "shop:8").stdout
    ran = terminal.run("rules", "dry-run", str(rules))
    assert isinstance(ran.exception, BadConfiguration)
    assert terminal.run("rules", "publish", str(rules), "--note", "mended").exit_code == 0
    assert terminal.run("rules", "dry-run", str(rules)).exit_code == 0


def test_why_says_what_rules_saw(terminal: Terminal, rules: Path) -> None:
    terminal.run("rules", "publish", str(rules))
    seen = SeenFact(fact="total", asked="more_than", value="60 EUR", seen="72.00", answer=True)
    outcome = RuleOutcome(rule="big", title="Big orders", answer=True, followed=True, seen=(seen,))
    decision = RuleDecision(
        number=5, at=NOW, trigger=Trigger.VALIDATED, version=1, outcomes=(outcome,), did=("x",)
    )

    async def order(database: Database) -> None:
        view = OrderView(
            version=1,
            connection="shop",
            store_order_id="8",
            stage=Stage.POSTED,
            since=NOW,
            decisions=(decision,),
        )
        await Orders(database).record(view, NOW)

    terminal.fill(order)

    said = terminal.run("order", "why", "shop:8").stdout

    assert "by version 1 of the rules" in said
    assert "Big orders: yes" in said
    assert "the total is more than" in said
