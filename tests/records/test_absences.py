"""Absences of approvers, on both databases."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from domain.approvals.absences import Absence
from records.absences import Absences
from records.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOON.date()


def _absence(who: str, first: int, last: int, deputy: str = "") -> Absence:
    return Absence(approver=who, first=_day(first), last=_day(last), deputy=deputy)


def _day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


async def test_absences_are_known_until_they_are_over(database: Database) -> None:
    absences = Absences(database)
    for each in (_absence("dora", 3, 9), _absence("carl", -5, 0, "dora"), _absence("bea", -5, -1)):
        await absences.note(each, "olga", NOON)

    assert await absences.from_day(TODAY) == (_absence("carl", -5, 0, "dora"), _absence("dora", 3, 9))
    assert await absences.from_day(_day(1)) == (_absence("dora", 3, 9),)
    assert await absences.from_day(_day(10)) == ()


async def test_who_is_back_early_is_there_but_was_away(database: Database) -> None:
    absences = Absences(database)
    for each in (_absence("dora", -2, 4), _absence("dora", 30, 40), _absence("carl", -2, 4)):
        await absences.note(each, "olga", NOON)

    ended = [await absences.end("dora", TODAY, NOON), await absences.end("dora", TODAY, NOON)]

    assert ended == [1, 0]
    assert await absences.from_day(TODAY) == (_absence("carl", -2, 4), _absence("dora", 30, 40))
    rows = text("select count(*) from absence where ended_at is not null")
    assert await database.read(lambda session: session.execute(rows).scalar()) == 1


async def test_planned_absences_are_given_up_only_when_asked(database: Database) -> None:
    absences = Absences(database)
    for each in (_absence("dora", 0, 4), _absence("dora", 30, 40)):
        await absences.note(each, "olga", NOON)

    assert await absences.end("dora", TODAY, NOON, planned=True) == 2
    assert await absences.from_day(TODAY) == ()
