"""Orders are read in full, as the store knows them."""

from decimal import Decimal

import pytest

from domain.errors import (
    NotFound,
)
from domain.order import Order, StoreState
from domain.totals import adds_up_to
from tests.adapters.store_conformance_stand import StoreStand


class Reading:
    """Orders are read in full, as the store knows them."""

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
