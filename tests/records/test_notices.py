"""What the records keep of notices and outgoing webhooks."""

from datetime import UTC, datetime, timedelta

import pytest

from records.database import Database
from records.notices import Notices, NoticeState, NoticeTag
from records.webhook_deliveries import WebhookDeliveries, WebhookDelivery

NOW = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)
TAG = NoticeTag(key="notice:1", connection="shop", order_id="1042", event="shipped", channel="sms")


async def test_a_notice_is_settled_once_it_was_sent(database: Database) -> None:
    notices = Notices(database)

    first = await notices.reserve(TAG, NOW)
    second = await notices.reserve(TAG, NOW + timedelta(minutes=1))
    await notices.note(TAG.key, NoticeState.SENT, NOW, answer="queued", reference="SM1")
    third = await notices.reserve(TAG, NOW)

    assert (first.is_settled, first.may_have_gone) == (False, False)
    assert (second.is_settled, second.may_have_gone, second.since) == (False, True, NOW)
    assert third.is_settled


async def test_what_surely_did_not_go_out_is_not_looked_for(database: Database) -> None:
    notices = Notices(database)
    await notices.reserve(TAG, NOW)
    await notices.note(TAG.key, NoticeState.WAITING, NOW, answer="nobody answered")

    again = await notices.reserve(TAG, NOW)
    after_a_crash = await notices.reserve(TAG, NOW)

    assert (again.is_settled, again.may_have_gone) == (False, False)
    assert after_a_crash.may_have_gone


async def test_late_news_never_takes_back_worse_or_later_news(database: Database) -> None:
    notices = Notices(database)
    await notices.reserve(TAG, NOW)
    await notices.note(TAG.key, NoticeState.SENT, NOW, reference="SM1")

    taken = [
        await notices.note_later(TAG.key, state, NOW, answer=state.value)
        for state in (NoticeState.DELIVERED, NoticeState.UNDELIVERED, NoticeState.DELIVERED)
    ]

    assert taken == [True, True, False]
    (notice,) = await notices.of_order("shop", "1042")
    assert (notice.state, notice.answer, notice.reference) == (NoticeState.UNDELIVERED, "undelivered", "SM1")
    assert not await notices.note_later("notice:unknown", NoticeState.DELIVERED, NOW)


@pytest.mark.parametrize("before", [NoticeState.RESERVED, NoticeState.IN_DOUBT, NoticeState.POSSIBLY_SENT])
async def test_news_about_a_notice_in_doubt_proves_that_it_was_sent(
    database: Database, before: NoticeState
) -> None:
    notices = Notices(database)
    await notices.reserve(TAG, NOW)
    await notices.note(TAG.key, before, NOW)

    assert await notices.note_later(TAG.key, NoticeState.SENT, NOW, reference="SM1")

    assert (await notices.reserve(TAG, NOW)).state is NoticeState.SENT


async def test_a_notice_is_found_by_what_its_channel_calls_it(database: Database) -> None:
    notices = Notices(database)
    await notices.reserve(TAG, NOW)
    await notices.note(TAG.key, NoticeState.SENT, NOW, reference="SM1")

    assert await notices.key_of("sms", "SM1") == TAG.key
    assert await notices.key_of("mail", "SM1") == ""
    assert [notice.key for notice in await notices.standing("sms", "shipped", NoticeState.SENT)] == [TAG.key]
    assert await notices.standing("sms", "shipped", NoticeState.REPLACED) == ()


def _delivery(body: str) -> WebhookDelivery:
    return WebhookDelivery(
        id="msg_1", endpoint="partner", connection="shop", order_id="1042", event="shipped", body=body, at=NOW
    )


async def test_a_webhook_keeps_the_body_it_first_had(database: Database) -> None:
    log = WebhookDeliveries(database)
    await log.keep(_delivery('{"n":1}'))

    again = await log.keep(_delivery('{"n":2}'))
    await log.note_attempt("msg_1", 0, "ConnectTimeout", NOW)
    await log.note_attempt("msg_1", 204, "", NOW + timedelta(minutes=5))

    assert again.body == '{"n":1}'
    (kept,) = await log.latest("partner")
    assert (kept.attempts, kept.last_status, kept.last_error, kept.delivered) == (2, 204, "", True)
    assert await log.latest("other") == ()


async def test_an_endpoint_fails_since_its_first_failure_and_is_switched_off_once(database: Database) -> None:
    log = WebhookDeliveries(database)
    later = NOW + timedelta(days=1)

    since = [await log.note_failure("partner", at) for at in (NOW, later)]
    await log.note_success("partner")
    anew = await log.note_failure("partner", later)
    switched = [await log.disable("partner", "fails", later) for _ in range(2)]

    assert (since, anew) == ([NOW, NOW], later)
    assert switched == [True, False]
    assert (await log.health("partner")).disabled_at == later
    assert [await log.enable("partner") for _ in range(2)] == [True, False]
    assert (await log.health("partner")).failing_since is None


@pytest.mark.parametrize("endpoint", ["partner"])
async def test_an_endpoint_nobody_had_trouble_with_is_well(database: Database, endpoint: str) -> None:
    await WebhookDeliveries(database).note_success(endpoint)

    assert (await WebhookDeliveries(database).health(endpoint)).disabled_at is None
