"""What changed: orders, deliveries and returns, invoices and credit notes, and what is being picked.

Each model is read in a window of time, from the overlap before its mark on. A time stamp is that of a
transaction's start and shows no more than seconds, so what was seen in the window is told apart by its stamp
and by the few fields that matter. Long windows are paged by id.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from adapters.erps.odoo.client import Domain, OdooClient, Row
from adapters.erps.odoo.documents import ORDER, ORDERS
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.records import label, many, one, reading, stamp, text
from adapters.erps.odoo.settings import OdooSettings
from adapters.fulfilment_port import ErpChanges, ErpHint
from domain.errors import WaybillError
from domain.policy import DocumentKind

_PAGE = 200
_PICKINGS, _MOVES, _PICKED = "stock.picking", "account.move", "stock.move.line"


@dataclass(frozen=True)
class _Followed:
    """A model that is followed: which of its records, and the fields that tell one state from another."""

    model: str
    domain: Domain
    fields: tuple[str, ...]


_ALL = (
    _Followed(ORDERS, [["state", "!=", "draft"]], ("name", "state", "amount_total")),
    _Followed(
        _PICKINGS,
        [["sale_id", "!=", False]],
        ("name", "state", "sale_id", "picking_type_code", "carrier_tracking_ref", "printed"),
    ),
    _Followed(
        _MOVES,
        [["move_type", "in", ["out_invoice", "out_refund"]]],
        ("name", "state", "move_type", "reversed_entry_id", "payment_state", "amount_residual"),
    ),
    _Followed(
        _PICKED,
        [["picking_id.sale_id", "!=", False], ["picking_id.picking_type_code", "=", "outgoing"]],
        ("picking_id", "qty_done", "quantity", "picked", "state"),
    ),
)


class _Mark(BaseModel):
    """How far a model was read: the latest stamp, what of the window was seen, a page's last id."""

    at: str = ""
    seen: dict[int, str] = Field(default_factory=dict)
    after: int = 0
    top: str = ""


class Feed:
    """The change feed."""

    def __init__(self, client: OdooClient, settings: OdooSettings, ids: ExternalIds) -> None:
        self._client, self._settings, self._ids = client, settings, ids
        self._followed = [each for each in _ALL if settings.follow_picking or each.model != _PICKED]

    async def read(self, cursor: Mapping[str, str]) -> ErpChanges:
        """Read on from a cursor; with none, from now on."""
        if not cursor:
            return await self._start()
        marks: dict[str, _Mark] = {}
        changed: list[tuple[str, Row]] = []
        for each in self._followed:
            mark = _read(cursor[each.model]) if each.model in cursor else await self._begun(each)
            marks[each.model], rows = await self._page(each, mark)
            changed += [(each.model, row) for row in rows]
        more = any(mark.after for mark in marks.values())
        return ErpChanges(hints=tuple(await self._hints(changed)), cursor=_written(marks), more=more)

    async def _start(self) -> ErpChanges:
        marks = {each.model: await self._begun(each) for each in self._followed}
        return ErpChanges(hints=(), cursor=_written(marks), more=False)

    async def _begun(self, each: _Followed) -> _Mark:
        """Take note of what is there, so that only what comes later is told."""
        rows = await self._client.rows(
            each.model, each.domain, ("write_date",), order="write_date desc", limit=1
        )
        mark = _Mark(at=text(rows[0], "write_date") if rows else "")
        mark, _ = await self._page(each, mark)
        while mark.after:
            mark, _ = await self._page(each, mark)
        return mark

    async def _page(self, each: _Followed, mark: _Mark) -> tuple[_Mark, list[Row]]:
        """Read one page of a window; return the mark after it and what is new or changed in it."""
        domain = [*each.domain, ["id", ">", mark.after]]
        if mark.at:
            domain.append(["write_date", ">=", self._floor(mark.at)])
        rows = await self._client.rows(
            each.model, domain, (*each.fields, "write_date"), order="id", limit=_PAGE
        )
        with reading(self._client.connection):
            states = {int(row["id"]): _state_of(row, each.fields) for row in rows}
            top = max([mark.top, *(text(row, "write_date") for row in rows)])
        changed = [row for row in rows if mark.seen.get(row["id"]) != states[row["id"]]]
        seen = mark.seen | states
        if len(rows) == _PAGE:
            return mark.model_copy(update={"seen": seen, "after": rows[-1]["id"], "top": top}), changed
        at = max(mark.at, top)
        floor = self._floor(at) if at else ""
        return _Mark(at=at, seen={key: state for key, state in seen.items() if state[:19] >= floor}), changed

    def _floor(self, at: str) -> str:
        with reading(self._client.connection):
            moment = stamp(at) - timedelta(seconds=self._settings.overlap.total_seconds())
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    async def _hints(self, changed: Sequence[tuple[str, Row]]) -> list[ErpHint]:
        """Return the orders behind what changed; what no order of ours is behind brings none."""
        if not changed:
            return []
        pickings = await self._orders_of_pickings([row for model, row in changed if model == _PICKED])
        invoices = await self._orders_of_invoices([row for model, row in changed if model == _MOVES])
        named: list[tuple[int, str, bool]] = []
        for model, row in changed:
            if model == ORDERS:
                named.append((row["id"], f"order {text(row, 'name')}", True))
            elif model == _PICKINGS:
                named.append((one(row, "sale_id"), _picking_word(row), text(row, "state") != "cancel"))
            elif model == _PICKED:
                named.append((pickings.get(one(row, "picking_id"), 0), f"pick list {_picking(row)}", True))
            else:
                word = "invoice" if text(row, "move_type") == "out_invoice" else "credit note"
                named += [(order, f"{word} {_number(row)}", True) for order in invoices.get(row["id"], [])]
        keys = await self._ids.keys(ORDER, ORDERS, {order for order, _, _ in named if order})
        own = {order for order, what, _ in named if what.startswith("order ")}
        hints = [
            ErpHint(kind=DocumentKind.ORDER, entry=str(order), key=keys[order], what=what)
            for order, what, tells in named
            # Cancelling an order cancels its deliveries: that is one change.
            if order in keys and (tells or order not in own)
        ]
        return list(dict.fromkeys(hints))

    async def _orders_of_pickings(self, rows: list[Row]) -> dict[int, int]:
        wanted = sorted({one(row, "picking_id") for row in rows})
        if not wanted:
            return {}
        found = await self._client.rows(_PICKINGS, [["id", "in", wanted]], ("sale_id",))
        return {row["id"]: one(row, "sale_id") for row in found}

    async def _orders_of_invoices(self, rows: list[Row]) -> dict[int, list[int]]:
        """Return the orders of invoices; a credit note of money alone is found by what it reverses."""
        if not rows:
            return {}
        ids = {row["id"]: {row["id"], one(row, "reversed_entry_id")} - {0} for row in rows}
        wanted = sorted(set().union(*ids.values()))
        orders = await self._client.rows(ORDERS, [["invoice_ids", "in", wanted]], ("invoice_ids",))
        return {
            number_of: [order["id"] for order in orders if own & set(many(order, "invoice_ids"))]
            for number_of, own in ids.items()
        }


def _state_of(row: Row, fields: tuple[str, ...]) -> str:
    told = [
        str(row.get(name))
        for name in fields
        if name not in ("name", "sale_id", "picking_id", "reversed_entry_id")
    ]
    return f"{text(row, 'write_date')} {' '.join(told)}"


def _picking_word(row: Row) -> str:
    if text(row, "picking_type_code") == "incoming":
        return f"return {text(row, 'name')}"
    return f"{'delivery' if text(row, 'state') == 'done' else 'pick list'} {text(row, 'name')}"


def _picking(row: Row) -> str:
    return label(row, "picking_id") or str(one(row, "picking_id"))


def _number(row: Row) -> str:
    name = text(row, "name")
    return name if name not in ("", "/") else f"#{row['id']}"


def _read(written: str) -> _Mark:
    try:
        return _Mark.model_validate_json(written)
    except ValidationError:
        raise WaybillError("the change feed's cursor is not one of ours") from None


def _written(marks: Mapping[str, _Mark]) -> dict[str, str]:
    def plain(mark: _Mark) -> dict[str, Any]:
        return mark.model_dump(exclude_defaults=True)

    return {model: json.dumps(plain(mark), separators=(",", ":")) for model, mark in marks.items()}
