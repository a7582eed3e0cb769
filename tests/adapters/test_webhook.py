"""Webhooks to others: signed over what is sent, and never to where they must not go."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError

from adapters.channel_ports import WebhookMessage
from adapters.channels.webhook import Webhook, WebhookSettings, is_public, signatures
from domain.errors import BadConfiguration, ConnectionDown, InDoubt
from sandbox.serving import serving
from sandbox.webhook_receiver import DEFAULT_SECRET, Receiver, create_app

MESSAGE = WebhookMessage(id="msg_1", body='{"type":"order.shipped","data":{"order":"7"}}')
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of 24 bytes").decode()


def settings(url: str, *, secret: str = DEFAULT_SECRET, allow_private: bool = True) -> WebhookSettings:
    return WebhookSettings(url=url, secrets=(SecretStr(secret),), allow_private=allow_private)


@dataclass
class Partner:
    """A receiver and our way to it."""

    receiver: Receiver
    webhook: Webhook
    url: str


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    receiver = Receiver()
    async with serving(create_app(receiver)) as url:
        webhook = Webhook("partner", settings(f"{url}/hook"))
        yield Partner(receiver, webhook, url)
        await webhook.close()


def test_the_signature_is_the_specifications() -> None:
    # The example of the specification, spec/standard-webhooks.md.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    assert (
        signatures([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


async def test_a_webhook_arrives_as_it_was_signed(partner: Partner) -> None:
    answer = await partner.webhook.deliver(MESSAGE, datetime.now(UTC))

    assert answer.status == 204
    assert [(each["id"], each["text"]) for each in partner.receiver.deliveries] == [("msg_1", MESSAGE.body)]


async def test_the_old_secret_is_good_enough_while_a_new_one_comes(partner: Partner) -> None:
    both = WebhookSettings(
        url=f"{partner.url}/hook",
        secrets=(SecretStr(OTHER_SECRET), SecretStr(DEFAULT_SECRET)),
        allow_private=True,
    )
    webhook = Webhook("partner", both)

    assert (await webhook.deliver(MESSAGE, datetime.now(UTC))).status == 204
    await webhook.close()


@pytest.mark.parametrize(
    ("secret", "now"),
    [
        (OTHER_SECRET, timedelta(0)),
        (DEFAULT_SECRET, timedelta(minutes=6)),
        (DEFAULT_SECRET, -timedelta(minutes=6)),
    ],
    ids=["other secret", "from the future", "too old"],
)
async def test_the_receiver_refuses_what_is_not_signed_for_it_now(
    partner: Partner, secret: str, now: timedelta
) -> None:
    webhook = Webhook("partner", settings(f"{partner.url}/hook", secret=secret))

    assert (await webhook.deliver(MESSAGE, datetime.now(UTC) + now)).status == 401
    assert partner.receiver.deliveries == []
    await webhook.close()


@pytest.mark.parametrize(("fault", "status"), [("server_error", 500), ("gone", 410)])
async def test_a_failing_receivers_answer_is_told(partner: Partner, fault: str, status: int) -> None:
    partner.receiver.faults.arm(fault)

    assert (await partner.webhook.deliver(MESSAGE, datetime.now(UTC))).status == status


async def test_a_receiver_may_ask_us_to_wait(partner: Partner) -> None:
    partner.receiver.faults.arm("rate_limit", seconds=90)

    answer = await partner.webhook.deliver(MESSAGE, datetime.now(UTC))

    assert (answer.status, answer.retry_after) == (429, timedelta(seconds=90))


async def test_a_redirect_is_not_followed(partner: Partner) -> None:
    partner.receiver.faults.arm("redirect")

    with pytest.raises(BadConfiguration):
        await partner.webhook.deliver(MESSAGE, datetime.now(UTC))


async def test_a_lost_answer_is_in_doubt(partner: Partner) -> None:
    partner.receiver.faults.arm("lose_answer")

    with pytest.raises(InDoubt):
        await partner.webhook.deliver(MESSAGE, datetime.now(UTC))

    assert len(partner.receiver.deliveries) == 1


async def test_the_connection_goes_to_the_address_that_was_checked(partner: Partner) -> None:
    async def here(_name: str, _port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    port = partner.url.rpartition(":")[2]
    webhook = Webhook("partner", settings(f"http://partner.invalid:{port}/hook"), here)

    assert (await webhook.deliver(MESSAGE, datetime.now(UTC))).status == 204
    assert partner.receiver.deliveries[0]["host"] == f"partner.invalid:{port}"
    await webhook.close()


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("93.184.215.14", "10.0.0.7"), ("::ffff:169.254.169.254",)]
)
async def test_a_name_with_an_address_of_our_own_network_is_not_connected_to(
    partner: Partner, addresses: tuple[str, ...]
) -> None:
    async def inside(_name: str, _port: int) -> tuple[str, ...]:
        return addresses

    guarded = settings("https://partner.example/hook", allow_private=False)
    webhook = Webhook("partner", guarded, inside)

    with pytest.raises(BadConfiguration):
        await webhook.deliver(MESSAGE, datetime.now(UTC))
    assert not (await webhook.test())[0].ok
    await webhook.close()


async def test_a_name_that_nobody_knows_is_a_receiver_that_is_down() -> None:
    async def nowhere(_name: str, _port: int) -> tuple[str, ...]:
        raise OSError("no such name")

    webhook = Webhook("partner", settings("https://partner.example/hook", allow_private=False), nowhere)

    with pytest.raises(ConnectionDown):
        await webhook.deliver(MESSAGE, datetime.now(UTC))
    await webhook.close()


PRIVATE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.0.8 198.18.0.1
224.0.0.1 240.0.0.1 255.255.255.255 192.0.2.1 ::1 :: fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 ff02::1
::ffff:10.0.0.1 ::ffff:127.0.0.1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2001:db8::1
"""
PUBLIC = [
    "93.184.215.14",
    "8.8.8.8",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_that_is_not_the_internets(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/hook",
        "https://partner.example:22/hook",
        "https://10.0.0.1/hook",
        "https://[::1]/hook",
        "https://user:secret@partner.example/hook",
        "ftp://partner.example/hook",
        "https:///hook",
        "https://partner.example/" + "x" * 2048,
    ],
)
def test_an_address_that_is_not_to_be_posted_to_is_refused_when_it_is_set(url: str) -> None:
    with pytest.raises(ValidationError):
        settings(url, allow_private=False)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "whsec_!!" * 9, OTHER_SECRET[6:]])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError):
        settings("https://partner.example/hook", secret=secret)
