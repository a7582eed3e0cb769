"""Webhooks of the shop's hook module: Standard Webhooks signatures, and bodies that name an order."""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from pydantic import SecretStr

from adapters.ports import BodyRefused, SignatureRefused, WebhookEvent
from adapters.stores.webhook_bodies import json_object, positive_number

_TOLERANCE_SECONDS = 300
_KIND = re.compile(r"[A-Za-z0-9_.\-]{1,100}")


def verify(headers: Mapping[str, str], body: bytes, now: datetime, secrets: Sequence[SecretStr]) -> str:
    """Check the signature over the raw bytes and return the delivery id, equal over retries.

    Any of the secrets may have signed, and any `v1` entry of the header may fit. Raises `SignatureRefused`.
    """
    delivery, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"[\x21-\x2d\x2f-\x7e]{1,200}", delivery):
        raise SignatureRefused("the header webhook-id is missing or garbled")
    if not re.fullmatch(r"[0-9]{1,12}", sent_at):
        raise SignatureRefused("the header webhook-timestamp is missing or garbled")
    if abs(now.timestamp() - int(sent_at)) > _TOLERANCE_SECONDS:
        raise SignatureRefused("the webhook was signed more than five minutes before or after now")
    given = _signatures(headers.get("webhook-signature", ""))
    signed = f"{delivery}.{sent_at}.".encode() + body
    for secret in secrets:
        right = hmac.new(_signing_key(secret), signed, sha256).digest()
        if any(hmac.compare_digest(right, each) for each in given):
            return delivery
    raise SignatureRefused("the webhook's signature fits none of the connection's secrets")


def _signing_key(secret: SecretStr) -> bytes:
    return base64.b64decode(secret.get_secret_value().removeprefix("whsec_"))


def _signatures(header: str) -> list[bytes]:
    """Read `v1,<Base64> v1,<Base64> …`; entries of other versions and garbled ones are passed over."""
    found = []
    for entry in header.split(" "):
        version, _, text = entry.partition(",")
        if version == "v1" and re.fullmatch(r"[A-Za-z0-9+/]{43}=", text):
            found.append(base64.b64decode(text))
    return found


def read(body: bytes, id_shop: int | None) -> WebhookEvent:
    """Read `{"type": "order.…", "shop_id": 1, "data": {"id_order": 1042}}`.

    An event about something else, or about another shop of a multistore, has no order. Raises `BodyRefused`.
    """
    event = json_object(body)
    kind = event.get("type")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise BodyRefused("the type of a webhook is a short word such as order.created", "type")
    shop = positive_number(event["shop_id"], "shop_id") if event.get("shop_id") is not None else None
    if not kind.startswith("order.") or (id_shop and shop and int(shop) != id_shop):
        return WebhookEvent(kind=kind)
    data = event.get("data")
    if not isinstance(data, dict):
        raise BodyRefused("the data of an order's webhook is a JSON object", "data")
    order_id = positive_number(data.get("id_order"), "data.id_order")
    asked = data.get("id_order_return")
    subject = positive_number(asked, "data.id_order_return") if asked is not None else ""
    return WebhookEvent(kind=kind, order_id=order_id, subject=subject)
