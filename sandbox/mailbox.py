"""A mailbox that takes every mail and sends none on: an SMTP server with a small web page over it.

GET /              the mails, newest first            GET /read/{n}   one mail to read
GET /mails         the same as JSON, oldest first     GET /mails/{n}  one mail as JSON
GET /mails/{n}/raw                                    GET /mails/{n}/attachments/{i}
/_sandbox/faults, /_sandbox/ledger: see control.py. A fault's `path` selects by recipient.

`refuse_recipient` and `refuse_content` say no for good, `greylist` and `busy` say later, `refuse_sender` and
`refuse_login` (a wrong password) do not take us at all. `latency` waits before it confirms a mail, and
`drop_before_reply` keeps the mail but hangs up instead of confirming it, so that the sender cannot know.
`bounce` takes the mail, and a report that it could not be delivered comes back to the envelope's sender.
"""

import asyncio
import contextlib
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult
from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.bounces import bounce_report
from sandbox.control import control_routes
from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.serving import serving

FAULTS = frozenset(
    {
        "refuse_recipient",
        "refuse_content",
        "refuse_sender",
        "refuse_login",
        "greylist",
        "busy",
        "latency",
        "drop_before_reply",
        "bounce",
    }
)
_CONTENT_REPLIES = {"refuse_content": "554 5.7.1 content refused", "busy": "451 4.3.0 try again later"}
_LINK = re.compile(r"https?://[^\s<>\"']+")
_PAGES = {
    "page": """<!doctype html><meta charset="utf-8"><title>{{ title }}</title><style>
body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}
td,th{padding:.3rem .8rem .3rem 0;text-align:left}iframe{width:100%;height:30rem}</style>
<h1>{{ title }}</h1>{% block body %}{% endblock %}""",
    "list": """{% extends "page" %}{% block body %}
{% if not mails %}<p>No mail yet.</p>{% else %}<table><tr><th>No.<th>To<th>Subject<th>Date</tr>
{% for mail in mails %}<tr><td>{{ mail.n }}<td>{{ mail.to | join(", ") }}
<td><a href="/read/{{ mail.n }}">{{ mail.subject or "(no subject)" }}</a><td>{{ mail.date }}</tr>
{% endfor %}</table>{% endif %}{% endblock %}""",
    "mail": """{% extends "page" %}{% block body %}<p><a href="/">All mails</a></p>
<p>From {{ mail.sender }} to {{ mail.to | join(", ") }}, {{ mail.date }}</p>
{% for link in mail.links %}<p><a rel="noreferrer" href="{{ link }}">{{ link }}</a></p>{% endfor %}
{% for name in mail.attachments %}
<p>Attached: <a href="/mails/{{ mail.n }}/attachments/{{ loop.index }}">{{ name }}</a></p>{% endfor %}
<pre>{{ mail.text }}</pre>
{% if mail.html %}<iframe sandbox title="HTML part" srcdoc="{{ mail.html }}"></iframe>{% endif %}
{% endblock %}""",
}
_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
_pages = Environment(loader=DictLoader(_PAGES), autoescape=True)


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived. `sender` and `to` are the envelope's, so blind copies are among them."""

    n: int
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    date: str
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[str, ...]
    raw: bytes

    def as_json(self) -> dict[str, Any]:
        """Return what GET /mails/{n} answers."""
        facts = {name: value for name, value in vars(self).items() if name not in {"sender", "raw"}}
        return {"n": self.n, "from": self.sender, **facts}


def read_mail(n: int, sender: str, to: list[str], raw: bytes) -> Mail:
    """Read a mail from its bytes; links come from the text part, or the HTML part where there is no text."""
    message = message_from_bytes(raw, policy=policy.default)
    text, rich = _part(message, "plain"), _part(message, "html")
    return Mail(
        n=n,
        sender=sender,
        to=tuple(to),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")).strip(),
        date=str(message.get("Date", "")),
        text=text,
        html=rich,
        links=_links_in(text or html.unescape(rich)),
        attachments=tuple(part.get_filename("unnamed") for part in message.iter_attachments()),
        raw=raw,
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def files_of(mail: Mail) -> list[tuple[str, str, bytes]]:
    """Return a mail's attachments: name, media type, content."""
    message = message_from_bytes(mail.raw, policy=policy.default)
    parts = [(part, part.get_payload(decode=True)) for part in message.iter_attachments()]
    return [
        (
            part.get_filename("unnamed"),
            part.get_content_type(),
            # What is a message itself has no content of its own.
            content if isinstance(content, bytes) else part.as_bytes(),
        )
        for part, content in parts
    ]


def _links_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.rstrip(".,;:!?)]") for link in _LINK.findall(text)))


class Mailbox:
    """Mails in memory, the faults to come, and the ledger of what was accepted and refused."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.faults = FaultBoard(FAULTS)
        self.ledger = Ledger()
        self._arrival = asyncio.Condition()

    async def arrived(self, count: int = 1) -> list[Mail]:
        """Wait until at least `count` mails are there and return all."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.mails) >= count)
        return list(self.mails)

    async def accept(self, sender: str, to: list[str], raw: bytes) -> Mail:
        """Keep a mail."""
        mail = read_mail(len(self.mails) + 1, sender, to, raw)
        self.ledger.write("mail", n=mail.n, to=mail.to, message_id=mail.message_id)
        async with self._arrival:
            self.mails.append(mail)
            self._arrival.notify_all()
        return mail

    async def bounce(self, mail: Mail) -> None:
        """Report to the envelope's sender that a mail could not be delivered after all."""
        self.ledger.write("bounce", n=mail.n, to=mail.to, message_id=mail.message_id)
        await self.accept("", [mail.sender], bounce_report(mail.sender, mail.to, mail.raw))


class _Conversation:
    """What the mailbox answers; aiosmtpd calls a method for each command of a client."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._strikes("refuse_sender", address):
            return "553 5.7.1 sender not owned"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self._strikes("refuse_recipient", address):
            return "550 5.1.1 mailbox unknown"
        if self._strikes("greylist", address):
            return "450 4.2.0 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    def _strikes(self, kind: str, address: str) -> bool:
        struck = self._mailbox.faults.take(kind, path=address) is not None
        if struck:
            self._mailbox.ledger.write("refused", fault=kind, to=address)
        return struck

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        recipients, faults = " ".join(envelope.rcpt_tos), self._mailbox.faults
        for kind, reply in _CONTENT_REPLIES.items():
            if self._strikes(kind, recipients):
                return reply
        mail = await self._mailbox.accept(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        if faults.take("bounce", "DATA", recipients):
            await self._mailbox.bounce(mail)
        if late := faults.take("latency", "DATA", recipients):
            await asyncio.sleep(late.seconds)
        if faults.take("drop_before_reply", "DATA", recipients):
            server.transport.abort()
            await asyncio.Event().wait()  # aiosmtpd cancels us when the connection is lost
        return f"250 2.0.0 kept as {mail.n}"

    def check_login(self, _server: Any, session: Any, _envelope: Any, _mechanism: str, _data: Any) -> Any:
        """Let everybody in, unless armed to refuse: then by every mechanism the client tries in turn."""
        refused = getattr(session, "refused", False) or self._mailbox.faults.take("refuse_login", "AUTH")
        session.refused = bool(refused)
        return AuthResult(success=not refused, handled=False)


@contextlib.asynccontextmanager
async def _smtp_serving(mailbox: Mailbox, port: int) -> AsyncIterator[int]:
    """Speak SMTP on loopback without TLS; connections still open at the end are cut."""
    conversation, loop = _Conversation(mailbox), asyncio.get_running_loop()
    connections: list[Any] = []

    def connection() -> Any:
        connections[:] = [open_one for open_one in connections if open_one.transport]
        smtp = SMTP(
            conversation,
            hostname="mailbox.sandbox",  # else a look-up of this machine's full name, which can be slow
            enable_SMTPUTF8=True,
            authenticator=conversation.check_login,
            auth_require_tls=False,
            loop=loop,
        )
        connections.append(smtp)
        return smtp

    server = await loop.create_server(connection, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for smtp in connections:
            if smtp.transport:
                smtp.transport.abort()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def mailbox_serving(
    mailbox: Mailbox, smtp_port: int = 0, web_port: int = 0
) -> AsyncIterator[tuple[int, str]]:
    """Serve the mailbox on loopback and yield its SMTP port and the URL of its page; 0 means a free port."""
    async with _smtp_serving(mailbox, smtp_port) as port, serving(create_app(mailbox), web_port) as url:
        yield port, url


class _Pages:
    """What the web page and the JSON show of a mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def _chosen(self, request: Request) -> Mail:
        n: int = request.path_params["n"]
        if not 1 <= n <= len(self._mailbox.mails):
            raise HTTPException(404, f"there is no mail {n}")
        return self._mailbox.mails[n - 1]

    async def show_list(self, _: Request) -> Response:
        return _page("list", title="Mailbox", mails=self._mailbox.mails[::-1])

    async def show_mail(self, request: Request) -> Response:
        mail = self._chosen(request)
        return _page("mail", title=mail.subject or "(no subject)", mail=mail)

    async def list_mails(self, _: Request) -> Response:
        return JSONResponse([mail.as_json() for mail in self._mailbox.mails])

    async def read_one(self, request: Request) -> Response:
        return JSONResponse(self._chosen(request).as_json())

    async def read_raw(self, request: Request) -> Response:
        return Response(self._chosen(request).raw, media_type="message/rfc822")

    async def download(self, request: Request) -> Response:
        files, i = files_of(self._chosen(request)), request.path_params["i"]
        if not 1 <= i <= len(files):
            raise HTTPException(404, f"the mail has no attachment {i}")
        name, media_type, content = files[i - 1]
        # Always saved, never shown: what a mail brings does not run on this page.
        disposition = f"attachment; filename*=utf-8''{quote(name, safe='')}"
        return Response(
            content, media_type=media_type, headers={"Content-Disposition": disposition, **_POLICY}
        )


def create_app(mailbox: Mailbox) -> Starlette:
    """Return the web page and the JSON over a mailbox."""
    pages = _Pages(mailbox)
    return Starlette(
        routes=[
            Route("/", pages.show_list),
            Route("/read/{n:int}", pages.show_mail),
            Route("/mails", pages.list_mails),
            Route("/mails/{n:int}", pages.read_one),
            Route("/mails/{n:int}/raw", pages.read_raw),
            Route("/mails/{n:int}/attachments/{i:int}", pages.download),
            *control_routes(mailbox.faults, mailbox.ledger),
        ]
    )


def _page(template: str, **facts: Any) -> Response:
    return HTMLResponse(_pages.get_template(template).render(facts), headers=_POLICY)
