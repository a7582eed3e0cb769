"""What rules decided on orders, with the facts they saw; kept beside each order's view."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.life import OrderView
from domain.rules.decisions import RuleDecision
from records.database import Database
from records.rule_tables import RuleDecisionRow


class RuleDecisions:
    """Each decision once, however often it is told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, connection: str, order_id: str) -> tuple[RuleDecision, ...]:
        """Return what rules decided on an order, the first decision first."""
        query = (
            select(col(RuleDecisionRow.decision))
            .where(col(RuleDecisionRow.connection) == connection, col(RuleDecisionRow.order_id) == order_id)
            .order_by(col(RuleDecisionRow.number))
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(RuleDecision.model_validate(row) for row in rows)


def add_decisions(database: Database, session: Session, view: OrderView) -> None:
    """Keep the decisions that a view carries, in the transaction of the view."""
    for decision in view.decisions:
        row = {
            "connection": view.connection,
            "order_id": view.store_order_id,
            "number": decision.number,
            "at": decision.at,
            "trigger": decision.trigger.value,
            "version": decision.version,
            "decision": decision.model_dump(mode="json"),
        }
        database.add_if_new(session, RuleDecisionRow, row)
