"""Webhooks of the shop's hook module: signatures by the Standard Webhooks rules, and bodies."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.ports import BodyRefused, SignatureRefused
from adapters.stores.prestashop.webhooks import read, verify

# The test vector of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
THEN = datetime.fromtimestamp(1614265330, UTC)
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
RIGHT = HEADERS["webhook-signature"]
WRONG = "v1," + base64.b64encode(b"w" * 32).decode()


def check(headers: dict[str, str] | None = None, now: datetime = THEN, *secrets: str) -> str:
    return verify(
        {**HEADERS, **(headers or {})}, BODY, now, [SecretStr(each) for each in secrets or (SECRET,)]
    )


@pytest.mark.parametrize(("number", "subject"), [(5, "5"), ("005", "5"), (None, "")])
def test_asked_return_is_named(number: object, subject: str) -> None:
    data = {"id_order": 1042, "id_order_return": number}

    event = read(json.dumps({"type": "order.return_requested", "data": data}).encode(), None)

    assert (event.order_id, event.subject) == ("1042", subject)


@pytest.mark.parametrize("number", ["x", -1, {"id": 5}, 10**30])
def test_asked_return_with_an_odd_number_is_refused(number: object) -> None:
    data = {"id_order": 1042, "id_order_return": number}

    with pytest.raises(BodyRefused, match="positive whole number"):
        read(json.dumps({"type": "order.return_requested", "data": data}).encode(), None)


def signed_with(signature: str) -> dict[str, str]:
    return {"webhook-signature": signature}


def test_vector_of_the_specification_is_accepted() -> None:
    assert check() == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_either_secret_is_valid_while_one_is_replaced(secrets: tuple[str, ...]) -> None:
    assert check({}, THEN, *secrets)


@pytest.mark.parametrize(
    "signature",
    [f"{WRONG} {RIGHT}", f"v1a,AAAA {RIGHT}", f"{RIGHT} {WRONG}", f"v2,x  {RIGHT}", f"v1,?? {RIGHT}"],
)
def test_one_right_entry_is_enough(signature: str) -> None:
    assert check(signed_with(signature))


@pytest.mark.parametrize(
    "signature",
    [
        WRONG,
        RIGHT.replace("v1,", "v1a,"),
        RIGHT.replace("v1,", "v2,"),
        RIGHT.replace("v1,", ""),
        RIGHT[:-2],
        RIGHT + "=",
        RIGHT.lower(),
        "v1,",
        ",",
        " ",
        "v1," + "A" * 100_000,
    ],
)
def test_no_other_entry_is(signature: str) -> None:
    with pytest.raises(SignatureRefused):
        check(signed_with(signature))


def test_without_a_secret_nothing_is_accepted() -> None:
    with pytest.raises(SignatureRefused):
        verify(HEADERS, BODY, THEN, [])


@pytest.mark.parametrize(("seconds", "good"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_are_tolerated_both_ways(seconds: int, good: bool) -> None:
    now = THEN + timedelta(seconds=seconds)

    if good:
        assert check({}, now)
    else:
        with pytest.raises(SignatureRefused):
            check({}, now)


@pytest.mark.parametrize(
    "stamp", ["", "1614265330.0", "-1614265330", "１６１４２６５３３０", "9" * 5000, "1e9", "soon"]
)
def test_garbled_time_is_refused(stamp: str) -> None:
    with pytest.raises(SignatureRefused):
        check({"webhook-timestamp": stamp})


@pytest.mark.parametrize("delivery", ["", "a.b", "a b", "a\n", "ä", "x" * 201])
def test_garbled_delivery_id_is_refused(delivery: str) -> None:
    """A dot could move the border between the id and the time, which are signed as one text."""
    with pytest.raises(SignatureRefused):
        check({"webhook-id": delivery, "webhook-signature": resigned(delivery)})


def resigned(delivery: str) -> str:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{delivery}.1614265330.".encode() + BODY
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


@given(st.binary(max_size=80))
def test_another_body_is_refused(body: bytes) -> None:
    if body == BODY:
        return
    with pytest.raises(SignatureRefused):
        verify(HEADERS, body, THEN, [SecretStr(SECRET)])


def event(**more: object) -> bytes:
    return json.dumps({"type": "order.created", "shop_id": 1, "data": {"id_order": 1042}, **more}).encode()


def test_event_names_its_order() -> None:
    found = read(event(), None)

    assert (found.kind, found.order_id) == ("order.created", "1042")


def test_leading_zeros_are_no_other_order() -> None:
    assert read(event(data={"id_order": "0001042"}), None).order_id == "1042"


@pytest.mark.parametrize("kind", ["stock.changed", "customer.updated", "product.saved", "orders"])
def test_event_about_something_else_has_no_order(kind: str) -> None:
    assert read(event(type=kind, data="anything"), None).order_id == ""


def test_event_of_another_shop_has_no_order_here() -> None:
    assert read(event(shop_id=2), 1).order_id == ""
    assert read(event(shop_id="1"), 1).order_id == "1042"
    assert read(event(shop_id=None), 1).order_id == "1042"
    assert read(event(shop_id=2), None).order_id == "1042"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"type": None}, "type"),
        ({"type": 7}, "type"),
        ({"type": ""}, "type"),
        ({"type": "a b"}, "type"),
        ({"type": "x" * 101}, "type"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
        ({"data": {}}, "data.id_order"),
        ({"data": {"id_order": 1.0}}, "data.id_order"),
        ({"data": {"id_order": "9" * 19}}, "data.id_order"),
        ({"shop_id": "one"}, "shop_id"),
    ],
)
def test_refusal_names_the_field(more: dict[str, object], field: str) -> None:
    with pytest.raises(BodyRefused) as caught:
        read(event(**more), 1)

    assert caught.value.field == field


@pytest.mark.parametrize(
    "body",
    [
        event(note="a\0b"),
        event(note="\ud83c"),
        event(**{"\udf77": 1}),
        event(deep=json.loads("[" * 40 + "]" * 40)),
        event() + b"{}",
        b"\xef\xbb\xbf" + event(),
        event().replace(b"1042", b"01042"),
    ],
)
def test_odd_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(BodyRefused):
        read(body, None)


def test_pairs_of_surrogates_are_text() -> None:
    assert read(event(note="🍷"), None).order_id == "1042"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        found = read(body, None)
    except BodyRefused:
        return
    assert found.kind


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=8,
)


@given(data=json_values, kind=json_values, shop=json_values)
def test_any_json_is_read_or_refused(data: object, kind: object, shop: object) -> None:
    try:
        found = read(event(data=data, type=kind, shop_id=shop), 1)
    except BodyRefused:
        return
    assert found.order_id == "" or int(found.order_id) > 0
