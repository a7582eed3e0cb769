"""Which notices an event asks for, and what makes two of them the same."""

from datetime import UTC, datetime

import pytest

from domain.notices import Audience, Channel, NoticeEvent, NoticeFacts, NoticeRequest, NoticeRule, due
from domain.phones import with_country

CUSTOMER_MAIL = NoticeRule(event=("shipped",), audience="customer")
CUSTOMER_SMS = NoticeRule(event=("shipped",), audience="customer", channel="sms")
WAREHOUSE = NoticeRule(
    event=("shipped", "cancelled"), audience="warehouse", to="hall@example.com", pairs=("main",)
)
HOOK = NoticeRule(event=("shipped",), audience="sales", channel="webhook", to="partner")


def request(**changed: object) -> NoticeRequest:
    facts: dict[str, object] = {
        "connection": "shop",
        "store_order_id": "1042",
        "pair": "main",
        "event": NoticeEvent.SHIPPED,
        "at": datetime(2026, 3, 29, 1, tzinfo=UTC),
        "facts": NoticeFacts(about="delivery:4711", language="fr-CA"),
        "email": "anna@example.com",
        "phone": "+33472000001",
    }
    return NoticeRequest.model_validate(facts | changed)


def test_each_rule_tells_its_own_people() -> None:
    planned = due(request(), (CUSTOMER_MAIL, CUSTOMER_SMS, WAREHOUSE, HOOK))

    assert [(each.audience, each.channel, each.to, each.via) for each in planned] == [
        (Audience.CUSTOMER, Channel.MAIL, "anna@example.com", ""),
        (Audience.CUSTOMER, Channel.SMS, "+33472000001", ""),
        (Audience.WAREHOUSE, Channel.MAIL, "hall@example.com", ""),
        (Audience.SALES, Channel.WEBHOOK, "partner", "partner"),
    ]


def test_other_events_and_pairs_are_not_told() -> None:
    assert due(request(event="delivered"), (CUSTOMER_MAIL, WAREHOUSE)) == ()
    assert due(request(pair="other"), (WAREHOUSE,)) == ()


def test_a_customer_without_an_address_is_not_told() -> None:
    assert due(request(email="", phone=""), (CUSTOMER_MAIL, CUSTOMER_SMS)) == ()


def test_customers_are_told_in_their_language_and_staff_in_the_rules() -> None:
    spanish = HOOK.model_copy(update={"language": "es"})
    planned = due(request(), (CUSTOMER_MAIL, WAREHOUSE, spanish))

    assert [each.language for each in planned] == ["fr", "en", "es"]
    assert due(request(facts=NoticeFacts(language="de")), (CUSTOMER_MAIL,))[0].language == "en"


def test_one_person_is_told_once_of_one_thing_whatever_the_case_of_their_address() -> None:
    twice = WAREHOUSE.model_copy(update={"to": "Hall@Example.com", "audience": Audience.SALES})

    planned = due(request(), (WAREHOUSE, WAREHOUSE, twice))

    assert [each.audience for each in planned] == [Audience.WAREHOUSE]


@pytest.mark.parametrize(
    "changed",
    [
        {"connection": "other"},
        {"store_order_id": "1043"},
        {"facts": NoticeFacts(about="delivery:4712")},
        {"facts": NoticeFacts(about="delivery:4711", version=2)},
        {"email": "luis@example.com"},
    ],
)
def test_another_thing_recipient_or_version_is_another_notice(changed: dict[str, object]) -> None:
    one, same = due(request(), (CUSTOMER_MAIL,))[0].key, due(request(), (CUSTOMER_MAIL,))[0].key

    assert one == same != due(request(**changed), (CUSTOMER_MAIL,))[0].key
    assert "anna" not in one


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ({"audience": "sales"}, "to"),
        ({"audience": "customer", "to": "a@b.example"}, "to"),
        ({"audience": "customer", "channel": "slack"}, "channel"),
        ({"audience": "customer", "channel": "webhook"}, "channel"),
        ({"audience": "sales", "to": "desk"}, "to"),
        ({"audience": "sales", "channel": "sms", "to": "0472000001"}, "to"),
    ],
)
def test_a_rule_that_cannot_work_says_so(rule: dict[str, object], key: str) -> None:
    assert [name for name, _ in NoticeRule.model_validate({"event": "held", **rule}).faults()] == [key]


def test_one_event_may_be_written_without_a_list() -> None:
    assert NoticeRule.model_validate({"event": "held", "audience": "customer"}).event == (NoticeEvent.HELD,)


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("04 72 00 00 01", "FR", "+33472000001"),
        ("+33 4 72 00 00 01", "ES", "+33472000001"),
        ("915 55 12 34", "ES", "+34915551234"),
        ("04 72 00 00 01", "", ""),
        ("call me", "FR", ""),
        ("12", "FR", ""),
        ("", "FR", ""),
        ("04 72 00 00 01", "XX", ""),
    ],
)
def test_numbers_are_dialled_from_where_they_were_written(written: str, country: str, dialled: str) -> None:
    assert with_country(written, country) == dialled
