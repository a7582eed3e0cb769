"""What Twilio tells the gateway of our texts: believed when signed, and never backwards."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from adapters.channel_ports import TextMessage
from records.migrate import migrate
from records.notices import Notice, NoticeState, NoticeTag
from sandbox import twilio as sandbox
from sandbox.serving import serving
from starter.composition import Waybill, compose
from starter.configuration import parse
from starter.gateway.app import create_app
from starter.temporal_server.ports import free_ports
from tests.house import SECRETS, configuration

NUMBER = "+33612345678"
TAG = NoticeTag(key="notice:1", connection="shop", order_id="1042", event="shipped", channel="sms")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Gate:
    """A gateway beside a Twilio account."""

    twilio: sandbox.Twilio
    waybill: Waybill
    url: str

    async def text(self) -> None:
        """Send a text as a notice, and let Twilio tell what becomes of it."""
        _, port = self.waybill.channels.text("")
        callback = f"{self.url}/hooks/twilio/sms?n=notice%3A1"
        await port.send(TextMessage(to=NUMBER, text="on its way", callback=callback))
        await self.twilio.told()

    async def notice(self) -> Notice:
        """Return the notice."""
        (found,) = await self.waybill.notices.of_order("shop", "1042")
        return found

    async def post(self, form: dict[str, str], signature: str = "", path: str = "sms?n=notice%3A1") -> int:
        """Post a form as if from Twilio."""
        url = f"{self.url}/hooks/twilio/{path}"
        headers = {"X-Twilio-Signature": signature or sandbox.sign(self.twilio.token, url, form)}
        async with httpx.AsyncClient() as client:
            return (await client.post(url, data=form, headers=headers)).status_code


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Gate]:
    twilio, (port,) = sandbox.Twilio(), free_ports(1)
    async with serving(sandbox.create_app(twilio)) as twilio_url:
        raw = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
        raw["public_url"] = f"http://127.0.0.1:{port}"
        raw["connections"]["sms"] = {
            "kind": "twilio",
            "account": twilio.account,
            "auth_tokens": ["env:TWILIO"],
            "sender": "+33755550006",
            "base_url": twilio_url,
        }
        settings = parse(raw, SECRETS | {"TWILIO": twilio.token})
        await asyncio.to_thread(migrate, settings.database)
        waybill = compose(settings)
        client = await Client.connect("127.0.0.1:9", lazy=True, data_converter=pydantic_data_converter)
        async with serving(create_app(waybill, client), port) as url:
            await waybill.notices.reserve(TAG, NOW)
            yield Gate(twilio, waybill, url)
        await waybill.close()


def form(status: str, **changed: str) -> dict[str, str]:
    """Return what Twilio posts about a text."""
    facts = {"MessageSid": "SM1", "MessageStatus": status, "AccountSid": sandbox.DEFAULT_ACCOUNT}
    return facts | changed


async def test_a_text_that_arrived_is_noted_so(gate: Gate) -> None:
    await gate.text()

    notice = await gate.notice()
    assert (notice.state, notice.reference) == (NoticeState.DELIVERED, gate.twilio.texts[0].sid)
    assert [each["answer"] for each in gate.twilio.ledger.of("news")] == [204, 204]


async def test_a_text_that_did_not_arrive_is_noted_with_its_reason(gate: Gate) -> None:
    gate.twilio.faults.arm("undeliverable")
    await gate.text()

    notice = await gate.notice()
    assert (notice.state, notice.answer) == (NoticeState.UNDELIVERED, "the number is not known (30005)")


async def test_news_comes_doubled_and_in_any_order(gate: Gate) -> None:
    answers = [await gate.post(form(status)) for status in ("delivered", "queued", "sent", "delivered")]

    assert answers == [204] * 4
    assert (await gate.notice()).state is NoticeState.DELIVERED


async def test_news_without_our_key_is_matched_by_the_texts_id(gate: Gate) -> None:
    await gate.waybill.notices.note(TAG.key, NoticeState.SENT, NOW, reference="SM1")

    assert await gate.post(form("delivered"), path="sms") == 204
    assert (await gate.notice()).state is NoticeState.DELIVERED


async def test_news_about_nothing_of_ours_is_taken_and_forgotten(gate: Gate) -> None:
    assert await gate.post(form("delivered"), path="sms?n=another") == 204
    assert (await gate.notice()).state is NoticeState.RESERVED


async def test_what_twilio_did_not_sign_changes_nothing(gate: Gate) -> None:
    forged = await gate.post(form("delivered"), signature="AAAA")
    foreign = await gate.post(form("delivered", AccountSid="AC" + "b" * 32))
    half = await gate.post({"AccountSid": sandbox.DEFAULT_ACCOUNT})
    nowhere = await gate.post(form("delivered"), path="other?n=notice%3A1")

    assert (forged, foreign, half, nowhere) == (401, 401, 400, 404)
    assert (await gate.notice()).state is NoticeState.RESERVED
