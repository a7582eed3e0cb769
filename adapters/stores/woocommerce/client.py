"""The REST API over HTTP: keys, routes with and without permalinks, pages, pace.

The keys travel in the Authorization header, over TLS only (`settings` sees to it); into the query they go
where a merchant says that the host drops the header. Errors never quote an address, for that reason.
"""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.stores.fields import Wire
from adapters.stores.pace import Pace
from adapters.stores.woocommerce.errors import error_of
from adapters.stores.woocommerce.settings import WooCommerceSettings
from domain.errors import BadConfiguration, UnexpectedAnswer, WaybillError

Row = TypeVar("Row", bound=Wire)
SHOP = "wc/v3"
_PAGE, _MOST_PAGES = 100, 50
_KEYS_ARE_READ = "wp-json/wc/"
"""Up to 11.0 the shop looks at keys only where the address has this, wherever (`is_request_to_rest_api`)."""
_NOT_ALLOWED, _INSTEAD = 405, {"PUT": "POST"}
"""The shop changes a record by either (`WP_REST_Server::EDITABLE`); some hosts let no PUT through."""
_PRINTED = (
    "Look at the quoted answer: a PHP warning goes with WP_DEBUG_DISPLAY set to false, a page comes from a"
    " cache, a login or a plug-in in front of /wp-json."
)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page of a list; `pages` counts them all, None where a proxy took the header."""

    rows: list[Row]
    pages: int | None

    def is_last(self, number: int, size: int) -> bool:
        """Tell whether nothing comes after this page. A short one tells it only where no header does."""
        return len(self.rows) < size if self.pages is None else self.pages <= number


class WooCommerceClient:
    """Requests to one shop, politely few at a time."""

    def __init__(self, connection: str, settings: WooCommerceSettings) -> None:
        self.connection = connection
        self._settings = settings
        key = settings.consumer_key.get_secret_value()
        secret = settings.consumer_secret.get_secret_value()
        login = "Basic " + b64encode(f"{key}:{secret}".encode()).decode()
        self._keys = {"consumer_key": key, "consumer_secret": secret} if settings.keys_in_query else {}
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url,
                connection=connection,
                timeout=settings.timeout,
                most_connections=settings.most_in_flight,
                ca_file=settings.ca_file,
                headers={
                    "accept": "application/json",
                    # Firewalls in front of shops turn away what calls itself after a library.
                    "user-agent": "Waybill",
                    "cache-control": "no-cache",
                    **({} if settings.keys_in_query else {"authorization": login}),
                },
            )
        )
        self._free = asyncio.Semaphore(settings.most_in_flight)
        self._pace = Pace(settings.requests_per_second)
        self._clock: datetime | None = None
        self._verbs: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        """The shop's clock at its last answer, ours where the shop does not tell."""
        return self._clock or datetime.now(UTC)

    async def page(self, path: str, kind: type[Row], query: Mapping[str, str]) -> Page[Row]:
        """Read a page of a list. Raises `UnexpectedAnswer` for what cannot be read."""
        answer = await self._send("GET", path, query)
        found = self._read(answer)
        if not isinstance(found, list):
            raise self._unreadable(answer)
        pages = answer.headers.get("x-wp-totalpages", "")
        rows = [self._checked(path, kind, row) for row in found]
        return Page(rows, int(pages) if pages.isascii() and pages.isdecimal() else None)

    async def every(self, path: str, kind: type[Row], query: Mapping[str, str]) -> list[Row]:
        """Read a list that is not long, to its end."""
        rows: list[Row] = []
        for number in range(1, _MOST_PAGES + 1):
            asked = {**query, "page": str(number), "per_page": str(_PAGE)}
            page = await self.page(path, kind, asked)
            rows += page.rows
            if page.is_last(number, _PAGE):
                break
        return rows

    async def one(self, path: str, kind: type[Row], query: Mapping[str, str]) -> Row:
        """Read one record. Raises `NotFound`, and `UnexpectedAnswer` for what cannot be read."""
        answer = await self._send("GET", path, query)
        return self._checked(path, kind, self._read(answer))

    async def write(self, verb: str, path: str, body: Mapping[str, Any]) -> None:
        """Send one change; what comes back is only looked at for being JSON.

        Raises `InDoubt` (or `SaveFailed`, one of its kind) where reading again must tell what became of it.
        """
        answer = await self._send(verb, path, {}, json.dumps(body).encode())
        try:
            _ = answer.json
        except ValueError:
            raise unreadable(answer, self.connection, writes=True) from None

    async def close(self) -> None:
        """Give back connections."""
        await self._http.close()

    async def _send(
        self, verb: str, path: str, query: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        answer = await self._exchange(self._verbs.get(verb, verb), path, query, body)
        if answer.status == _NOT_ALLOWED and verb not in self._verbs and verb in _INSTEAD:
            self._verbs[verb] = _INSTEAD[verb]
            answer = await self._exchange(_INSTEAD[verb], path, query, body)
        self._look_at(answer)
        refusal = error_of(answer, self.connection, verb, _resource(path))
        if refusal is not None:
            raise refusal
        return answer

    async def _exchange(self, verb: str, path: str, query: Mapping[str, str], body: bytes | None) -> Answer:
        headers = {"content-type": "application/json"} if body is not None else None
        async with self._free:
            await self._pace.turn()
            try:
                return await self._http.request(
                    verb, self._address(path, query), writes=verb != "GET", headers=headers, content=body
                )
            except BadConfiguration as redirect:
                raise self._without_keys(redirect) from None

    def _address(self, path: str, query: Mapping[str, str]) -> str:
        # Page caches in front of shops keep answers of GET, whatever the header says.
        asked = {**query, "_": f"{time.time_ns():x}", **self._keys}
        route = f"wp-json/{path}"
        if self._settings.plain_permalinks:
            route, asked = "", {"rest_route": f"/{path}", "via": _KEYS_ARE_READ, **asked}
        text = "&".join(f"{quote(name, safe='')}={quote(value, safe='/')}" for name, value in asked.items())
        return f"{route}?{text}" if text else route

    def _without_keys(self, redirect: BadConfiguration) -> BadConfiguration:
        """The address a host redirects to repeats the query, keys included."""
        said = redirect.problem
        return BadConfiguration(
            said.sentence, quote=said.quote.partition("?")[0], field=said.field, connection=self.connection
        )

    def _look_at(self, answer: Answer) -> None:
        try:
            moment = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return
        self._clock = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)

    def _read(self, answer: Answer) -> Any:
        """Read JSON, with or without a byte order mark before it."""
        try:
            return answer.json
        except ValueError:
            raise self._unreadable(answer) from None

    def _unreadable(self, answer: Answer) -> WaybillError:
        said = unreadable(answer, self.connection, writes=False).problem
        return UnexpectedAnswer(said.sentence, quote=said.quote, remedy=_PRINTED, connection=self.connection)

    def _checked(self, path: str, kind: type[Row], row: Any) -> Row:
        """Read a record; an error names the place and the kind of mistake, for the value may be personal."""
        try:
            return kind.model_validate(row)
        except ValidationError as problem:
            first = problem.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise UnexpectedAnswer(
                f"a record of {_resource(path)} cannot be read: {field}",
                quote=first["type"],
                field=field,
                connection=self.connection,
            ) from None


def _resource(path: str) -> str:
    """Name what a path is about: `wc/v3/orders/7/notes` is notes of orders."""
    names = [part for part in path.split("/")[2:] if not part.isdecimal()]
    return " of ".join(reversed(names)) or "its REST API"
