"""Notices: which are due for an event, and each of them over its channel, once.

A channel that is down is tried for days by Temporal's own repeats, with the pauses given here; a refusal
comes back as a sentence for the order.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

import structlog
from temporalio import activity

from activities.alerts import Alerts
from activities.channels import Channels
from activities.document_links import DocumentLinks
from activities.notice_texts import Wording, worded
from activities.sending import Receipt, Way, mailing, message_id, send_once
from activities.webhook_notices import SWITCHED_OFF_AFTER, WebhookNotices
from adapters.channel_ports import ChatMessage, ChatPost, TextMessage
from adapters.ports import Attachment, Mail
from domain.errors import Disposition, FixData, Passing, WaybillError
from domain.model import Frozen
from domain.notices import Channel, NoticeRequest, NoticeRule, PlannedNotice, due
from domain.phones import with_country
from records.documents import Documents
from records.notices import FAILED, Notices, NoticeState, NoticeTag
from records.webhook_deliveries import WebhookDeliveries

_LOG = structlog.get_logger("waybill.notices")
_MINUTES = (0.1, 1, 5, 15, 60)
_WEBHOOK_MINUTES = (0.1, 5, 30, 120, 300, 600, 840, 1200, 1440)
"""The last of them goes on and on. Webhooks: as the Standard Webhooks recommend."""
_GIVEN_UP_AFTER = timedelta(days=2)
_ATTEMPTS_BEFORE_ALERT = 5
_MOST_ATTACHED = 10 * 1024 * 1024


TELL_NOTICES = "TellNotices"
"""The workflow that sends a plan's notices."""


class NoticePlan(Frozen):
    """The notices that one event asks for."""

    notices: tuple[PlannedNotice, ...] = ()


class NoticeOutcome(Frozen):
    """What became of a notice; a `warning` is for the order."""

    state: NoticeState
    warning: str = ""


class Shelf(NamedTuple):
    """The kept documents, and links to them."""

    documents: Documents
    links: DocumentLinks


class NoticeDesk:
    """Plans notices and sends them."""

    def __init__(
        self,
        rules: tuple[NoticeRule, ...],
        channels: Channels,
        notices: Notices,
        deliveries: WebhookDeliveries,
        shelf: Shelf,
        alerts: Alerts,
        public_url: str,
    ) -> None:
        self._rules, self._channels, self._notices, self._shelf = rules, channels, notices, shelf
        self._webhooks = WebhookNotices(channels, deliveries, alerts)
        self._alerts, self._public_url = alerts, public_url.rstrip("/")

    @activity.defn(name="plan_notices")
    async def plan(self, request: NoticeRequest) -> NoticePlan:
        """Return the notices that an event asks for. Safe to run twice: it only reckons."""
        dialled = request.model_copy(update={"phone": with_country(request.phone, request.country)})
        return NoticePlan(notices=due(dialled, self._rules))

    @activity.defn(name="send_notice")
    async def send(self, notice: PlannedNotice) -> NoticeOutcome:
        """Send one notice over its channel, unless it went out already.

        Safe to run twice: it is reserved, marked and looked up as its channel needs. Raises `Passing` while
        it is worth another attempt; how long to wait goes along.
        """
        info = activity.info()
        try:
            state = await send_once(self._notices, _tag(notice), self._way(notice))
        except FixData as refusal:
            return await self._give_up(notice, NoticeState.REFUSED, refusal)
        except WaybillError as trouble:
            await self._report(notice, trouble, info.attempt)
            if info.attempt > 2 and datetime.now(UTC) - info.scheduled_time > _patience(notice.channel):
                return await self._give_up(notice, NoticeState.UNDELIVERED, trouble)
            raise _later(notice, trouble, info.attempt) from None
        warning = f"{_name(notice)}: {state.value.replace('_', ' ')}" if state in FAILED else ""
        return NoticeOutcome(state=state, warning=warning)

    async def _give_up(self, notice: PlannedNotice, state: NoticeState, error: WaybillError) -> NoticeOutcome:
        # What the other side said may name the person: it is kept with the notice, and not told on.
        said = error.problem.quote or error.problem.sentence
        await self._notices.give_up(_tag(notice), state, datetime.now(UTC), said)
        warning = f"{_name(notice)} was not sent: {error.problem.sentence}"
        return NoticeOutcome(state=state, warning=warning)

    def _way(self, notice: PlannedNotice) -> Way:
        if notice.channel is Channel.WEBHOOK:
            return Way(lambda: self._webhooks.attempt(notice))
        documents = notice.facts.documents
        if documents and not notice.facts.link:
            link = self._shelf.links.url(documents[0])
            notice = notice.model_copy(update={"facts": notice.facts.model_copy(update={"link": link})})
        words = worded(notice)
        if notice.channel is Channel.MAIL:
            return Way(lambda: self._mail(notice, words))
        return self._by_text(notice, words) if notice.channel is Channel.SMS else self._by_chat(notice, words)

    async def _mail(self, notice: PlannedNotice, words: Wording) -> Receipt:
        kept, documents = self._shelf.documents, notice.facts.documents
        if sum(each.size for each in documents) > _MOST_ATTACHED:
            documents = ()
        attachments = [
            Attachment(name=each.name, media_type=each.media_type, content=await kept.read(each.sha256))
            for each in documents
        ]
        mail = Mail(
            to=notice.to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            message_id=message_id(notice.key),
            attachments=tuple(attachments),
        )
        return await mailing(self._channels.mail, mail).send()

    def _by_text(self, notice: PlannedNotice, words: Wording) -> Way:
        name, port = self._channels.text(notice.via)
        callback = f"{self._public_url}/hooks/twilio/{name}?n={quote(notice.key, safe='')}"
        message = TextMessage(to=notice.to, text=words.short, callback=callback)

        async def send() -> Receipt:
            return Receipt("taken", await port.send(message))

        async def find(since: datetime) -> Receipt | None:
            found = await port.find(message, since)
            return Receipt("found", found) if found else None

        return Way(send, find, port.settle)

    def _by_chat(self, notice: PlannedNotice, words: Wording) -> Way:
        _, port = self._channels.chat(notice.via)
        message = ChatMessage(to=notice.to, text=words.text.strip(), key=notice.key)

        def receipt(post: ChatPost) -> Receipt:
            return Receipt("taken", post.reference)

        async def send() -> Receipt:
            return receipt(await port.post(message))

        async def find(since: datetime) -> Receipt | None:
            found = await port.find(message, since)
            return receipt(found) if found else None

        return Way(send, find, port.settle)

    async def _report(self, notice: PlannedNotice, trouble: WaybillError, attempt: int) -> None:
        """Alert, once a day, when a channel seems not to work; endpoints of webhooks have their own way."""
        problem = trouble.problem
        lasts = attempt == _ATTEMPTS_BEFORE_ALERT
        if notice.channel is Channel.WEBHOOK or not (lasts or problem.disposition is Disposition.FIX_SETUP):
            return
        channel = notice.via or notice.channel.value
        text = (
            f"Notices over {channel} cannot be sent: {problem.sentence}.\n\n"
            f"It said: {problem.quote or 'nothing'}\n\n"
            "What to do: run `waybill doctor`; it names the setting.\n\n"
            "They are sent by themselves when it works again.\n"
        )
        key = f"channel:{channel}:{problem.code}:{datetime.now(UTC):%Y-%m-%d}"
        try:
            await self._alerts.send(key, notice.connection, f"Notices over {channel} wait", text)
        except WaybillError as silence:
            _LOG.warning("alert not sent", code=silence.problem.code)


def _tag(notice: PlannedNotice) -> NoticeTag:
    return NoticeTag(
        key=notice.key,
        connection=notice.connection,
        order_id=notice.store_order_id,
        event=notice.event.value,
        about=notice.facts.about,
        channel=notice.channel.value,
    )


def _name(notice: PlannedNotice) -> str:
    return f"{notice.channel.value} to {notice.audience.value} about {notice.event.value.replace('_', ' ')}"


def _patience(channel: Channel) -> timedelta:
    return SWITCHED_OFF_AFTER if channel is Channel.WEBHOOK else _GIVEN_UP_AFTER


def _later(notice: PlannedNotice, trouble: WaybillError, attempt: int) -> Passing:
    """Return the error that has the notice tried again, after the pause asked for or the next of the table.

    No connection goes along, so that the order is not parked; nor a quote, which may name the person.
    """
    minutes = _WEBHOOK_MINUTES if notice.channel is Channel.WEBHOOK else _MINUTES
    spread = random.uniform(0.9, 1.1)  # noqa: S311 - so that not all come at once
    pause = timedelta(minutes=minutes[min(attempt, len(minutes)) - 1]) * spread
    problem = trouble.problem
    return Passing(problem.sentence, code=problem.code, retry_after=trouble.retry_after or pause)
