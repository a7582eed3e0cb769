"""The Admin API over HTTP: the token, the cost limit, answers and the errors inside them."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, TypeVar

from pydantic import ValidationError

from adapters.exact_json import written
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.stores.fields import Wire
from adapters.stores.shopify.errors import failed, refused_status
from adapters.stores.shopify.models import UserError
from adapters.stores.shopify.operations import in_buyers_currency
from adapters.stores.shopify.settings import ShopifySettings
from adapters.stores.shopify.tokens import Tokens
from domain.errors import RateLimited, UnexpectedAnswer

Document = TypeVar("Document", bound=Wire)
_JSON = {"content-type": "application/json"}


class ShopifyClient:
    """Requests to one shop, few at a time and within its limit of cost."""

    def __init__(self, connection: str, settings: ShopifySettings) -> None:
        self.connection = connection
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.root,
                connection=connection,
                timeout=settings.timeout,
                most_connections=settings.most_in_flight,
            )
        )
        self._path = f"/admin/api/{settings.api_version}/graphql.json"
        self._tokens = Tokens(self._http, connection, settings)
        self._free = asyncio.Semaphore(settings.most_in_flight)
        self._budget = Budget(settings.longest_pause)
        self._of_the_buyer = settings.amounts == "buyer"
        self.version = ""
        self.deprecated = ""

    async def read(self, document: str, **variables: object) -> dict[str, Any]:
        """Ask, and return the answer's `data`. An answer of which a part failed is an error as a whole."""
        return await self._send(document, variables, writes=False)

    async def read_one(
        self, kind: type[Document], document: str, root: str, **variables: object
    ) -> Document | None:
        """Read the one record under a root field, None where the shop has none."""
        data = await self.read(document, **variables)
        return None if data.get(root) is None else self.parsed(kind, data[root], root)

    async def write(self, document: str, **variables: object) -> tuple[UserError, ...]:
        """Send a mutation of one root field; return why it was refused, nothing when it was done.

        Raises `InDoubt` where the answer does not tell whether it was.
        """
        data = await self._send(document, variables, writes=True)
        (answer,) = data.values() or ({},)
        rows = answer.get("userErrors", ()) if isinstance(answer, dict) else ()
        return tuple(self.parsed(UserError, row, "userErrors") for row in rows)

    def parsed(self, kind: type[Document], value: object, root: str) -> Document:
        """Read a document. Raises `UnexpectedAnswer` with the place; the value may be personal."""
        try:
            return kind.model_validate(value)
        except ValidationError as problem:
            first = problem.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise UnexpectedAnswer(
                f"a record of {root} cannot be read: {field}",
                quote=first["type"],
                field=field,
                connection=self.connection,
            ) from None

    async def close(self) -> None:
        """Give back connections."""
        await self._http.close()

    async def _send(self, document: str, variables: Mapping[str, object], *, writes: bool) -> dict[str, Any]:
        document = in_buyers_currency(document) if self._of_the_buyer else document
        body = written({"query": document, "variables": dict(variables)})
        async with self._free:
            await self._budget.wait(document, self.connection)
            answer = await self._posted(body, writes=writes)
            if answer.status == 401 and self._tokens.renewable:
                # Nothing was done with a request that was not let in: it may go again with a new token.
                self._tokens.forget()
                answer = await self._posted(body, writes=writes)
        self.version = answer.headers.get("x-shopify-api-version", self.version)
        self.deprecated = answer.headers.get("x-shopify-api-deprecated-reason", "")
        refusal = refused_status(answer, self.connection, writes=writes)
        if refusal is not None:
            raise refusal
        return self._data(answer, document, writes=writes)

    async def _posted(self, body: bytes, *, writes: bool) -> Answer:
        headers = {**_JSON, "x-shopify-access-token": await self._tokens.token()}
        return await self._http.request("POST", self._path, writes=writes, headers=headers, content=body)

    def _data(self, answer: Answer, document: str, *, writes: bool) -> dict[str, Any]:
        try:
            found = answer.json
        except ValueError:
            raise unreadable(answer, self.connection, writes=writes) from None
        if not isinstance(found, dict):
            raise unreadable(answer, self.connection, writes=writes)
        cost = (found.get("extensions") or {}).get("cost")
        self._budget.note(document, cost)
        if found.get("errors"):
            raise failed(found["errors"], cost, self.connection, writes=writes)
        if not isinstance(found.get("data"), dict):
            raise unreadable(answer, self.connection, writes=writes)
        data: dict[str, Any] = found["data"]
        return data


class Budget:
    """What the shop lets us ask for, by its own last word: points that come back with time."""

    def __init__(self, longest_pause: timedelta) -> None:
        self._longest = longest_pause.total_seconds()
        self._costs: dict[str, int] = {}
        self._available, self._rate, self._at = 0.0, 0.0, 0.0

    def note(self, document: str, cost: object) -> None:
        """Keep what an answer says of its cost and of what is left; one that says nothing changes nothing."""
        try:
            asked, status = cost["requestedQueryCost"], cost["throttleStatus"]  # type: ignore[index]
            self._costs[document] = int(asked)
            self._available, self._rate = float(status["currentlyAvailable"]), float(status["restoreRate"])
        except (TypeError, KeyError, ValueError):
            return
        self._at = time.monotonic()

    async def wait(self, document: str, connection: str) -> None:
        """Wait until the shop has regained what a document costs. Raises `RateLimited` for a long wait."""
        cost = self._costs.get(document, 0)
        missing = cost - self._available - self._rate * (time.monotonic() - self._at)
        if not self._rate or missing <= 0:
            return
        seconds = missing / self._rate
        if seconds > self._longest:
            raise RateLimited(
                "the shop's limit of cost is used up",
                connection=connection,
                retry_after=timedelta(seconds=ceil(seconds)),
            )
        await asyncio.sleep(seconds)
