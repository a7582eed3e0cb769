"""Text messages over Twilio's SDK, which speaks through our own HTTP door.

Twilio has no idempotency key: a create whose answer was lost is looked for before it is repeated.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from adapters.channel_ports import TextEnd, TextMessage, TextNews
from adapters.channels.twilio_settings import TwilioSettings
from adapters.http import HttpClient, HttpSettings
from adapters.ports import BodyRefused, Finding, SignatureRefused
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    InDoubt,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)

_LONGEST_TEXT = 1600
_ENDS: Mapping[str, TextEnd] = {
    "delivered": TextEnd.DELIVERED,
    "read": TextEnd.DELIVERED,
    "undelivered": TextEnd.UNDELIVERED,
    "failed": TextEnd.UNDELIVERED,
    "canceled": TextEnd.UNDELIVERED,
}
# Twilio's error dictionary, https://www.twilio.com/docs/api/errors
_REFUSALS: Mapping[int, tuple[type[WaybillError], str]] = {
    20003: (BadCredentials, "auth_tokens"),
    20404: (BadConfiguration, "account"),
    21211: (Refused, "phone"),
    21212: (BadConfiguration, "sender"),
    21408: (BadConfiguration, "account"),
    21603: (BadConfiguration, "sender"),
    21606: (BadConfiguration, "sender"),
    21608: (BadConfiguration, "account"),
    21610: (Refused, "phone"),
    21611: (Passing, ""),
    21612: (Refused, "phone"),
    21614: (Refused, "phone"),
}
UNDELIVERED: Mapping[str, str] = {
    "30001": "Twilio's queue was full",
    "30002": "the Twilio account is suspended",
    "30003": "the phone was off or out of reach",
    "30004": "the recipient's side blocked it",
    "30005": "the number is not known",
    "30006": "the number is a landline or cannot be reached",
    "30007": "it was filtered as unwanted",
    "30008": "the carrier gave no reason",
    "30034": "the sender is not registered for the United States",
}


class TwilioSms:
    """Text messages by one Twilio account. Implements `TextPort`."""

    def __init__(self, connection: str, settings: TwilioSettings) -> None:
        self._settings, self._connection = settings, connection
        self._http = HttpClient(
            HttpSettings(base_url=settings.base_url, connection=connection, timeout=settings.timeout)
        )
        user = settings.api_key or settings.account
        password = settings.secret if settings.api_key else settings.auth_tokens[0]
        self._client: Any = Client(
            user,
            password.get_secret_value(),
            settings.account,
            http_client=_Door(self._http),
            environment={"TWILIO_EDGE": ""},
        )

    @property
    def settle(self) -> timedelta:
        """How late a message may show in the list."""
        return self._settings.settle

    async def test(self) -> tuple[Finding, ...]:
        """Look whether the account takes our login."""
        try:
            await self._client.api.v2010.accounts(self._settings.account).fetch_async()
        except TwilioException as problem:
            error = as_error(problem).problem
            fix = f"connections.{self._connection}.{error.field or 'account'}: {error.quote}"
            return (Finding(what="Twilio does not take our login", ok=False, fix=fix),)
        return (Finding(what="Twilio takes our login", ok=True),)

    async def send(self, message: TextMessage) -> str:
        """Hand over a message and return its SID."""
        sender = "messaging_service_sid" if self._settings.sender.startswith("MG") else "from_"
        options = {sender: self._settings.sender}
        if message.callback:
            # Three repeats for whatever goes wrong; by itself Twilio repeats once, when it cannot connect.
            options["status_callback"] = f"{message.callback}#rc=3&rp=all"
        try:
            created = await self._client.messages.create_async(
                to=message.to, body=message.text[:_LONGEST_TEXT], **options
            )
        except TwilioException as problem:
            raise as_error(problem, message.to) from None
        return str(created.sid)

    async def find(self, message: TextMessage, since: datetime) -> str:
        """Look through the latest messages to the same number for one with the same text."""
        earliest = since - timedelta(days=1)
        try:
            # Not by the date it was sent: a message that still waits there has none.
            latest = await self._client.messages.list_async(to=message.to, limit=100)
        except TwilioException as problem:
            raise as_error(problem) from None
        for each in latest:
            if each.body == message.text[:_LONGEST_TEXT] and each.date_created >= earliest:
                return str(each.sid)
        return ""

    def read_news(self, url: str, body: bytes, signature: str) -> TextNews:
        """Check a status callback's signature over all its fields, and read it."""
        form = _Form(body)
        tokens = [token.get_secret_value() for token in self._settings.auth_tokens]
        if not any(RequestValidator(token).validate(url, form, signature) for token in tokens):
            raise SignatureRefused("the status callback's signature fits none of the account's tokens")
        if form.get("AccountSid") != self._settings.account:
            raise SignatureRefused("the status callback is from another account")
        message, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if not message or not status:
            raise BodyRefused("a status callback names its message and status", "MessageStatus")
        code = form.get("ErrorCode", "")
        sentence = f"{UNDELIVERED.get(code, 'it did not arrive')} ({code or status})"
        end = _ENDS.get(status, TextEnd.ON_ITS_WAY)
        return TextNews(message=message, end=end, sentence=sentence if end is TextEnd.UNDELIVERED else "")

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()


class _Form(dict[str, str]):
    """A form with the last value of each field, and all of them for the signature."""

    def __init__(self, body: bytes) -> None:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        super().__init__(pairs)
        self._pairs = pairs

    def getlist(self, name: str) -> list[str]:
        """Return all values of a field."""
        return [value for each, value in self._pairs if each == name]


class _Door(AsyncHttpClient):  # type: ignore[misc]
    """The SDK's way out: our HTTP door, at the configured address."""

    def __init__(self, http: HttpClient) -> None:
        super().__init__(logging.getLogger("waybill.twilio"), is_async=True)
        self._http = http

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - the SDK's signature; the door has its own
        allow_redirects: bool = False,  # noqa: ARG002 - as well
    ) -> Response:
        """Send one request of the SDK's."""
        parts = urlsplit(uri)
        query = dict(parse_qsl(parts.query)) | {name: str(value) for name, value in (params or {}).items()}
        writes = method != "GET"
        answer = await self._http.request(
            method,
            parts.path,
            writes=writes,
            params=query,
            headers={**(headers or {}), **_login(auth)},
            content=urlencode(data).encode() if data else None,
        )
        _raise_for(answer.status, answer.retry_after, answer.body, writes=writes)
        return Response(answer.status, answer.text, answer.headers)


def _login(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}"}


def _raise_for(status: int, retry_after: timedelta | None, body: bytes, *, writes: bool) -> None:
    """Raise for what the SDK's errors do not tell apart."""
    if status == 429:
        raise RateLimited("Twilio asks us to slow down", retry_after=retry_after)
    readable = True
    try:
        json.loads(body)
    except ValueError:
        readable = False
    if status < 500 and readable:
        return
    if writes:
        raise InDoubt("Twilio may have taken the message", quote=f"HTTP {status}")
    raise Passing("Twilio does not answer as it should", quote=f"HTTP {status}", retry_after=retry_after)


def as_error(problem: TwilioException, to: str = "") -> WaybillError:
    """Return our error for one of the SDK's. The number that Twilio quotes is nobody's business in a log."""
    code, status = getattr(problem, "code", 0) or 0, getattr(problem, "status", 0) or 0
    usual: tuple[type[WaybillError], str] = (Refused, "")
    if status in {401, 403}:
        usual = (BadCredentials, "auth_tokens")
    kind, field = _REFUSALS.get(int(code), usual)
    said = str(getattr(problem, "msg", "") or getattr(problem, "title", ""))
    sentence = "Twilio refused our login" if kind is BadCredentials else "Twilio does not take the message"
    return kind(sentence, quote=f"{code}: {said.replace(to, '…') if to else said}", field=field)
