"""Who may use the REST API: keys by header or by query, what a key may, and what its user may.

After WooCommerce 10, includes/class-wc-rest-authentication.php: a key that nobody knows is no login at all,
so the answer is that of a visitor; and up to 11.0 keys are looked at only where the address has `wp-json/wc`
in it, plain permalinks or not. The sandbox is on loopback without TLS and takes the header there, as the real
shop does behind TLS only.
"""

import base64
import binascii
import re

from starlette.requests import Request

from sandbox.woocommerce.errors import RestError
from sandbox.woocommerce.settings import Settings

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_DENIED = {"GET": "view", "POST": "create", "PUT": "edit", "DELETE": "delete"}


def let_in(settings: Settings, request: Request) -> None:
    """Return when the request may be served. Raises `RestError`."""
    key, secret = _given(settings, request)
    known = next((each for each in settings.keys if each.key == key), None)
    if known is None or not re.search("wp-json/wc[/-]", str(request.url)):
        raise _cannot(request.method, 401)
    if known.secret != secret:
        raise RestError(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
    needed = "write" if request.method in _WRITES else "read"
    if needed not in known.permissions.split("_"):
        words = f"The API key provided does not have {needed} permissions."
        raise RestError(401, "woocommerce_rest_authentication_error", words)
    if not known.may_manage:
        raise _cannot(request.method, 403)


def _given(settings: Settings, request: Request) -> tuple[str, str]:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic" and not settings.drops_authorization:
        try:
            user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return user, password
    query = request.query_params
    return query.get("consumer_key", ""), query.get("consumer_secret", "")


def _cannot(method: str, status: int) -> RestError:
    what = _DENIED.get(method, "view")
    return RestError(status, f"woocommerce_rest_cannot_{what}", "Sorry, you cannot list resources.")
