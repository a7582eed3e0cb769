"""Mail by SMTP. A mail whose end is ambiguous is sent once more at most, with the same Message-ID."""

import asyncio
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

import aiosmtplib
from pydantic import Field, SecretStr

from adapters.ports import Finding, Mail
from domain.errors import BadConfiguration, BadCredentials, Passing, Refused, WaybillError
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
    local_hostname: str = Field(default="localhost", description="What we call ourselves to the server.")
    ca_file: str = Field(default="", description="The server's own certificate authority.")


class Smtp:
    """Sends mails over one SMTP server. Implements `MailPort`."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._one_at_a_time = asyncio.Semaphore(2)

    async def send(self, mail: Mail) -> str:
        """Hand over one mail and return the server's final reply.

        Raises `Passing` for what may work later (an ambiguous end included: the Message-ID stays the same),
        `Refused` for an address or content that the server does not take, `BadCredentials` or
        `BadConfiguration` for our own set-up.
        """
        if not self._settings.host:
            return "not sent: waybill.toml names no mail server"
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(_WHOLE_SEND_SECONDS):
                    _, reply = await aiosmtplib.send(self._message(mail), **self._options())
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
                raise as_error(problem) from problem
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
        message["To"] = mail.to
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
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


def as_error(problem: Exception) -> WaybillError:
    """Return our error for one of the mail library's."""
    quote = str(problem)
    if "WRONG_VERSION_NUMBER" in quote or isinstance(problem, ssl.SSLCertVerificationError):
        return BadConfiguration(
            "the mail server's encryption is not as set", quote=quote, field="mail.security"
        )
    if isinstance(problem, aiosmtplib.SMTPNotSupported) or "STARTTLS extension not supported" in quote:
        return BadConfiguration(
            "the mail server does not offer what is set", quote=quote, field="mail.security"
        )
    if isinstance(problem, aiosmtplib.SMTPAuthenticationError) and problem.code in {534, 535, 538}:
        return BadCredentials("the mail server refused the login", quote=quote, field="mail.password")
    codes = _codes(problem)
    if codes and all(500 <= code < 600 for code in codes):
        return Refused("the mail server does not take the mail", quote=quote)
    return Passing("the mail could not be sent now", quote=quote)


def _codes(problem: Exception) -> list[int]:
    if isinstance(problem, aiosmtplib.SMTPRecipientsRefused):
        return [refused.code for refused in problem.recipients]
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        return [problem.code]
    return []
