"""A mail that came back is known by its Message-ID; any other mail is none of our business."""

from email.message import EmailMessage

import pytest

from adapters.channels.bounces import Bounce, read_bounce
from sandbox.bounces import bounce_report

LETTER = b"From: shop@example.com\r\nTo: anna@example.com\r\nMessage-ID: <7@waybill>\r\n\r\nIt was sent.\r\n"
REPORT = bounce_report("bounces@waybill.example", ("anna@example.com",), LETTER)


def test_a_report_names_the_mail_and_why() -> None:
    assert read_bounce(REPORT) == Bounce(message_id="<7@waybill>", status="5.1.1", for_good=True)


def test_a_report_may_bring_the_whole_mail_back() -> None:
    whole = REPORT.replace(b"text/rfc822-headers", b"message/rfc822")

    assert read_bounce(whole) == Bounce(message_id="<7@waybill>", status="5.1.1", for_good=True)


def test_a_mail_that_is_only_late_did_not_come_back() -> None:
    late = REPORT.replace(b"Action: failed", b"Action: delayed").replace(b"Status: 5.1.1", b"Status: 4.4.1")

    assert read_bounce(late) == Bounce(message_id="<7@waybill>", status="4.4.1", for_good=False)


def _answer() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "anna@example.com", "Out of office"
    message["In-Reply-To"] = "<7@waybill>"
    message.set_content("Status: 5.1.1\nI am away.")
    return message.as_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00 no mail at all",
        _answer(),
        REPORT.replace(b"Status: 5.1.1", b"Status: none"),
        REPORT.replace(b"Message-ID", b"X-Other"),
        REPORT.replace(b"message/delivery-status", b"text/plain"),
        REPORT[:400],
        REPORT.replace(b'boundary="bounce-of-the-sandbox"', b""),
    ],
    ids=["empty", "garbage", "an answer", "no status", "no id", "no report", "cut", "no boundary"],
)
def test_what_is_no_report_is_left_alone(raw: bytes) -> None:
    assert read_bounce(raw) is None
