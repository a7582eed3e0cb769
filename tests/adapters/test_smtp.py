"""Mail over SMTP: what it looks like, and what each answer of a mail server means."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

import aiosmtplib
import pytest

from adapters.channels.smtp import Security, Smtp, SmtpSettings, as_error
from adapters.ports import Attachment, Mail
from domain.errors import BadConfiguration, BadCredentials, InDoubt, Passing, Refused, WaybillError
from sandbox.mailbox import Mailbox, mailbox_serving

MAIL = Mail(to="anna@example.com", subject="Your order 7", text="It was sent.", message_id="<7@waybill>")


@dataclass
class Post:
    """A mailbox and our way to it."""

    mailbox: Mailbox
    smtp: Smtp
    port: int

    @property
    def first(self) -> EmailMessage:
        """The first mail as it arrived."""
        return message_from_bytes(self.mailbox.mails[0].raw, policy=policy.default)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    mailbox = Mailbox()
    async with mailbox_serving(mailbox) as (port, _):
        settings = SmtpSettings(
            host="127.0.0.1", port=port, security=Security.PLAIN, bounces="bounces@waybill.example"
        )
        yield Post(mailbox, Smtp(settings), port)


async def test_a_mail_carries_text_html_files_and_where_to_answer(post: Post) -> None:
    file = Attachment(name="Rechnung für 7.pdf", media_type="application/pdf", content=b"%PDF-1.7\n\x00\xff")
    rich = MAIL.model_copy(
        update={"html": "<p>It was sent.</p>", "attachments": (file,), "reply_to": "desk@example.com"}
    )

    await post.smtp.send(rich)

    arrived = post.first
    text, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    (attached,) = arrived.iter_attachments()
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "It was sent."
    assert html.get_content().strip() == "<p>It was sent.</p>"
    assert (attached.get_filename(), attached.get_payload(decode=True)) == (file.name, file.content)
    assert (arrived["Reply-To"], arrived["Message-ID"]) == ("desk@example.com", "<7@waybill>")
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert post.mailbox.mails[0].sender == "bounces@waybill.example"


async def test_a_domain_with_other_letters_is_written_as_mail_servers_know_it(post: Post) -> None:
    await post.smtp.send(MAIL.model_copy(update={"to": "anna@bücher.example"}))

    assert post.mailbox.mails[0].to == ("anna@xn--bcher-kva.example",)


@pytest.mark.parametrize(
    "address",
    ["", "anna", "a@b@c.example", "anna@", "anna@example.com\nBcc: all@example.com", "a b@c.example"],
)
async def test_what_is_no_address_is_refused_and_nothing_is_sent(post: Post, address: str) -> None:
    with pytest.raises(Refused):
        await post.smtp.send(MAIL.model_copy(update={"to": address}))

    assert post.mailbox.mails == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("refuse_recipient", Refused),
        ("refuse_content", Refused),
        ("greylist", Passing),
        ("busy", Passing),
        ("refuse_sender", BadConfiguration),
    ],
)
async def test_what_the_server_says_no_to_is_not_kept(
    post: Post, fault: str, error: type[WaybillError]
) -> None:
    post.mailbox.faults.arm(fault)

    with pytest.raises(error):
        await post.smtp.send(MAIL)

    assert post.mailbox.mails == []


async def test_an_answer_lost_after_the_content_is_in_doubt_and_a_repeat_can_be_told(post: Post) -> None:
    post.mailbox.faults.arm("drop_before_reply")

    with pytest.raises(InDoubt):
        await post.smtp.send(MAIL)
    await post.smtp.send(MAIL)

    assert [mail.message_id for mail in post.mailbox.mails] == ["<7@waybill>", "<7@waybill>"]


async def test_a_server_that_is_not_there_was_not_sent_to(post: Post) -> None:
    nobody = Smtp(SmtpSettings(host="127.0.0.1", port=9, security=Security.PLAIN))

    with pytest.raises(Passing) as lost:
        await nobody.send(MAIL)

    assert not isinstance(lost.value, InDoubt)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_encryption_that_the_server_lacks_is_never_done_without(post: Post, security: Security) -> None:
    settings = SmtpSettings(host="127.0.0.1", port=post.port, security=security)

    with pytest.raises((BadConfiguration, Passing)):
        await Smtp(settings).send(MAIL)

    assert post.mailbox.mails == []


def _refused(*codes: int) -> aiosmtplib.SMTPRecipientsRefused:
    return aiosmtplib.SMTPRecipientsRefused(
        [aiosmtplib.SMTPRecipientRefused(code, "no", "a@b.example") for code in codes]
    )


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (aiosmtplib.SMTPAuthenticationError(535, "5.7.8 bad login"), BadCredentials),
        (aiosmtplib.SMTPAuthenticationError(454, "4.7.0 later"), Passing),
        (aiosmtplib.SMTPConnectResponseError(554, "no service"), BadConfiguration),
        (aiosmtplib.SMTPConnectResponseError(421, "too many"), Passing),
        (aiosmtplib.SMTPConnectError("WRONG_VERSION_NUMBER"), BadConfiguration),
        (aiosmtplib.SMTPConnectError("refused"), Passing),
        (aiosmtplib.SMTPHeloError(550, "who are you"), BadConfiguration),
        (aiosmtplib.SMTPException("SMTP STARTTLS extension not supported by server."), BadConfiguration),
        (aiosmtplib.SMTPNotSupported("AUTH missing"), BadConfiguration),
        (aiosmtplib.SMTPNotSupported("An address containing non-ASCII ... SMTPUTF8"), Refused),
        (aiosmtplib.SMTPSenderRefused(553, "not yours", "w@b.example"), BadConfiguration),
        (aiosmtplib.SMTPSenderRefused(451, "later", "w@b.example"), Passing),
        (aiosmtplib.SMTPSenderRefused(530, "login first", "w@b.example"), BadConfiguration),
        (_refused(550), Refused),
        (_refused(550, 450), Passing),
        (_refused(552), Passing),
        (aiosmtplib.SMTPDataError(552, "5.3.4 too big"), Refused),
        (aiosmtplib.SMTPDataError(451, "later"), Passing),
        (aiosmtplib.SMTPResponseException(-1, "unreadable"), Passing),
        (aiosmtplib.SMTPReadTimeoutError("slow"), Passing),
        (ssl.SSLCertVerificationError("self-signed"), BadConfiguration),
        (TimeoutError(), Passing),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value)[:30],
)
def test_each_answer_has_its_meaning(problem: Exception, error: type[WaybillError]) -> None:
    assert type(as_error(problem)) is error


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (aiosmtplib.SMTPServerDisconnected("gone"), InDoubt),
        (aiosmtplib.SMTPReadTimeoutError("slow"), InDoubt),
        (TimeoutError(), InDoubt),
        (aiosmtplib.SMTPDataError(451, "later"), Passing),
        (aiosmtplib.SMTPDataError(554, "no"), Refused),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value)[:30],
)
def test_after_the_content_only_an_answer_settles_it(problem: Exception, error: type[WaybillError]) -> None:
    assert type(as_error(problem, content_went_out=True)) is error


def test_what_a_server_says_is_quoted_without_the_address() -> None:
    refused = aiosmtplib.SMTPRecipientRefused(550, "5.1.1 <anna@b.example>: unknown", "anna@b.example")

    quote = as_error(aiosmtplib.SMTPRecipientsRefused([refused])).problem.quote

    assert quote == "550 5.1.1 <…>: unknown"
