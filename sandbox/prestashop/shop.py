"""The sandbox PrestaShop as a Python object: what a test builds in process and an app serves."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.prestashop import backoffice, buyers, refunds, seed
from sandbox.prestashop.checkout import Placed, finish, place
from sandbox.prestashop.offers import ShopRefusal, find_article
from sandbox.prestashop.order_states import OrderState
from sandbox.prestashop.requests import NewCustomer, OrderEdit, OrderRequest, Payment, Refund
from sandbox.prestashop.settings import Settings
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.status import set_current_state
from sandbox.prestashop.stock import move_stock, stock_row
from sandbox.prestashop.tables import Row
from sandbox.prestashop.webhooks import Webhooks

_Wanted = TypeVar("_Wanted", bound=BaseModel)


class PlacedOrder(BaseModel):
    """What a buyer gets back for a cart: one of these per package."""

    model_config = ConfigDict(frozen=True)

    id_order: int
    reference: str
    id_cart: int
    id_customer: int
    current_state: int
    total_paid_tax_incl: Decimal
    total_paid_tax_excl: Decimal
    total_products: Decimal
    total_products_wt: Decimal
    total_shipping_tax_incl: Decimal
    total_discounts_tax_incl: Decimal


class PrestaShop:
    """A shop with the catalogue's merchant in it. Requests may be given as models or as their JSON."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.state = ShopState(settings or Settings())
        seed.seed_shop(self.state)

    @property
    def settings(self) -> Settings:
        """What the shop was set up with; most of it may be changed while it runs."""
        return self.state.settings

    @property
    def ledger(self) -> Ledger:
        """What the shop saw and wrote."""
        return self.state.ledger

    @property
    def faults(self) -> FaultBoard:
        """What the shop does wrong next."""
        return self.state.faults

    @property
    def webhooks(self) -> Webhooks:
        """The outbox of the hook module."""
        return self.state.webhooks

    def place_order(self, request: OrderRequest | Mapping[str, Any]) -> list[PlacedOrder]:
        """Place an order and give it its first state, all at once."""
        placed = place(self.state, _as(OrderRequest, request))
        finish(self.state, placed)
        return _receipts(placed)

    async def checkout(self, request: OrderRequest | Mapping[str, Any]) -> list[PlacedOrder]:
        """Place an order as the front office does: with an early hook, the first state comes later."""
        placed = place(self.state, _as(OrderRequest, request))
        if self.settings.early_hook:
            await asyncio.sleep(self.settings.early_hook_seconds)
        finish(self.state, placed)
        return _receipts(placed)

    def pay(self, id_order: int, payment: Payment | Mapping[str, Any] | None = None) -> None:
        """Let money arrive for an order."""
        backoffice.pay(self.state, id_order, _as(Payment, payment or {}))

    def cancel(self, id_order: int) -> None:
        """Cancel an order."""
        backoffice.cancel(self.state, id_order)

    def edit(self, id_order: int, wanted: OrderEdit | Mapping[str, Any]) -> None:
        """Change lines or the address of an order."""
        backoffice.edit(self.state, id_order, _as(OrderEdit, wanted))

    def refund(self, id_order: int, wanted: Refund | Mapping[str, Any]) -> int:
        """Refund part of an order and return the slip's id."""
        return int(refunds.refund(self.state, id_order, _as(Refund, wanted))["id"])

    def ask_for_return(self, id_order: int) -> int:
        """Let the buyer ask to send goods back, and return the request's number."""
        return refunds.ask_for_return(self.state, id_order)

    def set_state(self, id_order: int, id_order_state: int) -> None:
        """Change an order's state as an employee does."""
        if id_order_state not in self.state.tables["order_states"].rows:
            raise ShopRefusal(f"this shop has no order state {id_order_state}")
        set_current_state(
            self.state, backoffice.order_row(self.state, id_order), id_order_state, by="back office"
        )

    def add_state(self, wanted: OrderState) -> None:
        """Add an order state of a module's own."""
        seed.add_order_state(self.state, wanted)

    def register(self, wanted: NewCustomer | Mapping[str, Any]) -> int:
        """Open an account and return its id."""
        return int(buyers.register(self.state, _as(NewCustomer, wanted))["id"])

    def edit_carrier(self, name: str, **changed: Any) -> int:
        """Edit a carrier and return the id that takes over."""
        return int(backoffice.edit_carrier(self.state, name, **changed)["id"])

    def order(self, id_order: int) -> Row:
        """Return an order's row as the shop keeps it."""
        return dict(backoffice.order_row(self.state, id_order))

    def rows(self, resource: str, **equal: Any) -> list[Row]:
        """Return rows of any resource as the shop keeps them."""
        return [dict(row) for row in self.state.tables[resource].find(**equal)]

    def stock_of(self, sku: str) -> int | None:
        """Return an article's sellable stock, None when the shop sees no row for it."""
        article = find_article(self.state, sku)
        row = stock_row(self.state, article.product["id"], article.id_combination)
        return int(row["quantity"]) if row else None

    def restock(self, sku: str, pieces: int) -> None:
        """Add pieces to an article's sellable stock."""
        article = find_article(self.state, sku)
        move_stock(self.state, article.product["id"], article.id_combination, pieces)


def _as(model: type[_Wanted], given: _Wanted | Mapping[str, Any]) -> _Wanted:
    return given if isinstance(given, model) else model.model_validate(given)


def _receipts(placed: Placed) -> list[PlacedOrder]:
    names = [name for name in PlacedOrder.model_fields if name != "id_order"]
    return [
        PlacedOrder(id_order=order["id"], **{name: order[name] for name in names}) for order in placed.orders
    ]
