"""EasyPost over HTTP: the key, JSON both ways, and label files from where EasyPost keeps them."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationError

from adapters.exact_json import written
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.labels.checkup import checked_pdf
from adapters.labels.easypost.errors import error_of
from adapters.labels.easypost.models import Shipment
from adapters.labels.easypost.settings import EasyPostSettings
from domain.errors import BadConfiguration, NotFound, Passing

_LABEL_HOSTS = ("easypost-files.s3.us-west-2.amazonaws.com", "easypost-files.s3-us-west-2.amazonaws.com")


class EasyPostClient:
    """Requests to one account."""

    def __init__(self, connection: str, settings: EasyPostSettings) -> None:
        self.connection, self._settings = connection, settings
        key = settings.key.get_secret_value()
        # Not a header of all requests: label files lie at another host, which must not see the key.
        self._login = {"authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url.rstrip("/") + "/", connection=connection, timeout=settings.timeout
            )
        )

    async def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, writes: bool
    ) -> Answer:
        """Send a request and return the answer, refusals included."""
        headers = {**self._login, "content-type": "application/json"}
        content = written(body) if body is not None else None
        return await self._http.request(method, path, writes=writes, headers=headers, content=content)

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, writes: bool
    ) -> Answer:
        """Send a request; raise what a refusal means."""
        answer = await self.send(method, path, body, writes=writes)
        problem = error_of(answer, self.connection, writes=writes)
        if problem is not None:
            raise problem
        return answer

    async def shipment(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Shipment:
        """Send a request that may be repeated, and read the shipment that it answers with."""
        return self.read(await self.call(method, path, body, writes=False), writes=False)

    def read(self, answer: Answer, *, writes: bool) -> Shipment:
        """Read a shipment."""
        try:
            return Shipment.model_validate(answer.json)
        except (ValidationError, ValueError):
            raise unreadable(answer, self.connection, writes=writes) from None

    async def file(self, url: str) -> bytes:
        """Fetch a label. Raises `BadConfiguration` for a host that is none of EasyPost's."""
        parts = urlsplit(url)
        if not self._is_theirs(parts):
            raise BadConfiguration(
                f"the label lies at {parts.scheme}://{parts.hostname}, where none is fetched from",
                field="label_hosts",
                connection=self.connection,
                remedy="If EasyPost has a new host for its files, add it to label_hosts.",
            )
        answer = await self._http.request("GET", url, writes=False)
        if answer.status in {403, 404}:
            # A store of files says so, too, before a new file shows.
            raise Passing("the label is not printed yet", connection=self.connection)
        problem = error_of(answer, self.connection, writes=False)
        if problem is not None and not isinstance(problem, NotFound):
            raise problem
        return checked_pdf(answer, self.connection)

    def _is_theirs(self, parts: SplitResult) -> bool:
        if parts.username is not None:
            return False
        api = urlsplit(self._settings.base_url)
        if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
            return True
        # The name with no port: neither another service on it, nor another host behind a colon.
        return parts.scheme == "https" and parts.netloc in {*_LABEL_HOSTS, *self._settings.label_hosts}

    async def close(self) -> None:
        """Give back connections."""
        await self._http.close()
