"""Durations as people write them in a configuration file: `90s`, `30m`, `4h`, `2d`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: object) -> timedelta:
    """Read `90s`, `30m`, `4h` or `2d`; ValueError for anything else."""
    if isinstance(text, timedelta):
        return text
    # A history carries a duration the way pydantic writes it: ISO 8601 with days and seconds.
    iso = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", str(text))
    if iso and str(text) != "P":
        days, hours, minutes, seconds = iso.groups(default="0")
        return timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", str(text).strip())
    if not match:
        raise ValueError("write a duration as 90s, 30m, 4h or 2d")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


Duration = Annotated[timedelta, BeforeValidator(duration)]
