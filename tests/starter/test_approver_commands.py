"""`waybill approvers`: who may approve, who is away, who is back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.starter.terminal import Terminal

LATER = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()


@pytest.fixture(autouse=True)
def _no_temporal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")


def test_an_absence_is_noted_listed_and_ended(terminal: Terminal) -> None:
    noted = terminal.run("approvers", "away", "dora", "--until", LATER)
    listed = terminal.run("approvers", "list")
    known = json.loads(terminal.run("approvers", "list", "--json").stdout)
    back = [terminal.run("approvers", "back", "dora").exit_code for _ in range(2)]

    assert noted.exit_code == 0
    assert f"dora is away from {datetime.now(UTC).date()} until {LATER}" in noted.stdout
    assert "open questions notice it at their next reminder" in noted.stderr
    assert f"until {LATER}" in listed.stdout
    (dora,) = [person for person in known if person["id"] == "dora"]
    assert [absence["last"] for absence in dora["absences"]] == [LATER]
    assert "email" not in dora
    assert back == [0, 4]
    assert f"until {LATER}" not in terminal.run("approvers", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nina", "--until", LATER), "nina is not an approver"),
        (("dora", "--until", LATER, "--deputy", "nina"), "nina is not an approver"),
        (("dora", "--until", LATER, "--deputy", "dora"), "nobody stands in for themselves"),
        (("dora", "--until", "2020-01-01", "--from", "2019-12-24"), "is past"),
        (("dora", "--until", "2020-01-01"), "before it begins"),
        (("dora", "--until", "tomorrow"), "--until: write a day as 2026-12-04"),
        (("dora", "--until", LATER, "--from", "24.12."), "--from: write a day as 2026-12-04"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    terminal: Terminal, arguments: tuple[str, ...], says: str
) -> None:
    refused = terminal.run("approvers", "away", *arguments)

    assert refused.exit_code == 2
    assert says in refused.stderr
    assert "until" not in terminal.run("approvers", "list").stdout
