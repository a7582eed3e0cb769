"""How an approval stands, in words; why a level cannot come about; who is away."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.approvals.absences import Absence, AbsenceRefused, away_on, check_absence
from domain.approvals.asking import Worth, first_round, shortage
from domain.approvals.policies import Approver, Expiry, Level
from domain.approvals.requests import (
    ApprovalRequest,
    Away,
    Channel,
    Due,
    Reminder,
    Standing,
    Verdict,
    Vote,
)
from domain.approvals.words import outcome, progress
from domain.money import Money
from tests.domain.specimens import CARL, DORA, NOON, pair

NAMES = {"dora": "Dora Director", "carl": "Carl Chief"}
TODAY = date(2026, 11, 21)
AWAY = Away(until=date(2026, 12, 4))


def _vote(approver: str, **more: Any) -> Vote:
    facts = {"verdict": Verdict.APPROVE, "at": NOON, "channel": Channel.CLI}
    return Vote.model_validate({"approver": approver, **facts, **more})


def _request(**changed: Any) -> ApprovalRequest:
    facts: dict[str, Any] = {
        "number": 3,
        "revision": "r",
        "total": Money.parse("7200.00 EUR"),
        "role": "director",
        "because": "the total is above the limit",
        "asked": ("dora", "carl"),
        "asked_at": NOON,
        "timetable": (
            Due(what=Reminder.DEPUTY, at=NOON + timedelta(hours=8)),
            Due(what=Reminder.EXPIRE, at=NOON + timedelta(hours=72)),
        ),
    }
    return ApprovalRequest.model_validate(facts | changed)


def test_a_simple_question_says_what_time_will_do() -> None:
    assert progress(_request(), (), NAMES) == (
        (
            "If nobody decides",
            "2026-11-20 20:00 UTC the deputies are asked too; 2026-11-23 12:00 UTC the order goes on hold",
        ),
    )


def test_a_level_says_which_who_decided_and_who_is_still_needed() -> None:
    first = _request(levels=2, standing=Standing.APPROVED, votes=(_vote("dora"), _vote("olga")))
    second = _request(
        level=2,
        levels=3,
        quorum=2,
        role="board",
        policy="wine",
        on_expiry=Expiry.REJECT,
        stands_in={"eve": ("carl",)},
        votes=(_vote("eve", stands_in_for="carl"),),
    )

    rows = dict(progress(second, (first,), NAMES))

    assert rows["Level"] == "2 of 3: board, wine"
    assert rows["Decided so far"] == (
        "Dora Director approved (level 1); olga approved (level 1); eve approved for Carl Chief (level 2)"
    )
    assert rows["Still needed"] == "1 person of 2, then 1 more level"
    assert rows["Standing in"] == "eve for Carl Chief"
    assert rows["If nobody decides"].endswith("2026-11-23 12:00 UTC the order is rejected")


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.OPEN])
def test_what_is_over_says_only_who_decided(standing: Standing) -> None:
    over = _request(standing=standing, quorum=2, stands_in={"eve": ("carl",)}, votes=(_vote("dora"),))

    assert progress(over, (), NAMES) == (("Decided so far", "Dora Director approved"),)


@pytest.mark.parametrize(
    ("request_now", "says"),
    [
        (_request(quorum=3, votes=(_vote("dora"),)), "noted; 2 more persons must approve"),
        (_request(quorum=2, votes=(_vote("dora"),)), "noted; one more person must approve"),
        (_request(levels=2, votes=(_vote("dora"),)), "Level 1 is approved; level 2 is asked now"),
        (_request(votes=(_vote("dora"),)), "it goes on by itself"),
        (_request(standing=Standing.REJECTED), "was rejected"),
    ],
)
def test_whoever_decides_is_told_what_it_came_to(request_now: ApprovalRequest, says: str) -> None:
    assert says in outcome(request_now)


def _shortage(
    level: Level, *people: Approver, away: dict[str, Away] | None = None, barred: tuple[str, ...] = ()
) -> str:
    rules, worth = pair(approvers=people), Worth(total=Money.parse("1 EUR"), in_base=Money.parse("1 EUR"))
    absent = away or {}
    return shortage(first_round(level, worth, rules, absent), level, worth, rules, absent, frozenset(barred))


def test_a_level_comes_about_with_enough_people_who_may() -> None:
    assert _shortage(Level(role="director"), DORA) == ""
    assert _shortage(Level(role="director", quorum=2), DORA, CARL) == ""
    assert _shortage(Level(role="director"), CARL, DORA, barred=("dora",)) == ""


def test_a_level_with_too_few_people_says_how_many_may() -> None:
    two = Level(role="director", quorum=2)

    assert _shortage(two, DORA) == "2 persons of director must approve 1 EUR, 1 may"
    assert _shortage(two, DORA, CARL, barred=("dora",)) == "2 persons of director must approve 1 EUR, 1 may"
    assert _shortage(Level(role="night"), DORA) == "1 person of night must approve 1 EUR, none may"


def test_a_person_and_their_deputy_are_not_two() -> None:
    eve = DORA.model_copy(update={"id": "eve", "roles": ()})
    deputised = DORA.model_copy(update={"deputy": "eve"})

    assert "1 may" in _shortage(Level(role="director", quorum=2), deputised, eve)


def test_who_is_away_without_a_deputy_is_named_with_the_end_of_their_absence() -> None:
    assert _shortage(Level(role="director"), DORA, away={"dora": AWAY}) == (
        "1 person of director must approve 1 EUR, none may; Dora Director is away until 2026-12-04"
    )


def test_of_two_absences_the_last_to_end_counts_and_those_of_other_days_do_not() -> None:
    absences = (
        Absence(approver="dora", first=TODAY, last=TODAY + timedelta(days=9), deputy="eve"),
        Absence(approver="dora", first=TODAY, last=TODAY, deputy="carl"),
        Absence(approver="carl", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=2)),
        Absence(approver="olga", first=TODAY - timedelta(days=2), last=TODAY - timedelta(days=1)),
    )

    assert away_on(absences, TODAY) == {"dora": Away(until=TODAY + timedelta(days=9), deputy="eve")}
    assert set(away_on(absences, TODAY + timedelta(days=2))) == {"dora", "carl"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"approver": "nina"}, "nina is not an approver; there are dora, carl"),
        ({"deputy": "nina"}, "nina is not an approver"),
        ({"deputy": "dora"}, "nobody stands in for themselves"),
        ({"last": TODAY - timedelta(days=1), "first": TODAY - timedelta(days=2)}, "is past"),
        ({"last": TODAY, "first": TODAY + timedelta(days=1)}, "before it begins"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(changed: dict[str, Any], says: str) -> None:
    absence = Absence.model_validate({"approver": "dora", "first": TODAY, "last": TODAY, **changed})

    with pytest.raises(AbsenceRefused, match=says):
        check_absence(absence, (DORA, CARL), TODAY)


def test_an_absence_of_today_is_taken() -> None:
    check_absence(Absence(approver="dora", first=TODAY, last=TODAY, deputy="carl"), (DORA, CARL), TODAY)
