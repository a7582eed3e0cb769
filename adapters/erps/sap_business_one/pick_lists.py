"""Pick lists that changed. They carry no time of change, so the open ones are compared with the last look."""

import zlib
from collections.abc import Iterable, Mapping

from adapters.erps.sap_business_one.client import Object, ServiceLayer
from adapters.erps.sap_business_one.kinds import ORDER
from adapters.erps.sap_business_one.lists import numbered
from adapters.erps.sap_business_one.models import PICKS_CLOSED, PICKS_IN_PART

_AT_ONCE = 30
_PAGE = 500


class PickLists:
    """The warehouse's open pick lists."""

    def __init__(self, layer: ServiceLayer) -> None:
        self._layer = layer

    async def changed(self, before: Mapping[int, str]) -> tuple[dict[int, str], dict[int, set[int]]]:
        """Return the state of each open list, and the orders on each list that changed since `before`.

        One request when nothing changed. The lines are only read of lists that are new, gone, of another
        state, or picked in part, where picking goes on without a change of state.
        """
        rows = await self._layer.rows(
            "PickLists", "Absoluteentry,Status", f"Status ne '{PICKS_CLOSED}'", page=_PAGE
        )
        numbered(rows, self._layer.connection, "Absoluteentry")
        states = {int(row["Absoluteentry"]): str(row.get("Status")) for row in rows}
        same = {
            entry for entry, state in states.items() if state != PICKS_IN_PART and before.get(entry) == state
        }
        wanted = (set(states) | set(before)) - same
        lines = await self._lines(wanted)
        now = {
            entry: f"{state}/{_sum(lines.get(entry, []))}" if state == PICKS_IN_PART else state
            for entry, state in states.items()
        }
        moved = {entry for entry in wanted if now.get(entry) != before.get(entry)}
        return now, {entry: _orders(lines.get(entry, [])) for entry in moved}

    async def _lines(self, entries: Iterable[int]) -> dict[int, list[Object]]:
        ordered = sorted(entries)
        found: dict[int, list[Object]] = {}
        for at in range(0, len(ordered), _AT_ONCE):
            wanted = " or ".join(f"Absoluteentry eq {entry}" for entry in ordered[at : at + _AT_ONCE])
            rows = await self._layer.rows("PickLists", "Absoluteentry,PickListsLines", wanted)
            for row in numbered(rows, self._layer.connection, "Absoluteentry"):
                lines = row.get("PickListsLines")
                known = lines if isinstance(lines, list) else []
                found[row["Absoluteentry"]] = [line for line in known if isinstance(line, dict)]
        return found


def _orders(lines: list[Object]) -> set[int]:
    return {
        line["OrderEntry"]
        for line in lines
        if line.get("BaseObjectType") == ORDER.number and isinstance(line.get("OrderEntry"), int)
    }


def _sum(lines: list[Object]) -> str:
    shown = sorted(str((line.get("LineNumber"), line.get("PickedQuantity"))) for line in lines)
    return f"{zlib.crc32(repr(shown).encode()):08x}"
