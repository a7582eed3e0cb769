"""Webhooks of WooCommerce: the signature over raw bytes, topics, the greeting, and what is no order yet."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.ports import BodyRefused, Greeting, SignatureRefused
from adapters.stores.woocommerce.webhooks import read, verify

SECRET = "s3cr3tOfTheShopWith24Signs"
BODY = b'{"id":4711,"status":"processing","note":"caf\\u00e9 \\/ slash"}'


def signature(body: bytes, secret: str = SECRET) -> str:
    return b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def headers(body: bytes = BODY, **more: str) -> dict[str, str]:
    known = {"x-wc-webhook-topic": "order.updated", "x-wc-webhook-signature": signature(body)}
    return {**known, **{f"x-wc-webhook-{name.replace('_', '-')}": value for name, value in more.items()}}


def verified(given_headers: dict[str, str], body: bytes = BODY, *secrets: str) -> str:
    return verify(given_headers, body, [SecretStr(each) for each in secrets or (SECRET,)])


def test_signature_worked_out_by_openssl_is_accepted() -> None:
    assert verified(headers(signature="F1TPcH8HYBFkP/sXWA6ur1htzUq73LhcWNpzIpGR+tk="))


def test_bytes_written_anew_are_refused() -> None:
    again = json.dumps(json.loads(BODY), separators=(",", ":")).encode()

    with pytest.raises(SignatureRefused):
        verified(headers(), again)


def test_either_secret_is_good_while_one_is_replaced() -> None:
    assert verified(headers(), BODY, "AnotherSecretOfTheShop", SECRET)
    with pytest.raises(SignatureRefused):
        verify(headers(), BODY, [])


def test_delivery_id_that_repeats_tells_two_states_and_two_topics_apart() -> None:
    """The shop makes it of the webhook and the second."""
    other = BODY.replace(b"processing", b"completed")
    ids = {
        verified(headers(delivery_id="d1")),
        verified(headers(other, delivery_id="d1"), other),
        verified(headers(delivery_id="d1", topic="order.created")),
        verified(headers(delivery_id="d2")),
    }

    assert len(ids) == 4
    assert verified(headers(delivery_id="d1")) in ids


@pytest.mark.parametrize("body", [b"webhook_id=142", b"webhook_id=7"])
def test_greeting_is_known_without_a_signature(body: bytes) -> None:
    with pytest.raises(Greeting):
        verified({}, body)


@pytest.mark.parametrize("body", [b"webhook_id=1&order=2", b"webhook_id=", b'{"webhook_id":1}', b""])
def test_what_only_looks_like_a_greeting_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureRefused) as refusal:
        verified({}, body)

    assert not isinstance(refusal.value, Greeting)


def test_greeting_with_a_topic_must_be_signed() -> None:
    with pytest.raises(SignatureRefused) as refusal:
        verified({"x-wc-webhook-topic": "order.updated"}, b"webhook_id=142")

    assert not isinstance(refusal.value, Greeting)


def told(body: dict[str, object], topic: str = "order.updated", sub_orders: bool = False) -> tuple[str, str]:
    event = read({"x-wc-webhook-topic": topic}, json.dumps(body).encode(), sub_orders)
    return event.kind, event.order_id


@pytest.mark.parametrize(
    ("body", "topic", "heard"),
    [
        ({"id": 4711, "status": "processing"}, "order.created", ("order.created", "4711")),
        ({"id": 4711}, "order.deleted", ("order.deleted", "4711")),
        ({"id": 4711}, "order.restored", ("order.restored", "4711")),
        ({"id": 4711, "refunds": [{"id": 9}]}, "order.updated", ("order.refunded", "4711")),
        ({"id": 4711, "status": "checkout-draft"}, "order.updated", ("order.updated", "")),
        ({"id": 4712, "parent_id": 4711}, "order.created", ("order.created", "")),
        ({"id": 4711, "status": "auto-draft"}, "order.created", ("order.created", "")),
        ({"code": "woocommerce_rest_shop_order_invalid_id"}, "order.updated", ("order.updated", "")),
        ({"id": 16}, "coupon.deleted", ("coupon.deleted", "")),
        ({"id": 18, "sku": "X"}, "product.updated", ("product.updated", "")),
        ({"id": 7}, "action.woocommerce_add_to_cart", ("action.woocommerce_add_to_cart", "")),
    ],
)
def test_topics_say_what_a_record_is(body: dict[str, object], topic: str, heard: tuple[str, str]) -> None:
    assert told(body, topic) == heard


def test_webhook_whose_user_may_not_read_orders_is_refused_with_the_way_out() -> None:
    """The shop signs and sends what its API answers that user, and counts the refusal as a failure."""
    with pytest.raises(BodyRefused, match="shop manager"):
        told({"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 403}})


def test_order_of_before_waybill_is_none_of_ours() -> None:
    bodies = [{"id": 7, "date_created_gmt": f"2026-05-0{day}T09:00:00"} for day in (3, 4)]
    heard = [
        read({"x-wc-webhook-topic": "order.updated"}, json.dumps(body).encode(), False, date(2026, 5, 4))
        for body in bodies
    ]

    assert [each.order_id for each in heard] == ["", "7"]


def test_sub_order_is_taken_where_the_merchant_says_so() -> None:
    assert told({"id": 4712, "parent_id": 4711}, sub_orders=True) == ("order.updated", "4712")


@given(body=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        event = read({"x-wc-webhook-topic": "order.updated"}, body, False)
    except BodyRefused:
        return
    assert event.kind == "order.updated"
