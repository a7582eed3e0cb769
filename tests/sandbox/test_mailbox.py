"""The mailbox, spoken to over SMTP and read over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import httpx
import pytest

from sandbox.mailbox import Mailbox, mailbox_serving


@dataclass
class Post:
    """A served mailbox with a web client on its page and a way to send to it."""

    mailbox: Mailbox
    smtp_port: int
    web: httpx.AsyncClient

    async def send(self, message: EmailMessage, **details: Any) -> str:
        _, answer = await aiosmtplib.send(
            message,
            hostname="127.0.0.1",
            port=self.smtp_port,
            start_tls=False,
            **details,
        )
        return str(answer)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    mailbox = Mailbox()
    async with (
        mailbox_serving(mailbox) as (smtp_port, web_url),
        httpx.AsyncClient(base_url=web_url) as web,
    ):
        yield Post(mailbox, smtp_port, web)


def letter(text: str = "Your order is on its way.", to: str = "anna@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "shop@example.com", to
    message["Subject"] = "Order 7 — envoyée"
    message["Message-ID"] = "<order-7@example.com>"
    message["Date"] = "Sat, 21 Nov 2026 15:00:00 +0000"
    message.set_content(text)
    return message


async def test_mail_is_kept_and_shown_as_json(post: Post) -> None:
    await post.send(letter("Decide here: https://waybill.example/a?x=1&y=2. Thank you"))

    assert (await post.web.get("/mails")).json() == [(await post.web.get("/mails/1")).json()]
    assert (await post.web.get("/mails/1")).json() == {
        "n": 1,
        "from": "shop@example.com",
        "to": ["anna@example.com"],
        "subject": "Order 7 — envoyée",
        "message_id": "<order-7@example.com>",
        "date": "Sat, 21 Nov 2026 15:00:00 +0000",
        "text": "Decide here: https://waybill.example/a?x=1&y=2. Thank you\n",
        "html": "",
        "links": ["https://waybill.example/a?x=1&y=2"],
        "attachments": [],
    }


async def test_blind_copies_are_among_the_recipients(post: Post) -> None:
    await post.send(letter(), recipients=["anna@example.com", "ledger@example.com"])

    assert post.mailbox.mails[0].to == ("anna@example.com", "ledger@example.com")


async def test_links_of_a_mail_without_text_come_from_its_html(post: Post) -> None:
    message = letter()
    message.set_content('<a href="https://waybill.example/a?x=1&amp;y=2">Decide</a>', subtype="html")
    await post.send(message)

    assert post.mailbox.mails[0].links == ("https://waybill.example/a?x=1&y=2",)


async def test_attachment_is_named(post: Post) -> None:
    message = letter()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Rechnung für 7.pdf")
    await post.send(message)

    assert post.mailbox.mails[0].attachments == ("Rechnung für 7.pdf",)
    assert "Rechnung für 7.pdf" in (await post.web.get("/read/1")).text


async def test_attachment_is_downloaded_and_never_shown(post: Post) -> None:
    message = letter()
    message.add_attachment(b"<script>", maintype="text", subtype="html", filename="page.html")
    await post.send(message)

    file = await post.web.get("/mails/1/attachments/1")
    missing = await post.web.get("/mails/1/attachments/2")

    assert (file.content, file.headers["content-type"].partition(";")[0]) == (b"<script>", "text/html")
    assert file.headers["content-disposition"] == "attachment; filename*=utf-8''page.html"
    assert missing.status_code == 404


async def test_mail_that_bounces_is_taken_and_reported_to_the_envelope_sender(post: Post) -> None:
    post.mailbox.faults.arm("bounce", path="anna@")
    await post.send(letter(), sender="bounces@example.com")

    taken, report = post.mailbox.mails
    raw = message_from_bytes((await post.web.get("/mails/2/raw")).content, policy=policy.default)
    status, headers = list(raw.iter_parts())[1:]

    assert taken.to == ("anna@example.com",)
    assert (report.sender, report.to) == ("", ("bounces@example.com",))
    assert raw.get_content_type() == "multipart/report"
    assert "Status: 5.1.1" in status.as_string()
    assert "<order-7@example.com>" in headers.as_string()


async def test_page_lists_newest_first(post: Post) -> None:
    await post.send(letter(to="first@example.com"))
    await post.send(letter(to="second@example.com"))

    page = (await post.web.get("/")).text

    assert 0 < page.index("second@example.com") < page.index("first@example.com")


async def test_what_a_mail_says_never_runs_on_the_page(post: Post) -> None:
    message = letter("<script>alert(1)</script>")
    message.replace_header("Subject", "<script>alert(2)</script>")
    message.add_alternative('<script>alert("3")</script>', subtype="html")
    await post.send(message)

    for path in ("/", "/read/1"):
        answer = await post.web.get(path)
        assert "<script>" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<iframe sandbox " in answer.text


@pytest.mark.parametrize("path", ["/mails/1", "/mails/0", "/read/1"])
async def test_mail_that_is_not_there_is_404(post: Post, path: str) -> None:
    assert (await post.web.get(path)).status_code == 404


async def test_waiting_for_mail_ends_when_it_is_there(post: Post) -> None:
    waiting = asyncio.create_task(post.mailbox.arrived(2))

    await post.send(letter())
    assert not waiting.done()
    await post.send(letter())

    assert [mail.n for mail in await asyncio.wait_for(waiting, 10)] == [1, 2]


@pytest.mark.parametrize(("kind", "code"), [("refuse_recipient", 550), ("greylist", 450)])
async def test_refused_recipient_gets_nothing_the_others_do(post: Post, kind: str, code: int) -> None:
    await post.web.post("/_sandbox/faults", json={"kind": kind, "path": "anna@"})

    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await post.send(letter())
    await post.send(letter(to="luis@example.com"))

    assert [problem.code for problem in refused.value.recipients] == [code]
    assert [mail.to for mail in post.mailbox.mails] == [("luis@example.com",)]
    assert post.mailbox.ledger.of("refused", to="anna@example.com", fault=kind)


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("refuse_content", aiosmtplib.SMTPDataError, 554),
        ("busy", aiosmtplib.SMTPDataError, 451),
        ("refuse_sender", aiosmtplib.SMTPSenderRefused, 553),
    ],
)
async def test_refused_mail_is_not_kept(post: Post, kind: str, error: Any, code: int) -> None:
    post.mailbox.faults.arm(kind)

    with pytest.raises(error) as refused:
        await post.send(letter())
    await post.send(letter())

    assert refused.value.code == code
    assert len(post.mailbox.mails) == 1


async def test_hang_up_after_the_final_dot_leaves_the_mail_behind(post: Post) -> None:
    post.mailbox.faults.arm("drop_before_reply")

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await post.send(letter())

    assert [mail.message_id for mail in post.mailbox.mails] == ["<order-7@example.com>"]


async def test_late_confirmation_outlasts_an_impatient_sender(post: Post) -> None:
    post.mailbox.faults.arm("latency", seconds=60)

    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await post.send(letter(), timeout=0.3)

    assert len(post.mailbox.mails) == 1


async def test_any_login_is_let_in_until_armed_to_refuse(post: Post) -> None:
    await post.send(letter(), username="shop", password="any")
    post.mailbox.faults.arm("refuse_login")

    with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refused:
        await post.send(letter(), username="shop", password="any")

    assert refused.value.code == 535
    assert len(post.mailbox.mails) == 1


async def test_open_connection_does_not_keep_the_mailbox_open() -> None:
    mailbox = Mailbox()
    async with mailbox_serving(mailbox) as (smtp_port, _):
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp_port, start_tls=False)
        await client.connect()

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()
    client.close()
