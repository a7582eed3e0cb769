"""A Twilio account that sends nothing: texts are kept, and what becomes of them is told as Twilio tells it.

GET  /                              the texts, to read
POST /2010-04-01/Accounts/{sid}/Messages.json      GET the same, and /Messages/{sid}.json
/_sandbox/faults, /_sandbox/ledger: see control.py. A fault's `path` selects by recipient.

`lose_answer` keeps the text and cuts the connection, `rate_limit` and `server_error` take nothing,
`undeliverable` lets a text fail after it was taken, `no_news` tells nothing of it. The vendor's own test
numbers refuse as they do there.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import html
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urldefrag

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.control import control_routes
from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.serving import cut_connection

FAULTS = frozenset({"lose_answer", "rate_limit", "server_error", "undeliverable", "no_news"})
DEFAULT_ACCOUNT = "AC" + "a" * 32
DEFAULT_TOKEN = "sandbox-auth-token"  # noqa: S105 - the sandbox's own
_TO_ERRORS = {
    "+15005550001": (21211, "Invalid 'To' Phone Number: +15005550001"),
    "+15005550002": (21612, "The 'To' number is not reachable from this sender"),
    "+15005550003": (21408, "Permission to send to this region is off"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
_FROM_ERRORS = {
    "+15005550001": (21212, "Invalid 'From' Number"),
    "+15005550007": (21606, "The 'From' number is not yours"),
    "+15005550008": (21611, "The sender's queue is full"),
}
_ATTEMPT_PAUSE = 0.2


@dataclass
class Text:
    """One text message, in Twilio's words."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    created: datetime
    status: str = "queued"
    error_code: int | None = None

    def as_json(self, account: str) -> dict[str, Any]:
        """Return what the API answers."""
        return {
            "sid": self.sid,
            "account_sid": account,
            "status": self.status,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "direction": "outbound-api",
            "num_segments": "1",
            "error_code": self.error_code,
            "error_message": None,
            "date_created": format_datetime(self.created),
            "date_sent": None if self.status == "queued" else format_datetime(self.created),
            "date_updated": format_datetime(self.created),
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{self.sid}.json",
        }


@dataclass
class Twilio:
    """One account: its texts, the faults to come, and the ledger."""

    account: str = DEFAULT_ACCOUNT
    token: str = DEFAULT_TOKEN
    texts: list[Text] = field(default_factory=list)
    faults: FaultBoard = field(default_factory=lambda: FaultBoard(FAULTS))
    ledger: Ledger = field(default_factory=Ledger)
    _numbers: Any = field(default_factory=count)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, to: str, sender: str, body: str, callback: str) -> Text:
        """Keep a text and begin to tell what becomes of it."""
        sid = f"SM{next(self._numbers):032x}"
        text = Text(sid, to, sender, body, callback, datetime.now(UTC).replace(microsecond=0))
        self.texts.append(text)
        self.ledger.write("text", sid=sid, to=to, body=body)
        if not self.faults.take("no_news", path=to):
            telling = asyncio.create_task(
                self._tell(text, self.faults.take("undeliverable", path=to) is not None)
            )
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        return text

    async def told(self) -> None:
        """Wait until all that is to be told was told."""
        await asyncio.gather(*self._telling)

    def stop_telling(self) -> None:
        """Tell nothing more."""
        for telling in self._telling:
            telling.cancel()

    async def _tell(self, text: Text, fails: bool) -> None:
        steps = [("sent", None), ("undelivered", 30005) if fails else ("delivered", None)]
        async with httpx.AsyncClient(trust_env=False) as client:
            for status, code in steps:
                text.status, text.error_code = status, code
                if text.callback:
                    await self._post(client, text)

    async def _post(self, client: httpx.AsyncClient, text: Text) -> None:
        url, fragment = urldefrag(text.callback)
        form = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": text.status,
            "SmsStatus": text.status,
            "To": text.to,
            "From": text.sender,
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
        }
        if text.error_code:
            form["ErrorCode"] = str(text.error_code)
        repeats = int(parse_qs(fragment).get("rc", ["1"])[0])
        for _ in range(1 + repeats):
            with contextlib.suppress(httpx.HTTPError):
                headers = {"X-Twilio-Signature": sign(self.token, url, form)}
                answer = await client.post(url, data=form, headers=headers)
                self.ledger.write("news", sid=text.sid, status=text.status, answer=answer.status_code)
                if answer.is_success:
                    return
            await asyncio.sleep(_ATTEMPT_PAUSE)


def sign(token: str, url: str, form: dict[str, str]) -> str:
    """Return the signature of a form posted to a URL."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class _Api:
    """The API and the page over one account."""

    def __init__(self, twilio: Twilio) -> None:
        self._twilio = twilio

    async def create(self, request: Request) -> Response:
        twilio = self._twilio
        form = {name: str(value) for name, value in (await request.form()).items()}
        to, sender = form.get("To", ""), form.get("From") or form.get("MessagingServiceSid", "")
        if twilio.faults.take("rate_limit", "POST", to):
            return _error(429, 20429, "Too Many Requests")
        if twilio.faults.take("server_error", "POST", to):
            return _error(500, 20500, "Internal server error")
        if wrong := _wrong(to, sender, form.get("Body", "")):
            return _error(400, *wrong)
        text = twilio.take(to, sender, form["Body"], form.get("StatusCallback", ""))
        if twilio.faults.take("lose_answer", "POST", to):
            cut_connection(request)
        return JSONResponse(text.as_json(twilio.account), 201)

    async def list_texts(self, request: Request) -> Response:
        twilio, wanted = self._twilio, request.query_params.get("To")
        found = [text for text in reversed(twilio.texts) if wanted in {None, text.to}]
        most = int(request.query_params.get("PageSize", 50))
        page = [text.as_json(twilio.account) for text in found[:most]]
        return JSONResponse({"messages": page, "page": 0, "page_size": most, "next_page_uri": None})

    async def read_text(self, request: Request) -> Response:
        twilio = self._twilio
        found = [text for text in twilio.texts if text.sid == request.path_params["sid"]]
        return JSONResponse(found[0].as_json(twilio.account)) if found else _error(404, 20404, "Not found")

    async def read_account(self, _: Request) -> Response:
        return JSONResponse({"sid": self._twilio.account, "status": "active", "friendly_name": "Sandbox"})

    async def show(self, _: Request) -> Response:
        return HTMLResponse(_page(self._twilio.texts))


def create_app(twilio: Twilio) -> Starlette:
    """Return the API and the page over one account."""
    api, account = _Api(twilio), "/2010-04-01/Accounts/{account}"

    def known(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def checked(request: Request) -> Response:
            return _refused(twilio, request) or await answer(request)

        return checked

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        twilio.stop_telling()

    return Starlette(
        routes=[
            Route("/", api.show),
            Route(f"{account}.json", known(api.read_account)),
            Route(f"{account}/Messages.json", known(api.create), methods=["POST"]),
            Route(f"{account}/Messages.json", known(api.list_texts)),
            Route(f"{account}/Messages/{{sid}}.json", known(api.read_text)),
            *control_routes(twilio.faults, twilio.ledger),
        ],
        lifespan=lifespan,
    )


def _refused(twilio: Twilio, request: Request) -> Response | None:
    login = base64.b64encode(f"{twilio.account}:{twilio.token}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {login}":
        return _error(401, 20003, "Authenticate")
    if request.path_params["account"] != twilio.account:
        return _error(404, 20404, "The requested resource was not found")
    return None


def _wrong(to: str, sender: str, body: str) -> tuple[int, str] | None:
    if not sender:
        return 21603, "A 'From' number or a messaging service is required"
    if not body:
        return 21602, "Message body is required"
    if len(body) > 1600:
        return 21617, "The body is too long"
    if to == sender:
        return 21266, "'To' and 'From' number cannot be the same"
    if not (to.startswith("+") and to[1:].isdecimal() and 8 <= len(to) <= 16):
        return 21211, f"Invalid 'To' Phone Number: {to}"
    return _TO_ERRORS.get(to) or _FROM_ERRORS.get(sender)


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)


def _page(texts: list[Text]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(text.to)}<td>{html.escape(text.body)}<td>{text.status}</tr>"
        for text in reversed(texts)
    )
    style = "body{font:16px/1.5 system-ui;margin:2rem}td{padding:.3rem .8rem .3rem 0}"
    table = f"<table>{rows}</table>" if rows else "<p>No text yet.</p>"
    return (
        f"<!doctype html><meta charset=utf-8><title>Texts</title><style>{style}</style><h1>Texts</h1>{table}"
    )
