"""Hypothesis strategies: conditions as people write them, and cases whose facts lie close to their values."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from domain.facts import Credit, CustomerMatch, Facts, ItemStock, MatchOutcome
from domain.money import Money
from domain.order import Charge, Discount, Order
from domain.rules.case import Case
from domain.rules.facts import FACTS, LINE_FACTS
from domain.rules.operators import OPERATORS, Kind, Operator
from tests.domain import specimens
from tests.domain.rules.specimens import NOW

_AMOUNTS = ("0", "50", "99.99", "100", "100.01", "5000")
_VALUES: dict[str, tuple[str, ...]] = {
    "country": ("FR", "ES", "DE"),
    "billing_country": ("FR", "ES", "DE"),
    "currency": ("EUR", "USD"),
    "postcode": ("97", "970", "35", "69002"),
    "customer_group": ("vip", "vip-gold", "b2b"),
    "carrier": ("1", "12", "2"),
    "store": ("shop", "tienda"),
    "pair": ("main", "iberia"),
    "sku": ("WINE-1", "WINE-2", "WINE"),
    "tags": ("a", "b", "c"),
}
ORDER_FACTS = (
    "total",
    "net_total",
    "shipping_cost",
    "discount",
    "discount_percent",
    "credit_left",
    "line_count",
    "pieces",
    "paid",
    "guest",
    "company",
    "customer_is_new",
    "in_stock",
    "placed_on",
    "weekday",
    "time",
    "age",
    *(name for name in _VALUES if name in FACTS),
)
LINE_FACT_NAMES = ("sku", "quantity", "line_total", "stock", "stock_left", "below_minimum")
_OF_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.MONEY: tuple(f"{amount} {currency}" for amount in _AMOUNTS for currency in ("EUR", "EUR", "USD")),
    Kind.NUMBER: ("0", "1", "2", "2.5", "3", "10"),
    Kind.DATE: ("2026-11-19", "2026-11-20", "2026-11-21"),
    Kind.CLOCK: ("00:00", "09:00", "12:00", "22:00"),
    Kind.AGE: ("0s", "1h", "2h", "1d"),
}
_MANY = frozenset({Operator.ONE_OF, Operator.NONE_OF, Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE})


@st.composite
def comparisons(draw: st.DrawFn, names: tuple[str, ...] = ORDER_FACTS) -> dict[str, Any]:
    """Draw a comparison that has no faults."""
    fact = (FACTS if names[0] in FACTS else LINE_FACTS)[draw(st.sampled_from(names))]
    operator = draw(st.sampled_from(OPERATORS[fact.kind]))
    asked: dict[str, Any] = {"fact": fact.name, "is": operator.value}
    pool = fact.choices or _VALUES.get(fact.name) or _OF_KIND.get(fact.kind, ())
    if operator is Operator.BETWEEN:
        pool = tuple(value for value in pool if not value.endswith("USD"))
        first = draw(st.integers(0, len(pool) - 1))
        asked["value"] = [pool[first], pool[draw(st.integers(first, len(pool) - 1))]]
    elif operator in _MANY:
        asked["value"] = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique=True))
    elif operator.value[:3] != "is_":
        asked["value"] = draw(st.sampled_from(pool))
    return asked


def conditions(
    *, lines: bool = True, names: tuple[str, ...] = ORDER_FACTS
) -> st.SearchStrategy[dict[str, Any]]:
    """Draw small trees over some facts."""
    on_line = st.recursive(comparisons(LINE_FACT_NAMES), _nested, max_leaves=3)
    of_lines = [st.fixed_dictionaries({name: on_line}) for name in ("any_line", "all_lines")]
    of_order = comparisons(names)
    leaves = st.one_of(of_order, of_order, *of_lines) if lines else of_order
    return st.recursive(leaves, _nested, max_leaves=5)


def _nested(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    some = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(*(st.fixed_dictionaries({name: some}) for name in ("all", "any", "none")))


_AMOUNT = st.sampled_from([Decimal(each) for each in _AMOUNTS])
_MAYBE_AMOUNT = st.one_of(st.none(), _AMOUNT)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Draw an order of one to three lines."""
    lines = [
        specimens.line(
            number,
            sku=draw(st.sampled_from(["WINE-1", "WINE-2", "BEER", ""])),
            quantity=Decimal(draw(st.sampled_from(["1", "2", "3", "10"]))),
            gross=draw(_AMOUNT),
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    country = st.sampled_from(["FR", "ES", "DE", "IT", ""])
    off = draw(st.sampled_from([Decimal(0), Decimal(10), Decimal(100)]))
    return specimens.order(
        *lines,
        connection=draw(st.sampled_from(["shop", "tienda"])),
        currency=draw(st.sampled_from(["EUR", "EUR", "USD"])),
        rate=draw(st.sampled_from([None, Decimal("1.1"), Decimal(1)])),
        gross=draw(_AMOUNT),
        net=draw(_AMOUNT),
        discounts=(Discount(net=off, gross=off),) if off else (),
        shipping=Charge(code=draw(st.sampled_from(["", "1", "12", "123"])), gross=draw(_AMOUNT)),
        lines_left_out=draw(st.sampled_from([0, 0, 0, 5])),
        placed_at=NOW - timedelta(hours=draw(st.integers(0, 48))),
        customer=specimens.order().customer.model_copy(
            update={
                "is_guest": draw(st.booleans()),
                "company": draw(st.sampled_from(["", "Moreau SARL"])),
                "group": draw(st.sampled_from(["", "VIP", "vip-gold", "b2b"])),
            }
        ),
        payment=specimens.order().payment.model_copy(update={"paid": draw(st.booleans())}),
        billing=specimens.address(country=draw(country)),
        delivery=specimens.address(
            country=draw(country), postcode=draw(st.sampled_from(["", "97001", "35001", "69002"]))
        ),
    )


@st.composite
def erp_facts(draw: st.DrawFn) -> Facts:
    """Draw what the ERP may have said."""
    limit, used = draw(_MAYBE_AMOUNT), draw(_MAYBE_AMOUNT)
    credit = Credit(
        limit=None if limit is None else Money(limit, "EUR"),
        used=None if used is None else Money(used, "EUR"),
        known=draw(st.booleans()),
    )
    items = tuple(
        ItemStock(sku=sku, available=draw(_MAYBE_AMOUNT), minimum=draw(_MAYBE_AMOUNT))
        for sku in draw(st.sets(st.sampled_from(["WINE-1", "WINE-2", "BEER"])))
    )
    outcome = draw(st.sampled_from(list(MatchOutcome)))
    return Facts(
        customer=CustomerMatch(outcome=outcome), credit=draw(st.sampled_from([None, credit])), items=items
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case, before or after the ERP was asked."""
    now = NOW + timedelta(hours=draw(st.integers(0, 72)))
    return Case(
        order=draw(orders()),
        pair=draw(st.sampled_from(["main", "iberia"])),
        base_currency="EUR",
        time_zone=draw(st.sampled_from(["UTC", "Europe/Madrid"])),
        now=now,
        facts=draw(st.one_of(st.none(), erp_facts())),
        tags=tuple(draw(st.sets(st.sampled_from(["a", "B", "c", "d"])))),
        begun_at=draw(st.one_of(st.none(), st.just(now - timedelta(hours=draw(st.integers(0, 30)))))),
    )
