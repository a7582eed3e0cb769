"""What a cart costs, as WooCommerce works it out: tax per line, coupons per line, one rounding at the end.

Amounts are Decimals; they become texts when a record is shown. After WooCommerce 10,
includes/class-wc-cart-totals.php and includes/class-wc-tax.php.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.catalogue import TAXES
from sandbox.woocommerce.requests import Coupon, Fee, OrderRequest
from sandbox.woocommerce.settings import Settings

RATES = {name: number for number, name in enumerate(TAXES, start=1)}
"""The shop's tax rates, by class; each has an id of its own."""
CLASSES = {"standard": "", "reduced": "reduced-rate", "zero": "zero-rate"}
_HUNDRED, _ZERO = Decimal(100), Decimal(0)
_STORED = 6
Line = dict[str, Any]


def rounded(amount: Decimal, digits: int) -> Decimal:
    """Round half up."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


class Cart:
    """Works out the lines of one order."""

    def __init__(self, settings: Settings, request: OrderRequest, next_id: Callable[[], int]) -> None:
        self._settings, self._request, self._next_id = settings, request, next_id

    def item(self, product: Line, quantity: int, price: Decimal | None) -> Line:
        """Return a line item, coupons taken off."""
        tax = product["_tax"]
        shown = price if price is not None else self._shown_price(product["_net"], tax)
        full = shown * quantity
        less = sum((rounded(full * each.percent / _HUNDRED, 2) for each in self._request.coupons), _ZERO)
        subtotal, subtotal_tax = self._split(full, tax)
        total, total_tax = self._split(full - less, tax)
        return {
            "id": self._next_id(),
            "name": product["name"],
            "product_id": product["parent_id"] or product["id"],
            "variation_id": product["id"] if product["parent_id"] else 0,
            "quantity": quantity,
            "tax_class": CLASSES[tax],
            "subtotal": subtotal,
            "subtotal_tax": subtotal_tax,
            "total": total,
            "total_tax": total_tax,
            "taxes": self._taxes(tax, total_tax, subtotal_tax),
            "meta_data": [],
            "sku": product["sku"],
            "global_unique_id": product["global_unique_id"],
            "price": float(total / quantity),
        }

    def shipping(self) -> Line:
        """Return the flat rate."""
        net = self._settings.shipping_net
        tax = self._tax_on(net, "standard")
        return {
            "id": self._next_id(),
            "method_title": "Flat rate",
            "method_id": "flat_rate",
            "instance_id": "3",
            "total": net,
            "total_tax": tax,
            "taxes": self._taxes("standard", tax, None),
            "meta_data": [],
        }

    def fee(self, fee: Fee) -> Line:
        """Return a fee line."""
        tax = self._tax_on(fee.net, "standard")
        return {
            "id": self._next_id(),
            "name": fee.name,
            "tax_class": "",
            "tax_status": "taxable",
            "total": fee.net,
            "total_tax": tax,
            "taxes": self._taxes("standard", tax, None),
            "meta_data": [],
        }

    def coupon(self, coupon: Coupon, items: Sequence[Line]) -> Line:
        """Return a coupon line; with several coupons each is shown with the whole discount's share."""
        percents = sum((each.percent for each in self._request.coupons), _ZERO)
        share = coupon.percent / percents
        return {
            "id": self._next_id(),
            "code": coupon.code,
            "discount": total_of(items, "subtotal", "total") * share,
            "discount_tax": total_of(items, "subtotal_tax", "total_tax") * share,
            "meta_data": [],
            "discount_type": "percent",
            "nominal_amount": int(coupon.percent),
            "free_shipping": False,
        }

    def _shown_price(self, net: Decimal, tax: str) -> Decimal:
        if not self._settings.prices_include_tax:
            return net
        return rounded(net * (_HUNDRED + TAXES[tax]) / _HUNDRED, 2)

    def _split(self, amount: Decimal, tax: str) -> tuple[Decimal, Decimal]:
        """Return an amount as shown in two parts, without tax and the tax."""
        if not self._settings.prices_include_tax:
            return rounded(amount, _STORED), self._tax_on(amount, tax)
        net = amount * _HUNDRED / (_HUNDRED + TAXES[tax])
        # An exempt buyer of a shop whose prices include tax pays the price without it.
        own = _ZERO if self._request.vat_exempt else self._rounded_tax(amount - net)
        return rounded(net if self._request.vat_exempt else amount - own, _STORED), own

    def _tax_on(self, net: Decimal, tax: str) -> Decimal:
        return _ZERO if self._request.vat_exempt else self._rounded_tax(net * TAXES[tax] / _HUNDRED)

    def _rounded_tax(self, tax: Decimal) -> Decimal:
        return rounded(tax, _STORED if self._settings.round_at_subtotal else 2)

    def _taxes(self, tax: str, total: Decimal, subtotal: Decimal | None) -> list[Line]:
        if self._request.vat_exempt:
            return []
        return [{"id": RATES[tax], "total": total, "subtotal": "" if subtotal is None else subtotal}]


def total_of(lines: Sequence[Line], field: str, less: str = "") -> Decimal:
    """Add one field of lines up, less another."""
    return sum((line[field] - (line[less] if less else 0) for line in lines), _ZERO)


def tax_lines(goods: Sequence[Line], shipping: Sequence[Line], next_id: Callable[[], int]) -> list[Line]:
    """Return one line for each rate that the order's lines name."""
    found: list[Line] = []
    for name, rate_id in RATES.items():
        of_goods = [tax["total"] for line in goods for tax in line["taxes"] if tax["id"] == rate_id]
        of_shipping = [tax["total"] for line in shipping for tax in line["taxes"] if tax["id"] == rate_id]
        if not of_goods and not of_shipping:
            continue
        percent = TAXES[name]
        found.append(
            {
                "id": next_id(),
                "rate_code": f"FR-{name.upper()}-1",
                "rate_id": rate_id,
                "label": "TVA",
                "compound": False,
                "tax_total": sum(of_goods, _ZERO),
                "shipping_tax_total": sum(of_shipping, _ZERO),
                "rate_percent": int(percent) if percent == int(percent) else float(percent),
                "meta_data": [],
            }
        )
    return found
