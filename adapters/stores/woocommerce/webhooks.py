"""Webhooks of the shop: an HMAC over the raw bytes, a topic beside the body, and a body that is the record.

The signature covers neither time nor topic, so a body can be played back: all it does is that an order is
read again. The shop sends the state at delivery, never twice by itself; its delivery id repeats within a
second.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence, Set
from datetime import date
from hashlib import sha256
from typing import Any

from pydantic import SecretStr

from adapters.ports import BodyRefused, Greeting, SignatureRefused, WebhookEvent
from adapters.stores.webhook_bodies import json_object, positive_number
from adapters.stores.woocommerce.models import DRAFTS

_TOPIC = re.compile(r"[a-z_]{1,60}\.[A-Za-z0-9_]{1,100}")
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[SecretStr]) -> str:
    """Check the signature and return an id made of topic, delivery id and body.

    Raises `Greeting` for the form a webhook posts when it is switched on, and `SignatureRefused`.
    """
    given, topic = headers.get("x-wc-webhook-signature", ""), headers.get("x-wc-webhook-topic", "")
    if not given and not topic and _PING.fullmatch(body):
        raise Greeting("a webhook of the shop was switched on")
    if not _TOPIC.fullmatch(topic):
        raise SignatureRefused("the header X-WC-Webhook-Topic is missing or garbled")
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}=", given):
        raise SignatureRefused("the header X-WC-Webhook-Signature is missing or garbled")
    sent = base64.b64decode(given)
    for secret in secrets:
        if hmac.compare_digest(_signature(secret, body), sent):
            told = f"{topic} {headers.get('x-wc-webhook-delivery-id', '')} "
            return sha256(told.encode() + body).hexdigest()
    raise SignatureRefused("the webhook's signature fits none of the connection's secrets")


def _signature(secret: SecretStr, body: bytes) -> bytes:
    return hmac.new(secret.get_secret_value().encode(), body, sha256).digest()


def read(
    headers: Mapping[str, str],
    body: bytes,
    sub_orders: bool,
    placed_from: date | None = None,
    drafts: Set[str] = DRAFTS,
) -> WebhookEvent:
    """Read an order, or `{"id": 4711}` of one that was deleted; other topics have no order.

    An order still in the checkout is none yet, one of before a day is not ours, and a sub-order only where
    they are taken. What was gone when the webhook was sent is left to the list. Raises `BodyRefused`.
    """
    record = json_object(body)
    topic = headers.get("x-wc-webhook-topic", "")
    if not topic.startswith("order.") or _is_gone(record):
        return WebhookEvent(kind=topic)
    order_id = positive_number(record.get("id"), "id")
    if record.get("status") in drafts or (_has_parent(record) and not sub_orders):
        return WebhookEvent(kind=topic)
    placed = record.get("date_created_gmt")
    if placed_from and isinstance(placed, str) and placed[:10] < placed_from.isoformat():
        return WebhookEvent(kind=topic)
    return WebhookEvent(kind="order.refunded" if record.get("refunds") else topic, order_id=order_id)


def _is_gone(record: Mapping[str, Any]) -> bool:
    """The body is what the API answers the webhook's user, a refusal included."""
    code = record.get("code")
    if "id" in record or not isinstance(code, str):
        return False
    if code.endswith("_invalid_id"):
        return True
    raise BodyRefused(
        "the webhook's user may not read orders: make the webhook anew as a shop manager or an administrator",
        "code",
    )


def _has_parent(record: Mapping[str, Any]) -> bool:
    return record.get("parent_id") not in {None, 0, "0", ""}
