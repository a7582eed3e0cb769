"""`waybill notices`: an order's notices, mails that came back, receivers that were switched off."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.life import OrderView
from domain.stages import Stage
from records.database import Database
from records.migrate import migrate
from records.notices import Notices, NoticeState, NoticeTag
from records.orders import Orders
from records.webhook_deliveries import WebhookDeliveries, WebhookDelivery
from sandbox.bounces import bounce_report
from starter.cli.app import app
from starter.stack.settings import Addresses, Paces, write_settings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LETTER = b"Message-ID: <7@waybill>\r\n\r\nIt was sent.\r\n"
Fill = Callable[[Database], Awaitable[object]]
SECRETS = {
    "WAYBILL_SECRET": "s" * 32,
    "SHOP_KEY": "K" * 32,
    "SHOP_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "SAP_PASSWORD": "secret",
    "TWILIO_AUTH_TOKEN": "token",
    "EASYPOST_KEY": "EZTK",
    "SLACK_TOKEN": "xoxb",
    "SLACK_SIGNING_SECRET": "secret",
    "PARTNER_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


class Terminal:
    """A terminal on a machine whose database a test may fill."""

    def __init__(self, folder: Path) -> None:
        self._address = f"sqlite:///{folder}/waybill.db"
        migrate(self._address)

    def fill(self, *fills: Fill) -> None:
        """Put something into the database."""

        async def fill() -> None:
            database = Database(self._address)
            for each in fills:
                await each(database)
            await database.close()

        asyncio.run(fill())

    def run(self, *arguments: str, given: bytes = b"") -> Result:
        """Run a command."""
        return CliRunner().invoke(app, list(arguments), input=given, env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    addresses = Addresses("http://127.0.0.1:9", "http://127.0.0.1:9", 25, "http://127.0.0.1:9", 0)
    monkeypatch.setenv("WAYBILL_CONFIG", str(write_settings(tmp_path, addresses, Paces())))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return Terminal(tmp_path)


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
