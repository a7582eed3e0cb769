"""The hook module: signed webhooks, retries, and everything a receiver has to put up with."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.prestashop import DEFAULT_SIGNING_KEY, Settings
from sandbox.prestashop.visit import Visit, open_shop
from sandbox.prestashop.webhooks import another_secret, sign
from sandbox.serving import serving

CART = {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75"}]}


@dataclass
class Receiver:
    """Takes webhooks and answers with the statuses it was given, then with 204."""

    statuses: list[int] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: Request) -> Response:
        async with self.arrived:
            self.calls.append((dict(request.headers), await request.body()))
            self.arrived.notify_all()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 204)

    async def wait_for(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(lambda: len(self.calls) >= count)
        return [json.loads(body) for _, body in self.calls]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.calls]


def signed_by(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Check a signature from the receiver's side, without the sender's code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{wanted}"


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def visit(receiver: Receiver) -> AsyncIterator[Visit]:
    app = Starlette(routes=[Route("/hooks/shop", receiver.take, methods=["POST"])])
    async with serving(app) as address:
        settings = Settings(webhook_url=f"{address}/hooks/shop", webhook_retry_seconds=(0.01, 0.01))
        async with open_shop(settings) as opened:
            yield opened


async def settled(visit: Visit, status: str) -> None:
    """Wait until nothing is left to be sent; the one delivery has then come to that end."""
    async with asyncio.timeout(5):
        await visit.shop.webhooks.drained()
    assert [delivery.status for delivery in visit.shop.webhooks.log] == [status]


def test_signature_is_the_standards_own_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_new_order_is_told_signed_and_compact(visit: Visit, receiver: Receiver) -> None:
    (order,) = visit.shop.place_order(CART)

    (message,) = await receiver.wait_for(1)

    headers, body = receiver.calls[0]
    assert message["type"] == "order.created"
    assert message["shop_id"] == 1
    assert message["data"] == {"id_order": order.id_order, "id_order_state": 10}
    assert body == json.dumps(message, separators=(",", ":")).encode()
    assert headers["content-type"] == "application/json"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["webhook-id"].startswith("msg_")
    assert signed_by(DEFAULT_SIGNING_KEY, headers, body)


async def test_status_changes_and_edits_are_told(visit: Visit, receiver: Receiver) -> None:
    (order,) = visit.shop.place_order(CART)
    visit.shop.pay(order.id_order)
    visit.shop.edit(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 2}]})

    messages = await receiver.wait_for(3)

    told = [(message["type"], message["data"]["id_order_state"]) for message in messages]
    assert told == [("order.created", 10), ("order.status_changed", 2), ("order.edited", 2)]


async def test_each_split_order_is_told(visit: Visit, receiver: Receiver) -> None:
    lines = [{"sku": "WINE-RED-75"}, {"sku": "GLASS-SET-4", "package": 1}]
    first, second = visit.shop.place_order({**CART, "lines": lines})

    messages = await receiver.wait_for(2)

    assert [message["data"]["id_order"] for message in messages] == [first.id_order, second.id_order]


async def test_refunds_and_asked_returns_are_told(visit: Visit, receiver: Receiver) -> None:
    (order,) = visit.shop.place_order(CART)
    visit.shop.refund(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}]})
    number = visit.shop.ask_for_return(order.id_order)

    _, refunded, asked = await receiver.wait_for(3)

    assert (refunded["type"], refunded["data"]["id_order"]) == ("order.refunded", order.id_order)
    assert (asked["type"], asked["data"]["id_order_return"]) == ("order.return_requested", number)


async def test_tracking_notes_and_overwritten_addresses_are_not_told(
    visit: Visit, receiver: Receiver
) -> None:
    (order,) = visit.shop.place_order(CART)
    (parcel,) = visit.shop.rows("order_carriers")
    await visit.send("PATCH", "order_carriers", "order_carrier", id=parcel["id"], tracking_number="7")
    await visit.send("PATCH", "orders", "order", id=order.id_order, note="SAP 1")
    address = {"street": "9 rue Basse", "postcode": "69002", "city": "Lyon"}
    visit.shop.edit(order.id_order, {"address": address, "overwrite_address": True})
    visit.shop.set_state(order.id_order, 4)

    messages = await receiver.wait_for(2)

    assert [message["type"] for message in messages] == ["order.created", "order.status_changed"]


async def test_early_hook_leaves_before_the_first_state_is_kept(visit: Visit, receiver: Receiver) -> None:
    visit.shop.settings.early_hook = True
    buying = asyncio.create_task(visit.http.post("/shop/orders", json=CART))

    (message,) = await receiver.wait_for(1)
    id_order = message["data"]["id_order"]
    (seen,) = await visit.listed("orders", id=f"[{id_order}]")
    seen_history = await visit.listed("order_histories", id_order=f"[{id_order}]")
    await buying
    (_, later) = await receiver.wait_for(2)

    assert (seen["current_state"], seen_history) == ("0", [])
    assert (later["type"], later["data"]["id_order_state"]) == ("order.status_changed", 10)
    assert visit.shop.order(id_order)["current_state"] == 10


async def test_failed_delivery_is_retried_under_the_same_id(visit: Visit, receiver: Receiver) -> None:
    receiver.statuses = [503, 500]

    visit.shop.place_order(CART)
    await receiver.wait_for(3)
    await settled(visit, "sent")

    (delivery,) = visit.shop.webhooks.log
    assert len(set(receiver.ids)) == 1
    assert len({body for _, body in receiver.calls}) == 1
    assert [attempt["status"] for attempt in delivery.attempts] == [503, 500, 204]
    outcomes = [entry["outcome"] for entry in visit.shop.ledger.of("webhook")]
    assert outcomes == ["failed", "failed", "sent"]


async def test_delivery_is_given_up_after_the_last_retry(visit: Visit, receiver: Receiver) -> None:
    receiver.statuses = [500] * 9

    visit.shop.place_order(CART)
    await settled(visit, "given_up")

    assert len(receiver.calls) == 3


async def test_gone_ends_the_retries(visit: Visit, receiver: Receiver) -> None:
    receiver.statuses = [410]

    visit.shop.place_order(CART)
    await settled(visit, "given_up")

    assert len(receiver.calls) == 1


async def test_unreachable_receiver_is_noted(visit: Visit) -> None:
    visit.shop.settings.webhook_url = "http://127.0.0.1:9/nobody"

    visit.shop.place_order(CART)
    await settled(visit, "given_up")

    (delivery,) = visit.shop.webhooks.log
    assert {attempt["problem"] for attempt in delivery.attempts} == {"ConnectError"}


async def test_lost_webhook_never_leaves(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_lose")

    visit.shop.place_order(CART)
    (second,) = visit.shop.place_order(CART)
    messages = await receiver.wait_for(1)

    assert [message["data"]["id_order"] for message in messages] == [second.id_order]
    assert visit.shop.ledger.of("webhook", outcome="lost")


async def test_doubled_webhook_comes_twice_under_one_id(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_double")

    visit.shop.place_order(CART)
    await receiver.wait_for(2)

    assert len(set(receiver.ids)) == 1


async def test_doubled_webhook_may_come_under_two_ids(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_double_new_id")

    visit.shop.place_order(CART)
    await receiver.wait_for(2)

    assert len(set(receiver.ids)) == 2
    assert len({body for _, body in receiver.calls}) == 1


async def test_delayed_webhook_comes_after_later_ones(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_delay", seconds=0.1)

    (first,) = visit.shop.place_order(CART)
    (second,) = visit.shop.place_order(CART)
    messages = await receiver.wait_for(2)

    assert [message["data"]["id_order"] for message in messages] == [second.id_order, first.id_order]


async def test_shuffled_webhooks_wait_for_a_later_one(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_shuffle", times=2)

    placed = [visit.shop.place_order(CART)[0].id_order for _ in range(3)]
    messages = await receiver.wait_for(3)

    assert [message["data"]["id_order"] for message in messages] == [placed[2], placed[1], placed[0]]


async def test_shuffled_webhook_does_not_go_because_of_an_earlier_one(
    visit: Visit, receiver: Receiver
) -> None:
    visit.shop.faults.arm("webhook_shuffle", skip=1, seconds=30)
    placed = [visit.shop.place_order(CART)[0].id_order for _ in range(2)]
    await receiver.wait_for(1)
    await asyncio.sleep(0.05)
    assert len(receiver.calls) == 1

    placed.append(visit.shop.place_order(CART)[0].id_order)
    messages = await receiver.wait_for(3)

    assert [message["data"]["id_order"] for message in messages] == [placed[0], placed[2], placed[1]]


async def test_shuffled_webhook_goes_alone_when_nothing_follows(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_shuffle", seconds=0.05)

    visit.shop.place_order(CART)

    assert len(await receiver.wait_for(1)) == 1


async def test_forged_webhook_has_a_bad_signature_and_is_not_repeated(
    visit: Visit, receiver: Receiver
) -> None:
    receiver.statuses = [401]
    visit.shop.faults.arm("webhook_forge")

    visit.shop.place_order(CART)
    await settled(visit, "forged")

    ((headers, body),) = receiver.calls
    assert not signed_by(DEFAULT_SIGNING_KEY, headers, body)
    assert signed_by(another_secret(DEFAULT_SIGNING_KEY), headers, body)


async def test_fault_may_choose_the_event(visit: Visit, receiver: Receiver) -> None:
    visit.shop.faults.arm("webhook_lose", path="order.status_changed", times=None)

    (order,) = visit.shop.place_order(CART)
    visit.shop.pay(order.id_order)
    visit.shop.edit(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 2}]})
    messages = await receiver.wait_for(2)

    assert [message["type"] for message in messages] == ["order.created", "order.edited"]


async def test_deliveries_can_be_read_and_replayed_over_http(visit: Visit, receiver: Receiver) -> None:
    visit.shop.place_order(CART)
    await settled(visit, "sent")
    (shown,) = (await visit.http.get("/_sandbox/webhooks")).json()

    answer = await visit.http.post(f"/_sandbox/webhooks/{shown['id']}/replay")
    await receiver.wait_for(2)

    assert (shown["type"], shown["status"], len(shown["attempts"])) == ("order.created", "sent", 1)
    assert answer.status_code == 202
    assert receiver.ids == [shown["id"]] * 2
    assert (await visit.http.post("/_sandbox/webhooks/msg_none/replay")).status_code == 404


async def test_nothing_is_sent_without_a_url(visit: Visit) -> None:
    await visit.http.patch("/_sandbox/settings", json={"webhook_url": ""})

    visit.shop.place_order(CART)

    assert visit.shop.webhooks.log == []
    assert visit.shop.webhooks.waiting() == 0
