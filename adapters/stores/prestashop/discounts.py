"""Vouchers of an order, which the shop keeps at order level only."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from adapters.stores.amounts import tidy
from adapters.stores.prestashop.models import OrderCartRule, ShopOrder
from domain.order import Basis, Discount, DiscountLevel

_ZERO = Decimal(0)


def discounts(
    order: ShopOrder, rules: Sequence[OrderCartRule], basis: Basis, digits: int
) -> tuple[Discount, ...]:
    """Return the order's discounts; they add up to its `total_discounts`, whatever the vouchers say."""
    net, gross = order.total_discounts_tax_excl, order.total_discounts_tax_incl
    if not net and not gross:
        return ()
    parts = [part for rule in rules if not rule.deleted for part in _parts(rule)]
    parts = list(_within_shipping(order, parts))
    if _sum(parts) != (net, gross):
        parts = list(_by_totals(parts, net, gross))
    return tuple(
        part.model_copy(
            update={"net": tidy(part.net, digits), "gross": tidy(part.gross, digits), "basis": basis}
        )
        for part in parts
    )


def _parts(rule: OrderCartRule) -> Iterator[Discount]:
    level = DiscountLevel.SHIPPING if rule.free_shipping else DiscountLevel.ORDER
    if rule.value or rule.value_tax_excl:
        yield Discount(name=rule.name, net=rule.value_tax_excl, gross=rule.value, level=level)


def _within_shipping(order: ShopOrder, parts: Sequence[Discount]) -> Iterator[Discount]:
    """Let free shipping take off what shipping costs; what such a voucher gives beyond is of the order."""
    net, gross = order.total_shipping_tax_excl, order.total_shipping_tax_incl
    for part in parts:
        if part.level is not DiscountLevel.SHIPPING:
            yield part
            continue
        off_net, off_gross = min(part.net, net), min(part.gross, gross)
        net, gross = net - off_net, gross - off_gross
        if off_net or off_gross:
            yield part.model_copy(update={"net": off_net, "gross": off_gross})
        if part.net != off_net or part.gross != off_gross:
            rest = {"net": part.net - off_net, "gross": part.gross - off_gross}
            yield part.model_copy(update={**rest, "level": DiscountLevel.ORDER})


def _by_totals(parts: Sequence[Discount], net: Decimal, gross: Decimal) -> Iterator[Discount]:
    """Believe the order's totals: keep what is off shipping, and make one discount of all the rest."""
    shipping = [part for part in parts if part.level is DiscountLevel.SHIPPING]
    off_net, off_gross = _sum(shipping)
    if off_net > net or off_gross > gross:
        shipping, off_net, off_gross = [], _ZERO, _ZERO
    yield from shipping
    if (net, gross) != (off_net, off_gross):
        names = dict.fromkeys(part.name for part in parts if part.level is DiscountLevel.ORDER and part.name)
        yield Discount(name=", ".join(names), net=net - off_net, gross=gross - off_gross)


def _sum(parts: Sequence[Discount]) -> tuple[Decimal, Decimal]:
    return sum((part.net for part in parts), _ZERO), sum((part.gross for part in parts), _ZERO)
