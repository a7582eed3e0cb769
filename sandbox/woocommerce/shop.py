"""One sandbox shop: its orders, notes, refunds, articles and webhooks, and what buyers and employees do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.catalogue import CURRENCIES, Place
from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.woocommerce.cart import Cart, rounded, tax_lines, total_of
from sandbox.woocommerce.deliveries import Deliveries
from sandbox.woocommerce.errors import gone
from sandbox.woocommerce.requests import OrderRequest, PostalAddress, RefundLine, RefundRequest
from sandbox.woocommerce.seed import Record, customers, products
from sandbox.woocommerce.settings import STATUSES, Settings
from sandbox.woocommerce.troubles import FAULTS

TOPICS = ("order.created", "order.updated", "order.deleted")
_FIRST_ID = 100
_TAKES_STOCK = frozenset({"processing", "on-hold", "completed"})
_GIVES_STOCK = frozenset({"cancelled", "pending"})
_PAID = frozenset({"processing", "completed"})


class ShopRefusal(Exception):
    """Somebody asks the shop front for what cannot be."""


class WooCommerce:
    """The shop."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.faults, self.ledger = FaultBoard(FAULTS), Ledger()
        self._last_id = _FIRST_ID
        self.orders: dict[int, Record] = {}
        self.notes: dict[int, list[Record]] = {}
        self.refunds: dict[int, list[Record]] = {}
        self.shipments: dict[int, list[Record]] = {}
        self.webhooks: dict[int, Record] = {}
        self.products = products(self.next_id)
        self.customers = customers()
        self.deliveries = Deliveries(self.settings, self.faults, self.ledger, self.webhooks, self._delivered)

    def next_id(self) -> int:
        """Return the next number; all records share them."""
        self._last_id += 1
        return self._last_id

    def now(self) -> datetime:
        """Return the shop's time, to the second."""
        return self.settings.now().replace(microsecond=0)

    @property
    def statuses(self) -> tuple[str, ...]:
        """All statuses an order may have."""
        return (*STATUSES, *self.settings.custom_statuses)

    def place_order(self, wanted: Mapping[str, Any]) -> Record:
        """Let somebody buy. Raises `ShopRefusal` and pydantic's `ValidationError`."""
        request = OrderRequest.model_validate(wanted)
        cart = Cart(self.settings, request, self.next_id)
        items = [cart.item(self.product(line.sku), line.quantity, line.price) for line in request.lines]
        order = self._new_order(request)
        order["line_items"] = items
        order["fee_lines"] = [cart.fee(fee) for fee in request.fees]
        order["shipping_lines"] = [cart.shipping()] if request.shipping else []
        order["coupon_lines"] = [cart.coupon(each, items) for each in request.coupons]
        self._add_up(order)
        order.update(request.raw)
        self.orders[order["id"]] = order
        self.notes[order["id"]], self.refunds[order["id"]] = [], []
        self.ledger.write("order", id=order["id"], total=str(order["total"]))
        self._save(order, "created")
        self.set_status(order["id"], request.status or ("processing" if request.paid else "on-hold"))
        return order

    def set_status(self, number: int, status: str) -> None:
        """Give an order a status, with all that follows; the same again does nothing."""
        order, before = self.orders[number], self.orders[number]["status"]
        if status == before:
            return
        order["status"] = status
        if status in _PAID and order["date_paid"] is None and order["payment_method"] != "cod":
            order["date_paid"] = self.now()
        if status == "completed":
            order["date_completed"] = self.now()
        self._move_stock(order, status)
        self.ledger.write("status", id=number, status=status)
        self._note(number, f"Order status changed from {before} to {status}.")
        self._save(order, "updated")
        if status == "refunded":
            self._refund_the_rest(order)

    def trash(self, number: int) -> None:
        """Put an order into the trash."""
        self.orders[number].update(status="trash", date_modified=self.now())
        self.deliveries.emit("order.deleted", number)

    def refund(self, number: int, wanted: Mapping[str, Any]) -> Record:
        """Give something back; once all is, the order is refunded."""
        request, order = RefundRequest.model_validate(wanted), self.orders[number]
        lines = [self._refunded_line(order, line) for line in request.lines]
        shipping = (
            [self._negative(line, Decimal(1)) for line in order["shipping_lines"]] if request.shipping else []
        )
        parts = [*lines, *shipping]
        given = -(total_of(parts, "total") + total_of(parts, "total_tax"))
        amount = rounded(given, 2) + request.amount
        refund = {
            "id": self.next_id(),
            "date_created": self.now(),
            "amount": amount,
            "reason": request.reason,
            "refunded_by": 1,
            "refunded_payment": False,
            "meta_data": [],
            "line_items": lines,
            "shipping_lines": shipping,
        }
        self.refunds[number].append(refund)
        mark = {"id": refund["id"], "reason": request.reason, "total": -amount}
        order["refunds"].append(mark)
        self.ledger.write("refund", id=refund["id"], order=number, amount=str(amount))
        self._save(order, "updated")
        if sum(each["amount"] for each in self.refunds[number]) >= order["total"]:
            self.set_status(number, "refunded")
        return refund

    def _refund_the_rest(self, order: Record) -> None:
        """Whoever gives an order the status refunded gives all of it back: an amount, without lines."""
        rest = order["total"] - sum(each["amount"] for each in self.refunds[order["id"]])
        if rest > 0:
            self.refund(order["id"], {"amount": str(rest), "reason": "Order fully refunded."})

    def product(self, sku: str) -> Record:
        """Return the article with an SKU."""
        found = next((each for each in self.products.values() if sku and each["sku"] == sku), None)
        if found is None:
            raise ShopRefusal(f"there is no article {sku}")
        return found

    def add_webhook(self, topic: str, delivery_url: str, secret: str) -> Record:
        """Create a webhook that is active, as an employee does."""
        number = self.next_id()
        webhook = {
            "id": number,
            "name": topic,
            "status": "active",
            "topic": topic,
            "delivery_url": delivery_url,
            "date_created": self.now(),
            "_secret": secret,
            "_failures": 0,
            "_pending": False,
        }
        self.webhooks[number] = webhook
        return webhook

    def subscribe(self, delivery_url: str, secret: str) -> None:
        """Create a webhook for each of the topics of orders."""
        for topic in TOPICS:
            self.add_webhook(topic, delivery_url, secret)

    def save(self, number: int) -> None:
        """Note that an order was changed from outside."""
        self._save(self.orders[number], "updated")

    def note(self, number: int, text: str, *, to_customer: bool) -> Record:
        """Add a note to an order; the order's own time does not move."""
        note = self._note(number, text)
        note["customer_note"] = to_customer
        note["author"] = "API"
        return note

    def _note(self, number: int, text: str) -> Record:
        note = {
            "id": self.next_id(),
            "author": "WooCommerce",
            "date_created": self.now(),
            "note": text,
            "customer_note": False,
        }
        self.notes[number].insert(0, note)
        return note

    def _delivered(self, number: int) -> Record:
        """Return what a webhook carries: the API's answer, be it a refusal."""
        return self.shown_order(number) if number in self.orders else gone(404).body

    def shown_order(self, number: int, decimals: int | None = None) -> Record:
        """Return an order as the API shows it."""
        return self.shown(self.orders[number], decimals)

    def shown(self, record: Mapping[str, Any], decimals: int | None = None) -> Record:
        """Return a record with amounts as texts and times in both clocks; inner fields are left out."""
        digits, zone = (
            self.settings.decimals if decimals is None else decimals,
            ZoneInfo(self.settings.timezone),
        )

        def plain(value: Any) -> Any:
            if isinstance(value, Decimal):
                return str(rounded(value, digits))
            if isinstance(value, list | tuple):
                return [plain(each) for each in value]
            return fields(value) if isinstance(value, Mapping) else value

        def fields(row: Mapping[str, Any]) -> Record:
            found: Record = {}
            for name, value in row.items():
                if name.startswith("date_"):
                    found[name] = _text(value, zone)
                    found[f"{name}_gmt"] = _text(value, UTC)
                elif not name.startswith("_"):
                    found[name] = plain(value)
            return found

        return fields(record)

    def _new_order(self, request: OrderRequest) -> Record:
        customer_id, customer = self.customers.get(request.customer, (0, None))
        if request.customer and customer is None:
            raise ShopRefusal(f"nobody has an account as {request.customer}")
        number, now = self.next_id(), self.now()
        first, last = (customer.first_name, customer.last_name) if customer else ("Gil", "Guest")
        place = customer.place if customer else Place("1 rue du Port", "75001", "Paris", "FR")
        ship = _address(request.address, first, last) if request.address else _of_place(place, first, last)
        vat = request.vat_id or place.vat_id
        metas = {"_billing_vat_number": vat, "is_vat_exempt": "yes" if request.vat_exempt else "no"}
        if request.currency in CURRENCIES and CURRENCIES[request.currency] != 1:
            # As plug-ins for currencies do, each under a key of its own.
            metas["_currency_rate"] = str(CURRENCIES[request.currency])
        return {
            "id": number,
            "parent_id": 0,
            "number": str(number),
            "order_key": f"wc_order_{number}",
            "created_via": "checkout",
            "version": self.settings.version,
            "status": "pending",
            "currency": request.currency,
            "currency_symbol": "€",
            "prices_include_tax": self.settings.prices_include_tax,
            "date_created": now,
            "date_modified": now,
            "date_paid": None,
            "date_completed": None,
            "customer_id": customer_id,
            "customer_note": request.comment,
            "billing": {**ship, "email": request.customer or request.email},
            "shipping": ship,
            "payment_method": request.payment_method,
            "payment_method_title": "Direct bank transfer",
            "transaction_id": "",
            "meta_data": [{"id": self.next_id(), "key": key, "value": value} for key, value in metas.items()],
            "refunds": [],
        }

    def _add_up(self, order: Record) -> None:
        goods, shipping = [*order["line_items"], *order["fee_lines"]], order["shipping_lines"]
        order["tax_lines"] = tax_lines(goods, shipping, self.next_id)
        order["discount_total"] = total_of(order["line_items"], "subtotal", "total")
        order["discount_tax"] = total_of(order["line_items"], "subtotal_tax", "total_tax")
        order["shipping_total"] = total_of(shipping, "total")
        order["shipping_tax"] = rounded(total_of(shipping, "total_tax"), 2)
        order["cart_tax"] = rounded(sum((each["tax_total"] for each in order["tax_lines"]), Decimal(0)), 2)
        order["total_tax"] = order["cart_tax"] + order["shipping_tax"]
        net = total_of(goods, "total") + order["shipping_total"]
        order["total"] = rounded(net + order["total_tax"], 2)

    def _move_stock(self, order: Record, status: str) -> None:
        """Take pieces off the stock once, and give them back when the order is cancelled."""
        taken = bool(order.get("_took_stock"))
        if (status in _TAKES_STOCK) == taken and not (taken and status in _GIVES_STOCK):
            return
        if status not in _TAKES_STOCK | _GIVES_STOCK:
            return
        order["_took_stock"] = not taken
        for item in order["line_items"]:
            product = self.products.get(item["variation_id"] or item["product_id"])
            if product is not None and product["stock_quantity"] is not None:
                product["stock_quantity"] += item["quantity"] if taken else -item["quantity"]

    def _refunded_line(self, order: Record, wanted: RefundLine) -> Record:
        item = next((each for each in order["line_items"] if each["sku"] == wanted.sku), None)
        if item is None:
            raise ShopRefusal(f"the order has no {wanted.sku}")
        line = self._negative(item, Decimal(wanted.quantity) / item["quantity"])
        return {
            **line,
            "name": item["name"],
            "sku": item["sku"],
            "product_id": item["product_id"],
            "variation_id": item["variation_id"],
            "quantity": -wanted.quantity,
            "meta_data": [{"id": self.next_id(), "key": "_refunded_item_id", "value": str(item["id"])}],
        }

    def _negative(self, line: Record, share: Decimal) -> Record:
        """Return a share of a line below zero; the form in the back office rounds both of its amounts."""
        total, tax = (rounded(-line[name] * share, 2) for name in ("total", "total_tax"))
        return {"id": self.next_id(), "total": total, "total_tax": tax, "taxes": []}

    def _save(self, order: Record, event: str) -> None:
        if event == "updated":
            order["date_modified"] = self.now()
        self.deliveries.emit(f"order.{event}", order["id"])


def _text(moment: datetime | None, zone: Any) -> str | None:
    return None if moment is None else moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def _of_place(place: Place, first: str, last: str) -> Record:
    return _address(
        PostalAddress(
            street=place.street,
            postcode=place.postcode,
            city=place.city,
            country=place.country,
            company=place.company,
            phone=place.phone,
        ),
        first,
        last,
    )


def _address(address: PostalAddress, first: str, last: str) -> Record:
    return {
        "first_name": address.first_name or first,
        "last_name": address.last_name or last,
        "company": address.company,
        "address_1": address.street,
        "address_2": address.street2,
        "city": address.city,
        "state": address.state,
        "postcode": address.postcode,
        "country": address.country,
        "phone": address.phone,
    }
