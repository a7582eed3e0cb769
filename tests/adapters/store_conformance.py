"""What every store's adapter must do, whatever the store: each runs this suite against its sandbox.

A test module makes its own class of `StoreConformance` and gives it a fixture `stand`.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from adapters.ports import BodyRefused, OrderHint, SignatureRefused, StorePort
from domain.errors import (
    BadCredentials,
    ConnectionDown,
    Disposition,
    FixSetup,
    InDoubt,
    NotFound,
    Passing,
    RateLimited,
    WaybillError,
)
from domain.order import Order, StoreState
from domain.totals import adds_up_to


class Trouble(StrEnum):
    """How a store's host fails."""

    GONE = "nobody listens"
    MAINTENANCE = "a maintenance page"
    FIREWALL = "a firewall's page"
    TOO_MANY = "too many requests"
    CUT_BEFORE = "the connection is cut before anything is done"
    CUT_AFTER = "the connection is cut after the work was done"
    FAILS_AFTER = "a server error after the work was done"
    GARBLED = "an answer that is not what the protocol says"


@dataclass(frozen=True)
class Sold:
    """What a buyer bought: the facts that the adapter must read back."""

    order_id: str
    gross: Decimal
    net: Decimal
    currency: str
    email: str
    country: str
    pieces: Mapping[str, int] = field(default_factory=dict)


class StoreStand(ABC):
    """A store's sandbox, a port to it, and what only the sandbox can do."""

    store: StorePort
    """Its pages of changed orders hold three orders at most."""
    zone_with_daylight_saving = "Europe/Paris"
    """The store's clock: in 2026 it goes forward on 29 March and back on 25 October, both at 01:00 UTC."""

    @abstractmethod
    async def sell(
        self, *, paid: bool = True, comment: str = "", name: str = "", large: bool = False
    ) -> Sold:
        """Let somebody buy: several lines with different taxes, shipping and a voucher when `large`."""

    @abstractmethod
    def lose_webhooks(self) -> None:
        """Send no webhooks, or only into the void."""

    @abstractmethod
    def change(self, order_id: str) -> None:
        """Change an order's state as an employee does."""

    @abstractmethod
    def cancel(self, order_id: str) -> None:
        """Cancel an order in the store."""

    @abstractmethod
    def set_clock(self, moment: datetime) -> None:
        """Let it be this moment in the store, and stay so."""

    @abstractmethod
    def event(self, order_id: object) -> bytes:
        """Return the body of a webhook about an order (any value may stand as the id)."""

    @abstractmethod
    def other_event(self) -> bytes:
        """Return the body of a webhook about something that is no order."""

    @abstractmethod
    def signed(self, body: bytes, at: datetime, *, wrongly: bool = False) -> dict[str, str]:
        """Return a webhook's headers; `wrongly`: by somebody who does not know the secret."""

    @abstractmethod
    def times_shown(self, order_id: str, text: str) -> int:
        """Count how often a text is shown with an order."""

    @abstractmethod
    def statuses(self, order_id: str) -> list[str]:
        """Return the order's statuses, from the first to the present."""

    @property
    @abstractmethod
    def another_status(self) -> str:
        """A status that an order just sold and paid can be given."""

    @abstractmethod
    def tracking(self, order_id: str) -> str:
        """Return the tracking shown with an order."""

    @abstractmethod
    def writes(self) -> int:
        """Count what was written from outside."""

    @abstractmethod
    def requests(self) -> int:
        """Count the requests the store has seen."""

    @abstractmethod
    async def cause(self, trouble: Trouble, *, on_write: bool = False) -> None:
        """Let the next request (the next write) meet a trouble; GONE stays."""

    @abstractmethod
    def with_wrong_key(self) -> StorePort:
        """Return a port whose key the store does not know; `stand` closes it."""


async def all_changes(store: StorePort, cursor: Mapping[str, str]) -> tuple[list[OrderHint], dict[str, str]]:
    """Read every page from a cursor on; a list that does not end fails."""
    hints: list[OrderHint] = []
    for _ in range(50):
        page = await store.changed_orders(cursor)
        hints += page.hints
        cursor = page.cursor
        if not page.more:
            return hints, page.cursor
    raise AssertionError("the list does not end")


class StoreConformance:
    """The suite. `stand` comes from the class that inherits it."""

    # Reading an order

    async def test_order_is_read_in_full_and_adds_up(self, stand: StoreStand) -> None:
        sold = await stand.sell(large=True, comment="Ring twice")

        order = await stand.store.read_order(sold.order_id)

        assert order.store_id == sold.order_id
        assert {line.sku: line.quantity for line in order.lines} == dict(sold.pieces)
        assert (order.gross, order.net, order.currency) == (sold.gross, sold.net, sold.currency)
        assert adds_up_to(order) == order.gross
        assert order.customer.email == sold.email
        assert order.billing.country == order.delivery.country == sold.country
        assert order.state is StoreState.CONFIRMED
        assert order.payment.paid
        assert order.payment.method
        assert order.comment == "Ring twice"
        assert order.number
        assert order.lines_left_out == 0

    async def test_net_adds_up_as_gross_does(self, stand: StoreStand) -> None:
        sold = await stand.sell(large=True)

        order = await stand.store.read_order(sold.order_id)

        less = sum((discount.net for discount in order.discounts), Decimal(0))
        goods = sum((line.net for line in order.lines), Decimal(0))
        assert goods + order.shipping.net + order.wrapping.net - less == order.net

    async def test_lines_know_their_tax(self, stand: StoreStand) -> None:
        sold = await stand.sell(large=True)

        order = await stand.store.read_order(sold.order_id)

        assert all(line.tax_rate is not None for line in order.lines)
        assert len({line.tax_rate for line in order.lines}) > 1
        assert not any("E" in str(line.tax_rate) for line in order.lines)

    async def test_read_order_survives_a_history(self, stand: StoreStand) -> None:
        sold = await stand.sell(large=True)

        order = await stand.store.read_order(sold.order_id)

        assert Order.model_validate_json(order.model_dump_json()) == order
        assert order.placed_at.tzinfo is not None

    async def test_order_read_twice_is_the_same_revision(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        first = await stand.store.read_order(sold.order_id)
        second = await stand.store.read_order(sold.order_id)

        assert first.revision == second.revision

    async def test_unpaid_order_is_not_confirmed(self, stand: StoreStand) -> None:
        sold = await stand.sell(paid=False)

        order = await stand.store.read_order(sold.order_id)

        assert order.state is StoreState.AWAITING_PAYMENT
        assert not order.payment.paid

    async def test_cancelled_order_is_cancelled(self, stand: StoreStand) -> None:
        sold = await stand.sell()
        stand.cancel(sold.order_id)

        order = await stand.store.read_order(sold.order_id)

        assert order.state is StoreState.CANCELLED

    async def test_unknown_order_is_not_found(self, stand: StoreStand) -> None:
        with pytest.raises(NotFound):
            await stand.store.read_order("987654321")

    @pytest.mark.parametrize(
        "order_id",
        ["", "0", "-1", "abc", "1 OR 1=1", "1]&display=full", "٣", "1.0", "../1", "1\n", " 1", "9" * 60],
    )
    async def test_what_cannot_be_an_order_is_not_asked_for(self, stand: StoreStand, order_id: str) -> None:
        seen = stand.requests()

        with pytest.raises(NotFound):
            await stand.store.read_order(order_id)

        assert stand.requests() == seen

    @pytest.mark.parametrize(
        "name",
        [
            "Zoë 🍷 王小明",
            'O\'Neill "Bob" & Söhne',
            "Robert'); DROP TABLE orders;--",
            "=HYPERLINK(0)",
            "مرحبا",
            "a\u202eb\u0000c",
            "\\u0000 {{ }} %s",
            "x" * 255,
        ],
    )
    async def test_odd_names_come_through(self, stand: StoreStand, name: str) -> None:
        sold = await stand.sell(name=name)

        order = await stand.store.read_order(sold.order_id)

        assert order.delivery.person.startswith(name.replace("\0", " "))
        assert Order.model_validate_json(order.model_dump_json()) == order

    # The store's own list

    async def test_first_reading_names_no_old_order(self, stand: StoreStand) -> None:
        stand.set_clock(datetime(2026, 5, 4, 8, tzinfo=UTC))
        await stand.sell()
        stand.set_clock(datetime(2026, 5, 4, 12, tzinfo=UTC))

        hints, _ = await all_changes(stand.store, {})

        assert not hints

    async def test_order_whose_webhook_was_lost_is_found(self, stand: StoreStand) -> None:
        stand.lose_webhooks()
        _, cursor = await all_changes(stand.store, {})
        sold = await stand.sell()

        hints, _ = await all_changes(stand.store, cursor)

        assert [hint.order_id for hint in hints] == [sold.order_id]

    async def test_cursor_is_texts_that_json_keeps(self, stand: StoreStand) -> None:
        await stand.sell()

        _, cursor = await all_changes(stand.store, {})

        assert json.loads(json.dumps(cursor)) == cursor
        assert all(isinstance(value, str) for value in cursor.values())

    async def test_repeat_is_told_by_its_mark(self, stand: StoreStand) -> None:
        _, cursor = await all_changes(stand.store, {})
        sold = await stand.sell()

        first, cursor = await all_changes(stand.store, cursor)
        second, _ = await all_changes(stand.store, cursor)

        assert {hint.mark for hint in second} <= {hint.mark for hint in first}
        assert first[0].mark == (await stand.store.read_order(sold.order_id)).mark

    async def test_change_of_state_gets_another_mark(self, stand: StoreStand) -> None:
        _, cursor = await all_changes(stand.store, {})
        sold = await stand.sell()
        before, cursor = await all_changes(stand.store, cursor)

        stand.change(sold.order_id)
        after, _ = await all_changes(stand.store, cursor)

        assert sold.order_id in {hint.order_id for hint in after}
        assert {hint.mark for hint in after}.isdisjoint(hint.mark for hint in before)

    async def test_orders_of_one_second_are_all_found(self, stand: StoreStand) -> None:
        stand.set_clock(datetime(2026, 5, 4, 12, tzinfo=UTC))
        _, cursor = await all_changes(stand.store, {})
        sold = {(await stand.sell()).order_id for _ in range(8)}

        hints, cursor = await all_changes(stand.store, cursor)
        later = (await stand.sell()).order_id
        more, _ = await all_changes(stand.store, cursor)

        assert {hint.order_id for hint in hints} == sold
        assert later in {hint.order_id for hint in more}

    @pytest.mark.parametrize(
        "transition",
        [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
        ids=["clocks go forward", "clocks go back"],
    )
    @pytest.mark.parametrize("step", [timedelta(minutes=9), timedelta(minutes=17), timedelta(minutes=61)])
    async def test_no_order_is_lost_in_the_night_the_clocks_change(
        self, stand: StoreStand, transition: datetime, step: timedelta
    ) -> None:
        now = transition - timedelta(hours=3)
        stand.set_clock(now)
        _, cursor = await all_changes(stand.store, {})
        lost = []

        while now < transition + timedelta(hours=3):
            now += step
            stand.set_clock(now)
            sold = await stand.sell()
            hints, cursor = await all_changes(stand.store, cursor)
            if sold.order_id not in {hint.order_id for hint in hints}:
                lost.append(now)

        assert not lost

    async def test_order_is_found_after_hours_without_reading(self, stand: StoreStand) -> None:
        """The reading stops before the clocks go back and goes on after."""
        stand.set_clock(datetime(2026, 10, 25, 0, 50, tzinfo=UTC))
        await stand.sell()
        _, cursor = await all_changes(stand.store, {})
        await stand.sell()
        _, cursor = await all_changes(stand.store, cursor)
        stand.set_clock(datetime(2026, 10, 25, 1, 20, tzinfo=UTC))
        missed = await stand.sell()

        stand.set_clock(datetime(2026, 10, 25, 5, tzinfo=UTC))
        hints, _ = await all_changes(stand.store, cursor)

        assert missed.order_id in {hint.order_id for hint in hints}

    # Webhooks

    async def test_signed_webhook_is_accepted(self, stand: StoreStand) -> None:
        now, body = datetime.now(UTC), stand.event("1042")

        first = stand.store.verify_webhook(stand.signed(body, now), body, now)

        assert first
        assert stand.store.read_webhook(body).order_id == "1042"

    async def test_other_subjects_have_no_order(self, stand: StoreStand) -> None:
        event = stand.store.read_webhook(stand.other_event())

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
            stand.store.read_webhook(body)

    @pytest.mark.parametrize(
        "order_id", [None, True, 0, -1, 1.5, "", "abc", "1\0", "\ud800", [1], {"id": 1}, "٣"]
    )
    async def test_event_without_an_order_number_is_refused(
        self, stand: StoreStand, order_id: object
    ) -> None:
        with pytest.raises(BodyRefused):
            stand.store.read_webhook(stand.event(order_id))

    async def test_numbers_may_come_as_text_or_as_number(self, stand: StoreStand) -> None:
        as_text = stand.store.read_webhook(stand.event("1042"))
        as_number = stand.store.read_webhook(stand.event(1042))

        assert as_text == as_number

    # Writing back

    async def test_erp_number_is_shown_once(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")
        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")

        assert stand.times_shown(sold.order_id, "ERP order 12345") == 1
        assert stand.writes() == 1

    async def test_number_that_begins_another_is_shown_too(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")
        await stand.store.show_erp_number(sold.order_id, "ERP order 123")

        assert stand.writes() == 2

    async def test_status_is_set_once(self, stand: StoreStand) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        await stand.store.set_status(sold.order_id, stand.another_status)
        await stand.store.set_status(sold.order_id, stand.another_status)

        assert stand.statuses(sold.order_id) == [*before, stand.another_status]

    @pytest.mark.parametrize("status", ["", "nonsense", "999999", "-1"])
    async def test_unknown_status_is_a_matter_of_set_up(self, stand: StoreStand, status: str) -> None:
        sold = await stand.sell()

        with pytest.raises(FixSetup):
            await stand.store.set_status(sold.order_id, status)

        assert stand.writes() == 0

    async def test_tracking_of_several_parcels_is_shown_once(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.set_tracking(sold.order_id, ("1Z999", "2Z999"))
        await stand.store.set_tracking(sold.order_id, ("1Z999", "2Z999"))

        assert "1Z999" in stand.tracking(sold.order_id)
        assert "2Z999" in stand.tracking(sold.order_id)
        assert stand.writes() == 1

    async def test_no_parcel_writes_nothing(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.set_tracking(sold.order_id, ())

        assert stand.writes() == 0

    @pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.FAILS_AFTER])
    async def test_write_that_arrived_counts_although_its_answer_was_lost(
        self, stand: StoreStand, trouble: Trouble
    ) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        await stand.cause(trouble, on_write=True)
        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")
        await stand.cause(trouble, on_write=True)
        await stand.store.set_status(sold.order_id, stand.another_status)
        await stand.cause(trouble, on_write=True)
        await stand.store.set_tracking(sold.order_id, ("1Z999",))

        assert stand.times_shown(sold.order_id, "ERP order 12345") == 1
        assert stand.statuses(sold.order_id) == [*before, stand.another_status]
        assert "1Z999" in stand.tracking(sold.order_id)

    async def test_write_that_may_not_have_arrived_is_in_doubt_and_can_be_repeated(
        self, stand: StoreStand
    ) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        await stand.cause(Trouble.CUT_BEFORE, on_write=True)
        with pytest.raises(InDoubt):
            await stand.store.set_status(sold.order_id, stand.another_status)
        await stand.store.set_status(sold.order_id, stand.another_status)

        assert stand.statuses(sold.order_id) == [*before, stand.another_status]

    async def test_writes_to_an_unknown_order_are_not_found(self, stand: StoreStand) -> None:
        with pytest.raises(NotFound):
            await stand.store.show_erp_number("987654321", "ERP order 1")
        with pytest.raises(NotFound):
            await stand.store.set_status("987654321", stand.another_status)
        with pytest.raises(NotFound):
            await stand.store.set_tracking("987654321", ("1Z999",))

        assert stand.writes() == 0

    # Troubles

    @pytest.mark.parametrize(
        ("trouble", "error"),
        [
            (Trouble.GONE, ConnectionDown),
            (Trouble.MAINTENANCE, ConnectionDown),
            (Trouble.FIREWALL, Passing),
            (Trouble.TOO_MANY, RateLimited),
            (Trouble.CUT_BEFORE, Passing),
            (Trouble.CUT_AFTER, Passing),
            (Trouble.FAILS_AFTER, Passing),
            (Trouble.GARBLED, Passing),
        ],
    )
    async def test_trouble_on_a_read_becomes_one_of_our_errors(
        self, stand: StoreStand, trouble: Trouble, error: type[WaybillError]
    ) -> None:
        sold = await stand.sell()
        await stand.cause(trouble)

        with pytest.raises(error) as caught:
            await stand.store.read_order(sold.order_id)

        assert caught.value.problem.disposition is not Disposition.BUG
        assert caught.value.problem.connection

    async def test_rate_limit_tells_how_long_to_wait(self, stand: StoreStand) -> None:
        sold = await stand.sell()
        await stand.cause(Trouble.TOO_MANY)

        with pytest.raises(RateLimited) as caught:
            await stand.store.read_order(sold.order_id)

        assert caught.value.retry_after

    async def test_wrong_key_is_a_matter_of_credentials(self, stand: StoreStand) -> None:
        with pytest.raises(BadCredentials):
            await stand.with_wrong_key().read_order("1042")

    async def test_sound_connection_has_nothing_to_fix(self, stand: StoreStand) -> None:
        await stand.sell()

        findings = await stand.store.test()

        assert findings
        assert all(finding.ok for finding in findings)

    async def test_broken_connection_names_the_fix(self, stand: StoreStand) -> None:
        findings = await stand.with_wrong_key().test()

        broken = [finding for finding in findings if not finding.ok]
        assert broken
        assert all(finding.fix for finding in broken)
