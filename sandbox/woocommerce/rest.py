"""The REST API: which address serves what. Unknown fields of a body are ignored, as the real shop does, and
noted in the ledger."""

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from sandbox.woocommerce.errors import RestError, gone, invalid, no_route
from sandbox.woocommerce.query import Listing, Record, chosen_fields
from sandbox.woocommerce.shop import WooCommerce

PLUGIN, ADVANCED = "wc-shipment-tracking/v3", "wc-ast/v3"


class Reply(NamedTuple):
    """What is answered."""

    status: int
    body: Any
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    """What is asked: ids from the address, query, body."""

    ids: tuple[int, ...]
    query: Mapping[str, str]
    body: Mapping[str, Any]


Serve = Callable[[Asked], Awaitable[Reply]]


class RestApi:
    """The routes of one shop."""

    def __init__(self, shop: WooCommerce) -> None:
        self._shop = shop
        order, product = r"wc/v3/orders/(\d+)", r"wc/v3/products/(\d+)"
        self._routes: list[tuple[str, str, Serve]] = [
            ("GET", "wc/v3/orders", self._orders),
            ("GET", order, self._order),
            ("PUT", order, self._change_order),
            ("GET", f"{order}/notes", self._notes),
            ("POST", f"{order}/notes", self._add_note),
            ("GET", f"{order}/refunds", self._refunds),
            ("GET", "wc/v3/products", self._products),
            ("PUT", product, self._change_product),
            ("PUT", rf"{product}/variations/(\d+)", self._change_product),
            ("GET", "wc/v3/webhooks", self._webhooks),
            ("POST", "wc/v3/webhooks", self._add_webhook),
            ("PUT", r"wc/v3/webhooks/(\d+)", self._change_webhook),
            ("GET", "wc/v3/system_status", self._system_status),
            ("GET", "wc/v3/reports/orders/totals", self._totals),
        ]

    @property
    def _plugins(self) -> list[str]:
        """The plug-in for parcels; the advanced one serves the routes of the other as well."""
        if self._shop.settings.advanced_shipment_tracking:
            return [ADVANCED, PLUGIN]
        return [PLUGIN] if self._shop.settings.shipment_tracking else []

    def index(self) -> Reply:
        """Say what is here, to anybody unless a plug-in hides it."""
        if self._shop.settings.closes_index:
            raise RestError(401, "rest_cannot_access", "Only authenticated users can access the REST API.")
        names = ["oembed/1.0", "wp/v2", "wc/v3", *self._plugins]
        zone = self._shop.settings.timezone
        return Reply(200, {"name": "Cave Waybill", "timezone_string": zone, "namespaces": names})

    async def answer(self, method: str, path: str, query: Mapping[str, str], raw: bytes) -> Reply:
        """Serve a request that was let in. Raises `RestError`."""
        parcels = [rf"{each}/orders/(\d+)/shipment-trackings" for each in self._plugins]
        of_plugins = [
            (verb, path, serve)
            for path in parcels
            for verb, serve in (("GET", self._shipments), ("POST", self._add_shipment))
        ]
        for verb, pattern, serve in [*self._routes, *of_plugins]:
            match = re.fullmatch(pattern, path)
            if match and method in ({"PUT", "POST"} if verb == "PUT" else {verb}):
                ids = tuple(int(each) for each in match.groups())
                reply = await serve(Asked(ids, query, _body(raw)))
                shown = reply.body
                rows = [chosen_fields(row, query) for row in shown] if isinstance(shown, list) else None
                return reply._replace(body=chosen_fields(shown, query) if rows is None else rows)
        raise no_route()

    async def _orders(self, asked: Asked) -> Reply:
        listing = Listing(asked.query, self._shop.settings.timezone)
        rows = listing.orders(list(self._shop.orders.values()), frozenset(self._shop.statuses))
        page = [self._shop.shown(row, _decimals(asked)) for row in listing.cut(rows)]
        return Reply(200, page, listing.headers(len(rows)))

    async def _order(self, asked: Asked) -> Reply:
        number = self._known_order(asked, 404)
        return Reply(200, self._shop.shown_order(number, _decimals(asked)))

    async def _change_order(self, asked: Asked) -> Reply:
        number, body = self._known_order(asked, 400), asked.body
        if "status" in body and body["status"] not in self._shop.statuses:
            raise invalid({"status": f"status is not one of {', '.join(self._shop.statuses)}."})
        metas = body.get("meta_data", [])
        if not isinstance(metas, list) or not all(isinstance(each, dict) for each in metas):
            raise invalid({"meta_data": "meta_data is not of type array."})
        self._note_ignored(asked, {"status", "meta_data"})
        for each in metas:
            self._set_meta(self._shop.orders[number], str(each.get("key", "")), each.get("value"))
        if metas:
            self._shop.save(number)
        if "status" in body:
            self._shop.set_status(number, body["status"])
        return Reply(200, self._shop.shown_order(number))

    async def _notes(self, asked: Asked) -> Reply:
        number = self._known_order(asked, 404, "woocommerce_rest_order_invalid_id")
        return Reply(200, [self._shop.shown(each) for each in self._shop.notes[number]])

    async def _add_note(self, asked: Asked) -> Reply:
        number = self._known_order(asked, 404, "woocommerce_rest_order_invalid_id")
        text = asked.body.get("note")
        if not isinstance(text, str) or not text:
            raise RestError(400, "rest_missing_callback_param", "Missing parameter(s): note", params=["note"])
        self._note_ignored(asked, {"note", "customer_note"})
        note = self._shop.note(number, text, to_customer=bool(asked.body.get("customer_note")))
        return Reply(201, self._shop.shown(note))

    async def _refunds(self, asked: Asked) -> Reply:
        number = self._known_order(asked, 404, "woocommerce_rest_order_invalid_id")
        listing = Listing(asked.query, self._shop.settings.timezone)
        rows = list(reversed(self._shop.refunds[number]))
        page = [self._shop.shown(row, _decimals(asked)) for row in listing.cut(rows)]
        return Reply(200, page, listing.headers(len(rows)))

    async def _products(self, asked: Asked) -> Reply:
        """SKUs are compared as the database does, without regard to case; variations are found too."""
        listing = Listing(asked.query, self._shop.settings.timezone)
        text = asked.query.get("sku", "").casefold()
        wanted = {text, *(sku.strip() for sku in text.split(","))} - {""}
        rows = [row for row in self._shop.products.values() if row["sku"].casefold() in wanted or not wanted]
        return Reply(200, [self._shop.shown(row) for row in listing.cut(rows)], listing.headers(len(rows)))

    async def _change_product(self, asked: Asked) -> Reply:
        product = self._shop.products.get(asked.ids[-1])
        parent = asked.ids[0] if len(asked.ids) > 1 else 0
        if product is None or product["parent_id"] != parent:
            raise RestError(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        quantity = asked.body.get("stock_quantity", product["stock_quantity"])
        if quantity is not None and (not isinstance(quantity, int) or isinstance(quantity, bool)):
            raise invalid({"stock_quantity": "stock_quantity is not of type integer."})
        self._note_ignored(asked, {"stock_quantity"})
        if product["manage_stock"] is True:
            product["stock_quantity"] = quantity
            self._shop.ledger.write("stock", sku=product["sku"], quantity=quantity)
        return Reply(200, self._shop.shown(product))

    async def _webhooks(self, asked: Asked) -> Reply:
        listing = Listing(asked.query, self._shop.settings.timezone)
        rows = list(self._shop.webhooks.values())
        return Reply(200, [self._shop.shown(row) for row in listing.cut(rows)], listing.headers(len(rows)))

    async def _add_webhook(self, asked: Asked) -> Reply:
        given = {name: str(asked.body.get(name, "")) for name in ("topic", "delivery_url", "secret")}
        if not re.fullmatch(r"[a-z_]+\.\w+", given["topic"]):
            raise RestError(
                400, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic must be valid."
            )
        if not given["delivery_url"].startswith("http"):
            raise RestError(
                400, "woocommerce_rest_shop_webhook_invalid_delivery_url", "Invalid delivery URL."
            )
        webhook = self._shop.add_webhook(**given)
        self._note_ignored(asked, {*given, "name", "status"})
        await self._shop.deliveries.ping(webhook)
        return Reply(201, self._shop.shown(webhook))

    async def _change_webhook(self, asked: Asked) -> Reply:
        webhook = self._shop.webhooks.get(asked.ids[0])
        if webhook is None:
            raise RestError(400, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        status = asked.body.get("status", webhook["status"])
        if status not in {"active", "paused", "disabled"}:
            raise invalid({"status": "status is not one of active, paused, disabled."})
        self._note_ignored(asked, {"status", "secret", "delivery_url", "name"})
        address = str(asked.body.get("delivery_url", webhook["delivery_url"]))
        pings = address != webhook["delivery_url"] or webhook["_pending"]
        secret = str(asked.body.get("secret") or webhook["_secret"])
        webhook.update(status=status, delivery_url=address, _secret=secret)
        if status == "active" and pings:
            await self._shop.deliveries.ping(webhook)
        return Reply(200, self._shop.shown(webhook))

    async def _system_status(self, _: Asked) -> Reply:
        settings = self._shop.settings
        shown = {"environment": {"version": settings.version}, "settings": {"currency": "EUR"}}
        return Reply(200, shown)

    async def _totals(self, _: Asked) -> Reply:
        counted = Counter(order["status"] for order in self._shop.orders.values())
        return Reply(200, [{"slug": each, "total": counted[each]} for each in self._shop.statuses])

    async def _shipments(self, asked: Asked) -> Reply:
        return Reply(200, self._shop.shipments.get(self._known_order(asked, 404), []))

    async def _add_shipment(self, asked: Asked) -> Reply:
        body, orders = asked.body, self._shop.orders
        if self._shop.settings.advanced_shipment_tracking:
            # It takes the address for an order's number first, whatever its id.
            of_number = (each["id"] for each in orders.values() if each["number"] == str(asked.ids[0]))
            asked = asked._replace(ids=(next(of_number, asked.ids[0]),))
        number = self._known_order(asked, 404)
        if not body.get("tracking_number") or not (
            body.get("tracking_provider") or body.get("custom_tracking_provider")
        ):
            missing = ["tracking_number", "tracking_provider"]
            raise RestError(400, "rest_missing_callback_param", "Missing parameter(s)", params=missing)
        shipment = {"tracking_id": f"{self._shop.next_id():032x}", **body}
        self._shop.shipments.setdefault(number, []).append(shipment)
        return Reply(201, shipment)

    def _known_order(
        self, asked: Asked, status: int, code: str = "woocommerce_rest_shop_order_invalid_id"
    ) -> int:
        if asked.ids[0] not in self._shop.orders:
            raise gone(status, code)
        return asked.ids[0]

    def _set_meta(self, order: Record, key: str, value: Any) -> None:
        """The same key without an id replaces the value, and drops doubles of the key."""
        kept = [each for each in order["meta_data"] if each["key"] != key]
        order["meta_data"] = [*kept, {"id": self._shop.next_id(), "key": key, "value": value}]

    def _note_ignored(self, asked: Asked, known: set[str]) -> None:
        ignored = sorted(set(asked.body) - known)
        if ignored:
            self._shop.ledger.write("ignored", fields=ignored)


def _decimals(asked: Asked) -> int | None:
    text = asked.query.get("dp", "")
    return int(text) if text.isdecimal() else None


def _body(raw: bytes) -> Mapping[str, Any]:
    if not raw:
        return {}
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RestError(400, "rest_invalid_json", "Invalid JSON body passed.")
    return found
