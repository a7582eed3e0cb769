"""An example order for a list of facts: people see when rules meet, and the evaluator confirms it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import is_currency

from domain.facts import Credit, CustomerMatch, Facts, ItemStock, MatchOutcome
from domain.model import Frozen
from domain.money import Money
from domain.order import Address, Charge, Discount, Order, OrderLine, Party, Payment, StoreState
from domain.rules.case import Case
from domain.rules.facts import EXPERT, FACTS, WEEKDAYS

_MOST_LINES = 200
_DAY = timedelta(days=1)
_UPPER = frozenset({"country", "billing_country", "currency"})


class NoExample(ValueError):
    """No ordinary order has these facts at once."""


class Setting(Frozen):
    """Where and when the example is: an order of this pair and store, looked at not before `now`."""

    pair: str
    store: str
    base_currency: str
    time_zone: str
    now: datetime
    erp_asked: bool = False


def example_case(values: Mapping[str, Any], setting: Setting) -> Case:
    """Return a case with these facts, by name: comparable values, amounts as `Money`, None for unknown.

    Raises `NoExample` for facts that this ordinary order cannot have.
    """
    return _Sketch(values, setting).case()


class _Sketch:
    def __init__(self, values: Mapping[str, Any], setting: Setting) -> None:
        self._all = dict(values)
        self._left = dict(values)
        self._setting = setting
        self._zone = ZoneInfo(setting.time_zone)

    def case(self) -> Case:
        for name in [name for name, value in self._left.items() if value is None]:
            del self._left[name]
        for name, value in self._left.items():
            amount = value.amount if isinstance(value, Money) else value
            if isinstance(amount, Decimal) and amount < 0 and name not in {"days_to_deliver", "credit_left"}:
                raise NoExample(f"{name} is not below zero")
        order = self._order()
        case = self._life(order)
        if left := [name for name in self._left if not name.startswith(EXPERT)]:
            raise NoExample(f"no example has {', '.join(left)}")
        return case

    def _take(self, name: str, otherwise: Any) -> Any:
        value = self._left.pop(name, otherwise)
        return value.upper() if name in _UPPER and isinstance(value, str) else value

    def _text(self, name: str, otherwise: str = "") -> str:
        return str(self._take(name, "" if name in self._all else otherwise))

    def _amount(self, name: str, otherwise: Decimal) -> Decimal:
        money = self._take(name, None)
        if money is None:
            return otherwise
        if money.currency != self._currency and not self._in_base(money.currency):
            raise NoExample(f"{name} in {money.currency} is not known of an order in {self._currency}")
        return Decimal(money.amount)

    def _in_base(self, currency: str) -> bool:
        return self._rate is not None and currency == self._setting.base_currency

    def _order(self) -> Order:
        amounts = [value for name, value in self._left.items() if name in _OF_ORDER and value]
        named = self._take("currency", "")
        if named and not is_currency(named):
            raise NoExample(f"{named} is no currency")
        self._currency = named or (amounts[0].currency if amounts else self._setting.base_currency)
        foreign = self._currency != self._setting.base_currency
        converted = any(amount.currency != self._currency for amount in amounts)
        self._rate = Decimal(1) if foreign and converted else None
        lines, discounts = self._lines()
        gross = self._amount("total", max(sum((line.gross for line in lines), Decimal(0)), Decimal(1)))
        delivery = Address(
            country=self._text("country", "FR"),
            postcode=self._text("postcode", "69002"),
            state=self._text("state"),
            city="Lyon",
        )
        return Order(
            connection=self._text("store", self._setting.store),
            store_id="1",
            number="EXAMPLE",
            state=StoreState.CONFIRMED,
            store_status=self._text("store_status"),
            placed_at=self._placed_at(),
            updated_at=self._setting.now,
            currency=self._currency,
            rate=self._rate,
            customer=self._customer(),
            billing=self._billing(delivery),
            delivery=delivery,
            lines=lines,
            discounts=discounts,
            shipping=Charge(code=self._text("carrier"), gross=self._amount("shipping_cost", Decimal(0))),
            payment=Payment(method=self._text("payment_method", "card"), paid=self._take("paid", True)),
            net=self._amount("net_total", gross),
            gross=gross,
            deliver_by=self._deliver_by(),
        )

    def _lines(self) -> tuple[tuple[OrderLine, ...], tuple[Discount, ...]]:
        count, pieces = self._take("line_count", Decimal(1)), self._take("pieces", None)
        if not 0 <= count <= _MOST_LINES or (not count and pieces):
            raise NoExample("an example has no lines to show so many")
        first = Decimal(1) if pieces is None else pieces - (count - 1)
        percent, off = self._take("discount_percent", None), self._amount("discount", Decimal(0))
        price = Decimal(100)
        if percent is not None:
            off = off or percent
            price = off * 100 / percent if percent else price
        lines = tuple(
            OrderLine(
                id=str(number),
                sku=f"SKU-{number}",
                quantity=first if number == 1 else Decimal(1),
                net=price if number == 1 else Decimal(0),
                gross=price if number == 1 else Decimal(0),
            )
            for number in range(1, int(count) + 1)
        )
        return lines, ((Discount(net=off, gross=off),) if off else ())

    def _customer(self) -> Party:
        return Party(
            store_id="1",
            is_guest=self._take("guest", False),
            company="Example Ltd" if self._take("company", False) else "",
            group=self._text("customer_group"),
            language=self._text("customer_language"),
        )

    def _billing(self, delivery: Address) -> Address:
        country = self._text("billing_country", delivery.country)
        differ = self._take("addresses_differ", None)
        city = "Elsewhere" if differ and country == delivery.country else delivery.city
        return delivery.model_copy(update={"country": country, "city": city})

    @property
    def _today(self) -> datetime:
        return self._setting.now.astimezone(self._zone)

    def _now(self) -> datetime:
        return self._moment(None, self._all.get("weekday"), self._all.get("time"), forwards=True)

    def _placed_at(self) -> datetime:
        day, weekday, clock = (self._take(f"placed_{name}", None) for name in ("on", "weekday", "at"))
        return self._moment(day, weekday, clock, forwards=False)

    def _moment(
        self, day: date | None, weekday: str | None, clock: time | None, *, forwards: bool
    ) -> datetime:
        """Return the moment, near today: of orders before it, of decisions after it."""
        found = self._today
        if day is None and weekday is None and clock is None:
            return found.astimezone(UTC)
        step = _DAY if forwards else -_DAY
        chosen = day or (found + step).date()
        while weekday and day is None and WEEKDAYS[chosen.weekday()] != weekday:
            chosen += step
        return datetime.combine(chosen, clock or time(12), self._zone).astimezone(UTC)

    def _deliver_by(self) -> date | None:
        day, left = self._take("deliver_by", None), self._take("days_to_deliver", None)
        if day is None and left is not None:
            return self._now().astimezone(self._zone).date() + int(left) * _DAY
        return None if day is None else date.fromisoformat(str(day))

    def _life(self, order: Order) -> Case:
        for name in ("time", "weekday"):
            self._left.pop(name, None)
        now = self._now()
        ages = {name: self._take(name, None) for name in ("age", "stage_age")}
        try:
            begun, since = (None if each is None else now - each for each in ages.values())
        except OverflowError:
            raise NoExample("no calendar has room for such an age") from None
        texts = {name: self._text(name) for name in _LIFE_TEXTS if name in FACTS}
        return Case(
            order=order,
            pair=self._text("pair", self._setting.pair),
            base_currency=self._setting.base_currency,
            time_zone=self._setting.time_zone,
            now=now,
            facts=self._facts(order),
            findings=tuple(sorted(self._take("findings", ()))),
            tags=tuple(sorted(self._take("tags", ()))),
            begun_at=begun,
            since=since,
            hold_code=texts.pop("hold_reason"),
            return_amount=self._take("return_amount", None),
            return_pieces=self._take("return_pieces", None),
            has_vat_id=self._take("has_vat_id", None),
            **texts,
        )

    def _facts(self, order: Order) -> Facts | None:
        asked = {name for name, value in self._all.items() if name in _OF_ERP and value is not None}
        if not asked and not self._setting.erp_asked:
            return None
        stocked = self._take("in_stock", None)
        left = {True: Decimal(1_000_000), False: Decimal(-1), None: None}[stocked]
        new = self._take("customer_is_new", False)
        return Facts(
            customer=CustomerMatch(
                outcome=MatchOutcome.NEW if new else MatchOutcome.FOUND,
                code=self._text("customer_code", "C1"),
            ),
            credit=self._credit(),
            items=tuple(ItemStock(sku=line.sku, available=left) for line in order.lines),
        )

    def _credit(self) -> Credit | None:
        limit, used = self._take("credit_limit", None), self._take("credit_used", None)
        left = self._take("credit_left", None)
        if left is not None and limit is None:
            limit = left if used is None else left + used
        if left is not None and used is None:
            used = limit - left
        return Credit(limit=limit, used=used) if limit or used else None


_OF_ORDER = frozenset({"total", "net_total", "discount", "shipping_cost"})
_OF_ERP = frozenset(name for name, fact in FACTS.items() if fact.from_erp)
_LIFE_TEXTS = ("stage", "hold_reason", "hold_group", "document_kind", "document_state", "delivery")


def in_words(values: Mapping[str, Any]) -> str:
    """Return the facts as people name them: `total 6000 EUR, country FR`."""
    if not values:
        return "any order"
    return ", ".join(f"{name} {_shown(name, value)}" for name, value in values.items())


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{value.amount.normalize():f} {value.currency}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, frozenset):
        return " and ".join(sorted(value)) or "none"
    if isinstance(value, time):
        return value.isoformat("auto" if value.second or value.microsecond else "minutes")
    return str(value).upper() if name in _UPPER else str(value)
