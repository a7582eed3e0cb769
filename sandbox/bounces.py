"""What a mail system sends back about a mail that it took and could not deliver (RFC 3464)."""

_REPORT = """\
From: Mail Delivery System <mailer-daemon@mailbox.sandbox>
To: {sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=us-ascii

Your mail could not be delivered: the mailbox does not exist.

--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; mailbox.sandbox

{recipients}
--{boundary}
Content-Type: text/rfc822-headers

{headers}

--{boundary}--
"""
_RECIPIENT = """\
Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 mailbox unknown
"""


def bounce_report(sender: str, recipients: tuple[str, ...], raw: bytes) -> bytes:
    """Return the report to a mail's envelope sender: the mailboxes of its recipients do not exist."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    text = _REPORT.format(
        sender=sender,
        boundary="bounce-of-the-sandbox",
        recipients="\n".join(_RECIPIENT.format(address=address) for address in recipients),
        headers=head.decode("utf-8", "replace"),
    )
    return text.replace("\n", "\r\n").encode()
