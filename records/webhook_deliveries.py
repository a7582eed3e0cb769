"""Outgoing webhooks: the body of each, kept as it was first signed, the attempts, and failing endpoints."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Frozen
from records.database import Database
from records.tables import WebhookDeliveryRow, WebhookEndpointRow


class WebhookDelivery(Frozen):
    """One webhook on its way to one endpoint. `body` is what is signed and sent at every attempt."""

    id: str
    endpoint: str
    connection: str
    order_id: str
    event: str
    body: str
    attempts: int = 0
    last_status: int = 0
    last_error: str = ""
    delivered: bool = False
    at: datetime


class EndpointHealth(Frozen):
    """Since when an endpoint fails, and since when it is switched off."""

    endpoint: str
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    reason: str = ""


class WebhookDeliveries:
    """The log of outgoing webhooks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, delivery: WebhookDelivery) -> WebhookDelivery:
        """Keep a delivery before its first attempt, and return it as it was first kept."""

        def keep(session: Session) -> WebhookDelivery:
            self._database.add_if_new(session, WebhookDeliveryRow, delivery.model_dump())
            return _read(session.get_one(WebhookDeliveryRow, delivery.id))

        return await self._database.write(keep)

    async def note_attempt(self, delivery: str, status: int, error: str, now: datetime) -> None:
        """Note how an attempt ended: the answer's status, or 0 and the error."""

        def note(session: Session) -> None:
            row = session.get_one(WebhookDeliveryRow, delivery)
            row.attempts, row.last_status, row.last_error, row.at = row.attempts + 1, status, error[:300], now
            row.delivered = 200 <= status < 300

        await self._database.write(note)

    async def latest(self, endpoint: str = "", most: int = 50) -> tuple[WebhookDelivery, ...]:
        """Return the latest deliveries, of one endpoint or of all, newest first."""
        query = select(WebhookDeliveryRow).order_by(col(WebhookDeliveryRow.at).desc()).limit(most)
        if endpoint:
            query = query.where(col(WebhookDeliveryRow.endpoint) == endpoint)
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(_read(row) for row in rows)

    async def of_order(self, connection: str, order_id: str) -> tuple[WebhookDelivery, ...]:
        """Return the deliveries about an order, newest first."""
        query = (
            select(WebhookDeliveryRow)
            .where(
                col(WebhookDeliveryRow.connection) == connection,
                col(WebhookDeliveryRow.order_id) == order_id,
            )
            .order_by(col(WebhookDeliveryRow.at).desc(), col(WebhookDeliveryRow.id))
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(_read(row) for row in rows)

    async def health(self, endpoint: str) -> EndpointHealth:
        """Return how an endpoint does."""
        row = await self._database.read(lambda session: session.get(WebhookEndpointRow, endpoint))
        return EndpointHealth.model_validate(row.model_dump()) if row else EndpointHealth(endpoint=endpoint)

    async def note_failure(self, endpoint: str, now: datetime) -> datetime:
        """Note that an endpoint failed, and return since when it does."""

        def note(session: Session) -> datetime:
            row = self._endpoint(session, endpoint)
            row.failing_since = row.failing_since or now
            return row.failing_since

        return await self._database.write(note)

    async def note_success(self, endpoint: str) -> None:
        """Note that an endpoint took a delivery."""

        def note(session: Session) -> None:
            row = session.get(WebhookEndpointRow, endpoint)
            if row is not None:
                row.failing_since = None

        await self._database.write(note)

    async def disable(self, endpoint: str, reason: str, now: datetime) -> bool:
        """Switch an endpoint off; return False when it was off already."""

        def disable(session: Session) -> bool:
            row = self._endpoint(session, endpoint)
            if row.disabled_at is not None:
                return False
            row.disabled_at, row.reason = now, reason[:300]
            return True

        return await self._database.write(disable)

    async def enable(self, endpoint: str) -> bool:
        """Switch an endpoint on again; return False when it was on."""

        def enable(session: Session) -> bool:
            row = session.get(WebhookEndpointRow, endpoint)
            if row is None or row.disabled_at is None:
                return False
            row.failing_since, row.disabled_at, row.reason = None, None, ""
            return True

        return await self._database.write(enable)

    def _endpoint(self, session: Session, endpoint: str) -> WebhookEndpointRow:
        row = {"endpoint": endpoint, "failing_since": None, "disabled_at": None, "reason": ""}
        self._database.add_if_new(session, WebhookEndpointRow, row)
        return session.get_one(WebhookEndpointRow, endpoint)


def _read(row: WebhookDeliveryRow) -> WebhookDelivery:
    return WebhookDelivery.model_validate(row.model_dump())
