"""The one door to HTTP: time-outs, size caps, no redirects, no retries, spans without personal data.

A failure before anything was sent is `ConnectionDown`. A failure after that is `Passing` for a request that
only reads and `InDoubt` for one that writes, because nobody knows what the other side did with it.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, NoReturn

import httpx
from opentelemetry import trace

from domain.errors import BadConfiguration, ConnectionDown, InDoubt, Passing, UnexpectedAnswer, WaybillError

_TRACER = trace.get_tracer("waybill.http")


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are shown as such."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """Whether a page came instead of data: a balancer, a firewall, a maintenance notice."""
        return self.body.lstrip()[:1] == b"<" and b"<html" in self.body[:2000].lower()

    @cached_property
    def json(self) -> Any:
        """The body as JSON with exact decimals. Raises ValueError for anything that is not JSON."""
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_no_number)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    @property
    def retry_after(self) -> timedelta | None:
        """How long the other side asks us to wait, at most a day."""
        return _wait_time(self.headers.get("retry-after", ""))


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _wait_time(text: str) -> timedelta | None:
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text), 86400))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return min(max(wait, timedelta(0)), timedelta(days=1))


@dataclass(frozen=True)
class HttpSettings:
    """How to reach one system. `ca_file` replaces the usual certificates; `verify` False trusts anybody."""

    base_url: str
    connection: str
    timeout: timedelta = timedelta(seconds=60)
    connect_timeout: timedelta = timedelta(seconds=10)
    most_connections: int = 10
    largest_answer: int = 32 * 1024 * 1024
    ca_file: str = ""
    verify: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpClient:
    """Requests to one system."""

    def __init__(self, settings: HttpSettings) -> None:
        self._connection = settings.connection
        self._largest_answer = settings.largest_answer
        self._timeout = settings.timeout
        self._client = httpx.AsyncClient(
            base_url=settings.base_url,
            headers=dict(settings.headers),
            timeout=httpx.Timeout(
                settings.timeout.total_seconds(), connect=settings.connect_timeout.total_seconds()
            ),
            # Shorter than common servers keep theirs: a connection just closed would put a write in doubt.
            limits=httpx.Limits(max_connections=settings.most_connections, keepalive_expiry=3),
            verify=_certificates(settings),
            # Sessions are the adapters' own: a jar would send one session's cookies with another's login.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    async def request(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        address: str = "",
    ) -> Answer:
        """Send one request and return whatever status came back.

        `writes` says whether the request may change something there: it decides what a lost answer means.
        With `address` (an IP address) the connection goes there and nowhere else, whatever the name says by
        now; the name is still what the certificate must prove.
        """
        request = self._client.build_request(method, path, params=params, headers=headers, content=content)
        if address:
            request.extensions["sni_hostname"] = request.url.host
            request.url = request.url.copy_with(host=address)
        with _TRACER.start_as_current_span(f"{method} {request.url.path}") as span:
            span.set_attribute("waybill.connection", self._connection)
            try:
                async with asyncio.timeout(self._timeout.total_seconds()):
                    answer = await self._exchange(request)
            except (httpx.TransportError, TimeoutError) as problem:
                raise self._lost(problem, writes=writes) from problem
            span.set_attribute("http.response.status_code", answer.status)
        if 300 <= answer.status < 400 and answer.status != 304:
            raise BadConfiguration(
                "the address answers with a redirect, which is not followed",
                quote=answer.headers.get("location", ""),
                field="base_url",
                connection=self._connection,
            )
        return answer

    async def _exchange(self, request: httpx.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            parts: list[bytes] = []
            size = 0
            async for part in response.aiter_bytes():
                size += len(part)
                if size > self._largest_answer:
                    raise httpx.ReadError("the answer is larger than any real one")
                parts.append(part)
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, b"".join(parts))

    def _lost(self, problem: Exception, *, writes: bool) -> WaybillError:
        what = type(problem).__name__
        if isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout):
            return ConnectionDown("the system cannot be reached", quote=what, connection=self._connection)
        if isinstance(problem, httpx.PoolTimeout | httpx.UnsupportedProtocol):
            return Passing("no connection was free", quote=what, connection=self._connection)
        if writes:
            return InDoubt("no answer tells whether it was written", quote=what, connection=self._connection)
        return Passing("the answer was lost", quote=what, connection=self._connection)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _certificates(settings: HttpSettings) -> ssl.SSLContext | bool:
    if settings.ca_file:
        try:
            return ssl.create_default_context(cafile=settings.ca_file)
        except OSError as problem:
            raise BadConfiguration(
                f"the certificate authority cannot be read ({problem.strerror or 'no certificate'})",
                field="ca_file",
                connection=settings.connection,
                remedy=f"Put a PEM file where connections.{settings.connection}.ca_file says.",
            ) from None
    # Reading the authorities takes a fifth of a second, and a plain connection has no use for them.
    return settings.verify and settings.base_url.startswith("https:")


def unreadable(answer: Answer, connection: str, *, writes: bool) -> WaybillError:
    """Return the error for an answer that is not what the protocol says: in doubt after a write."""
    quote = answer.text[:200]
    if writes:
        return InDoubt("the answer to a write cannot be read", quote=quote, connection=connection)
    return UnexpectedAnswer("the answer cannot be read", quote=quote, connection=connection)
