"""What changed in the company: documents read by time stamp and DocEntry, and pick lists by their state.

One batch of small lists is a poll at an idle moment, and one list of open pick lists. Only what is new or
changed is followed back to its orders: drawing a delivery closes an order without touching the order's own
time stamp, so the documents that follow are read, not the order alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from adapters.erps.sap_business_one.batch import Reading
from adapters.erps.sap_business_one.client import Object, ServiceLayer
from adapters.erps.sap_business_one.kinds import ALL, BY_NUMBER, ORDER, QUOTATION, Kind, Ref
from adapters.erps.sap_business_one.lists import has_more, list_of, numbered, rows_of
from adapters.erps.sap_business_one.marks import Mark, advanced, set_back, where
from adapters.erps.sap_business_one.origins import Origins
from adapters.erps.sap_business_one.pick_lists import PickLists
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.fulfilment_port import ErpChanges, ErpHint
from domain.errors import UnexpectedAnswer, WaybillError
from domain.policy import DocumentKind

_CLOCK = Reading("CompanyService_GetCurrentServerTime")
_PAGE = 500
"""The rows are small, and a busy company changes some hundreds within the overlap."""
_COLUMNS = "DocEntry,DocNum,UpdateDate,UpdateTime,DocumentStatus,CancelStatus"
_PICKS, _OFFSET = "pick_lists", "minutes_ahead"
_LEAST_SHIFT = 25
"""Clocks are set back by half an hour at the least; less than this is drift."""
_MINUTES = TypeAdapter(int)
_MARK = TypeAdapter(Mark)
_STATES = TypeAdapter(dict[int, str])
_SALES = {ORDER.number: DocumentKind.ORDER, QUOTATION.number: DocumentKind.QUOTATION}
Marks = dict[int, Mark]
Changed = list[tuple[Kind, Object]]
T = TypeVar("T")


class Feed:
    """The company's changes."""

    def __init__(
        self,
        layer: ServiceLayer,
        settings: SapBusinessOneSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._layer, self._settings, self._clock = layer, settings, clock
        self._origins, self._pick_lists = Origins(layer, settings), PickLists(layer)

    async def read(self, cursor: Mapping[str, str]) -> ErpChanges:
        """Read on from a cursor; with none, from now on. So are kinds that the cursor does not know yet."""
        if not cursor:
            return await self._start()
        before, picks = self._marks(cursor), _read(_STATES, cursor.get(_PICKS, "{}"))
        if new := [kind for kind in ALL if kind.number not in before]:
            before |= (await self._begun(new))[1]
        now, marks, changed = await self._pass(before)
        hints = await self._hints(changed)
        offset = self._offset(now)
        known = _read(_MINUTES, cursor.get(_OFFSET, str(offset)))
        set_back_by = known - offset
        if set_back_by >= _LEAST_SHIFT:
            # An hour came twice; what was changed in its second run has stamps before the mark.
            shift = timedelta(minutes=set_back_by)
            marks = {number: set_back(mark, shift) for number, mark in before.items()}
        more = set_back_by >= _LEAST_SHIFT or any(mark.after for mark in marks.values())
        if self._settings.follow_picking and not more:
            picks, orders = await self._pick_lists.changed(picks)
            hints += await self._pick_hints(orders)
        offset = offset if abs(set_back_by) >= _LEAST_SHIFT else known
        written = _written(marks, picks, offset)
        return ErpChanges(hints=tuple(dict.fromkeys(hints)), cursor=written, more=more)

    async def _start(self) -> ErpChanges:
        now, marks = await self._begun(ALL)
        picks = (await self._pick_lists.changed({}))[0] if self._settings.follow_picking else {}
        return ErpChanges(hints=(), cursor=_written(marks, picks, self._offset(now)), more=False)

    async def _begun(self, kinds: Sequence[Kind]) -> tuple[str, Marks]:
        """Take note of what is there, so that only what comes later is told; with the server's time.

        What lies within the overlap is read and passed over, or the first page would tell old things.
        """
        latest = [
            Reading(f"{kind.entity}?$select=DocEntry&$orderby=DocEntry desc&$top=1".replace(" ", "%20"))
            for kind in kinds
        ]
        clock, *tops = await self._layer.read_together((_CLOCK, *latest))
        now, marks = self._time(clock), Marks()
        for kind, body in zip(kinds, tops, strict=True):
            rows = numbered(rows_of(body, self._layer.connection), self._layer.connection)
            marks[kind.number] = Mark(at=now, top=max([int(row["DocEntry"]) for row in rows], default=0))
        _, marks, _ = await self._pass(marks)
        while any(mark.after for mark in marks.values()):
            _, marks, _ = await self._pass(marks)
        return now, marks

    async def _pass(self, marks: Marks) -> tuple[str, Marks, Changed]:
        """Read one page of each kind: where one has many pages, the others are not kept waiting.

        Returns the server's time, the marks, and what is new or changed.
        """
        kinds = [BY_NUMBER[number] for number in marks]
        asked = [self._page(kind, marks[kind.number]) for kind in kinds]
        clock, *pages = await self._layer.read_together((_CLOCK, *asked))
        now, changed, after = self._time(clock), Changed(), dict(marks)
        for kind, body in zip(kinds, pages, strict=True):
            rows = numbered(rows_of(body, self._layer.connection), self._layer.connection)
            if rows and int(rows[-1]["DocEntry"]) <= marks[kind.number].after:
                raise UnexpectedAnswer("a list does not go on", connection=self._layer.connection)
            mark, some = advanced(marks[kind.number], rows, now, more=has_more(body))
            after[kind.number] = mark
            changed += [(kind, row) for row in some]
        return now, after, changed

    def _page(self, kind: Kind, mark: Mark) -> Reading:
        columns = f"{_COLUMNS},{self._settings.order_column}"
        wanted = where(mark, self._settings.overlap)
        return Reading(list_of(kind.entity, columns, wanted, "&$orderby=DocEntry").path, _PAGE)

    async def _hints(self, changed: Changed) -> list[ErpHint]:
        """Return the orders behind what changed; documents that no web order is behind bring none."""
        if not changed:
            return []
        followers = {(kind.number, int(row["DocEntry"])) for kind, row in changed if kind.paper}
        behind = await self._origins.orders_behind(followers)
        keys = await self._keys({entry for orders in behind.values() for entry in orders})
        hints: list[ErpHint] = []
        for kind, row in changed:
            what = f"{kind.word} {row.get('DocNum') or row['DocEntry']}"
            own = str(row.get(self._settings.order_column) or "")
            ref: Ref = (kind.number, int(row["DocEntry"]))
            if kind.paper is None:
                hints += [_hint(_SALES[kind.number], ref[1], own, what)] if own else []
                continue
            orders = {entry: key for entry in sorted(behind[ref]) if (key := keys.get(entry, ""))}
            hints += [_hint(DocumentKind.ORDER, entry, key, what) for entry, key in orders.items()]
            if own and own not in orders.values():
                hints.append(ErpHint(key=own, what=what))
        return hints

    async def _pick_hints(self, lists: dict[int, set[int]]) -> list[ErpHint]:
        keys = await self._keys({entry for orders in lists.values() for entry in orders})
        return [
            _hint(DocumentKind.ORDER, entry, keys[entry], f"pick list {number}")
            for number, orders in sorted(lists.items())
            for entry in sorted(orders)
            if keys.get(entry)
        ]

    async def _keys(self, orders: set[int]) -> dict[int, str]:
        return await self._origins.keys_of(orders) if orders else {}

    def _time(self, clock: Object) -> str:
        day, time = str(clock.get("CurrentDate"))[:10], str(clock.get("CurrentTime"))
        time = f"{time}:00" if len(time) == 5 else time
        if len(day) != 10 or len(time) != 8:
            raise UnexpectedAnswer("the server does not tell its time", connection=self._layer.connection)
        return f"{day}T{time}"

    def _offset(self, now: str) -> int:
        """Return by how many minutes the server's clock is ahead of UTC: our clock is asked for no more."""
        ours = self._clock().astimezone(UTC).replace(tzinfo=None)
        return round((datetime.fromisoformat(now) - ours).total_seconds() / 60)

    def _marks(self, cursor: Mapping[str, str]) -> Marks:
        """Return the marks of the kinds that the cursor knows. Raises for a cursor that knows none."""
        known = [kind for kind in ALL if kind.entity in cursor]
        if not known:
            raise _not_ours()
        return {kind.number: _read(_MARK, cursor[kind.entity]) for kind in known}


def _hint(kind: DocumentKind, entry: int, key: str, what: str) -> ErpHint:
    return ErpHint(kind=kind, entry=str(entry), key=key, what=what)


def _read(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError:
        raise _not_ours() from None


def _not_ours() -> WaybillError:
    return WaybillError("the change feed's cursor is not one of ours")


def _written(marks: Marks, picks: dict[int, str], offset: int) -> dict[str, str]:
    written = {kind.entity: marks[kind.number].model_dump_json(exclude_defaults=True) for kind in ALL}
    return {**written, _OFFSET: str(offset), _PICKS: json.dumps(picks, separators=(",", ":"))}
