"""Sendcloud over HTTP: the key pair, JSON both ways, pages, files."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from adapters.exact_json import written
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.labels.checkup import checked_pdf
from adapters.labels.sendcloud.errors import error_of
from adapters.labels.sendcloud.models import Return, ReturnPage
from adapters.labels.sendcloud.settings import SendcloudSettings
from domain.errors import Passing
from domain.model import Frozen

Read = TypeVar("Read", bound=Frozen)
_PAGE = 40
# The list's dates have no zone.
_MARGIN = timedelta(days=1)


class SendcloudClient:
    """Requests to one integration."""

    def __init__(self, connection: str, settings: SendcloudSettings) -> None:
        self.connection, self._settings = connection, settings
        pair = f"{settings.public_key}:{settings.secret.get_secret_value()}"
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url.rstrip("/") + "/",
                connection=connection,
                timeout=settings.timeout,
                headers={"authorization": "Basic " + b64encode(pair.encode()).decode()},
            )
        )

    async def create(self, body: Mapping[str, Any]) -> Answer:
        """Create a return and wait for the carrier; return the answer, refusals included."""
        return await self._http.request(
            "POST",
            "returns/announce-synchronously",
            writes=True,
            headers={"content-type": "application/json"},
            content=written(body),
        )

    async def returned(self, number: str) -> Return:
        """Read a return."""
        return self.read(await self.call("GET", f"returns/{int(number)}"), Return)

    async def returns(self, since: datetime) -> AsyncIterator[Return]:
        """Read the list of returns from a day on."""
        query = {**self._window(since), "page_size": str(_PAGE)}
        while True:
            page = self.read(await self.call("GET", "returns", query), ReturnPage)
            for each in page.data:
                yield each
            # Of the next page's address only the cursor is taken: it decides no host.
            cursors = parse_qs(urlsplit(page.next or "").query).get("cursor")
            if not cursors or query.get("cursor") == cursors[0]:
                return
            query = {**query, "cursor": cursors[0]}

    async def answers(self) -> None:
        """Ask for one return of today."""
        await self.call("GET", "returns", {**self._window(datetime.now(UTC)), "page_size": "1"})

    async def label(self, parcel: str) -> bytes:
        """Fetch a parcel's label. Its address is ours, made of the parcel's number."""
        answer = await self._http.request(
            "GET",
            f"parcels/{int(parcel)}/documents/label",
            writes=False,
            params={"paper_size": self._settings.paper.value},
            headers={"accept": "application/pdf"},
        )
        if answer.status == 404:
            raise Passing("the label is not printed yet", connection=self.connection)
        self._check(answer)
        return checked_pdf(answer, self.connection)

    async def call(self, method: str, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Send a request that may be repeated; raise what a refusal means."""
        answer = await self._http.request(method, path, writes=False, params=query)
        self._check(answer)
        return answer

    def read(self, answer: Answer, kind: type[Read], *, writes: bool = False) -> Read:
        """Read an answer."""
        try:
            return kind.model_validate(answer.json)
        except (ValidationError, ValueError):
            raise unreadable(answer, self.connection, writes=writes) from None

    async def close(self) -> None:
        """Give back connections."""
        await self._http.close()

    def _check(self, answer: Answer) -> None:
        problem = error_of(answer, self.connection, writes=False)
        if problem is not None:
            raise problem

    @staticmethod
    def _window(since: datetime) -> dict[str, str]:
        days = {"from_date": since - _MARGIN, "to_date": datetime.now(UTC) + _MARGIN}
        return {name: f"{each.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for name, each in days.items()}
