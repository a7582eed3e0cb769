"""Lists of orders, page by page: filtered, the latest change first, each from where the last one ended."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, or_, select, true, tuple_
from sqlmodel import col

from domain.life import OrderView
from domain.model import Frozen
from domain.stages import Stage
from records.columns import UtcTime
from records.database import Database
from records.tables import OrderRow


class PlaceRefused(ValueError):
    """The text names no place in a list."""


class Place(Frozen):
    """Where a page ended: the last order shown, and when it was changed last."""

    changed_at: datetime
    connection: str
    order_id: str

    def text(self) -> str:
        """Return the place as one word for an address."""
        parts = [self.changed_at.isoformat(), self.connection, self.order_id]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what `text` wrote. Raises `PlaceRefused`."""
        try:
            padded = text + "=" * (-len(text) % 4)
            changed_at, connection, order_id = json.loads(base64.b64decode(padded, b"-_", validate=True))
            at = datetime.fromisoformat(changed_at)
        except (binascii.Error, ValueError, TypeError):
            raise PlaceRefused("take the place of the next page from the page before") from None
        if at.tzinfo is None or not isinstance(connection, str) or not isinstance(order_id, str):
            raise PlaceRefused("take the place of the next page from the page before")
        return cls(changed_at=at, connection=connection, order_id=order_id)


class OrderFilter(Frozen):
    """Which orders. What is empty or None filters nothing."""

    stage: Stage | None = None
    connection: str = ""
    needs_person: bool | None = None
    hold: str = ""
    """A hold's code."""
    number: str = ""
    """The store's or the ERP's number."""
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    changed_from: datetime | None = None


class ListedOrder(Frozen):
    """An order in a list, and when its row was changed last."""

    view: OrderView
    changed_at: datetime

    @property
    def place(self) -> Place:
        """Where the order is in the list."""
        return Place(
            changed_at=self.changed_at,
            connection=self.view.connection,
            order_id=self.view.store_order_id,
        )


class OrderPages:
    """Lists of orders.

    An order that changes while somebody turns the pages moves to the front: it is never shown twice in
    its old place, and a later look with `changed_from` finds it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, wanted: OrderFilter, limit: int, after: Place | None = None
    ) -> tuple[ListedOrder, ...]:
        """Return up to `limit` orders that follow a place; from the front without one."""
        query = matching(wanted).limit(limit)
        if after:
            shown = tuple_(literal(after.changed_at, UtcTime()), after.connection, after.order_id)
            key = tuple_(col(OrderRow.updated_at), col(OrderRow.connection), col(OrderRow.order_id))
            query = query.where(key < shown)
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(
            ListedOrder(view=OrderView.model_validate(row.view), changed_at=row.updated_at) for row in rows
        )


def matching(wanted: OrderFilter) -> Select[Any]:
    """Return the query for the orders that pass a filter, the latest change first."""
    conditions = [
        _CONDITIONS[name](value) for name, value in wanted.model_dump(exclude_defaults=True).items()
    ]
    return (
        select(OrderRow)
        .where(true(), *conditions)
        .order_by(
            col(OrderRow.updated_at).desc(), col(OrderRow.connection).desc(), col(OrderRow.order_id).desc()
        )
    )


_CONDITIONS: Mapping[str, Callable[[Any], Any]] = {
    "stage": lambda stage: col(OrderRow.stage) == stage.value,
    "connection": lambda name: or_(col(OrderRow.connection) == name, col(OrderRow.erp) == name),
    "needs_person": lambda needed: col(OrderRow.needs_person).is_(needed),
    "hold": lambda code: col(OrderRow.hold_code) == code,
    "number": lambda number: or_(
        col(OrderRow.number) == number,
        col(OrderRow.order_id) == number,
        col(OrderRow.erp_number) == number,
    ),
    "placed_from": lambda instant: col(OrderRow.placed_at) >= instant,
    "placed_before": lambda instant: col(OrderRow.placed_at) < instant,
    "changed_from": lambda instant: col(OrderRow.updated_at) >= instant,
}
