"""The shop's clock, in whole seconds of a zone that skips an hour in spring and repeats one in autumn."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stores.prestashop.times import FORM, overlap_start, read_stamp, stamp, to_utc

PARIS = ZoneInfo("Europe/Paris")
FIVE_MINUTES = timedelta(minutes=5)


def test_overlap_is_real_time_when_the_clocks_jump_forward() -> None:
    assert overlap_start("2026-03-29 03:02:00", PARIS, FIVE_MINUTES) == "2026-03-29 01:57:00"


@pytest.mark.parametrize(
    ("mark", "start"),
    [
        ("2026-10-25 01:58:00", "2026-10-25 01:53:00"),
        ("2026-10-25 02:59:00", "2026-10-25 01:54:00"),
        ("2026-10-25 02:02:00", "2026-10-25 00:57:00"),
        ("2026-10-25 03:01:00", "2026-10-25 01:56:00"),
        ("2026-10-25 05:00:00", "2026-10-25 04:55:00"),
    ],
)
def test_overlap_is_an_hour_longer_when_the_clocks_went_back(mark: str, start: str) -> None:
    assert overlap_start(mark, PARIS, FIVE_MINUTES) == start


zones = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(zone=zones, seen=moments, ago=st.timedeltas(timedelta(0), FIVE_MINUTES))
def test_what_was_written_within_the_overlap_is_read_again(zone: str, seen: datetime, ago: timedelta) -> None:
    """The mark is the latest text seen; a row of up to five minutes before sorts after the start."""
    place = ZoneInfo(zone)
    mark, written = stamp(seen, place), stamp(seen - ago + timedelta(seconds=1), place)

    assert overlap_start(max(mark, written), place, FIVE_MINUTES) < written


@given(zone=zones, moment=moments)
def test_local_time_is_read_back_except_in_the_hour_that_comes_twice(zone: str, moment: datetime) -> None:
    place, moment = ZoneInfo(zone), moment.replace(microsecond=0)

    local = read_stamp(stamp(moment, place))

    assert local is not None
    assert timedelta(0) <= moment - to_utc(local, place) <= timedelta(hours=1)
    assert local.strftime(FORM) == stamp(moment, place)
