"""`waybill approvers`: who may approve, who is away, who is back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from domain.approvals.requests import ApprovalRequest, Channel, Due, Reminder, Standing, Verdict, Vote
from domain.life import OrderView
from domain.money import Money
from domain.stages import Stage
from records.database import Database
from records.orders import Orders
from tests.starter.terminal import Terminal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

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


def _request(level: int, standing: Standing, *votes: Vote) -> ApprovalRequest:
    return ApprovalRequest(
        number=level,
        revision="r",
        total=Money.parse("7200.00 EUR"),
        role="director" if level == 1 else "board",
        because="the total 7200.00 EUR is above 5000 EUR",
        asked=("dora",),
        asked_at=NOW,
        standing=standing,
        level=level,
        levels=2,
        votes=votes,
        stands_in={"dan": ("bea",)},
        timetable=(Due(what=Reminder.EXPIRE, at=NOW + timedelta(days=3)),),
    )


def test_an_order_shows_level_votes_who_is_needed_and_what_time_will_do(terminal: Terminal) -> None:
    vote = Vote(approver="dora", verdict=Verdict.APPROVE, at=NOW, channel=Channel.CLI, stands_in_for="carl")
    view = OrderView(
        version=1,
        connection="shop",
        store_order_id="1042",
        number="XKB",
        stage=Stage.AWAITING_APPROVAL,
        since=NOW,
        approval=_request(2, Standing.OPEN),
        granted=(_request(1, Standing.APPROVED, vote),),
    )

    async def kept(database: Database) -> None:
        await Orders(database).record(view, NOW)

    terminal.fill(kept)

    for command in ("show", "why"):
        said = " ".join(terminal.run("order", command, "XKB").stdout.split())
        assert "2 of 2: board" in said
        assert "dora approved for carl (level 1)" in said
        assert "1 person of 1" in said
        assert "dan for bea" in said
        assert "2026-11-24 12:00 UTC the order goes on hold" in said
