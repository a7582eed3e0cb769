"""`waybill notices`: an order's notices, mails that came back, receivers that were switched off."""

import json
from datetime import UTC, datetime

from domain.life import OrderView
from domain.stages import Stage
from records.database import Database
from records.notices import Notices, NoticeState, NoticeTag
from records.orders import Orders
from records.webhook_deliveries import WebhookDeliveries, WebhookDelivery
from sandbox.bounces import bounce_report
from tests.starter.terminal import Terminal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LETTER = b"Message-ID: <7@waybill>\r\n\r\nIt was sent.\r\n"


async def _an_order(database: Database) -> None:
    view = OrderView(
        version=1, connection="shop", store_order_id="1042", number="XKB", stage=Stage.POSTED, since=NOW
    )
    await Orders(database).record(view, NOW)
    tag = NoticeTag(key="notice:1", connection="shop", order_id="1042", event="shipped", about="delivery:1")
    await Notices(database).reserve(tag, NOW)
    await Notices(database).note(tag.key, NoticeState.SENT, NOW, answer="250 ok", reference="<7@waybill>")


def _state(terminal: Terminal) -> list[str]:
    return [
        each["state"] for each in json.loads(terminal.run("notices", "list", "shop:1042", "--json").stdout)
    ]


def test_an_orders_notices_are_listed_and_shown_with_it(terminal: Terminal) -> None:
    terminal.fill(_an_order)

    listed, shown = terminal.run("notices", "list", "XKB"), terminal.run("order", "show", "XKB")

    for ran in (listed, shown):
        assert ran.exit_code == 0
        assert "shipped  delivery:1  mail     sent" in ran.stdout


def test_a_mail_that_came_back_is_noted(terminal: Terminal) -> None:
    terminal.fill(_an_order)
    report = bounce_report("bounces@waybill.example", ("anna@example.com",), LETTER)
    stranger = report.replace(b"<7@waybill>", b"<8@elsewhere>")

    said = [terminal.run("notices", "bounce", given=raw).stdout for raw in (b"Subject: hello", stranger)]
    assert _state(terminal) == ["sent"]
    said.append(terminal.run("notices", "bounce", given=report).stdout)

    assert [text.strip() for text in said] == [
        "This mail is no report that a mail could not be delivered.",
        "The report is about no mail of ours.",
        "Noted.",
    ]
    assert _state(terminal) == ["bounced"]
    assert "came back: 5.1.1" in terminal.run("order", "show", "XKB").stdout


def test_a_receiver_is_switched_on_again(terminal: Terminal) -> None:
    async def switched_off(database: Database) -> None:
        log = WebhookDeliveries(database)
        await log.disable("partner", "it failed", NOW)
        await log.keep(
            WebhookDelivery(
                id="msg_1",
                endpoint="partner",
                connection="shop",
                order_id="1",
                event="held",
                body="{}",
                at=NOW,
            )
        )
        await log.note_attempt("msg_1", 500, "HTTP 500", NOW)

    terminal.fill(switched_off)

    codes = [terminal.run("notices", "enable", "partner").exit_code for _ in range(2)]

    assert codes == [0, 4]
    assert "HTTP 500" in terminal.run("notices", "deliveries", "partner").stdout
    assert terminal.run("notices", "deliveries", "other").stdout.strip() == "No webhook was posted."
