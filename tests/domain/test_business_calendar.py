"""Business time: only open hours of work days count, in every time zone and when clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.approvals.calendar import BusinessCalendar, Piece, Weekday, later

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PARIS = BusinessCalendar(time_zone="Europe/Paris", country="FR")
ZONES = (
    *("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Kiritimati"),
    *("America/St_Johns", "Pacific/Apia", "UTC"),
)
NIGHTS = (
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 10, 3, tzinfo=UTC),
)


def _paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T10:00", 4, "2026-11-23T14:00"),
        ("2026-11-23T15:00", 4, "2026-11-24T11:00"),
        ("2026-11-20T16:00", 2, "2026-11-23T10:00"),
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),
        ("2026-11-23T07:00", 1, "2026-11-23T10:00"),
        ("2026-11-23T09:00", 8, "2026-11-23T17:00"),
        ("2026-12-24T16:00", 2, "2026-12-28T10:00"),
        ("2026-03-27T16:00", 2, "2026-03-30T10:00"),
    ],
    ids=[
        *("within a day", "overnight", "over a weekend", "asked on a Saturday", "before opening"),
        *("to the last minute", "over Christmas", "over a change of the clocks"),
    ],
)
def test_only_open_hours_count(start: str, hours: int, end: str) -> None:
    assert PARIS.after(_paris(start), hours * HOUR) == _paris(end)


def test_nothing_is_due_before_the_doors_open() -> None:
    assert PARIS.after(_paris("2026-11-21T03:00"), timedelta(0)) == _paris("2026-11-23T09:00")


def test_a_lunch_break_does_not_count() -> None:
    split = PARIS.model_copy(update={"hours": ("09:00-12:30", "13:30-18:00")})

    assert split.after(_paris("2026-11-23T12:00"), HOUR) == _paris("2026-11-23T14:00")


def test_regions_and_own_days_have_holidays_of_their_own() -> None:
    second_day = date(2026, 12, 26)
    everyday = {"time_zone": "Europe/Paris", "work_days": tuple(Weekday), "country": "FR"}

    assert not BusinessCalendar.model_validate(everyday).is_off(second_day)
    assert BusinessCalendar.model_validate({**everyday, "region": "57"}).is_off(second_day)
    assert BusinessCalendar.model_validate({**everyday, "days_off": [second_day]}).is_off(second_day)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 5), ("2026-10-25", 7), ("2026-11-23", 6)],
    ids=["spring", "autumn", "no"],
)
def test_a_night_shift_has_as_many_hours_as_its_night(day: str, hours: int) -> None:
    nights = BusinessCalendar(
        time_zone="Europe/Paris", work_days=tuple(Weekday), hours=("00:00-06:00", "22:00-24:00")
    )
    morning = _paris(f"{day}T06:00")
    midnight = _paris(f"{day}T00:00")

    assert nights.after(midnight, hours * HOUR) == morning
    assert nights.after(midnight, hours * HOUR + MINUTE) == _paris(f"{day}T22:01")


@pytest.mark.parametrize(
    ("shift", "hours"), [("00:00-02:30", [2, 3]), ("02:30-06:00", [3, 4]), ("02:10-02:40", [0, 1])]
)
def test_an_hour_left_out_does_not_count_and_one_shown_twice_counts_twice(
    shift: str, hours: list[int]
) -> None:
    calendar = BusinessCalendar(time_zone="Europe/Paris", work_days=tuple(Weekday), hours=(shift,))
    found = []
    for day in ("2026-03-29", "2026-10-25"):
        begin, end = _paris(f"{day}T00:00").astimezone(UTC), _paris(f"{day}T23:00").astimezone(UTC)
        pieces = [piece for piece in _first(calendar, begin, 3) if piece[0] < end]
        found.append(sum((stop - start for start, stop in pieces), timedelta()) / HOUR)

    assert found == hours


def _first(calendar: BusinessCalendar, start: datetime, count: int) -> list[Piece]:
    return list(islice(calendar.open_from(start), count))


def _is_open(calendar: BusinessCalendar, instant: datetime) -> bool:
    """Look at a clock on the wall, as people do."""
    wall = instant.astimezone(ZoneInfo(calendar.time_zone))
    shown = f"{wall:%H:%M}"
    spans = [text.split("-") for text in calendar.hours]
    return not calendar.is_off(wall.date()) and any(begin <= shown < end for begin, end in spans)


QUARTERS = st.integers(0, 96).map(lambda count: f"{count // 4:02d}:{count % 4 * 15:02d}")
SPANS = st.tuples(QUARTERS, QUARTERS).filter(lambda span: span[0] < span[1])


@st.composite
def _calendars(draw: st.DrawFn) -> BusinessCalendar:
    begin, end = draw(SPANS)
    return BusinessCalendar(
        time_zone=draw(st.sampled_from(ZONES)),
        work_days=draw(st.sets(st.sampled_from(Weekday), min_size=1).map(tuple)),
        hours=(f"{begin}-{end}",),
        days_off=(date(2026, 10, 26),),
    )


@given(_calendars(), st.sampled_from(NIGHTS), st.integers(-2000, 2000), st.integers(0, 600))
def test_a_duration_is_as_many_minutes_as_a_clock_on_the_wall_shows_open(
    calendar: BusinessCalendar, night: datetime, shift: int, minutes: int
) -> None:
    start = night + shift * MINUTE

    end = calendar.after(start, minutes * MINUTE)

    total = (end - start) // MINUTE
    assert sum(_is_open(calendar, start + count * MINUTE) for count in range(total)) == minutes
    assert end.utcoffset() == timedelta(0)


@given(_calendars(), st.sampled_from(NIGHTS), st.lists(st.integers(0, 6000), min_size=2, max_size=5))
def test_a_longer_duration_never_ends_earlier(
    calendar: BusinessCalendar, night: datetime, minutes: list[int]
) -> None:
    ends = [calendar.after(night, count * MINUTE) for count in sorted(minutes)]

    assert all(first <= second for first, second in pairwise(ends))


def test_without_a_calendar_all_hours_count() -> None:
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert later(None, saturday, 4 * HOUR) == saturday + 4 * HOUR
    assert later(PARIS, saturday, 4 * HOUR) == _paris("2026-11-23T13:00")


def test_the_day_is_that_of_the_calendars_place() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    assert PARIS.today(late) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("changed", "key", "says"),
    [
        ({"time_zone": "Paris"}, "time_zone", "no time zone Paris"),
        ({"hours": ("22:00-06:00",)}, "hours", "write a night as two"),
        ({"hours": ("09:00-12:00", "11:00-17:00")}, "hours", "without an overlap"),
        ({"hours": ("13:00-17:00", "09:00-12:00")}, "hours", "in their order"),
        ({"country": "ZZ"}, "country", "'ZZ'"),
        ({"country": "FR", "region": "ZZ"}, "region", "no region 'ZZ'; known:"),
        ({"region": "57"}, "region", "no country"),
    ],
)
def test_what_is_wrong_with_a_calendar_is_named(changed: dict[str, object], key: str, says: str) -> None:
    found = dict(BusinessCalendar.model_validate(changed).faults())

    assert says in found[key]


@pytest.mark.parametrize(
    "changed", [{"hours": ["9-17"]}, {"hours": []}, {"work_days": []}, {"hours": ["25:00-26:00"]}]
)
def test_a_calendar_without_hours_is_none(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BusinessCalendar.model_validate(changed)
