"""The shop's clock: local time without offset, to the second, with an hour that comes twice in autumn."""

from datetime import UTC, datetime, timedelta, tzinfo

FORM = "%Y-%m-%d %H:%M:%S"
_HOUR = timedelta(hours=1)


def to_utc(local: datetime, zone: tzinfo) -> datetime:
    """Return the moment of a local time.

    Of an hour that comes twice the first is taken, for the shop does not tell which it was; a time that the
    clocks jumped over counts on from before the jump.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def stamp(moment: datetime, zone: tzinfo) -> str:
    """Write a moment as the shop would."""
    return moment.astimezone(zone).strftime(FORM)


def read_stamp(text: str) -> datetime | None:
    """Read the shop's local time; None for anything else, `0000-00-00 00:00:00` included."""
    try:
        return datetime.strptime(text, FORM)  # noqa: DTZ007 - local, as the shop writes it
    except ValueError:
        return None


def overlap_start(mark: str, zone: tzinfo, overlap: timedelta) -> str:
    """Return from where to read again after everything up to `mark` has been read; both are stamps.

    The overlap is real time. Where the clocks went back within the hour before, what was written in the
    second of the two equal hours sorts before the mark: the hour that came twice is read again too.
    """
    local = datetime.strptime(mark, FORM)  # noqa: DTZ007 - local, as the shop writes it
    start = (to_utc(local, zone) - overlap).astimezone(zone)
    before = (local - overlap - _HOUR).replace(tzinfo=zone, fold=0)
    after = local.replace(tzinfo=zone, fold=1)
    went_back = (before.utcoffset() or timedelta(0)) - (after.utcoffset() or timedelta(0))
    return (start.replace(tzinfo=None) - max(went_back, timedelta(0))).strftime(FORM)
