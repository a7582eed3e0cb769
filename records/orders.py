"""The read model of orders, with their holds, approvals and audit: written whole, in order of version."""

from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, true, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.life import Hold, OrderView
from domain.stages import FINAL, IN_ERP, Stage
from domain.texts import plain
from records.database import Database, table_of
from records.order_pages import OrderFilter, matching
from records.rule_decisions import add_decisions
from records.tables import ApprovalRow, AuditRow, EndedLifeRow, HoldRow, OrderRow

_ORDERS = table_of(OrderRow)
_THIS = (_ORDERS.c.connection == bindparam("its_store"), _ORDERS.c.order_id == bindparam("its_id"))
# Written several times for each order, so they are built once and know nothing of objects.
_KEPT = select(_ORDERS.c.version, _ORDERS.c.hold_code).where(*_THIS).with_for_update()
# An order on hold may be on either side: its view tells.
_NOT_IN_ERP = tuple(stage.value for stage in Stage if stage not in FINAL | IN_ERP)
_ADD, _CHANGE = insert(_ORDERS), update(_ORDERS).where(*_THIS)


class Ending(Enum):
    """Whether an order's life is over.

    One that its store cancelled before posting may come back; one that was completed is opened again by what
    comes late.
    """

    NONE = auto()
    REVIVABLE = auto()
    COMPLETED = auto()
    FINAL = auto()


class Orders:
    """What is shown of orders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, view: OrderView, now: datetime, ended: dict[str, Any] | None = None) -> None:
        """Write a view and what it brings; an older version than the one kept changes nothing.

        `ended` is the whole state of a life that is over, for what comes late.
        """

        def record(session: Session) -> None:
            which = {"its_store": view.connection, "its_id": view.store_order_id}
            kept = session.execute(_KEPT, which).first()
            if kept is None:
                session.execute(_ADD, _columns(view, now))
            elif kept.version < view.version:
                session.execute(_CHANGE, which | _columns(view, now))
            if kept is None or kept.version <= view.version:
                if view.hold or (kept and kept.hold_code):
                    self._record_hold(session, view, now)
                self._record_approval(session, view)
                self._record_end(session, view, ended)
            self._record_deeds(session, view)
            add_decisions(self._database, session, view)

        await self._database.write(record)

    def _record_end(self, session: Session, view: OrderView, ended: dict[str, Any] | None) -> None:
        which = {"connection": view.connection, "order_id": view.store_order_id}
        if ended is None:
            if view.stage in FINAL:
                # It ended another time, without a document: what was kept of it is no longer true.
                session.execute(delete(EndedLifeRow).filter_by(**which))
            return
        kept = {"version": view.version, "state": _storable(ended)}
        if not self._database.add_if_new(session, EndedLifeRow, which | kept):
            row = session.get_one(EndedLifeRow, tuple(which.values()))
            row.version, row.state = view.version, kept["state"]

    def _record_hold(self, session: Session, view: OrderView, now: datetime) -> None:
        ended = update(HoldRow).where(
            col(HoldRow.connection) == view.connection,
            col(HoldRow.order_id) == view.store_order_id,
            col(HoldRow.ended_at).is_(None),
        )
        if view.hold:
            ended = ended.where(col(HoldRow.number) != view.hold.number)
        session.execute(ended.values(ended_at=now))
        if view.hold:
            self._database.add_if_new(session, HoldRow, _hold_columns(view, view.hold))

    def _record_approval(self, session: Session, view: OrderView) -> None:
        request = view.approval
        if request is None:
            return
        row = {
            "connection": view.connection,
            "order_id": view.store_order_id,
            "number": request.number,
            "role": request.role[:40],
            "because": plain(request.because)[:500],
            "asked_at": request.asked_at,
        }
        answer = {
            "standing": request.standing.value,
            "decided_by": request.decided_by,
            "reason": plain(request.reason)[:1000],
        }
        if not self._database.add_if_new(session, ApprovalRow, row | answer):
            key = (view.connection, view.store_order_id, request.number)
            kept = session.get_one(ApprovalRow, key)
            for name, value in answer.items():
                setattr(kept, name, value)

    def _record_deeds(self, session: Session, view: OrderView) -> None:
        for deed in view.deeds:
            row = {
                "connection": view.connection,
                "order_id": view.store_order_id,
                "number": deed.number,
                "at": deed.at,
                "by": deed.by[:80],
                "what": deed.what[:80],
                "detail": deed.detail[:2000],
            }
            self._database.add_if_new(session, AuditRow, row)

    async def one(self, connection: str, order_id: str) -> OrderView | None:
        """Return an order by its identity."""

        def work(session: Session) -> OrderView | None:
            row = session.get(OrderRow, (connection, order_id))
            return OrderView.model_validate(row.view) if row else None

        return await self._database.read(work)

    async def find(self, wanted: str, limit: int = 20) -> tuple[OrderView, ...]:
        """Find orders by `connection:id`, the store's id or number, or the ERP's number or id."""
        connection, _, order_id = wanted.partition(":")
        names = (OrderRow.order_id, OrderRow.number, OrderRow.erp_number, OrderRow.erp_entry)
        same = [col(name) == wanted for name in names]
        if order_id:
            same = [(col(OrderRow.connection) == connection) & (col(OrderRow.order_id) == order_id)]
        query = select(OrderRow).where(or_(*same)).order_by(col(OrderRow.updated_at).desc()).limit(limit)
        return await self._views(query)

    async def list(
        self,
        *,
        stage: Stage | None = None,
        connection: str = "",
        needs_person: bool | None = None,
        limit: int = 50,
    ) -> tuple[OrderView, ...]:
        """Return orders, the latest change first."""
        wanted = OrderFilter(stage=stage, connection=connection, needs_person=needs_person)
        return await self._views(matching(wanted).limit(limit))

    async def waiting_for(self, connection: str, limit: int = 1000) -> tuple[tuple[str, str], ...]:
        """Return (store, order id) of the orders parked because a connection is in trouble, oldest first."""
        query = (
            select(col(OrderRow.connection), col(OrderRow.order_id))
            .where(col(OrderRow.waits_for).contains(f",{connection},", autoescape=True))
            .order_by(col(OrderRow.placed_at), col(OrderRow.order_id))
            .limit(limit)
        )
        return await self._database.read(lambda session: tuple(session.execute(query).all()))

    async def followed_in(self, erp: str) -> tuple[tuple[str, str], ...]:
        """Return (store, order id) of the orders that an ERP holds and whose lives are not over."""
        query = select(col(OrderRow.connection), col(OrderRow.order_id)).where(
            col(OrderRow.erp) == erp,
            col(OrderRow.erp_entry) != "",
            col(OrderRow.stage).not_in([stage.value for stage in FINAL]),
        )
        return await self._database.read(lambda session: tuple(session.execute(query).all()))

    async def known_marks(self, connection: str, order_ids: tuple[str, ...]) -> dict[str, str]:
        """Return, for those of the orders that are known, the store's mark of the state we read last."""
        query = select(col(OrderRow.order_id), col(OrderRow.store_mark)).where(
            col(OrderRow.connection) == connection, col(OrderRow.order_id).in_(order_ids)
        )
        return await self._database.read(lambda session: dict(session.execute(query).all()))

    async def demand(self, connection: str) -> dict[str, Decimal]:
        """Return the pieces, by SKU, of a store's orders that the ERP does not have yet.

        The database takes them out of the views: an order's whole view is much more than is asked for.
        """
        part: Any = self._database.json_items(col(OrderRow.view), "demand")
        query = (
            select(part.c.key, part.c.value)
            .select_from(_ORDERS.join(part, true()))
            .where(col(OrderRow.connection) == connection, col(OrderRow.stage).in_(_NOT_IN_ERP))
        )
        found: dict[str, Decimal] = {}
        for sku, pieces in await self._database.read(lambda session: session.execute(query).all()):
            found[sku] = found.get(sku, Decimal(0)) + Decimal(pieces)
        return found

    async def ending(self, connection: str, order_id: str) -> Ending:
        """Tell whether an order's life is over, and whether its store may go on with it."""

        def look(session: Session) -> Ending:
            row = session.get(OrderRow, (connection, order_id))
            if row is None or Stage(row.stage) not in FINAL:
                return Ending.NONE
            kept = session.get(EndedLifeRow, (connection, order_id)) is not None
            if kept and Stage(row.stage) is Stage.COMPLETED:
                return Ending.COMPLETED
            return Ending.REVIVABLE if row.revivable else Ending.FINAL

        return await self._database.read(look)

    async def ended_life(self, connection: str, order_id: str) -> dict[str, Any] | None:
        """Return all that was known of an order when its life was over; None when nothing is kept."""

        def look(session: Session) -> dict[str, Any] | None:
            row = session.get(EndedLifeRow, (connection, order_id))
            return row.state if row else None

        return await self._database.read(look)

    async def audit(self, connection: str, order_id: str) -> tuple[AuditRow, ...]:
        """Return what persons and rules did to an order, in order."""
        query = (
            select(AuditRow)
            .where(col(AuditRow.connection) == connection, col(AuditRow.order_id) == order_id)
            .order_by(col(AuditRow.number))
        )
        return await self._database.read(lambda session: tuple(session.scalars(query).all()))

    async def _views(self, query: Any) -> tuple[OrderView, ...]:
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(OrderView.model_validate(row.view) for row in rows)


def _columns(view: OrderView, now: datetime) -> dict[str, Any]:
    document, total = view.document, view.total
    return {
        "connection": view.connection,
        "order_id": view.store_order_id,
        "version": view.version,
        "erp": view.erp,
        "number": plain(view.number)[:80],
        "customer": plain(view.customer)[:120],
        "stage": view.stage.value,
        "since": view.since,
        "needs_person": view.needs_person,
        "hold_code": view.hold.code if view.hold else "",
        "waits_for": "".join(f",{name}," for name in view.waits_for)[:200],
        "revivable": view.revivable,
        "amount": view.amount,
        "currency": total.currency if total else "",
        "erp_entry": document.entry if document else "",
        "erp_number": document.number if document else "",
        "told_store": view.told_store,
        "store_mark": view.store_mark[:80],
        "placed_at": view.placed_at,
        "updated_at": now,
        "view": _storable(view.model_dump(mode="json", exclude={"deeds", "decisions"})),
    }


def _storable(value: Any) -> Any:
    # PostgreSQL's JSON has no place for NUL, and a store may send one in any text.
    if isinstance(value, dict):
        return {name: _storable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return plain(value) if isinstance(value, str) else value


def _hold_columns(view: OrderView, hold: Hold) -> dict[str, Any]:
    return {
        "connection": view.connection,
        "order_id": view.store_order_id,
        "number": hold.number,
        "code": hold.code,
        "cause_group": hold.group.value,
        "sentence": plain(hold.sentence)[:1000],
        "since": hold.since,
    }
