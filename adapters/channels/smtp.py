"""Mail by SMTP. From its content on, a lost answer leaves open whether the server took the mail."""

import asyncio
import re
import ssl
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

import aiosmtplib
from pydantic import Field, SecretStr

from adapters.ports import Finding, Mail
from domain.errors import BadConfiguration, BadCredentials, InDoubt, Passing, Refused, WaybillError
from domain.model import Strict

_WHOLE_SEND_SECONDS = 300
_TEST_SECONDS = 15


class Security(StrEnum):
    """How the connection is protected. `plain` is for a mail server on the same machine only."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class SmtpSettings(Strict):
    """The mail server. Without a `host` nothing is mailed."""

    host: str = Field(default="", description="Empty: nothing is mailed.")
    port: int = Field(default=465, ge=1, le=65535, description="465 for tls, 587 for starttls.")
    security: Security = Field(
        default=Security.TLS, description="`tls`, `starttls`, or `plain` for a server on the same machine."
    )
    user: str = Field(default="", description="Empty: no login.")
    password: SecretStr = Field(default=SecretStr(""), description="By reference: env:NAME or file:/path.")
    sender: str = Field(default="Waybill <waybill@localhost>", description="A mailbox that is read.")
    reply_to: str = Field(default="", description="Where answers to notices go; empty: the sender.")
    bounces: str = Field(
        default="",
        description="Where mails that cannot be delivered come back to (see notices.md); empty: the sender.",
    )
    local_hostname: str = Field(default="localhost", description="What we call ourselves to the server.")
    ca_file: str = Field(default="", description="The server's own certificate authority.")


class _Conversation(aiosmtplib.SMTP):
    """A connection that knows whether a mail's content went out."""

    content_went_out = False

    async def data(self, *arguments: Any, **options: Any) -> aiosmtplib.SMTPResponse:
        """Send the content."""
        self.content_went_out = True
        return await super().data(*arguments, **options)


class Smtp:
    """Sends mails over one SMTP server. Implements `MailPort`."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._one_at_a_time = asyncio.Semaphore(2)

    async def send(self, mail: Mail) -> str:
        """Hand over one mail and return the server's final reply.

        Raises `Passing` for what may work later, `Refused` for an address or content that the server does
        not take, `BadCredentials` or `BadConfiguration` for our own set-up, and `InDoubt` when the answer
        to the content was lost: a repeat keeps the Message-ID.
        """
        if not self._settings.host:
            return "not sent: waybill.toml names no mail server"
        message = self._message(mail)
        async with self._one_at_a_time:
            conversation = _Conversation(**self._options())
            try:
                async with asyncio.timeout(_WHOLE_SEND_SECONDS), conversation as client:
                    _, reply = await client.send_message(message, sender=self._settings.bounces or None)
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
                raise as_error(problem, content_went_out=conversation.content_went_out) from problem
        return reply[:500]

    async def test(self) -> tuple[Finding, ...]:
        """Look whether the server takes our login."""
        where = f"{self._settings.host}:{self._settings.port}"
        if not self._settings.host:
            return (Finding(what="no mail server is named: nobody is mailed", ok=True),)
        try:
            async with aiosmtplib.SMTP(**self._options(), timeout=_TEST_SECONDS):
                return (Finding(what=f"the mail server {where} takes our login", ok=True),)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
            error = as_error(problem).problem
            fix = f"{error.field or 'mail.host'}: {error.quote or 'no answer'}"
            return (Finding(what=f"the mail server {where} does not take us", ok=False, fix=fix),)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = _address(mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        answers = mail.reply_to or self._settings.reply_to
        if answers:
            message["Reply-To"] = _address(answers)
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        for file in mail.attachments:
            kind, _, subkind = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subkind, filename=file.name)
        return message

    def _options(self) -> dict[str, Any]:
        chosen = self._settings
        options: dict[str, Any] = {
            "hostname": chosen.host,
            "port": chosen.port,
            "use_tls": chosen.security is Security.TLS,
            # Never left to the library: upgrading only where it is offered can be stripped in between.
            "start_tls": chosen.security is Security.STARTTLS,
            "local_hostname": chosen.local_hostname,
        }
        if chosen.user:
            options |= {"username": chosen.user, "password": chosen.password.get_secret_value()}
        if chosen.ca_file:
            options["tls_context"] = ssl.create_default_context(cafile=chosen.ca_file)
        return options


def _address(text: str) -> Address:
    """Return an address with its domain as mail servers know it. Raises `Refused` for what is none."""
    name, _, domain = text.strip().rpartition("@")
    try:
        if name and domain:
            return Address(addr_spec=f"{name}@{domain.encode('idna').decode()}")
    except (ValueError, HeaderParseError):
        pass
    raise Refused("the mail address cannot be written to", field="email")


def as_error(problem: Exception, *, content_went_out: bool = False) -> WaybillError:
    """Return our error for one of the mail library's."""
    quote = _said(problem)
    set_up = _wrong_set_up(problem, quote)
    if set_up:
        return set_up
    codes = _codes(problem)
    if codes and all(_is_final(code, problem) for code in codes):
        return Refused("the mail server does not take the mail", quote=quote)
    if content_went_out and not codes:
        return InDoubt(
            "the mail server may have taken the mail",
            quote=type(problem).__name__,
            remedy="Nothing to do: it is sent once more, with the same Message-ID.",
        )
    return Passing("the mail could not be sent now", quote=quote)


def _wrong_set_up(problem: Exception, quote: str) -> WaybillError | None:
    if "WRONG_VERSION_NUMBER" in quote or isinstance(problem, ssl.SSLCertVerificationError):
        return BadConfiguration(
            "the mail server's encryption is not as set", quote=quote, field="mail.security"
        )
    if "SMTPUTF8" in quote and isinstance(problem, aiosmtplib.SMTPNotSupported):
        return Refused("the mail server does not take addresses with letters beyond English", quote=quote)
    if isinstance(problem, aiosmtplib.SMTPNotSupported) or "STARTTLS extension not supported" in quote:
        return BadConfiguration(
            "the mail server does not offer what is set", quote=quote, field="mail.security"
        )
    codes = _codes(problem)
    if isinstance(problem, aiosmtplib.SMTPAuthenticationError) and codes[0] in {534, 535, 538}:
        return BadCredentials("the mail server refused the login", quote=quote, field="mail.password")
    if 530 in codes:
        return BadConfiguration(
            "the mail server wants a login or encryption first", quote=quote, field="mail.user"
        )
    if (
        isinstance(problem, aiosmtplib.SMTPConnectResponseError | aiosmtplib.SMTPHeloError)
        and codes[0] >= 500
    ):
        return BadConfiguration("the mail server does not talk to us", quote=quote, field="mail.host")
    if isinstance(problem, aiosmtplib.SMTPSenderRefused) and codes[0] >= 500:
        return BadConfiguration("the mail server does not take our sender", quote=quote, field="mail.sender")
    return None


def _said(problem: Exception) -> str:
    """Return what the server said, without the addresses it quotes: they are nobody's business in a log."""
    refused = problem.recipients if isinstance(problem, aiosmtplib.SMTPRecipientsRefused) else [problem]
    texts = (
        f"{each.code} {each.message}" if isinstance(each, aiosmtplib.SMTPResponseException) else str(each)
        for each in refused
    )
    return re.sub(r"[^\s<>:,;]+@[^\s<>:,;]+", "…", "; ".join(texts))


def _is_final(code: int, problem: Exception) -> bool:
    # At the recipients, old servers say 552 for "too many at once", which passes (RFC 5321, 4.5.3.1.10).
    crowded = code == 552 and isinstance(problem, aiosmtplib.SMTPRecipientsRefused)
    return 500 <= code < 600 and not crowded


def _codes(problem: Exception) -> list[int]:
    if isinstance(problem, aiosmtplib.SMTPRecipientsRefused):
        return [refused.code for refused in problem.recipients]
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        return [problem.code]
    return []
