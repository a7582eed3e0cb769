"""Who may call the webservice, and what: keys, shops, rights per resource and verb."""

import base64
import binascii
from collections.abc import Mapping

from sandbox.prestashop.errors import WebserviceError, did_you_mean
from sandbox.prestashop.resources import RESOURCE_NAMES, RESOURCES
from sandbox.prestashop.settings import ApiKey
from sandbox.prestashop.state import ShopState

REALM = (
    "Welcome to PrestaShop Webservice, please enter the authentication key as the login."
    " No password required."
)
_VERBS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
_KEY_LENGTH = 32


def key_given(headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
    """Return the key of a call: the Basic user, else `ws_key`; None when there is neither."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(encoded, validate=True).decode().partition(":")[0].strip()
        except (binascii.Error, UnicodeDecodeError):
            pass
    key = query.get("ws_key")
    return key.strip() if key is not None else None


def check_switched_on(state: ShopState) -> None:
    """Refuse every call while the webservice is off, whoever calls."""
    if not state.settings.webservice:
        text = "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"
        raise WebserviceError(503, 22, text)


def authenticate(state: ShopState, key: str) -> ApiKey:
    """Return the account behind a key that is active and may do something."""
    if not key:
        raise WebserviceError(401, 17, "Authentication key is empty")
    if len(key) != _KEY_LENGTH:
        raise WebserviceError(401, 18, "Invalid authentication key format")
    account = next((each for each in state.settings.keys if each.key == key), None)
    no_rights = (21, "No permission for this authentication key")
    if account is None or not account.active:
        raise WebserviceError(401, 20, "Authentification key is not active", no_rights)
    if not any(account.rights.values()):
        raise WebserviceError(401, *no_rights)
    return account


def check_shop(account: ApiKey, query: Mapping[str, str]) -> None:
    """Refuse a shop or a group of shops that is not there, or that the key is not tied to."""
    group = query.get("id_shop_group", query.get("id_group_shop", ""))
    if group.isdigit() and int(group) != 1:
        raise WebserviceError(500, 999, "This shop group doesn't have shops")
    shop = query.get("id_shop", "1")
    if shop != "all" and not shop.isdigit():
        raise WebserviceError(404, 999, "This shop id does not exist")
    wanted = {1} if shop == "all" else {int(shop)}
    if not wanted & account.shops:
        raise WebserviceError(403, 132, "No permission for this key on this shop")


def check_resource(account: ApiKey, name: str) -> None:
    """Refuse a resource that does not exist, or on which the key has no right."""
    if name not in RESOURCE_NAMES:
        label = f'Resource of type "{name}" does not exists'
        raise did_you_mean(400, label, name, RESOURCE_NAMES, 27)
    if name not in RESOURCES or not account.rights.get(name):
        text = f'Resource of type "{name}" is not allowed with this authentication key'
        raise WebserviceError(401, 26, text)


def check_verb(account: ApiKey, name: str, verb: str) -> None:
    """Refuse a verb that is none, that the resource forbids, or that the key lacks."""
    if verb not in _VERBS:
        raise WebserviceError(405, 23, f"Method {verb} is not valid")
    refused = f"Method {verb} is not allowed for the resource {name}"
    if verb in RESOURCES[name].forbidden:
        raise WebserviceError(405, 101, refused)
    if verb not in account.rights[name]:
        raise WebserviceError(405, 25, f"{refused} with this authentication key")
