"""Kinds of systems: what each can do, and pairs that ask for more are refused before anything runs."""

import json
import re
from pathlib import Path

import pytest

from domain.capabilities import Capability
from domain.errors import BadConfiguration
from starter import kinds
from starter.composition import compose
from starter.configuration import parse
from tests.house import SECRETS, configuration
from tests.starter.terminal import Terminal

ROOT = Path(__file__).parents[2]


def test_a_pair_that_asks_for_more_than_its_systems_can_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    poor = kinds.ERPS["sap_business_one"]._replace(can=frozenset({Capability.NEW_CUSTOMERS}))
    monkeypatch.setitem(kinds.ERPS, "sap_business_one", poor)
    raw = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    raw["pairs"]["main"]["restock"] = True

    with pytest.raises(BadConfiguration, match="sap is a sap_business_one, which cannot request what"):
        compose(parse(raw, SECRETS))


def test_kinds_are_listed_with_what_they_can(terminal: Terminal) -> None:
    listed = json.loads(terminal.run("connect", "kinds", "--json").stdout)

    assert listed["prestashop"]["role"] == "store"
    assert "request what is to be bought" in listed["sap_business_one"]["can"]


def test_workflows_and_activities_name_no_system() -> None:
    names = re.compile("|".join((*kinds.STORES, *kinds.ERPS, r"\bsap\b", "business one")), re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("workflows", "activities")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if names.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (name, field)
        for name, settings in (
            *((name, kind.settings) for name, kind in kinds.STORES.items()),
            *((name, kind.settings) for name, kind in kinds.ERPS.items()),
        )
        for field, about in settings.model_fields.items()
        if "SecretStr" in str(about.annotation)
    ],
)
def test_no_secret_of_a_connection_stands_in_the_file(kind: str, setting: str, tmp_path: Path) -> None:
    raw = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    raw["connections"]["shop"] = {"kind": kind, setting: "in plain text"}

    with pytest.raises(BadConfiguration, match="holds a secret in plain text"):
        parse(raw, SECRETS)
