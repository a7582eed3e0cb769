"""Approval requests as they stand, for channels that show them and their outcome."""

from sqlalchemy import select
from sqlmodel import col

from domain.approvals.requests import Standing
from domain.life import OrderView
from domain.model import Frozen
from records.database import Database
from records.tables import ApprovalRow, OrderRow


class Outcome(Frozen):
    """What became of a request; `number` is the order's."""

    standing: Standing
    number: str = ""
    decided_by: tuple[str, ...] = ()
    reason: str = ""


class ApprovalRequests:
    """What was asked of approvers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_ones(self) -> tuple[OrderView, ...]:
        """Return the orders that wait for a decision, those asked for first in front."""
        query = (
            select(col(OrderRow.view))
            .join(
                ApprovalRow,
                (col(ApprovalRow.connection) == col(OrderRow.connection))
                & (col(ApprovalRow.order_id) == col(OrderRow.order_id)),
            )
            .where(col(ApprovalRow.standing) == Standing.OPEN.value)
            .order_by(col(ApprovalRow.asked_at))
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        views = [OrderView.model_validate(row) for row in rows]
        waiting = [view for view in views if view.approval and view.approval.standing is Standing.OPEN]
        # An order that was changed has older requests beside the one that counts.
        return tuple({(view.connection, view.store_order_id): view for view in waiting}.values())

    async def outcome(self, connection: str, order_id: str, number: int) -> Outcome:
        """Return how a request stands; one that a newer one took the place of is void."""
        request = await self._database.read(
            lambda session: session.get(ApprovalRow, (connection, order_id, number))
        )
        order = await self._database.read(lambda session: session.get(OrderRow, (connection, order_id)))
        if request is None or order is None:
            return Outcome(standing=Standing.VOID)
        standing = Standing(request.standing)
        view = OrderView.model_validate(order.view)
        shown = next(
            (each for each in (view.approval, *view.granted) if each and each.number == number), None
        )
        if standing is Standing.OPEN and shown is None:
            standing = Standing.VOID
        votes = tuple(vote.approver for vote in shown.votes) if shown else ()
        return Outcome(
            standing=standing,
            number=order.number,
            decided_by=votes or ((request.decided_by,) if request.decided_by else ()),
            reason=request.reason,
        )
