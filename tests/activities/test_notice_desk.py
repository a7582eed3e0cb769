"""Each notice goes out once over its channel, whatever happens to the channel meanwhile."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import obstore.store
import pytest
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.alerts import Alerts
from activities.channels import Channels
from activities.document_links import DocumentLinks
from activities.notices import NoticeDesk, NoticeOutcome, Shelf
from adapters.channels.slack import Slack
from adapters.channels.slack_settings import SlackSettings
from adapters.channels.smtp import Security, Smtp, SmtpSettings
from adapters.channels.twilio_settings import TwilioSettings
from adapters.channels.twilio_sms import TwilioSms
from adapters.channels.webhook import Webhook, WebhookSettings
from domain.documents import KeptDocument
from domain.errors import Passing
from domain.notices import NoticeEvent, NoticeFacts, NoticeRequest, NoticeRule, PlannedNotice
from records.database import Database
from records.documents import Documents, Subject
from records.notices import Notices, NoticeState
from records.webhook_deliveries import WebhookDeliveries
from sandbox import slack as slack_sandbox
from sandbox import twilio as twilio_sandbox
from sandbox import webhook_receiver
from sandbox.mailbox import Mailbox, mailbox_serving
from sandbox.serving import serving
from sandbox.slack_app import create_app as slack_app

RULES = (
    NoticeRule(event="shipped", audience="customer"),
    NoticeRule(event="shipped", audience="customer", channel="sms"),
    NoticeRule(event="shipped", audience="sales", channel="webhook", to="partner"),
    NoticeRule(event="shipped", audience="warehouse", channel="slack", to="C0WAREHOUSE"),
)
FACTS = NoticeFacts(
    about="delivery:4711",
    order_number="XKBKNABJK",
    first_name="Anna",
    tracking=("JD0001",),
    carrier="DHL",
    language="fr",
)
REQUEST = NoticeRequest(
    connection="shop",
    store_order_id="1042",
    pair="main",
    event=NoticeEvent.SHIPPED,
    at=datetime(2026, 3, 29, 1, tzinfo=UTC),
    facts=FACTS,
    email="anna@example.com",
    phone="04 72 00 00 01",
    country="FR",
)
NUMBER = "+33472000001"
LATE = timedelta(days=6)


@dataclass
class Desk:
    """A notice desk with a sandbox behind each channel."""

    desk: NoticeDesk
    mailbox: Mailbox
    twilio: twilio_sandbox.Twilio
    slack: slack_sandbox.Slack
    receiver: webhook_receiver.Receiver
    notices: Notices
    deliveries: WebhookDeliveries
    documents: Documents

    async def planned(self, channel: str, **facts: Any) -> PlannedNotice:
        """Return the notice that is due over a channel."""
        request = REQUEST.model_copy(update={"facts": FACTS.model_copy(update=facts)})
        plan = await self.desk.plan(request)
        return next(each for each in plan.notices if each.channel.value == channel)

    async def send(
        self, notice: PlannedNotice, attempt: int = 1, age: timedelta = timedelta(0)
    ) -> NoticeOutcome:
        """Run the activity as its n-th attempt, some time after it was scheduled."""
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(
            environment.info, attempt=attempt, scheduled_time=datetime.now(UTC) - age
        )
        return await environment.run(self.desk.send, notice)

    async def state(self) -> list[tuple[str, NoticeState]]:
        """Return channel and state of each notice of the order."""
        return [(each.channel, each.state) for each in await self.notices.of_order("shop", "1042")]


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    box, twilio, slack = Mailbox(), twilio_sandbox.Twilio(), slack_sandbox.Slack()
    receiver = webhook_receiver.Receiver()
    notices, deliveries = Notices(database), WebhookDeliveries(database)
    documents = Documents(database, obstore.store.LocalStore(tmp_path / "documents", mkdir=True))
    async with AsyncExitStack() as stack:
        port, _ = await stack.enter_async_context(mailbox_serving(box))
        sms_url = await stack.enter_async_context(serving(twilio_sandbox.create_app(twilio)))
        chat_url = await stack.enter_async_context(serving(slack_app(slack)))
        hook_url = await stack.enter_async_context(serving(webhook_receiver.create_app(receiver)))
        mail = Smtp(SmtpSettings(host="127.0.0.1", port=port, security=Security.PLAIN))
        channels = Channels(
            mail=mail,
            texts={
                "sms": TwilioSms(
                    "sms",
                    TwilioSettings(
                        account=twilio.account,
                        auth_tokens=(SecretStr(twilio.token),),
                        sender="+33755550006",
                        base_url=sms_url,
                        settle=timedelta(0),
                    ),
                )
            },
            webhooks={
                "partner": Webhook(
                    "partner",
                    WebhookSettings(
                        url=f"{hook_url}/hook", secrets=(SecretStr(receiver.secret),), allow_private=True
                    ),
                )
            },
            chats={
                "chat": Slack(
                    "chat",
                    SlackSettings(
                        token=SecretStr(slack.token), base_url=f"{chat_url}/api", settle=timedelta(0)
                    ),
                )
            },
        )
        stack.push_async_callback(channels.close)
        shelf = Shelf(documents, DocumentLinks("s" * 32, "https://waybill.example", timedelta(days=1)))
        alerts = Alerts(notices, mail, "it@waybill.example")
        url = "https://waybill.example"
        notice_desk = NoticeDesk(RULES, channels, notices, deliveries, shelf, alerts, url)
        yield Desk(notice_desk, box, twilio, slack, receiver, notices, deliveries, documents)


async def test_each_channel_is_told_in_its_own_form(desk: Desk) -> None:
    for channel in ("mail", "sms", "webhook", "slack"):
        notice = await desk.planned(channel)
        for _ in range(2):
            assert (await desk.send(notice)).state is NoticeState.SENT

    (mail,) = desk.mailbox.mails
    (text,) = desk.twilio.texts
    (hook,) = desk.receiver.deliveries
    (chat,) = desk.slack.messages.values()
    assert mail.to == ("anna@example.com",)
    assert mail.subject == text.body == "Votre commande XKBKNABJK est en route"
    assert "Bonjour Anna" in mail.text
    assert "Bonjour Anna" in mail.html
    assert text.to == NUMBER
    assert chat["text"].startswith("Order XKBKNABJK was shipped.")
    assert hook["body"] == {
        "type": "order.shipped",
        "timestamp": "2026-03-29T01:00:00.000000Z",
        "data": {
            "store": "shop",
            "order_id": "1042",
            "about": "delivery:4711",
            "version": 1,
            "order_number": "XKBKNABJK",
            "tracking": ["JD0001"],
            "carrier": "DHL",
        },
    }


@pytest.mark.parametrize(
    ("channel", "fault"), [("sms", "lose_answer"), ("slack", "lose_answer"), ("slack", "internal_error")]
)
async def test_an_answer_lost_after_sending_sends_nothing_twice(desk: Desk, channel: str, fault: str) -> None:
    box: Any = desk.twilio if channel == "sms" else desk.slack
    box.faults.arm(fault)
    notice = await desk.planned(channel)

    with pytest.raises(Passing):
        await desk.send(notice)
    outcomes = [(await desk.send(notice, attempt)).state for attempt in (2, 3)]

    assert outcomes == [NoticeState.SENT, NoticeState.SENT]
    sent = desk.twilio.texts if channel == "sms" else list(desk.slack.messages)
    assert len(sent) == 1


async def test_a_mail_in_doubt_is_repeated_once_with_its_message_id(desk: Desk) -> None:
    desk.mailbox.faults.arm("drop_before_reply", times=None)
    notice = await desk.planned("mail")

    with pytest.raises(Passing):
        await desk.send(notice)
    outcome = await desk.send(notice, 2)
    again = await desk.send(notice, 3)

    assert outcome == again
    assert outcome.state is NoticeState.POSSIBLY_SENT
    assert outcome.warning == "mail to customer about shipped: possibly sent"
    first, second = desk.mailbox.mails
    assert first.message_id == second.message_id != ""


@pytest.mark.parametrize(("channel", "fault"), [("mail", "refuse_recipient"), ("mail", "refuse_content")])
async def test_a_refusal_is_a_warning_that_names_nobody(desk: Desk, channel: str, fault: str) -> None:
    desk.mailbox.faults.arm(fault)

    outcome = await desk.send(await desk.planned(channel))

    assert outcome.state is NoticeState.REFUSED
    assert outcome.warning.startswith("mail to customer about shipped was not sent: ")
    assert "anna" not in outcome.warning
    assert await desk.state() == [("mail", NoticeState.REFUSED)]


async def test_a_number_nobody_can_text_is_a_warning(desk: Desk) -> None:
    notice = await desk.planned("sms")

    outcome = await desk.send(notice.model_copy(update={"to": "+15005550009"}))

    assert outcome.state is NoticeState.REFUSED
    assert "+1500" not in outcome.warning


async def test_a_channel_that_is_down_is_tried_with_longer_and_longer_pauses(desk: Desk) -> None:
    desk.mailbox.faults.arm("greylist", times=None, path="anna@")
    notice = await desk.planned("mail")

    pauses = []
    for attempt in (1, 2, 3, 4, 5, 50):
        with pytest.raises(Passing) as later:
            await desk.send(notice, attempt)
        assert later.value.retry_after is not None
        assert later.value.problem.connection == ""
        assert "anna" not in later.value.problem.model_dump_json()
        pauses.append(later.value.retry_after)

    assert pauses[:5] == sorted(pauses[:5])
    assert pauses[0] < timedelta(seconds=10)
    assert timedelta(minutes=50) < pauses[-1] < timedelta(minutes=70)


async def test_a_channel_down_for_long_is_alerted_once_and_in_the_end_given_up(desk: Desk) -> None:
    desk.mailbox.faults.arm("greylist", times=None, path="anna@")
    notice = await desk.planned("mail")

    for attempt in (4, 5, 5, 6):
        with pytest.raises(Passing):
            await desk.send(notice, attempt)
    outcome = await desk.send(notice, 7, LATE)

    assert [mail.to for mail in desk.mailbox.mails] == [("it@waybill.example",)]
    assert outcome.state is NoticeState.UNDELIVERED
    assert ("mail", NoticeState.UNDELIVERED) in await desk.state()


async def test_a_wrong_token_is_alerted_at_once(desk: Desk) -> None:
    desk.slack.token = "xoxb-another"
    notice = await desk.planned("slack")

    for attempt in (1, 2):
        with pytest.raises(Passing):
            await desk.send(notice, attempt)

    (alert,) = desk.mailbox.mails
    assert "Slack refused our token" in alert.text


async def test_how_long_to_wait_is_the_channels_to_say(desk: Desk) -> None:
    desk.slack.faults.arm("ratelimited", seconds=7)

    with pytest.raises(Passing) as later:
        await desk.send(await desk.planned("slack"))

    assert later.value.retry_after == timedelta(seconds=7)


async def test_a_failing_endpoint_gets_the_same_webhook_again(desk: Desk) -> None:
    desk.receiver.faults.arm("server_error")
    desk.receiver.faults.arm("lose_answer")
    notice = await desk.planned("webhook")

    for attempt in (1, 2):
        with pytest.raises(Passing):
            await desk.send(notice, attempt)
    await desk.send(notice, 3)

    first, second = desk.receiver.deliveries
    assert (first["id"], first["text"]) == (second["id"], second["text"])
    (kept,) = await desk.deliveries.latest("partner")
    assert (kept.attempts, kept.last_status, kept.delivered) == (3, 204, True)
    assert (await desk.deliveries.health("partner")).failing_since is None


async def test_an_endpoint_that_fails_for_five_days_is_switched_off_and_alerted_once(desk: Desk) -> None:
    desk.receiver.faults.arm("server_error", times=None)
    await desk.deliveries.note_failure("partner", datetime.now(UTC) - timedelta(days=5, minutes=1))

    outcomes = [await desk.send(await desk.planned("webhook", about=f"delivery:{n}")) for n in (1, 2)]

    assert {outcome.state for outcome in outcomes} == {NoticeState.REFUSED}
    assert [mail.subject for mail in desk.mailbox.mails] == ["Webhooks to partner are switched off"]
    assert len(desk.receiver.ledger.of("failed")) == 1

    await desk.deliveries.enable("partner")
    desk.receiver.faults.clear()
    assert (await desk.send(await desk.planned("webhook", about="delivery:3"))).state is NoticeState.SENT


async def test_an_endpoint_that_is_gone_is_switched_off_at_once(desk: Desk) -> None:
    desk.receiver.faults.arm("gone")

    outcome = await desk.send(await desk.planned("webhook"))

    assert outcome.state is NoticeState.REFUSED
    assert (await desk.deliveries.health("partner")).reason.endswith("(HTTP 410)")


async def test_documents_go_with_the_mail_and_a_link_with_the_text(desk: Desk) -> None:
    subject = Subject(connection="shop", order_id="1042", origin="sap", kind="invoice", entry="9001")
    kept = await desk.documents.keep(subject, "invoice-9001.pdf", b"%PDF-1.7 invoice", datetime.now(UTC))

    await desk.send(await desk.planned("mail", documents=(kept,)))
    await desk.send(await desk.planned("sms", documents=(kept,)))

    message = message_from_bytes(desk.mailbox.mails[0].raw, policy=policy.default)
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("invoice-9001.pdf", b"%PDF-1.7 invoice")
    assert "https://waybill.example/documents/" in desk.twilio.texts[0].body


async def test_a_document_that_is_lost_is_a_warning_and_nothing_is_sent(desk: Desk) -> None:
    lost = KeptDocument(sha256="0" * 64, name="invoice-1.pdf", size=1)

    outcome = await desk.send(await desk.planned("mail", documents=(lost,)))

    assert outcome.state is NoticeState.REFUSED
    assert desk.mailbox.mails == []
