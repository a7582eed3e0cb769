"""Webhooks: signed over the raw body with the app's secret, named by a delivery id that retries keep.

The time of a delivery is not signed and a retry comes up to four hours later, so no age is refused: a
delivery that comes twice has the same id and is taken once.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from pydantic import SecretStr

from adapters.ports import BodyRefused, SignatureRefused, WebhookEvent
from adapters.stores.webhook_bodies import json_object, positive_number

_ORDERS = {"create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled", "delete"}
_OF_AN_ORDER = {"refunds", "fulfillments", "fulfillment_events", "order_transactions"}
_CREATED, _CHANGED = "order.created", "order.changed"
_REFUNDED, _RETURN_WANTED = "order.refunded", "order.return_requested"


def verify(headers: Mapping[str, str], body: bytes, shop: str, secrets: Iterable[SecretStr]) -> str:
    """Return the delivery id of a webhook of this shop. Raises `SignatureRefused`."""
    delivery = _header(headers, "webhook-id")
    if not re.fullmatch(r"[A-Za-z0-9._:-]{8,100}", delivery):
        raise SignatureRefused("the header X-Shopify-Webhook-Id is missing or garbled")
    if not re.fullmatch(r"[a-z_]{1,60}/[a-z_]{1,60}", _header(headers, "topic")):
        raise SignatureRefused("the header X-Shopify-Topic is missing or garbled")
    if _header(headers, "shop-domain").lower() != shop:
        raise SignatureRefused("the webhook is of another shop")
    given = _header(headers, "hmac-sha256")
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}=", given):
        raise SignatureRefused("the header X-Shopify-Hmac-Sha256 is missing or garbled")
    for secret in secrets:
        right = hmac.new(secret.get_secret_value().encode(), body, sha256).digest()
        if hmac.compare_digest(right, base64.b64decode(given)):
            return delivery
    raise SignatureRefused("the webhook's signature fits none of the connection's secrets")


def _header(headers: Mapping[str, str], name: str) -> str:
    """Return a header under either of its names: a newer form of delivery leaves the x- off."""
    return headers.get(f"x-shopify-{name}") or headers.get(f"shopify-{name}") or ""


def read(
    headers: Mapping[str, str], body: bytes, *, tests: bool, placed_from: date | None = None
) -> WebhookEvent:
    """Read what a body is about, by the topic that came with it. Raises `BodyRefused`.

    Other topics, tests that are not to be taken and orders of before a day have no order. Where there is
    such a day, what does not tell when its order was placed is left to the list.
    """
    record = json_object(body)
    area, _, event = _header(headers, "topic").partition("/")
    if area == "orders" and event in _ORDERS:
        if record.get("test") is True and not tests:
            return WebhookEvent(kind="order.test")
        if _is_older(record.get("created_at"), placed_from):
            return WebhookEvent(kind="order.older")
        kind = _CREATED if event == "create" else _CHANGED
        return _about(record, "id", "", _REFUNDED if record.get("refunds") else kind)
    if placed_from is None and f"{area}/{event}" == "orders/edited":
        return _about(record.get("order_edit"), "order_id", "order_edit.", _CHANGED)
    if placed_from is None and area in _OF_AN_ORDER:
        return _about(record, "order_id", "", _REFUNDED if area == "refunds" else _CHANGED)
    if area == "returns" and (event == "request" or (placed_from is None and "order" in record)):
        kind = _RETURN_WANTED if event == "request" else _CHANGED
        told = _about(record.get("order"), "id", "order.", kind)
        return told.model_copy(update={"subject": positive_number(record.get("id"), "id")})
    return WebhookEvent(kind=f"{area}.{event}")


def _is_older(placed: Any, first: date | None) -> bool:
    if first is None or placed is None:
        return False
    try:
        return datetime.fromisoformat(placed).astimezone(UTC).date() < first
    except (TypeError, ValueError):
        raise BodyRefused("the order's created_at is no time", "created_at") from None


def _about(record: Any, name: str, path: str, kind: str) -> WebhookEvent:
    if not isinstance(record, dict):
        raise BodyRefused("a record is a JSON object", path.rstrip("."))
    return WebhookEvent(kind=kind, order_id=positive_number(record.get(name), path + name))
