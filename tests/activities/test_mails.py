"""Mails say what we say: a value from outside adds no line of its own, to their heads or their text."""

from datetime import UTC, datetime

import pytest

from activities.alerts import Alerts
from activities.approval_links import ApprovalLinks
from activities.approvals import Approvals, AskOne, Question
from activities.connections import Connections, Trouble
from activities.published_rules import PublishedRules
from activities.systems import Systems
from adapters.channels.smtp import Smtp, SmtpSettings
from adapters.ports import Finding, Mail
from domain.approvals.policies import Approver
from domain.approvals.requests import ApprovalRequest, Reminder
from domain.errors import Disposition, Problem
from domain.money import Money
from records.absences import Absences
from records.database import Database
from records.incidents import Incidents
from records.notices import Notices
from records.orders import Orders
from records.published import PublishedSets
from sandbox.mailbox import Mailbox, mailbox_serving

LURE = "ACME\r\nBcc: everybody@evil.example\r\n\r\nPress here instead: http://evil.example/approvals/x"
TOTAL = Money.parse("6000 EUR")
DORA = Approver(id="dora", name="Dora Director", email="dora@waybill.example", roles=frozenset({"director"}))
QUESTION = Question(
    connection="shop",
    store_order_id="1042",
    number=LURE,
    customer=LURE,
    country=LURE,
    lines=1,
    total=TOTAL,
    payment=LURE,
    request=ApprovalRequest(
        number=1,
        revision="r",
        total=TOTAL,
        role="director",
        because=LURE,
        asked=("dora",),
        asked_at=datetime(2026, 1, 20, tzinfo=UTC),
    ),
)


class Outbox:
    """A mail port that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def test(self) -> tuple[Finding, ...]:
        """Find nothing wrong."""
        return ()

    async def send(self, mail: Mail) -> str:
        """Keep a mail."""
        self.mails.append(mail)
        return "250 kept"


def has_line_of_its_own(text: str) -> bool:
    """Whether a part of the lure begins a line."""
    return any(line.strip().startswith(("Bcc:", "Press here", "http://evil")) for line in text.splitlines())


@pytest.mark.parametrize("reminder", [None, Reminder.REMIND, Reminder.DEPUTY, Reminder.ESCALATE])
async def test_an_order_puts_no_line_into_an_approval_mail(
    database: Database, reminder: Reminder | None
) -> None:
    outbox = Outbox()
    links = ApprovalLinks("a-secret-of-the-tests-that-is-long-enough", "https://waybill.example")
    asked = AskOne(question=QUESTION, approver=DORA, reminder=reminder, stands_in_for=LURE)

    await Approvals(links, outbox, Notices(database), Absences(database)).ask_approver(asked)

    (mail,) = outbox.mails
    assert has_line_of_its_own(LURE)
    assert len(mail.subject.splitlines()) == 1
    assert "ACME" in mail.text
    assert not has_line_of_its_own(mail.text)


async def test_an_answer_from_outside_puts_no_line_into_an_alert(database: Database) -> None:
    outbox = Outbox()
    problem = Problem(
        code="refused", disposition=Disposition.WAIT, sentence=LURE, remedy="Look at it.", quote=LURE
    )
    connections = Connections(
        Systems({}, {}, {}),
        Incidents(database),
        Orders(database),
        Alerts(Notices(database), outbox, "it@x.example"),
        PublishedRules(PublishedSets(database)),
    )

    await connections.send_alert(Trouble(connection="sap", problem=problem))

    (mail,) = outbox.mails
    assert len(mail.subject.splitlines()) == 1
    assert not has_line_of_its_own(mail.text)


async def test_line_breaks_in_a_subject_never_become_headers() -> None:
    box = Mailbox()
    async with mailbox_serving(box) as (port, _):
        sender = Smtp(SmtpSettings.model_validate({"host": "127.0.0.1", "port": port, "security": "plain"}))

        await sender.send(Mail(to="dora@waybill.example", subject=LURE, text="-", message_id="<1@waybill>"))

    (mail,) = box.mails
    assert list(mail.to) == ["dora@waybill.example"]
    assert "ACME" in mail.subject
    assert len(mail.subject.splitlines()) == 1
