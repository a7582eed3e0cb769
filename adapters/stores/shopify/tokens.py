"""The token that opens the shop: one that the merchant made, or one that an app fetches for a day."""

import asyncio
import time
from urllib.parse import urlencode

from adapters.exact_json import written
from adapters.http import Answer, HttpClient, unreadable
from adapters.stores.shopify.errors import refused_status
from adapters.stores.shopify.settings import ShopifySettings
from domain.errors import BadCredentials

_PATH = "/admin/oauth/access_token"
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_EARLIER_SECONDS = 300


class Tokens:
    """Gives out the token of one shop."""

    def __init__(self, http: HttpClient, connection: str, settings: ShopifySettings) -> None:
        self._http, self._connection, self._settings = http, connection, settings
        self._fetching = asyncio.Lock()
        self._token, self._until = "", 0.0

    @property
    def renewable(self) -> bool:
        """Whether another token can be fetched."""
        return bool(self._settings.client_id)

    async def token(self) -> str:
        """Return a token that is valid. Raises `BadCredentials` when the app's secret is refused."""
        if not self.renewable:
            return self._settings.access_token.get_secret_value()
        async with self._fetching:
            if time.monotonic() >= self._until:
                await self._fetch()
            return self._token

    def forget(self) -> None:
        """Fetch another one next time."""
        self._until = 0.0

    async def _asked(self, kind: str, body: bytes) -> Answer:
        headers = {"content-type": kind, "accept": _JSON}
        return await self._http.request("POST", _PATH, writes=False, headers=headers, content=body)

    async def _fetch(self) -> None:
        asked = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "grant_type": "client_credentials",
        }
        answer = await self._asked(_JSON, written(asked))
        if answer.status in {400, 415, 422}:
            # The documents send a form, the vendor's own library JSON: a proxy may know the one only.
            answer = await self._asked(_FORM, urlencode(asked).encode())
        if answer.status in {400, 401, 403} and not answer.is_html:
            raise BadCredentials(
                "Shopify does not accept the app's client id and secret",
                quote=answer.text[:200],
                field="client_secret",
                connection=self._connection,
            )
        refusal = refused_status(answer, self._connection, writes=False)
        if refusal is not None:
            raise refusal
        try:
            token, seconds = answer.json["access_token"], int(answer.json["expires_in"])
        except (ValueError, TypeError, KeyError):
            # What cannot be read may hold the token itself: it is not quoted.
            raise unreadable(type(answer)(answer.status, {}, b""), self._connection, writes=False) from None
        self._token, self._until = str(token), time.monotonic() + max(seconds - _EARLIER_SECONDS, 1)
