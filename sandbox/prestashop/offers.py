"""What an article costs a buyer: its own price, a price agreed for them, the tax of where it goes."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.prestashop.money import SIX, ZERO, Amount, taxed, untaxed
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

BASE_PRICE = Decimal(-1)
"""In a specific price: keep the article's own price and apply the reduction only."""


class ShopRefusal(ValueError):
    """The shop does not do what a buyer or an employee asks; `status` is the HTTP status of that."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Article:
    """A product, or one of its combinations."""

    product: Row
    combination: Row | None = None

    @property
    def id_combination(self) -> int:
        """The combination's id, 0 for a product without."""
        return int(self.combination["id"]) if self.combination else 0

    def fact(self, name: str) -> str:
        """Return a text field: the combination's own, else the product's."""
        own = self.combination[name] if self.combination else ""
        return str(own or self.product[name])

    def net(self) -> Decimal:
        """Return the price without tax in the shop's currency."""
        impact = self.combination["price"] if self.combination else ZERO
        return Decimal(self.product["price"] + impact)


@dataclass(frozen=True)
class Offer:
    """What one piece costs: before (`original`) and after (`unit`) reductions, and its tax."""

    unit: Amount
    original: Decimal
    reduction_percent: Decimal
    tax: Row | None

    @property
    def rate(self) -> Decimal:
        """The tax rate in percent; 0 where no tax applies."""
        return Decimal(self.tax["rate"]) if self.tax else ZERO


def find_article(state: ShopState, sku: str) -> Article:
    """Find an article by its SKU; a combination's own reference wins over a product's."""
    combination = state.tables["combinations"].first(reference=sku)
    if combination is not None:
        return Article(state.tables["products"].rows[combination["id_product"]], combination)
    product = state.tables["products"].first(reference=sku)
    if product is None:
        raise ShopRefusal(f"this shop has no article {sku!r}", 404)
    return Article(product)


def article_name(state: ShopState, article: Article, language: int) -> str:
    """Return the name a line gets: the product's, with the combination's attributes."""
    name = str(article.product["name"][language])
    if article.combination is None:
        return name
    values = [
        state.tables["product_option_values"].rows[each]
        for each in article.combination.get("_product_option_values", [])
    ]
    options = state.tables["product_options"].rows
    parts = [f"{options[v['id_attribute_group']]['name'][language]} : {v['name'][language]}" for v in values]
    return f"{name} - {', '.join(parts)}" if parts else name


def tax_for(state: ShopState, id_tax_rules_group: int, id_country: int) -> Row | None:
    """Return the tax of a group in a country, None where the shop charges none."""
    rules = state.tables["tax_rules"].find(id_tax_rules_group=id_tax_rules_group, id_country=id_country)
    return state.tables.row("taxes", rules[0]["id_tax"]) if rules else None


def offer(
    state: ShopState, article: Article, customer: Row, quantity: int, id_country: int, rate: Decimal
) -> Offer:
    """Work out what one piece costs this customer, at `rate` units of the order's currency for one EUR."""
    tax = tax_for(state, article.product["id_tax_rules_group"], id_country)
    percent = Decimal(tax["rate"]) if tax else ZERO
    original, reduced = article.net(), ZERO
    agreed = agreed_price(state, article, customer, quantity)
    net = original
    if agreed is not None:
        original = original if agreed["price"] == BASE_PRICE else agreed["price"]
        net, reduced = _reduce(original, agreed, percent)
    net, original = (net * rate).quantize(SIX), (original * rate).quantize(SIX)
    return Offer(Amount(net, taxed(net, percent)), original, reduced, tax)


def agreed_price(state: ShopState, article: Article, customer: Row, quantity: int) -> Row | None:
    """Return the specific price that fits best: the customer's own before the group's before anybody's."""
    now = state.now()
    fitting = [
        row
        for row in state.tables["specific_prices"].find(id_product=article.product["id"])
        if row["id_product_attribute"] in (0, article.id_combination)
        and row["id_customer"] in (0, customer["id"])
        and row["id_group"] in (0, customer["id_default_group"])
        and row["from_quantity"] <= max(quantity, 1)
        and row["from"] <= now
        and (row["to"].startswith("0000") or now <= row["to"])
    ]
    order = ("id_customer", "id_group", "id_product_attribute", "from_quantity")
    return max(fitting, key=lambda row: tuple(row[name] for name in order), default=None)


def _reduce(net: Decimal, agreed: Row, percent: Decimal) -> tuple[Decimal, Decimal]:
    """Apply a specific price's reduction; return the price and the percentage shown with it."""
    if agreed["reduction_type"] == "percentage":
        return net * (1 - agreed["reduction"]), agreed["reduction"] * 100
    amount = agreed["reduction"]
    return net - (untaxed(amount, percent) if agreed["reduction_tax"] else amount), ZERO
