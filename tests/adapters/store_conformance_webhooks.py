"""Webhooks are believed only when signed, and read only when sound."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.ports import BodyRefused, SignatureRefused
from tests.adapters.store_conformance_stand import StoreStand


class Webhooks:
    """Webhooks are believed only when signed, and read only when sound."""

    async def test_signed_webhook_is_accepted(self, stand: StoreStand) -> None:
        now, body = datetime.now(UTC), stand.event("1042")

        first = stand.store.verify_webhook(stand.signed(body, now), body, now)

        assert first
        assert stand.read(body).order_id == "1042"

    async def test_other_subjects_have_no_order(self, stand: StoreStand) -> None:
        event = stand.read(stand.other_event())

        assert event.kind
        assert event.order_id == ""

    async def test_webhook_of_another_signer_is_refused(self, stand: StoreStand) -> None:
        now, body = datetime.now(UTC), stand.event("1042")

        with pytest.raises(SignatureRefused):
            stand.store.verify_webhook(stand.signed(body, now, wrongly=True), body, now)

    async def test_changed_body_is_refused(self, stand: StoreStand) -> None:
        now = datetime.now(UTC)
        headers = stand.signed(stand.event("1042"), now)

        with pytest.raises(SignatureRefused):
            stand.store.verify_webhook(headers, stand.event("1043"), now)

    @pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)], ids=["old", "future"])
    async def test_webhook_of_another_time_is_refused(self, stand: StoreStand, age: timedelta) -> None:
        if not stand.signs_the_time:
            pytest.skip("this store's signatures do not tell the time")
        now, body = datetime.now(UTC), stand.event("1042")

        with pytest.raises(SignatureRefused):
            stand.store.verify_webhook(stand.signed(body, now - age), body, now)

    async def test_missing_or_garbled_header_is_refused(self, stand: StoreStand) -> None:
        now, body = datetime.now(UTC), stand.event("1042")
        right = stand.signed(body, now)

        for name in right:
            for wrong in ("", "garbage", "é", "\0"):
                with pytest.raises(SignatureRefused):
                    stand.store.verify_webhook({**right, name: wrong}, body, now)
            with pytest.raises(SignatureRefused):
                stand.store.verify_webhook({key: right[key] for key in right if key != name}, body, now)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b"[]",
            b"1",
            b"\xff\xfe",
            b"{",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b'{"x": NaN}',
            b'{"x": -Infinity}',
            b'{"x": 1' + b"0" * 5000 + b"}",
        ],
    )
    async def test_unreadable_body_is_refused(self, stand: StoreStand, body: bytes) -> None:
        with pytest.raises(BodyRefused):
            stand.read(body)

    @pytest.mark.parametrize(
        "order_id", [None, True, 0, -1, 1.5, "", "abc", "1\0", "\ud800", [1], {"id": 1}, "٣"]
    )
    async def test_event_without_an_order_number_is_refused(
        self, stand: StoreStand, order_id: object
    ) -> None:
        with pytest.raises(BodyRefused):
            stand.read(stand.event(order_id))

    async def test_numbers_may_come_as_text_or_as_number(self, stand: StoreStand) -> None:
        as_text = stand.read(stand.event("1042"))
        as_number = stand.read(stand.event(1042))

        assert as_text == as_number
