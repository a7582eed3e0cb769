"""How far a list of changed documents was read, and what of a page of it is new. Pure.

The server's time stamps are its local time without a zone, and a filter compares them to the minute. So a
window of time is read again and again, and told apart by what was seen. The mark moves with the server's own
clock, after a pass that read the whole window: a stamp from the future hides nothing behind it, and a window
in which nothing happens any more becomes empty.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import Field

from adapters.erps.sap_business_one.client import Object
from domain.model import Frozen

_ENTRIES_AGAIN = 10
"""So many of the latest documents are read again whatever their stamp is."""
_STEP = timedelta(minutes=1)
"""The mark moves in steps: a cursor that is the same need not be kept again."""
_SHOWN = ("@odata.etag", "DocumentStatus", "CancelStatus")


class Mark(Frozen):
    """One kind of document. `after` is set in the middle of a pass over a window of several pages."""

    at: str
    top: int = 0
    seen: dict[int, str] = Field(default_factory=dict)
    after: int = 0
    began: str = ""
    fresh: dict[int, str] = Field(default_factory=dict)


def where(mark: Mark, overlap: timedelta) -> str:
    """Return the filter of the window, from where a pass has got to."""
    since = datetime.fromisoformat(mark.at) - overlap
    day = since.date().isoformat()
    window = (
        f"UpdateDate gt '{day}' or (UpdateDate eq '{day}' and UpdateTime ge '{since:%H:%M}:00')"
        f" or DocEntry gt {max(mark.top - _ENTRIES_AGAIN, 0)}"
    )
    return f"DocEntry gt {mark.after} and ({window})" if mark.after else window


def advanced(mark: Mark, rows: list[Object], now: str, *, more: bool) -> tuple[Mark, list[Object]]:
    """Return the mark after a page in the order of DocEntry, and the rows on it that are new or changed.

    `now` is the server's time, asked before the page.
    """
    digests = {int(row["DocEntry"]): digest_of(row) for row in rows}
    changed = [row for row in rows if mark.seen.get(int(row["DocEntry"])) != digests[int(row["DocEntry"])]]
    began = mark.began or now
    fresh = {**mark.fresh, **digests}
    if more and rows:
        step = {"after": max(digests), "began": began, "fresh": fresh}
        return mark.model_copy(update=step), changed
    moved = abs(datetime.fromisoformat(began) - datetime.fromisoformat(mark.at)) >= _STEP
    top = max([mark.top, *fresh])
    return Mark(at=began if moved else mark.at, top=top, seen=dict(sorted(fresh.items()))), changed


def set_back(mark: Mark, by: timedelta) -> Mark:
    """Return the mark after the server's clock was set back: its window begins so much earlier, anew."""
    earlier = datetime.fromisoformat(mark.at) - by
    return Mark(at=earlier.isoformat(timespec="seconds"), top=mark.top, seen=mark.seen)


def stamp_of(row: Object) -> str:
    """Return when a row was last changed, in the server's local time; "" when it does not tell."""
    day, time = str(row.get("UpdateDate") or "")[:10], str(row.get("UpdateTime") or "00:00:00")
    return f"{day}T{time:0<8}" if len(day) == 10 and len(time) == 8 else ""


def digest_of(row: Object, more: Iterable[object] = ()) -> str:
    """Return a short sum over what tells one state of a row from the next, within one second too."""
    shown = [stamp_of(row), *(row.get(name) for name in _SHOWN), *more]
    return f"{zlib.crc32(repr(shown).encode()):08x}"
