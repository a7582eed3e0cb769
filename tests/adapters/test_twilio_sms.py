"""Texts over Twilio: what it takes, what it refuses, what it tells later, and no text sent twice."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException

from adapters.channel_ports import TextEnd, TextMessage
from adapters.channels.twilio_settings import TwilioSettings
from adapters.channels.twilio_sms import UNDELIVERED, TwilioSms, as_error
from adapters.ports import BodyRefused, SignatureRefused
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    InDoubt,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)
from sandbox.serving import serving
from sandbox.twilio import DEFAULT_ACCOUNT, DEFAULT_TOKEN, Twilio, create_app

TEXT = TextMessage(to="+33612345678", text="Your order 7 is on its way")


def settings(url: str, **changed: object) -> TwilioSettings:
    facts: dict[str, object] = {
        "account": DEFAULT_ACCOUNT,
        "auth_tokens": (SecretStr(DEFAULT_TOKEN),),
        "sender": "+33755550006",
        "base_url": url,
        "settle": timedelta(0),
    }
    return TwilioSettings.model_validate(facts | changed)


@dataclass
class Account:
    """A sandbox account and our way to it."""

    twilio: Twilio
    sms: TwilioSms
    url: str


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    twilio = Twilio()
    async with serving(create_app(twilio)) as url:
        sms = TwilioSms("sms", settings(url))
        yield Account(twilio, sms, url)
        await sms.close()


async def test_a_text_is_taken_once_and_found_again(account: Account) -> None:
    before = datetime.now(UTC)
    sid = await account.sms.send(TEXT)

    assert [(text.to, text.body, text.sender) for text in account.twilio.texts] == [
        ("+33612345678", TEXT.text, "+33755550006")
    ]
    assert await account.sms.find(TEXT, before) == sid
    assert await account.sms.find(TEXT.model_copy(update={"text": "another"}), before) == ""
    assert await account.sms.find(TEXT.model_copy(update={"to": "+33612345679"}), before) == ""
    assert await account.sms.find(TEXT, before + timedelta(days=2)) == ""


async def test_an_answer_lost_after_sending_is_in_doubt_and_the_text_can_be_found(account: Account) -> None:
    account.twilio.faults.arm("lose_answer")
    before = datetime.now(UTC)

    with pytest.raises(InDoubt):
        await account.sms.send(TEXT)

    assert await account.sms.find(TEXT, before) == account.twilio.texts[0].sid


@pytest.mark.parametrize(
    ("fault", "error"), [("rate_limit", RateLimited), ("server_error", InDoubt)], ids=["429", "500"]
)
async def test_trouble_at_twilio_takes_no_text(
    account: Account, fault: str, error: type[WaybillError]
) -> None:
    account.twilio.faults.arm(fault)

    with pytest.raises(error):
        await account.sms.send(TEXT)

    assert account.twilio.texts == []


async def test_a_twilio_that_is_not_there_was_not_sent_to() -> None:
    sms = TwilioSms("sms", settings("http://127.0.0.1:9"))

    with pytest.raises(ConnectionDown):
        await sms.send(TEXT)
    await sms.close()


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("+15005550001", Refused),
        ("+15005550002", Refused),
        ("+15005550003", BadConfiguration),
        ("+15005550004", Refused),
        ("+15005550009", Refused),
        ("not a number", Refused),
    ],
)
async def test_a_number_that_cannot_be_written_to_is_refused_and_not_quoted(
    account: Account, number: str, error: type[WaybillError]
) -> None:
    with pytest.raises(error) as refused:
        await account.sms.send(TEXT.model_copy(update={"to": number}))

    assert number not in refused.value.problem.model_dump_json()


@pytest.mark.parametrize(
    ("sender", "error"),
    [("+15005550001", BadConfiguration), ("+15005550007", BadConfiguration), ("+15005550008", Passing)],
)
async def test_a_sender_that_is_not_ours_is_our_set_up(
    account: Account, sender: str, error: type[WaybillError]
) -> None:
    sms = TwilioSms("sms", settings(account.url, sender=sender))

    with pytest.raises(error):
        await sms.send(TEXT)
    await sms.close()


async def test_a_wrong_token_is_told_by_the_test_and_by_sending(account: Account) -> None:
    sms = TwilioSms("sms", settings(account.url, auth_tokens=(SecretStr("wrong"),)))

    with pytest.raises(BadCredentials):
        await sms.send(TEXT)
    (finding,) = await sms.test()
    await sms.close()

    assert not finding.ok
    assert "auth_tokens" in finding.fix
    assert (await account.sms.test())[0].ok


@pytest.mark.parametrize(
    "code", [20003, 20404, 21211, 21212, 21408, 21603, 21606, 21608, 21610, 21611, 21612]
)
def test_each_code_has_a_meaning_of_its_own(code: int) -> None:
    expected = {
        20003: BadCredentials,
        20404: BadConfiguration,
        21212: BadConfiguration,
        21408: BadConfiguration,
        21603: BadConfiguration,
        21606: BadConfiguration,
        21608: BadConfiguration,
        21611: Passing,
    }

    assert type(as_error(TwilioRestException(400, "", "no", code))) is expected.get(code, Refused)


class Ear:
    """Where Twilio tells what became of a text."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []

    async def hear(self, request: Request) -> Response:
        """Keep the form and its signature."""
        self.heard.append((await request.body(), request.headers["x-twilio-signature"]))
        return Response(status_code=204)

    @property
    def app(self) -> Starlette:
        """The server."""
        return Starlette(routes=[Route("/hooks/twilio/sms", self.hear, methods=["POST"])])


@pytest.mark.parametrize(
    ("fault", "ends"),
    [
        ("", [TextEnd.ON_ITS_WAY, TextEnd.DELIVERED]),
        ("undeliverable", [TextEnd.ON_ITS_WAY, TextEnd.UNDELIVERED]),
    ],
)
async def test_what_became_of_a_text_is_told_signed(
    account: Account, fault: str, ends: list[TextEnd]
) -> None:
    ear = Ear()
    if fault:
        account.twilio.faults.arm(fault, path=TEXT.to)
    async with serving(ear.app) as url:
        address = f"{url}/hooks/twilio/sms?n=notice%3A1"
        sid = await account.sms.send(TEXT.model_copy(update={"callback": address}))
        await account.twilio.told()

    news = [account.sms.read_news(address, *heard) for heard in ear.heard]
    assert [(each.message, each.end) for each in news] == [(sid, end) for end in ends]
    assert (UNDELIVERED["30005"] in news[-1].sentence) is bool(fault)


def _signed(url: str, fields: list[tuple[str, str]], token: str = DEFAULT_TOKEN) -> str:
    """Sign by the vendor's rule: names sorted, equal pairs once."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


FIELDS = [
    ("MessageSid", "SM1"),
    ("MessageStatus", "delivered"),
    ("AccountSid", DEFAULT_ACCOUNT),
    ("Empty", ""),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
]
URL = "https://waybill.example/hooks/twilio/sms?n=1"


def _news(fields: list[tuple[str, str]], signature: str, url: str = URL) -> TextEnd:
    sms = TwilioSms(
        "sms", settings("http://127.0.0.1:9", auth_tokens=(SecretStr("new"), SecretStr(DEFAULT_TOKEN)))
    )
    return sms.read_news(url, urlencode(fields).encode(), signature).end


def test_either_token_may_sign_with_or_without_the_port() -> None:
    assert _news(FIELDS, _signed(URL, FIELDS)) is TextEnd.DELIVERED
    assert _news(FIELDS, _signed(URL, FIELDS, "new")) is TextEnd.DELIVERED
    assert _news(FIELDS, _signed(URL.replace(".example/", ".example:443/"), FIELDS)) is TextEnd.DELIVERED


@pytest.mark.parametrize(
    ("fields", "signature"),
    [
        (FIELDS, ""),
        (FIELDS, _signed(URL, FIELDS, "other")),
        ([*FIELDS, ("More", "1")], _signed(URL, FIELDS)),
        (FIELDS[1:], _signed(URL, FIELDS)),
        (FIELDS, _signed(URL + "2", FIELDS)),
    ],
    ids=["none", "other token", "added", "removed", "other address"],
)
def test_a_wrong_signature_is_refused(fields: list[tuple[str, str]], signature: str) -> None:
    with pytest.raises(SignatureRefused):
        _news(fields, signature)


def test_another_account_and_half_a_form_are_refused() -> None:
    strange = [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("AccountSid", "AC" + "b" * 32)]
    half = [("AccountSid", DEFAULT_ACCOUNT)]

    with pytest.raises(SignatureRefused):
        _news(strange, _signed(URL, strange))
    with pytest.raises(BodyRefused):
        _news(half, _signed(URL, half))
