"""What the shop shows of its records: trees of the schema's fields, cut from what it knows."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.shopify.pages import Info, connection
from sandbox.shopify.state import ZERO, Line, Packing, Parcels, Refund, Sale, Taxes, Variant, cents

Tree = dict[str, Any]
_RATES = {"EUR": Decimal(1), "JPY": Decimal(160), "USD": Decimal("1.10"), "GBP": Decimal("0.85")}


def gid(kind: str, number: int) -> str:
    """Return a global id."""
    return f"gid://shopify/{kind}/{number}"


def numbered(kind: str, global_id: str) -> int:
    """Return the number in a global id of a kind, 0 for an id of another."""
    found = re.fullmatch(re.escape(gid(kind, 0))[:-1] + r"(\d{1,18})", global_id)
    return int(found[1]) if found else 0


def stamp(moment: datetime) -> str:
    """Write a moment as the API does: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decimal(amount: Decimal) -> str:
    """Write an amount as the API does: as few decimals as it needs, at least one."""
    text = f"{cents(amount):f}"
    return text[:-1] if text.endswith("0") else text


def listed(rows: Iterable[Any]) -> Callable[..., Tree]:
    """Return a field that is a connection over some rows."""
    kept = list(rows)

    def resolve(_: Info, first: int | None = None, after: str | None = None) -> Tree:
        return connection(kept, first, after)

    return resolve


def first_of(rows: Iterable[Any]) -> Callable[..., list[Any]]:
    """Return a field that is a plain list, cut by `first`."""
    kept = list(rows)

    def resolve(_: Info, first: int | None = None, **__: object) -> list[Any]:
        return kept[:first]

    return resolve


class Views:
    """Shows one shop's records."""

    def __init__(self, currency: str, taxes: Taxes, locations: Mapping[int, str]) -> None:
        self._currency, self._taxes, self._locations = currency, taxes, locations

    def order(self, sale: Sale) -> Tree:
        """Show an order."""
        bag = self._bag(sale)
        return {
            "id": gid("Order", sale.number),
            "legacyResourceId": str(sale.number),
            "name": f"#{sale.number % 100000}",
            "test": sale.test,
            "createdAt": stamp(sale.created),
            "updatedAt": stamp(sale.updated),
            "cancelledAt": stamp(sale.cancelled) if sale.cancelled else None,
            "currencyCode": self._currency,
            "presentmentCurrencyCode": sale.presentment or self._currency,
            "taxesIncluded": self._taxes.included,
            "edited": any(line.off for line in sale.lines),
            "displayFinancialStatus": sale.financial,
            "displayFulfillmentStatus": sale.fulfilment,
            "email": sale.email or None,
            "phone": sale.phone or None,
            "note": sale.note or None,
            "poNumber": sale.po_number or None,
            "customerLocale": "fr-FR",
            "customAttributes": [{"key": key, "value": value} for key, value in sale.attributes.items()],
            **sale.buyer,
            "paymentGatewayNames": [name for name in (self._card(sale), sale.gateway) if name],
            "paymentTerms": {"paymentTermsName": sale.terms} if sale.terms else None,
            "totalPriceSet": bag(self.total(sale, before=True)),
            "currentTotalPriceSet": bag(self.total(sale)),
            "totalTaxSet": bag(self.tax(sale)),
            "dutiesIncluded": False,
            "currentTotalDutiesSet": bag(self._duties(sale)) if sale.duties else None,
            "currentTotalAdditionalFeesSet": bag(sale.fees) if sale.fees else None,
            "totalTipReceivedSet": bag(ZERO),
            "lineItems": listed(self._line(line, bag) for line in sale.lines),
            "shippingLines": listed([self._shipping(sale, bag)] if sale.shipping else []),
            "transactions": first_of(self._transactions(sale, bag)),
            "fulfillments": first_of(self.parcels(each) for each in sale.parcels),
            "fulfillmentOrders": listed(self.packing(sale, each) for each in sale.packings),
            "refunds": first_of(self.refund(sale, each) for each in sale.refunds),
            "metafield": lambda _, key, namespace="custom": self.metafield(sale, namespace, key),
        }

    def total(self, sale: Sale, *, before: bool = False) -> Decimal:
        """Return what an order costs, with tax; `before` anything was given back or taken off."""
        goods = sum(
            (self._worth(line, line.quantity if before else line.current) for line in sale.lines), ZERO
        )
        given_back = any(refund.shipping for refund in sale.refunds) and not before
        shipping = ZERO if given_back else self._taxes.gross(sale.shipping, sale.shipping_rate)
        return goods + shipping + (sale.duties if before else self._duties(sale)) + sale.fees

    def _duties(self, sale: Sale) -> Decimal:
        return sale.duties - sum((refund.duties for refund in sale.refunds), ZERO)

    def _card(self, sale: Sale) -> str:
        return "gift_card" if sale.gift_card else ""

    def tax(self, sale: Sale) -> Decimal:
        """Return the tax in an order as it was sold."""
        goods = sum((self._taxes.of(line.reduced, line.variant.tax_rate) for line in sale.lines), ZERO)
        return goods + self._taxes.of(sale.shipping, sale.shipping_rate)

    def share(self, line: Line, pieces: int) -> tuple[Decimal, Decimal]:
        """Return the price and the tax of some pieces of a line."""
        tax = self._taxes.of(line.reduced, line.variant.tax_rate)
        return cents(line.reduced * pieces / line.quantity), cents(tax * pieces / line.quantity)

    def metafield(self, sale: Sale, namespace: str, key: str) -> Tree | None:
        """Show one of the order's own fields."""
        value = sale.metafields.get((namespace, key))
        if value is None:
            return None
        kind = "single_line_text_field"
        return {
            "id": gid("Metafield", sale.number),
            "namespace": namespace,
            "key": key,
            "value": value,
            "type": kind,
        }

    def parcels(self, made: Parcels) -> Tree:
        """Show a fulfilment."""
        shown = [{"number": number, "company": made.company or None, "url": None} for number in made.numbers]
        return {
            "id": gid("Fulfillment", made.number),
            "status": made.status,
            "displayStatus": made.display,
            "trackingInfo": first_of(shown),
            "fulfillmentLineItems": listed(
                {
                    "quantity": pieces,
                    "lineItem": {"id": gid("LineItem", line.number), "sku": line.variant.sku or None},
                }
                for line, pieces in made.lines
            ),
        }

    def packing(self, sale: Sale, packing: Packing) -> Tree:
        """Show a fulfilment order."""
        lines, actions = sale.open_at(packing), []
        status = "CANCELLED" if sale.cancelled else "CLOSED"
        if lines:
            status = "ON_HOLD" if packing.on_hold else "IN_PROGRESS" if packing.in_progress else "OPEN"
            actions = (
                ["RELEASE_HOLD"] if packing.on_hold else ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE"]
            )
            actions = ["REQUEST_FULFILLMENT"] if packing.service else actions
        return {
            "id": gid("FulfillmentOrder", packing.number),
            "status": status,
            "requestStatus": "UNSUBMITTED",
            "fulfillmentHolds": [{"displayReason": packing.why}] if status == "ON_HOLD" else [],
            "assignedLocation": {"location": self.location(packing.location)},
            "supportedActions": [{"action": action} for action in actions],
            "lineItems": listed(
                {
                    "id": gid("FulfillmentOrderLineItem", line.number),
                    "totalQuantity": line.quantity,
                    "remainingQuantity": line.open,
                    "sku": line.variant.sku or None,
                    "lineItem": {"id": gid("LineItem", line.number), "title": line.variant.title},
                }
                for line in lines
            ),
        }

    def location(self, number: int) -> Tree:
        """Show a location."""
        return {"id": gid("Location", number), "name": self._locations[number], "isActive": True}

    def variant(self, variant: Variant) -> Tree:
        """Show an article with its stock."""

        def level(_: Info, locationId: str) -> Tree | None:  # noqa: N803
            number = int(locationId.rpartition("/")[2])
            if number not in variant.stock:
                return None
            return {
                "id": gid("InventoryLevel", variant.number),
                "location": self.location(number),
                "quantities": lambda _, names: [
                    {"name": name, "quantity": variant.stock[number]} for name in names
                ],
            }

        return {
            "id": gid("ProductVariant", variant.number),
            "sku": variant.sku,
            "barcode": variant.barcode or None,
            "price": decimal(variant.price),
            "inventoryItem": {
                "id": gid("InventoryItem", variant.number),
                "tracked": variant.tracked,
                "inventoryLevel": level,
            },
        }

    def refund(self, sale: Sale, refund: Refund) -> Tree:
        """Show a refund."""
        bag = self._bag(sale)
        lines = []
        for line, pieces, restock in refund.lines:
            price, tax = self.share(line, pieces)
            lines.append(
                {
                    "quantity": pieces,
                    "restockType": restock,
                    "lineItem": self._line(line, bag),
                    "subtotalSet": bag(price),
                    "totalTaxSet": bag(tax),
                }
            )
        shipping = {
            "id": gid("RefundShippingLine", refund.number),
            "subtotalAmountSet": bag(sale.shipping),
            "taxAmountSet": bag(self._taxes.of(sale.shipping, sale.shipping_rate)),
        }
        return {
            "id": gid("Refund", refund.number),
            "legacyResourceId": str(refund.number),
            "createdAt": stamp(refund.created),
            "note": None,
            "totalRefundedSet": bag(refund.money),
            "refundLineItems": listed(lines),
            "refundShippingLines": listed([shipping] if refund.shipping else []),
            "duties": [{"amountSet": bag(refund.duties)}] if refund.duties else [],
            "transactions": listed([self._given_back(refund, bag)] if refund.money else []),
            "orderAdjustments": listed(
                [{"id": gid("OrderAdjustment", refund.number), "reason": refund.reason}]
                if refund.reason
                else []
            ),
        }

    def _given_back(self, refund: Refund, bag: Callable[[Decimal], Tree]) -> Tree:
        number = gid("OrderTransaction", refund.number)
        return {"id": number, "kind": "REFUND", "status": refund.status, "amountSet": bag(refund.money)}

    def _worth(self, line: Line, pieces: int) -> Decimal:
        price, tax = self.share(line, pieces)
        return price if self._taxes.included else price + tax

    def _bag(self, sale: Sale) -> Callable[[Decimal], Tree]:
        other = sale.presentment or self._currency
        rate = _RATES[other] / _RATES[self._currency]

        def bag(amount: Decimal) -> Tree:
            # The buyer's amounts are the true ones: each is converted by itself.
            seen = amount if other == self._currency else cents(amount * rate)
            return {
                "shopMoney": {"amount": decimal(seen / rate), "currencyCode": self._currency},
                "presentmentMoney": {"amount": decimal(seen), "currencyCode": other},
            }

        return bag

    def _line(self, line: Line, bag: Callable[[Decimal], Tree]) -> Tree:
        allocations = [{"allocatedAmountSet": bag(line.discount)}] if line.discount else []
        return {
            "id": gid("LineItem", line.number),
            "sku": line.variant.sku,
            "title": line.variant.title,
            "variantTitle": None,
            "quantity": line.quantity,
            "currentQuantity": line.current,
            "unfulfilledQuantity": line.open,
            "variant": self.variant(line.variant),
            "originalTotalSet": bag(line.price),
            "discountAllocations": allocations,
            "taxLines": first_of(self._taxed(line.reduced, line.variant.tax_rate, bag)),
        }

    def _shipping(self, sale: Sale, bag: Callable[[Decimal], Tree]) -> Tree:
        return {
            "id": gid("ShippingLine", sale.number),
            "title": "Home delivery",
            "code": "home",
            "originalPriceSet": bag(sale.shipping),
            "discountedPriceSet": bag(sale.shipping),
            "taxLines": self._taxed(sale.shipping, sale.shipping_rate, bag),
        }

    def _taxed(self, price: Decimal, rate: Decimal, bag: Callable[[Decimal], Tree]) -> list[Tree]:
        if not rate:
            return []
        return [{"title": "TVA", "rate": float(rate), "priceSet": bag(self._taxes.of(price, rate))}]

    def _transactions(self, sale: Sale, bag: Callable[[Decimal], Tree]) -> list[Tree]:
        if sale.financial is None or (sale.financial == "PENDING" and sale.terms):
            return []
        kind = "AUTHORIZATION" if sale.financial == "AUTHORIZED" else "SALE"
        status = "PENDING" if sale.financial == "PENDING" else "SUCCESS"
        total = self.total(sale, before=True)
        parts = {"gift_card": sale.gift_card, sale.gateway: total - sale.gift_card}
        return [
            {
                "id": gid("OrderTransaction", sale.number * 10 + place),
                "kind": kind,
                "status": status,
                "gateway": gateway,
                "amountSet": bag(amount),
            }
            for place, (gateway, amount) in enumerate(parts.items())
            if gateway and amount
        ]
