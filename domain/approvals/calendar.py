"""Business time: when people who decide are at work. Durations of an approval may count only that."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from holidays import HolidayBase, country_holidays, list_supported_countries
from pydantic import Field

from domain.model import Frozen

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
HOURS_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
Hours = Annotated[str, Field(pattern=HOURS_PATTERN)]


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


_WEEK = tuple(Weekday)


class Piece(NamedTuple):
    """A stretch of open time, both ends in UTC."""

    begin: datetime
    end: datetime


class BusinessCalendar(Frozen):
    """When time counts: work days and hours in a time zone, without holidays and days off."""

    time_zone: str = Field(default="UTC", description="For example `Europe/Paris`.")
    work_days: tuple[Weekday, ...] = Field(
        default=_WEEK[:5], min_length=1, description="`mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`."
    )
    hours: tuple[Hours, ...] = Field(
        default=("09:00-17:00",),
        min_length=1,
        description="Open hours of a work day, in their order: `09:00-12:30`; the end of a day is `24:00`.",
    )
    country: str = Field(default="", description="Its public holidays are off: `FR`; empty: none are.")
    region: str = Field(default="", description="A part of the country with holidays of its own.")
    days_off: tuple[date, ...] = Field(default=(), description="Further days that are off.")

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """Return the instant at which so much open time passed since an instant, in UTC."""
        left, pieces = duration, self.open_from(start)
        piece = next(pieces)
        while (free := piece.end - piece.begin) < left:
            left -= free
            piece = next(pieces)
        return piece.begin + left

    def open_from(self, start: datetime) -> Iterator[Piece]:
        """Yield the open time from an instant on, piece by piece and without an end."""
        last = start.astimezone(UTC)
        # A day earlier: what is open may have begun on the day before, elsewhere on the globe.
        day = start.astimezone(self._zone).date() - _DAY
        while True:
            for begin, end in self._open_on(day):
                if end > last:
                    yield Piece(max(begin, last), end)
                    last = end
            day += _DAY

    def is_off(self, day: date) -> bool:
        """Whether nobody works on a day."""
        free = _WEEK[day.weekday()] not in self.work_days or day in self.days_off
        return free or bool(self.country and day in _holidays(self.country, self.region))

    def today(self, now: datetime) -> date:
        """Return the date of an instant, where the calendar is kept."""
        return now.astimezone(self._zone).date()

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the calendar: the key, and the sentence that says what would be right."""
        if self.time_zone not in available_timezones():
            yield "time_zone", f"there is no time zone {self.time_zone}; write one such as Europe/Paris"
        spans = [_span(text) for text in self.hours]
        for text, (begin, end) in zip(self.hours, spans, strict=True):
            if begin >= end:
                yield "hours", f"{text} ends before it begins; write a night as two: 22:00-24:00, 00:00-06:00"
        if any(first[1] > second[0] for first, second in pairwise(spans)):
            yield "hours", "write them in their order, without an overlap"
        regions = list_supported_countries()
        if self.country and self.country not in regions:
            yield "country", f"no holidays are known for {self.country!r}; write two letters such as FR"
        elif self.region and self.region not in regions.get(self.country, []):
            known = ", ".join(regions.get(self.country, [])) or "none"
            yield "region", f"{self.country or 'no country'} has no region {self.region!r}; known: {known}"

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def _open_on(self, day: date) -> Iterator[Piece]:
        if not self.is_off(day):
            midnight = datetime.combine(day, time())
            for begin, end in sorted(_span(text) for text in self.hours):
                yield from _pieces(midnight + begin, midnight + end, self._zone)


@lru_cache
def _holidays(country: str, region: str) -> HolidayBase:
    return country_holidays(country, subdiv=region or None)


def _span(text: str) -> tuple[timedelta, timedelta]:
    begin, end, *_ = (
        timedelta(hours=int(hours), minutes=int(minutes))
        for hours, minutes in re.findall(r"(\d\d):(\d\d)", text)
    )
    return begin, end


def _pieces(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Piece]:
    """Yield when clocks on the wall show a time from `begin` to `end`: two pieces in a night of clock change.

    An hour that the clocks leave out does not count, one that they show twice counts twice.
    """
    before, after = _offset(begin, zone, fold=0), _offset(end, zone, fold=1)
    if before == after:
        yield _utc(begin, before, end, after)
        return
    change = _change(_utc(begin, max(before, after), end, min(before, after)), zone, before)
    first = _utc(begin, before, end, before)
    second = _utc(begin, after, end, after)
    for piece in (Piece(first.begin, min(first.end, change)), Piece(max(second.begin, change), second.end)):
        if piece.begin < piece.end:
            yield piece


def _offset(wall: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    return wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()


def _utc(begin: datetime, before: timedelta, end: datetime, after: timedelta) -> Piece:
    return Piece((begin - before).replace(tzinfo=UTC), (end - after).replace(tzinfo=UTC))


def _change(within: Piece, zone: ZoneInfo, before: timedelta) -> datetime:
    """Return the instant at which the zone leaves an offset, to the second."""
    low, high = within
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def later(calendar: BusinessCalendar | None, start: datetime, duration: timedelta) -> datetime:
    """Return the instant after a duration, of open time where there is a calendar."""
    return calendar.after(start, duration) if calendar else start + duration
