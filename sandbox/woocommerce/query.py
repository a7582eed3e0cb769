"""What may be asked of a list: pages, order, times, statuses; a wrong value is refused as WordPress does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.woocommerce.errors import invalid

Record = dict[str, Any]
_ORDER_BY = frozenset({"date", "id", "include", "title", "slug", "modified"})
_UNLISTED = frozenset({"trash"})


class Listing:
    """One list that is asked for."""

    def __init__(self, query: Mapping[str, str], timezone: str) -> None:
        self.page = _number(query, "page", 1, 10**9)
        self.per_page = _number(query, "per_page", 10, 100)
        self._zone = UTC if query.get("dates_are_gmt") in {"true", "1"} else ZoneInfo(timezone)
        self._order_by = query.get("orderby", "date")
        if self._order_by not in _ORDER_BY:
            raise invalid({"orderby": f"orderby is not one of {', '.join(sorted(_ORDER_BY))}."})
        self._descending = query.get("order", "desc") == "desc"
        self._after = self._moment(query, "after")
        self._modified_after = self._moment(query, "modified_after")
        self._statuses = frozenset(query.get("status", "any").split(","))

    def orders(self, rows: list[Record], known: frozenset[str]) -> list[Record]:
        """Choose and sort orders. `modified_after` and `after` leave out their own second.

        Drafts of the checkout are among "any": their status is registered with `exclude_from_search` false.
        """
        unknown = self._statuses - known - {"any", "trash"}
        if unknown:
            raise invalid({"status": f"status[0] is not one of any, trash, {', '.join(sorted(known))}."})
        chosen = [row for row in rows if self._fits(row)]
        return sorted(chosen, key=self._key, reverse=self._descending)

    def headers(self, total: int) -> dict[str, str]:
        """Return the headers that tell how much there is."""
        return {"X-WP-Total": str(total), "X-WP-TotalPages": str(ceil(total / self.per_page))}

    def cut(self, rows: list[Record]) -> list[Record]:
        """Return the page."""
        start = (self.page - 1) * self.per_page
        return rows[start : start + self.per_page]

    def _fits(self, row: Record) -> bool:
        if "any" in self._statuses and row["status"] in _UNLISTED - self._statuses:
            return False
        if "any" not in self._statuses and row["status"] not in self._statuses:
            return False
        if self._after and row["date_created"] <= self._after:
            return False
        return not self._modified_after or row["date_modified"] > self._modified_after

    def _key(self, row: Record) -> Any:
        """Orders of one second have no order of their own: the database returns them as it likes."""
        if self._order_by in {"modified", "date"}:
            moment = row["date_modified" if self._order_by == "modified" else "date_created"]
            return moment, row["id"] * 7919 % 1000
        return row["id"]

    def _moment(self, query: Mapping[str, str], name: str) -> datetime | None:
        if name not in query:
            return None
        try:
            moment = datetime.fromisoformat(query[name])
        except ValueError:
            raise invalid({name: "Invalid date."}) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)


def chosen_fields(row: Any, query: Mapping[str, str]) -> Any:
    """Return only the fields that `_fields` names; `environment.version` is a field of a field."""
    names = query.get("_fields")
    if not names or not isinstance(row, dict):
        return row
    found: Record = {}
    for outer, _, inner in (name.partition(".") for name in names.split(",")):
        if outer in row:
            found[outer] = {inner: row[outer].get(inner)} if inner else row[outer]
    return found


def _number(query: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = query.get(name, str(usual))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid({name: f"{name} must be between 1 (inclusive) and {most} (inclusive)"})
    return int(text)
