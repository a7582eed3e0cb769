"""Read one order: the order itself, then at the same time all that hangs on it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from adapters.stores.order_ids import no_such_order, order_number
from adapters.stores.prestashop.client import FULL, PrestaShopClient, among, can_be_asked_for
from adapters.stores.prestashop.errors import UnknownResource
from adapters.stores.prestashop.lookups import Lookups
from adapters.stores.prestashop.mapping import Documents, received, state_is_paid, to_order
from adapters.stores.prestashop.models import (
    Address,
    Customer,
    Message,
    OrderCartRule,
    OrderDetail,
    OrderDue,
    OrderPayment,
    ShopOrder,
)
from adapters.stores.prestashop.settings import PrestaShopSettings
from domain.errors import WaybillError
from domain.order import Order


class OrderReading:
    """Reads orders: six requests each, one more with vouchers, while the kept tables have what it names."""

    def __init__(self, client: PrestaShopClient, lookups: Lookups, settings: PrestaShopSettings) -> None:
        self._client, self._lookups, self._settings = client, lookups, settings

    async def order(self, order_id: str) -> Order:
        """Read an order in full. Raises `NotFound`."""
        number = order_number(order_id, self._client.connection)
        orders = await self._client.rows("orders", ShopOrder, {"filter[id]": among([number]), **FULL})
        found = next((order for order in orders if order.id == number), None)
        if found is None:
            raise no_such_order(self._client.connection)
        read = await self._documents(found)
        shop = await self._lookups.facts(read.needed)
        if not state_is_paid(found, shop.order_states, self._settings):
            read = replace(read, due=await self._due(read))
        return to_order(self._client.connection, read, shop, self._settings)

    async def _documents(self, order: ShopOrder) -> Documents:
        try:
            async with asyncio.TaskGroup() as group:
                customer = group.create_task(self._customer(order))
                addresses = group.create_task(self._addresses(order))
                details = group.create_task(self._details(order))
                rules = group.create_task(self._cart_rules(order))
                payments = group.create_task(self._payments(order))
                messages = group.create_task(self._messages(order))
        except ExceptionGroup as problems:
            raise _plain(problems) from None
        return Documents(
            order=order,
            customer=customer.result(),
            addresses=addresses.result(),
            details=details.result(),
            cart_rules=rules.result(),
            payments=payments.result(),
            messages=messages.result(),
        )

    async def _customer(self, order: ShopOrder) -> Customer | None:
        if not order.id_customer:
            return None
        asked = {"filter[id]": among([order.id_customer]), **FULL}
        rows = await self._client.rows("customers", Customer, asked)
        return next((row for row in rows if row.id == order.id_customer), None)

    async def _addresses(self, order: ShopOrder) -> Sequence[Address]:
        """Both in one call; one that the buyer has deleted since still belongs to its orders."""
        wanted = sorted({order.id_address_invoice, order.id_address_delivery} - {0})
        if not wanted:
            return ()
        return await self._client.rows("addresses", Address, {"filter[id]": among(wanted), **FULL})

    async def _details(self, order: ShopOrder) -> Sequence[OrderDetail]:
        asked = {"filter[id_order]": among([order.id]), **FULL}
        rows = await self._client.rows("order_details", OrderDetail, asked)
        return [row for row in rows if row.id_order == order.id]

    async def _cart_rules(self, order: ShopOrder) -> Sequence[OrderCartRule]:
        """Not asked for without a discount; 1.7.0 to 1.7.7 do not have them at all."""
        if not order.total_discounts_tax_incl and not order.total_discounts_tax_excl:
            return ()
        asked = {"filter[id_order]": among([order.id]), **FULL}
        try:
            rows = await self._client.rows("order_cart_rules", OrderCartRule, asked)
        except UnknownResource:
            return ()
        return [row for row in rows if row.id_order == order.id]

    async def _payments(self, order: ShopOrder) -> Sequence[OrderPayment]:
        if not self._settings.read_transactions:
            states = await self._lookups.order_states(order.current_state)
            if state_is_paid(order, states, self._settings):
                return ()
        return await payments_under(self._client, order.reference)

    async def _messages(self, order: ShopOrder) -> Sequence[Message]:
        """By cart, since of split orders only the last has its number on them; a module may make no cart."""
        field, number = ("id_cart", order.id_cart) if order.id_cart else ("id_order", order.id)
        rows = await self._client.rows("messages", Message, {f"filter[{field}]": among([number]), **FULL})
        return [row for row in rows if number == (row.id_cart if order.id_cart else row.id_order)]

    async def _due(self, read: Documents) -> Decimal | None:
        """Return what all orders under the reference cost; asked only where payments could cover it."""
        order = read.order
        if not read.payments or received(order, read.payments) < order.total_paid_tax_incl:
            return None
        asked = {
            "filter[reference]": among([order.reference]),
            "display": "[id,reference,total_paid_tax_incl]",
        }
        rows = await self._client.rows("orders", OrderDue, asked)
        return sum((row.total_paid_tax_incl for row in rows if row.reference == order.reference), Decimal(0))


async def payments_under(client: PrestaShopClient, reference: str) -> Sequence[OrderPayment]:
    """Return what was paid under an order's reference."""
    if not can_be_asked_for(reference):
        return ()
    asked = {"filter[order_reference]": among([reference]), **FULL}
    rows = await client.rows("order_payments", OrderPayment, asked)
    return [row for row in rows if row.order_reference == reference]


def _plain(problems: ExceptionGroup[Exception]) -> Exception:
    """Return one of several failures that happened together: a mistake of ours before any refusal."""
    return min(problems.exceptions, key=lambda each: isinstance(each, WaybillError))
