"""What the pages about hooks and expert rules show is what the tests run."""

import json
import re
from pathlib import Path

import pytest

from activities.hooks import ATTEMPTS, LONGEST, MOST_THREADS
from adapters.expressions import zen
from domain.hook_points import PAIR_POINTS
from domain.hooks import CONTRACTS, HookPoint
from domain.rules.experts import LONGEST_EXPRESSION, LONGEST_TABLE
from domain.rules.faults import checked
from domain.rules.installation import Installation
from domain.rules.triggers import DEADLINES, Trigger
from starter.files import read_file
from tests.domain.rules.specimens import NOW
from tests.domain.specimens import pair
from tests.hook_packages import EXAMPLE

ROOT = Path(__file__).parents[2]
FILES = {
    "hooks": (EXAMPLE / "museum_hooks.py", EXAMPLE / "pyproject.toml", EXAMPLE / "rules.yaml"),
    "expert_rules": (ROOT / "docs/experts/rules.yaml",),
}
INSTALLATION = Installation(
    pairs={"main": pair()},
    hooks={
        "no_post_office_box": frozenset({HookPoint.CAPTURED}),
        "note_members": frozenset({HookPoint.VALIDATED}),
        "book_the_loading_gate": frozenset(HookPoint),
    },
)


def page(name: str) -> str:
    """Return a page of the documentation with its lines unfolded."""
    return " ".join((ROOT / f"docs/{name}.md").read_text("utf-8").split())


@pytest.mark.parametrize("name", FILES)
def test_every_block_of_a_page_stands_in_a_file_that_the_tests_run(name: str) -> None:
    text = (ROOT / f"docs/{name}.md").read_text("utf-8")
    sources = [file.read_text("utf-8") for file in FILES[name]]

    blocks = re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)

    assert len(blocks) == len(sources)
    assert [block for block in blocks if not any(block in source for source in sources)] == []


@pytest.mark.parametrize(
    "file", [EXAMPLE / "rules.yaml", ROOT / "docs/experts/rules.yaml"], ids=lambda file: file.parent.name
)
def test_the_rules_of_a_page_can_be_published(file: Path) -> None:
    found = checked(read_file(file).content, INSTALLATION, NOW)

    assert (found.faults, found.warnings) == ((), ())


def test_the_table_of_the_page_is_the_one_of_its_file() -> None:
    graph = json.loads((ROOT / "docs/experts/service_class.json").read_text("utf-8"))
    content = graph["nodes"][1]["content"]
    columns = [each["id"] for each in (*content["inputs"], *content["outputs"])]
    rows = [
        "| " + " | ".join(f"`{rule[each]}`" if rule[each] else "" for each in columns) + " |"
        for rule in content["rules"]
    ]

    shown = page("expert_rules")

    assert [row for row in rows if " ".join(row.split()) not in shown] == []


def test_the_pages_name_the_limits_that_hold() -> None:
    hooks, experts = page("hooks"), page("expert_rules")

    assert f"after {LONGEST.total_seconds():g} s" in hooks
    assert f"({MOST_THREADS} at most" in hooks
    assert ATTEMPTS == 3
    assert "tried three times" in hooks
    assert f"than {LONGEST_EXPRESSION:,} signs and tables of more than {LONGEST_TABLE:,}" in experts
    assert f"longer than {zen.LONGEST.total_seconds():g} s" in experts
    assert f"with {zen.MOST_DIGITS} digits" in experts


def test_the_page_of_hooks_names_every_point() -> None:
    shown = page("hooks")

    named = [trigger for trigger in Trigger if trigger not in DEADLINES | {Trigger.CONNECTION_DOWN}]
    assert [trigger for trigger in named if f"`{trigger.value}`" not in shown] == []
    assert [point for point in PAIR_POINTS if f"`{point.value}`" not in shown] == []
    names = {each.__name__ for contract in CONTRACTS.values() for each in contract}
    assert [name for name in names if f"`{name}`" not in shown] == []
