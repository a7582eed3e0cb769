"""Notices: which event is told to whom over which channel, decided from the configuration's rules."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from domain.documents import KeptDocument
from domain.model import Frozen
from domain.money import Money
from domain.texts import Plain

LANGUAGES = ("en", "es", "fr")
"""The first is spoken to those whose language we do not speak."""


class NoticeEvent(StrEnum):
    """What may be told."""

    PLACED_IN_ERP = "placed_in_erp"
    HELD = "held"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    INVOICED = "invoiced"
    DOCUMENTS_READY = "documents_ready"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    RETURN_REGISTERED = "return_registered"
    REPLACEMENT_ORDERED = "replacement_ordered"
    CREDITED = "credited"
    PAYMENT_RECEIVED = "payment_received"
    PROMISE_BROKEN = "promise_broken"
    RULE = "rule"  # what a rule says in its own words


class Audience(StrEnum):
    """Who is told."""

    CUSTOMER = "customer"
    SALES = "sales"
    WAREHOUSE = "warehouse"


class Channel(StrEnum):
    """Over what."""

    MAIL = "mail"
    SMS = "sms"
    WEBHOOK = "webhook"
    SLACK = "slack"


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class NoticeRule(Frozen):
    """One rule: when one of these happens, tell these people so."""

    event: Annotated[tuple[NoticeEvent, ...], BeforeValidator(_as_list)] = Field(
        min_length=1, description=f"One or a list of: {', '.join(list(NoticeEvent)[:-1])}."
    )
    audience: Audience = Field(description="`customer`, `sales` or `warehouse`.")
    channel: Channel = Field(default=Channel.MAIL, description="`mail`, `sms`, `webhook` or `slack`.")
    to: str = Field(
        default="",
        max_length=200,
        description="An address, a number, a webhook's connection, a Slack channel; empty: the customer.",
    )
    connection: str = Field(
        default="", description="Which Twilio or Slack connection; empty: the only one there is."
    )
    pairs: tuple[str, ...] = Field(default=(), description="Only orders of these pairs; empty: all.")
    language: str = Field(
        default="",
        pattern=f"^({'|'.join(LANGUAGES)})?$",
        description="`en`, `es` or `fr`; empty: the customer's for customers, else English.",
    )

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the rule: the key, and the sentence that says how it would be right."""
        if self.audience is not Audience.CUSTOMER and not self.to:
            yield "to", f"say where {self.audience.value} is told"
        if self.audience is Audience.CUSTOMER and self.to:
            yield "to", "leave it out for customers: each is told where the order says"
        if self.audience is Audience.CUSTOMER and self.channel in {Channel.WEBHOOK, Channel.SLACK}:
            yield "channel", f"customers have no {self.channel.value}; write mail or sms"
        if self.channel is Channel.MAIL and self.to and self.to.count("@") != 1:
            yield "to", "write a mail address"
        if self.channel is Channel.SMS and self.to and not self.to.startswith("+"):
            yield "to", "write the number with its country: +33…"


def events_for(pair: str, rules: Sequence[NoticeRule]) -> tuple[NoticeEvent, ...]:
    """Return the events that a rule wants told for a pair, each once."""
    wanted = {event for rule in rules if not rule.pairs or pair in rule.pairs for event in rule.event}
    return tuple(sorted(wanted))


class NoticeFacts(Frozen):
    """What a notice may say. `about` is the id of the document or thing it is about, `version` its version.

    The pair of them makes a notice another one: the same event about the same thing is told once.
    """

    about: str = ""
    version: int = 1
    order_number: Plain = ""
    erp_number: Plain = ""
    first_name: Plain = ""
    tracking: tuple[Plain, ...] = ()
    carrier: Plain = ""
    paper: Plain = Field(default="", description="The number of the invoice, credit note or return.")
    amount: Money | None = None
    link: str = ""
    reason: Plain = ""
    language: str = ""
    documents: tuple[KeptDocument, ...] = Field(default=(), description="Attached to mails.")


class NoticeRequest(Frozen):
    """Something happened to an order, and where its customer can be told.

    `phone` may be written as people do; `country` (ISO 3166-1 alpha-2) is where it was written.
    """

    connection: str
    store_order_id: str
    pair: str
    event: NoticeEvent
    at: datetime
    facts: NoticeFacts
    email: str = ""
    phone: str = ""
    country: str = ""
    by_rule: tuple[NoticeRule, ...] = Field(
        default=(), description="Whom a rule wants told, in place of the configuration's notices."
    )


class PlannedNotice(Frozen):
    """One notice over one channel to one recipient. `key` is the same whenever it is planned."""

    key: str
    connection: str
    store_order_id: str
    event: NoticeEvent
    at: datetime
    audience: Audience
    channel: Channel
    via: str = ""
    to: str
    language: str
    facts: NoticeFacts


def due(request: NoticeRequest, rules: tuple[NoticeRule, ...]) -> tuple[PlannedNotice, ...]:
    """Return the notices that the rules ask for, each once. A customer without an address is not told.

    The request's `phone` is with its country by now.
    """
    planned: dict[str, PlannedNotice] = {}
    for rule in request.by_rule or rules:
        if request.event not in rule.event or (rule.pairs and request.pair not in rule.pairs):
            continue
        recipient = rule.to or _customers_own(request, rule)
        if recipient:
            notice = _notice(request, rule, recipient)
            planned.setdefault(notice.key, notice)
    return tuple(planned.values())


def _customers_own(request: NoticeRequest, rule: NoticeRule) -> str:
    return request.email if rule.channel is Channel.MAIL else request.phone


def _notice(request: NoticeRequest, rule: NoticeRule, recipient: str) -> PlannedNotice:
    return PlannedNotice(
        key=_key(request, rule, recipient),
        connection=request.connection,
        store_order_id=request.store_order_id,
        event=request.event,
        at=request.at,
        audience=rule.audience,
        channel=rule.channel,
        via=rule.to if rule.channel is Channel.WEBHOOK else rule.connection,
        to=recipient,
        language=rule.language or _spoken(request.facts.language, rule.audience),
        facts=request.facts,
    )


def _key(request: NoticeRequest, rule: NoticeRule, recipient: str) -> str:
    """A hash: a recipient's address is not to be read in an id."""
    facts = request.facts
    what = (request.connection, request.store_order_id, request.event.value, facts.about, str(facts.version))
    text = "\x1f".join((*what, rule.channel.value, rule.connection, recipient.strip().casefold()))
    return f"notice:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _spoken(language: str, audience: Audience) -> str:
    wanted = language.lower().replace("_", "-").partition("-")[0]
    return wanted if audience is Audience.CUSTOMER and wanted in LANGUAGES else LANGUAGES[0]
