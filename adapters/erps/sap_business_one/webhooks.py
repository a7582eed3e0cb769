"""The company's own webhooks (10.0 FP 2602 and later): a signed hint that something changed.

The body names documents by their keys alone, may come twice and stops coming after an outage. So it only
wakes the change feed, which reads what there is.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from pydantic import SecretStr

from adapters.ports import BodyRefused, SignatureRefused

SIGNATURE = "x-b1-webhook-signature"
HANDSHAKE = "x-b1-webhook-token"
_LONGEST_TOKEN = 200


def check(secret: SecretStr | None, headers: Mapping[str, str], body: bytes) -> None:
    """Check the signature over the raw body; where the server signed its own re-writing, over that.

    Raises `SignatureRefused` or, for a signed body that is no JSON, `BodyRefused`.
    """
    given = _decoded(headers.get(SIGNATURE, ""))
    if secret is None or not given:
        raise SignatureRefused("the webhook is not signed, or no key is set for it")
    if not (_fits(secret, body, given) or _fits(secret, _rewritten(body), given)):
        raise SignatureRefused("the webhook's signature does not fit")
    try:
        json.loads(body)
    except ValueError:
        raise BodyRefused("the body is not JSON") from None


def answer_handshake(secret: SecretStr | None, headers: Mapping[str, str]) -> dict[str, str]:
    """Return what the server wants to read before it sends events. Raises `SignatureRefused`."""
    token = headers.get(HANDSHAKE, "")
    given = _decoded(headers.get(SIGNATURE, ""))
    if secret is None or not token or len(token) > _LONGEST_TOKEN or not _fits(secret, token.encode(), given):
        raise SignatureRefused("the handshake is not signed with the key that is set")
    return {"Challenge": token}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _fits(secret: SecretStr, content: bytes, given: bytes) -> bool:
    made = hmac.new(secret.get_secret_value().encode(), content, hashlib.sha256).digest()
    return hmac.compare_digest(made, given)


def _rewritten(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, UnicodeEncodeError):
        return b""
