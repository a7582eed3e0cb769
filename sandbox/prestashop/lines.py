"""The lines of a cart and of an order: what they cost, and the rows that remember it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.prestashop.money import Amount, Reduction, Rounding, line_total, taxed, untaxed
from sandbox.prestashop.offers import Article, Offer, ShopRefusal, article_name, find_article, offer
from sandbox.prestashop.requests import OrderLine, OrderRequest, Voucher
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.stock import may_sell, stock_row
from sandbox.prestashop.tables import Row


@dataclass(frozen=True)
class CartLine:
    """One line, priced."""

    article: Article
    name: str
    quantity: int
    offer: Offer
    unit: Amount
    total: Amount
    package: int
    raw: dict[str, Any]

    def cart_row(self, id_address: int) -> dict[str, int]:
        """Write the line as a row of the cart."""
        return {
            "id_product": self.article.product["id"],
            "id_product_attribute": self.article.id_combination,
            "id_address_delivery": id_address,
            "id_customization": 0,
            "quantity": self.quantity,
        }


@dataclass(frozen=True)
class Pricing:
    """Everything a price depends on beside the article."""

    customer: Row
    id_country: int
    currency: Row
    language: int
    rounding: Rounding

    def line(self, state: ShopState, wanted: OrderLine) -> CartLine:
        """Price one line."""
        return self.line_of(state, find_article(state, wanted.sku), wanted)

    def line_of(self, state: ShopState, article: Article, wanted: OrderLine) -> CartLine:
        """Price one line of a known article."""
        rate = self.currency["conversion_rate"]
        made = offer(state, article, self.customer, wanted.quantity, self.id_country, rate)
        unit = _typed_price(wanted, made.rate) or made.unit
        return CartLine(
            article,
            article_name(state, article, self.language),
            wanted.quantity,
            made,
            unit,
            line_total(unit, wanted.quantity, self.rounding),
            wanted.package,
            wanted.raw,
        )


def _typed_price(wanted: OrderLine, rate: Decimal) -> Amount | None:
    """Return a price typed for this line. The shop keeps it without tax, to six places."""
    if wanted.net is None and wanted.gross is None:
        return None
    net = wanted.net if wanted.net is not None else untaxed(wanted.gross or Decimal(0), rate)
    return Amount(net, taxed(net, rate))


def cart_lines(
    state: ShopState,
    request: OrderRequest,
    customer: Row,
    delivery: Row,
    currency: Row,
    rounding: Rounding,
) -> tuple[list[CartLine], list[Reduction]]:
    """Price a cart: its lines, gifts included, and what its vouchers take off."""
    pricing = Pricing(customer, delivery["id_country"], currency, request.language, rounding)
    lines = [pricing.line(state, wanted) for wanted in request.lines]
    reductions = []
    for voucher in request.vouchers:
        gift = _gift(state, pricing, voucher, lines[0].package)
        lines.extend(gift)
        reductions.append(_reduction(voucher, gift))
    _refuse_what_is_not_there(state, lines)
    return lines, reductions


def _gift(state: ShopState, pricing: Pricing, voucher: Voucher, package: int) -> list[CartLine]:
    if not voucher.gift_sku:
        return []
    return [pricing.line(state, OrderLine(sku=voucher.gift_sku, package=package))]


def _reduction(voucher: Voucher, gift: list[CartLine]) -> Reduction:
    worth = sum((line.total for line in gift), Amount())
    return Reduction(voucher.percent, voucher.amount, voucher.with_tax, voucher.free_shipping, worth)


def _refuse_what_is_not_there(state: ShopState, lines: Iterable[CartLine]) -> None:
    wanted: Counter[tuple[int, int]] = Counter()
    for line in lines:
        wanted[line.article.product["id"], line.article.id_combination] += line.quantity
    for (product, combination), quantity in wanted.items():
        if quantity > 0 and not may_sell(state, stock_row(state, product, combination), quantity):
            raise ShopRefusal(f"product {product}-{combination}: {quantity} are not in stock", 409)


def add_details(state: ShopState, order: Row, lines: Iterable[CartLine]) -> None:
    """Write the rows of an order's lines."""
    for line in lines:
        row = state.insert("order_details", **_detail(state, order, line))
        state.tables["order_details"].change(row, line.raw)


def _detail(state: ShopState, order: Row, line: CartLine) -> dict[str, Any]:
    article, product = line.article, line.article.product
    stock = stock_row(state, product["id"], article.id_combination)
    return {
        "id_order": order["id"],
        "product_id": product["id"],
        "product_attribute_id": article.id_combination,
        "id_shop": 1,
        "product_name": line.name,
        "product_quantity": line.quantity,
        "product_quantity_in_stock": min(line.quantity, stock["quantity"]) if stock else 0,
        "product_price": line.offer.original,
        "original_product_price": line.offer.original,
        "reduction_percent": line.offer.reduction_percent,
        "product_ean13": article.fact("ean13"),
        "product_reference": article.fact("reference"),
        "product_weight": product["weight"],
        "id_tax_rules_group": product["id_tax_rules_group"],
        "original_wholesale_price": product["wholesale_price"],
        "unit_price_tax_incl": line.unit.gross,
        "unit_price_tax_excl": line.unit.net,
        "total_price_tax_incl": line.total.gross,
        "total_price_tax_excl": line.total.net,
        "_taxes": [line.offer.tax["id"]] if line.offer.tax else [],
    }
