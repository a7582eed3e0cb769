"""Notices as webhooks: one body for all attempts, a log, and endpoints that are switched off."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.alerts import Alerts
from activities.channels import Channels
from activities.sending import Receipt
from adapters.channel_ports import WebhookAnswer, WebhookMessage
from domain.errors import Passing, Refused, WaybillError
from domain.notices import PlannedNotice
from records.webhook_deliveries import WebhookDeliveries, WebhookDelivery

SWITCHED_OFF_AFTER = timedelta(days=5)
_GONE = 410


class WebhookNotices:
    """Delivers notices to receivers of webhooks."""

    def __init__(self, channels: Channels, deliveries: WebhookDeliveries, alerts: Alerts) -> None:
        self._channels, self._deliveries, self._alerts = channels, deliveries, alerts

    async def attempt(self, notice: PlannedNotice) -> Receipt:
        """Make one attempt. Raises `Passing` for what is to be repeated, `Refused` where nothing more helps.

        Safe to repeat: the id stays the same, by which the receiver tells doubles.
        """
        now = datetime.now(UTC)
        kept = await self._deliveries.keep(_delivery(notice, now))
        health = await self._deliveries.health(notice.via)
        if health.disabled_at:
            raise Refused(f"the endpoint {notice.via} is switched off", quote=health.reason)
        status, error, wait = await self._post(notice.via, kept, now)
        await self._deliveries.note_attempt(kept.id, status, error, datetime.now(UTC))
        if 200 <= status < 300:
            await self._deliveries.note_success(notice.via)
            return Receipt(f"HTTP {status}", kept.id)
        await self._failed(notice.via, status, error)
        raise Passing(f"the endpoint {notice.via} does not take webhooks now", quote=error, retry_after=wait)

    async def _post(
        self, endpoint: str, kept: WebhookDelivery, now: datetime
    ) -> tuple[int, str, timedelta | None]:
        try:
            message = WebhookMessage(id=kept.id, body=kept.body)
            answer: WebhookAnswer = await self._channels.webhook(endpoint).deliver(message, now)
        except WaybillError as trouble:
            said = trouble.problem
            return 0, " ".join(part for part in (said.sentence, said.quote) if part), None
        error = "" if 200 <= answer.status < 300 else f"HTTP {answer.status} {answer.head[:200]}".strip()
        return answer.status, error, answer.retry_after

    async def _failed(self, endpoint: str, status: int, error: str) -> None:
        """Note a failure; raise `Refused` when it is the last that the endpoint is allowed."""
        now = datetime.now(UTC)
        since = await self._deliveries.note_failure(endpoint, now)
        if status == _GONE:
            reason = "it said that it is gone (HTTP 410)"
        elif now - since >= SWITCHED_OFF_AFTER:
            reason = f"it has failed since {since:%Y-%m-%d %H:%M} UTC: {error}"
        else:
            return
        if await self._deliveries.disable(endpoint, reason, now):
            await self._alerts.send(
                f"endpoint:{endpoint}:{now:%Y-%m-%dT%H:%M}",
                endpoint,
                f"Webhooks to {endpoint} are switched off",
                f"{endpoint} gets no webhooks any more: {reason}.\n\n"
                f"When it works again, switch it on: waybill notices enable {endpoint}\n",
            )
        raise Refused(f"the endpoint {endpoint} was switched off", quote=reason)


def _delivery(notice: PlannedNotice, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        id=f"msg_{hashlib.sha256(notice.key.encode()).hexdigest()[:32]}",
        endpoint=notice.via,
        connection=notice.connection,
        order_id=notice.store_order_id,
        event=notice.event.value,
        body=json.dumps(_content(notice), separators=(",", ":"), ensure_ascii=False),
        at=now,
    )


def _content(notice: PlannedNotice) -> dict[str, Any]:
    """What a receiver learns: ids and numbers, nothing about the person."""
    facts = notice.facts
    data = {
        "store": notice.connection,
        "order_id": notice.store_order_id,
        **facts.model_dump(mode="json", exclude={"first_name", "language", "documents", "amount"}),
        "amount": f"{facts.amount.amount:f}" if facts.amount else "",
        "currency": facts.amount.currency if facts.amount else "",
    }
    stamp = notice.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    kept = {name: value for name, value in data.items() if value not in ("", [])}
    return {"type": f"order.{notice.event.value}", "timestamp": stamp, "data": kept}
