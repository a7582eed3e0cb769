"""One shop: what buyers and employees do in it. The API's own writes are in `mutations`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.catalogue import ARTICLES, CUSTOMERS, TAXES
from sandbox.catalogue import Customer as Known
from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.shopify.cost import Bucket
from sandbox.shopify.requests import Address, CartRequest, RefundRequest
from sandbox.shopify.settings import Settings
from sandbox.shopify.state import (
    Line,
    Packing,
    Parcels,
    Refund,
    Sale,
    ShopRefusal,
    Subscription,
    Taxes,
    Variant,
    cents,
)
from sandbox.shopify.views import Views, gid
from sandbox.shopify.webhooks import Webhooks

FAULTS = frozenset(
    {
        "latency",
        "reset_before",
        "reset_after_commit",
        "error_500_before",
        "error_500_after_commit",
        "internal_error",
        "html_403",
        "html_503",
        "rate_limited_429",
        "throttled",
        "frozen_402",
        "locked_423",
        "truncated",
        "partial_data",
        "old_version",
        "sold_meanwhile",
        "webhook_lose",
        "webhook_twice",
        "webhook_forge",
    }
)
_FIRST_ORDER = 6100000001000
_FIRST_LOCATION = 7001
_STANDARD = Decimal("0.2")


class Shop:
    """A shop with its articles, stock and orders."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.ledger, self.faults = Ledger(), FaultBoard(FAULTS)
        self.webhooks = Webhooks(self.settings, self.faults, self.ledger)
        self.bucket = Bucket(self.settings)
        self.taxes = Taxes(self.settings.taxes_included)
        self.locations = dict(enumerate(self.settings.locations, _FIRST_LOCATION))
        self.views = Views(self.settings.currency, self.taxes, self.locations)
        self.sales: dict[int, Sale] = {}
        self.tokens: set[str] = set()
        self.subscriptions: dict[int, Subscription] = {}
        self.variants = {article.number: article for article in _variants(self.taxes, min(self.locations))}
        self._number = _FIRST_ORDER

    def number(self) -> int:
        """Return the next number: ids grow over all kinds of records."""
        self._number += 1
        return self._number

    def sale(self, number: int | str) -> Sale:
        """Return an order. Raises `ShopRefusal` when there is none."""
        found = self.sales.get(int(number))
        if found is None:
            raise ShopRefusal(f"no order {number}")
        return found

    def variant(self, sku: str) -> Variant:
        """Return an article. Raises `ShopRefusal` when there is none."""
        found = next((each for each in self.variants.values() if each.sku == sku), None)
        if found is None:
            raise ShopRefusal(f"no article {sku!r}")
        return found

    def place(self, cart: CartRequest | Mapping[str, Any]) -> Sale:
        """Let somebody buy."""
        cart = cart if isinstance(cart, CartRequest) else CartRequest.model_validate(cart)
        lines = [self._line(each.sku, each.quantity, each.location, cart.percent_off) for each in cart.lines]
        now, number = self.settings.now(), self.number()
        places = dict.fromkeys(line.location for line in lines)
        financial = "PAID" if cart.paid else "AUTHORIZED" if cart.authorized else "PENDING"
        sale = Sale(
            number=number,
            created=now,
            updated=now,
            buyer=self._buyer(cart),
            lines=lines,
            packings=[Packing(self.number(), place) for place in places],
            shipping=self.settings.shipping,
            shipping_rate=_STANDARD,
            financial=financial,
            email="" if cart.at_counter else cart.customer,
            note=_plain(cart.comment),
            phone=cart.phone,
            po_number=cart.po_number,
            test=cart.test,
            terms=cart.terms,
            gateway=cart.gateway,
            duties=cart.duties,
            fees=cart.fees,
            gift_card=cart.gift_card,
            presentment=cart.presentment,
            attributes=cart.attributes,
        )
        self.sales[number] = sale
        for line in lines:
            line.variant.stock[line.location] -= line.quantity
        self.ledger.write("order", id=number)
        self.changed(sale, "orders/create")
        if cart.at_counter:
            self.ship(sale, sale.packings, [], "")
        return sale

    def changed(self, sale: Sale, topic: str = "orders/updated") -> None:
        """Note that an order changed, and tell whoever listens."""
        sale.updated = self.settings.now()
        if not sale.history or sale.history[-1] != sale.fulfilment:
            sale.history.append(sale.fulfilment)
        self.webhooks.emit(topic, self.body(sale))

    def body(self, sale: Sale) -> dict[str, Any]:
        """Return an order as webhooks show it: with the names of the older API."""
        shown = self.views.order(sale)
        financial, fulfilment = sale.financial, sale.fulfilment.lower()
        return {
            "id": sale.number,
            "admin_graphql_api_id": shown["id"],
            "name": shown["name"],
            "created_at": shown["createdAt"],
            "updated_at": shown["updatedAt"],
            "cancelled_at": shown["cancelledAt"],
            "currency": shown["currencyCode"],
            "email": sale.email,
            "financial_status": financial.lower() if financial else None,
            "fulfillment_status": None if fulfilment == "unfulfilled" else fulfilment,
            "total_price": f"{self.views.total(sale):f}",
            "test": sale.test,
            "refunds": [{"id": each.number, "order_id": sale.number} for each in sale.refunds],
        }

    def pay(self, number: int | str) -> None:
        """Let the money arrive."""
        sale = self.sale(number)
        sale.financial = "PAID"
        self.changed(sale, "orders/paid")

    def cancel(self, number: int | str) -> None:
        """Cancel an order that has not left."""
        sale = self.sale(number)
        if any(line.sent for line in sale.lines):
            raise ShopRefusal("Cannot cancel an order that has fulfilments")
        sale.cancelled = self.settings.now()
        for line in sale.lines:
            line.variant.stock[line.location] += line.open
        self.changed(sale, "orders/cancelled")

    def pack(self, number: int | str) -> None:
        """Let somebody begin to pack an order."""
        sale = self.sale(number)
        for packing in sale.packings:
            packing.in_progress = True
        self.changed(sale)

    def take_off(self, number: int | str, sku: str, pieces: int, *, restock: bool = True) -> None:
        """Edit an order: some pieces are not wanted any more. That leaves a refund without money behind."""
        sale = self.sale(number)
        line = self._line_of(sale, sku)
        if pieces > line.open:
            raise ShopRefusal("Cannot remove pieces that were fulfilled")
        line.off += pieces
        if restock:
            line.variant.stock[line.location] += pieces
        taken = [(line, pieces, "CANCEL" if restock else "NO_RESTOCK")]
        edit = Refund(self.number(), self.settings.now(), taken, shipping=False, money=Decimal(0))
        edit.reason = "PENDING_REFUND_DISCREPANCY"
        sale.refunds.append(edit)
        self.webhooks.emit("orders/edited", {"order_edit": {"id": self.number(), "order_id": sale.number}})
        self.changed(sale)

    def ship(
        self,
        sale: Sale,
        packings: list[Packing],
        numbers: list[str],
        company: str,
        only: Mapping[int, int] | None = None,
    ) -> Parcels:
        """Send what some fulfilment orders have open, or `only` so many pieces of some lines."""
        made = Parcels(self.number(), numbers, company)
        for packing in packings:
            for line in sale.open_at(packing):
                pieces = line.open if only is None else only.get(line.number, 0)
                made.lines += [(line, pieces)] if pieces else []
                line.sent += pieces
            packing.in_progress = packing.in_progress and bool(sale.open_at(packing))
        sale.parcels.append(made)
        self.ledger.write("fulfilment", id=made.number, order=sale.number, numbers=numbers)
        self.changed(sale)
        return made

    def call_back(self, number: int | str) -> None:
        """Cancel the last fulfilment: its pieces are to be sent again."""
        sale = self.sale(number)
        made = sale.parcels[-1]
        made.status, made.display = "CANCELLED", "CANCELED"
        for line, pieces in made.lines:
            line.sent -= pieces
        self.changed(sale)

    def deliver(self, number: int | str) -> None:
        """Let all parcels arrive."""
        sale = self.sale(number)
        for made in sale.parcels:
            made.display = "DELIVERED"
        self.changed(sale)

    def refund(self, number: int | str, asked: RefundRequest | Mapping[str, Any]) -> Refund:
        """Give something of an order back."""
        asked = asked if isinstance(asked, RefundRequest) else RefundRequest.model_validate(asked)
        sale = self.sale(number)
        lines = [(self._line_of(sale, each.sku), each.quantity, each.restock) for each in asked.lines]
        for line, pieces, restock in lines:
            if pieces > (line.open if restock == "CANCEL" else line.current):
                raise ShopRefusal("Quantity cannot refund more items than were purchased")
        before = self.views.total(sale)
        refund = Refund(self.number(), self.settings.now(), lines, asked.shipping, Decimal(0), asked.duties)
        refund.status, refund.reason = asked.status, asked.reason
        sale.refunds.append(refund)
        for line, pieces, restock in lines:
            if restock == "CANCEL":
                line.off += pieces
            else:
                line.give_back(pieces, restock)
            if restock != "NO_RESTOCK":
                line.variant.stock[line.location] += pieces
        worth = before - self.views.total(sale)
        refund.money = worth if asked.money is None else asked.money
        sale.financial = "REFUNDED" if not self.views.total(sale) else "PARTIALLY_REFUNDED"
        self.ledger.write("refund", id=refund.number, order=sale.number)
        told = {"id": refund.number, "admin_graphql_api_id": gid("Refund", refund.number)}
        self.webhooks.emit("refunds/create", {**told, "order_id": sale.number})
        self.changed(sale)
        return refund

    def _line_of(self, sale: Sale, sku: str) -> Line:
        found = next((line for line in sale.lines if line.variant.sku == sku), None)
        if found is None:
            raise ShopRefusal(f"the order has no {sku!r}")
        return found

    def _line(self, sku: str, quantity: int, location: int | None, percent_off: Decimal) -> Line:
        variant, place = self.variant(sku), location or min(self.locations)
        if place not in variant.stock:
            raise ShopRefusal(f"{sku!r} is not stocked at location {place}")
        line = Line(self.number(), variant, quantity, place)
        line.discount = cents(line.price * percent_off / 100)
        return line

    def _buyer(self, cart: CartRequest) -> dict[str, Any]:
        known = next((each for each in CUSTOMERS if each.email == cart.customer), None)
        address = _address(cart.address or _home(known))
        entity: dict[str, Any] | None = None
        if cart.at_counter:
            return dict.fromkeys(("customer", "purchasingEntity", "billingAddress", "shippingAddress"))
        number = 8000 + CUSTOMERS.index(known) if known else self.number()
        customer = {
            "__typename": "Customer",
            "id": gid("Customer", number),
            "legacyResourceId": str(number),
            "firstName": address["firstName"],
            "lastName": address["lastName"],
        }
        if cart.company and known:
            vat = {"taxRegistrationId": known.place.vat_id or None, "taxExempt": False}
            company = {
                "id": gid("Company", number),
                "name": known.place.company,
                "externalId": known.card_code,
            }
            location = {"id": gid("CompanyLocation", number), "externalId": None, "taxSettings": vat}
            entity = {"__typename": "PurchasingCompany", "company": company, "location": location}
        return {
            "customer": customer,
            "purchasingEntity": entity or customer,
            "billingAddress": address,
            "shippingAddress": address,
        }


def _variants(taxes: Taxes, location: int) -> list[Variant]:
    made = []
    for number, article in enumerate(ARTICLES, 4001):
        rate = TAXES[article.tax] / 100
        price = cents(article.net * (1 + rate) if taxes.included else article.net)
        stock = {location: article.on_hand}
        made.append(Variant(number, article.sku, article.name, price, rate, article.ean13, stock=stock))
    return made


def _home(known: Known | None) -> Address:
    if known is None:
        return Address(
            first_name="Gast", last_name="Guest", street="1 rue du Port", postcode="75001", city="Paris"
        )
    place = known.place
    return Address(
        first_name=known.first_name,
        last_name=known.last_name,
        company=place.company,
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        country=place.country,
        phone=place.phone,
    )


def _address(given: Address) -> dict[str, Any]:
    return {
        "firstName": _plain(given.first_name),
        "lastName": _plain(given.last_name),
        "company": given.company or None,
        "address1": given.street,
        "address2": None,
        "zip": given.postcode,
        "city": given.city,
        "provinceCode": None,
        "countryCodeV2": given.country or None,
        "phone": given.phone or None,
    }


def _plain(text: str) -> str:
    """Keep a text as the shop's database does, which has no NUL."""
    return text.replace("\0", " ")
