"""Goods that come back: announced, and received, as transfers that reverse a delivery's."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.documents import Documents
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.mapping import done
from adapters.erps.odoo.progress import (
    CREDIT_MARK,
    GOODS,
    PICKING_FIELDS,
    PICKINGS,
    RETURN_MARK,
    unmarked,
)
from adapters.erps.odoo.records import one, text
from domain.errors import InDoubt, Refused
from domain.policy import PaperKind
from domain.returns import TakeBack, TakenLine

_MOVES = "stock.move"
_AT_ONCE = {"skip_immediate": True, "skip_backorder": True, "skip_sms": True}


class Returns:
    """What brings goods back."""

    def __init__(self, client: OdooClient, ids: ExternalIds, documents: Documents) -> None:
        self._client, self._ids, self._documents = client, ids, documents

    async def make(self, wanted: TakeBack, order: Row) -> None:
        """Announce a return, or receive one; one that was announced is the same transfer."""
        if announced := _announced(wanted):
            await self._carry_out(wanted, announced, RETURN_MARK)
            return
        made = await self._load(wanted.kind.value, wanted, order)
        if wanted.kind is PaperKind.RETURN:
            await self._receive(made)

    async def bring_back(self, wanted: TakeBack, order: Row) -> None:
        """Receive the goods that a credit note is for, once under its key.

        What was announced is received as it is and stays an announcement: the credit note is drawn from it.
        What a return brought is here already.
        """
        if announced := _announced(wanted):
            await self._carry_out(wanted, announced, CREDIT_MARK)
        sold = tuple(line for line in wanted.lines if line.base.startswith("invoice:"))
        if sold:
            made = await self._load(GOODS, wanted.model_copy(update={"lines": sold}), order)
            await self._receive(made)

    async def carried_out(self, key: str) -> int:
        """Return the announced transfer that was received under a key, 0 for none."""
        domain = [["origin", "=like", f"% {RETURN_MARK}{key}"], ["state", "=", "done"]]
        rows = await self._client.rows(PICKINGS, domain, ("origin",))
        # Another Waybill may have used the same key in this database.
        ours = await self._ids.keys(PaperKind.RETURN_REQUEST.value, PICKINGS, [row["id"] for row in rows])
        return next(iter(sorted(ours)), 0)

    async def _load(self, kind: str, wanted: TakeBack, order: Row) -> int:
        found = await self._ids.find(kind, wanted.key, PICKINGS)
        if found:
            return found
        moves = [
            move for move in await self._documents.moves(order, "outgoing") if text(move, "state") == "done"
        ]
        line_ids = await self._line_ids(order)
        drawn = [(move, some) for line in wanted.lines for move, some in _drawn(line, moves, line_ids)]
        first = await self._delivery(drawn[0][0])
        values = await self._values(first, drawn, order)
        return await self._ids.load(kind, wanted.key, PICKINGS, values)

    async def _line_ids(self, order: Row) -> dict[int, str]:
        own = (await self._ids.keys("order", "sale.order", (order["id"],))).get(order["id"], "")
        lines = [line["id"] for line in await self._documents.lines(order)]
        keyed = await self._ids.keys("line", "sale.order.line", lines)
        return {line: key.removeprefix(f"{own}:") for line, key in keyed.items()}

    async def _delivery(self, move: Row) -> Row:
        rows = await self._client.rows(PICKINGS, [["id", "=", one(move, "picking_id")]], PICKING_FIELDS)
        if not rows:
            raise Refused("the delivery is not there any more", connection=self._client.connection)
        return rows[0]

    async def _values(self, delivery: Row, drawn: list[tuple[Row, Decimal]], order: Row) -> dict[str, Any]:
        kinds = await self._client.rows(
            "stock.picking.type", [["id", "=", one(delivery, "picking_type_id")]], ("return_picking_type_id",)
        )
        kind = (one(kinds[0], "return_picking_type_id") if kinds else 0) or one(delivery, "picking_type_id")
        known = await self._client.fields(_MOVES)
        places = {
            "location_id/.id": one(drawn[0][0], "location_dest_id"),
            "location_dest_id/.id": one(drawn[0][0], "location_id"),
        }
        rows = [_move(move, quantity, known) for move, quantity in drawn]
        own = {"sale_id/.id": order["id"]} if "group_id" not in known else {}
        return {
            "picking_type_id/.id": kind,
            "partner_id/.id": one(delivery, "partner_id") or None,
            "origin": f"Return of {text(delivery, 'name')}",
            **places,
            **own,
            await self._client.first_of(PICKINGS, "move_lines", "move_ids"): rows,
        }

    async def _carry_out(self, wanted: TakeBack, announced: Iterable[str], mark: str) -> None:
        number_of = int(next(iter(announced)).partition(":")[2])
        rows = await self._client.rows(PICKINGS, [["id", "=", number_of]], ("origin",))
        moves = await self._client.rows(
            _MOVES, [["picking_id", "=", number_of]], ("product_id", "product_uom_qty")
        )
        origin = text(rows[0], "origin") if rows else ""
        quantities = {}
        products = await self._skus(moves)
        for line in (line for line in wanted.lines if line.base in announced):
            move = next((each for each in moves if products[each["id"]] == line.sku), None)
            if move is None:
                raise Refused(f"{line.base} has no {line.sku}", connection=self._client.connection)
            quantities[move["id"]] = line.quantity
        vals = {"origin": f"{unmarked(origin)} {mark}{wanted.key}"}
        await self._client.call(PICKINGS, "write", ids=[number_of], writes=True, vals=vals)
        await self._receive(number_of, quantities)

    async def _skus(self, moves: list[Row]) -> dict[int, str]:
        products = sorted({one(move, "product_id") for move in moves})
        rows = await self._client.rows(
            "product.product", [["id", "in", products]], ("default_code",), context={"active_test": False}
        )
        names = {row["id"]: text(row, "default_code") for row in rows}
        return {move["id"]: names.get(one(move, "product_id"), "") for move in moves}

    async def _receive(self, picking: int, quantities: dict[int, Decimal] | None = None) -> None:
        """Confirm a transfer and receive its goods. Safe to repeat: its state is read first."""
        rows = await self._client.rows(PICKINGS, [["id", "=", picking]], ("state",))
        if rows and text(rows[0], "state") == "done":
            return
        if rows and text(rows[0], "state") == "draft":
            await self._client.call(PICKINGS, "action_confirm", ids=[picking], writes=True)
        field = await self._client.first_of(_MOVES, "quantity_done", "quantity")
        marked = {"picked": True} if field == "quantity" else {}
        for move in await self._client.rows(_MOVES, [["picking_id", "=", picking]], ("product_uom_qty",)):
            some = move["product_uom_qty"] if quantities is None else quantities.get(move["id"], Decimal(0))
            vals = {field: some, **marked}
            await self._client.call(_MOVES, "write", ids=[move["id"]], writes=True, vals=vals)
        await self._client.call(PICKINGS, "button_validate", ids=[picking], writes=True, context=_AT_ONCE)
        rows = await self._client.rows(PICKINGS, [["id", "=", picking]], ("state",))
        if not rows or text(rows[0], "state") != "done":
            raise InDoubt("the goods were not received", connection=self._client.connection)


def _announced(wanted: TakeBack) -> dict[str, None]:
    return dict.fromkeys(line.base for line in wanted.lines if line.base.startswith("return_request:"))


def _drawn(line: TakenLine, moves: list[Row], line_ids: dict[int, str]) -> list[tuple[Row, Decimal]]:
    """Choose the moves of a delivery that pieces come back from; for an invoice any of the order's line."""
    wanted = line.quantity
    found = []
    for move in moves:
        base = f"delivery:{one(move, 'picking_id')}"
        named = line_ids.get(one(move, "sale_line_id"), "")
        if (line.base.startswith("delivery:") and line.base != base) or (
            line.line_id and named != line.line_id
        ):
            continue
        some = min(done(move), wanted)
        if some > 0:
            found.append((move, some))
            wanted -= some
    if wanted > 0 or not found:
        raise Refused(f"not so many pieces of {line.sku} were shipped", code="more_than_left")
    return found


def _move(move: Row, quantity: Decimal, known: dict[str, Row]) -> dict[str, Any]:
    label = move["product_id"][1] if isinstance(move.get("product_id"), list) else "Return"
    values = {
        "name": label,
        "product_id/.id": one(move, "product_id"),
        "product_uom_qty": quantity,
        "product_uom/.id": one(move, "product_uom"),
        "location_id/.id": one(move, "location_dest_id"),
        "location_dest_id/.id": one(move, "location_id"),
        "origin_returned_move_id/.id": move["id"],
        "sale_line_id/.id": one(move, "sale_line_id"),
        "group_id/.id": one(move, "group_id"),
        "to_refund": True,
        "procure_method": "make_to_stock",
    }
    return {name: value for name, value in values.items() if value and name.partition("/")[0] in known}
