"""Every event is worded in every language, and no value can say more than it is."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from activities.notice_texts import worded
from domain.money import Money
from domain.notices import LANGUAGES, Audience, Channel, NoticeEvent, NoticeFacts, PlannedNotice

FULL = NoticeFacts(
    order_number="XKBKNABJK",
    erp_number="2001",
    first_name="Anna",
    tracking=("JD0001", "JD0002"),
    carrier="DHL",
    paper="9001",
    amount=Money(Decimal("1234.5"), "EUR"),
    link="https://waybill.example/d/1",
    reason="no such article",
)
BARE = NoticeFacts(order_number="XKBKNABJK")


def notice(
    event: NoticeEvent = NoticeEvent.SHIPPED,
    audience: Audience = Audience.CUSTOMER,
    facts: NoticeFacts = FULL,
    language: str = "en",
) -> PlannedNotice:
    return PlannedNotice(
        key="notice:1",
        connection="shop",
        store_order_id="1042",
        event=event,
        at=datetime(2026, 3, 29, 1, tzinfo=UTC),
        audience=audience,
        channel=Channel.MAIL,
        to="anna@example.com",
        language=language,
        facts=facts,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", NoticeEvent)
@pytest.mark.parametrize("audience", [Audience.CUSTOMER, Audience.WAREHOUSE])
@pytest.mark.parametrize("facts", [FULL, BARE], ids=["full", "bare"])
def test_each_event_has_its_words(
    language: str, event: NoticeEvent, audience: Audience, facts: NoticeFacts
) -> None:
    words = worded(notice(event, audience, facts, language))

    for part in (words.subject, words.text, words.html, words.short):
        assert "XKBKNABJK" in part
        assert "{" not in part
    assert f'<html lang="{language}">' in words.html


def test_the_languages_differ() -> None:
    subjects = {worded(notice(language=language)).subject for language in LANGUAGES}

    assert subjects == {
        "Your order XKBKNABJK is on its way",
        "Su pedido XKBKNABJK está en camino",
        "Votre commande XKBKNABJK est en route",
    }


def test_amounts_are_written_as_the_language_writes_them() -> None:
    texts = [worded(notice(NoticeEvent.INVOICED, language=language)).text for language in LANGUAGES]

    assert "€1,234.50" in texts[0]
    assert "1.234,50 €" in texts[1]
    assert "1 234,50 €" in texts[2]


def test_staff_read_the_facts_line_by_line() -> None:
    text = worded(notice(NoticeEvent.HELD, Audience.SALES)).text

    assert text.startswith("Order XKBKNABJK is on hold.\n\nReason: no such article\nIn the ERP: 2001\n")
    assert text.endswith("Look at it: https://waybill.example/d/1\n")


def test_a_name_cannot_add_lines_or_markup() -> None:
    evil = FULL.model_copy(
        update={"first_name": "Anna\n\nYou won!\nhttps://evil.example", "order_number": "<script>7</script>"}
    )
    words = worded(notice(facts=evil))

    assert "\nYou won!" not in words.text
    assert "\n" not in words.subject
    assert "<script>" not in words.html
    assert "&lt;script&gt;7&lt;/script&gt;" in words.html


def test_only_web_addresses_become_links() -> None:
    words = worded(notice(facts=FULL.model_copy(update={"link": "javascript:alert(1)"})))

    assert "javascript:" not in words.html + words.text + words.short
