"""Durations as people write them in a configuration file: `90s`, `30m`, `4h`, `2d`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# A history carries a duration the way pydantic writes it: ISO 8601, in which a year is 365 days.
_ISO = re.compile(r"P(?=[\dT])(?:(\d+)Y)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def duration(text: object) -> timedelta:
    """Read `90s`, `30m`, `4h` or `2d`; ValueError for anything else."""
    if isinstance(text, timedelta):
        return text
    try:
        return _read(str(text).strip())
    except OverflowError:
        raise ValueError("no calendar has room for such a duration") from None


def _read(text: str) -> timedelta:
    if iso := _ISO.fullmatch(text):
        years, days, hours, minutes, seconds = iso.groups(default="0")
        whole_days = int(years) * 365 + int(days)
        return timedelta(days=whole_days, hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", text)
    if not match:
        raise ValueError("write a duration as 90s, 30m, 4h or 2d")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


Duration = Annotated[timedelta, BeforeValidator(duration)]
