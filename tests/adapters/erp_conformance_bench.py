"""What the ERP conformance suite needs of each ERP: a bench with switches, and orders of the catalogue."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

import pytest

from adapters.ports import ErpPort
from domain.money import rounded
from domain.order import Address, Charge, Order, OrderLine, Party, Payment, StoreState
from domain.policy import DocumentKind
from domain.posting import SalesDocument, posting_key
from domain.totals import Pricing, pricings
from sandbox.catalogue import ARTICLES, CUSTOMERS, TAXES, Article, Customer

STORE = "shop"
DAY = date(2026, 1, 15)
TOLERANCE = Decimal("0.05")


class LostAnswer(StrEnum):
    """The ERP wrote, and its answer never came whole."""

    ERROR = "error"
    RESET = "reset"
    TRUNCATED = "truncated"
    PROXY_PAGE = "proxy page"


class NotDone(StrEnum):
    """The ERP did not write."""

    ERROR = "error"
    RESET = "reset"
    PROXY_PAGE = "proxy page"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate limited"
    NOT_READY = "not ready"


class ErpBench(Protocol):
    """One ERP's sandbox, served, with an adapter and the switches the suite turns.

    The sandbox starts from `sandbox.catalogue`; the adapter's connection is called `sap` or the like.
    """

    erp: ErpPort
    most_at_once: int
    currency: str
    cannot: Mapping[str, str]
    """What the ERP has no such thing as, and why: tests of it are skipped."""

    def lose_next_answer(self, how: LostAnswer) -> None:
        """Let the next write happen and its answer be lost."""

    def hang_after_next_write(self) -> None:
        """Let the next write happen and its answer never come."""

    def fail_next_write(self, how: NotDone) -> None:
        """Let the next write not happen."""

    def hide_next_document(self, seconds: float) -> None:
        """Let the next document be written, and be invisible to readers for a while."""

    def kept(self, key: str) -> int:
        """Tell how many documents were ever made under a key, of whatever kind."""

    def customers_made(self) -> int:
        """Tell how many customers were made since the start."""

    def requests_made(self) -> int:
        """Tell how many purchase requests were made."""

    def block_customer(self, code: str, *, blocked: bool = True) -> None:
        """Block a customer in the ERP, or unblock."""

    def block_item(self, sku: str, *, blocked: bool = True) -> None:
        """Block an article in the ERP, or unblock."""

    def deliver(self, entry: str, quantities: Mapping[int, Decimal] | None = None) -> None:
        """Deliver an order, all of it or so much of each line, counted from 0."""

    def end_sessions(self) -> None:
        """Log everybody out; nothing where there are no sessions."""

    def slow_down(self, seconds: float) -> None:
        """Let every request take so long."""

    def peak_at_once(self) -> int:
        """Tell how many requests were ever under way at once."""

    def patient_for(self, seconds: float) -> AbstractAsyncContextManager[ErpPort]:
        """Open an adapter that gives up an answer after so long."""

    def hearing(
        self, status: int, kind: str, body: bytes, *, only_writes: bool = False
    ) -> AbstractAsyncContextManager[ErpPort]:
        """Open an adapter whose ERP lets it log in and then answers everything, or every write, with this."""

    def facing_nobody(self) -> AbstractAsyncContextManager[ErpPort]:
        """Open an adapter whose ERP is not there."""


def needs(bench: ErpBench, what: str) -> None:
    """Skip the test when the ERP has no such thing."""
    if what in bench.cannot:
        pytest.skip(bench.cannot[what])


def article(sku: str) -> Article:
    """Return an article of the catalogue."""
    return next(each for each in ARTICLES if each.sku == sku)


def line(sku: str, quantity: str = "1", number: int = 1, currency_rate: str = "1") -> OrderLine:
    """Return a line as a store of net prices writes it: six digits a unit, two a line."""
    found = article(sku)
    rate, pieces = TAXES[found.tax], Decimal(quantity)
    net = rounded(found.net * Decimal(currency_rate), 6)
    gross = rounded(net * (1 + rate / 100), 6)
    return OrderLine(
        id=f"{number}",
        sku=sku,
        name=found.name,
        quantity=pieces,
        unit_net=net,
        unit_gross=gross,
        net=rounded(net * pieces, 2),
        gross=rounded(gross * pieces, 2),
        tax_rate=rate,
    )


def buyer(customer: Customer, **changes: Any) -> Party:
    """Return a customer of the catalogue as the store knows them."""
    known = Party(
        store_id=str(100 + CUSTOMERS.index(customer)),
        email=customer.email,
        first_name=customer.first_name,
        last_name=customer.last_name,
        company=customer.place.company,
        vat_id=customer.place.vat_id,
    )
    return known.model_copy(update=changes)


def stranger(**changes: Any) -> Party:
    """Return a buyer the ERP does not know."""
    known = Party(store_id="900", email="new.buyer@example.org", first_name="Nova", last_name="Lind")
    return known.model_copy(update=changes)


def address(customer: Customer = CUSTOMERS[0]) -> Address:
    """Return a customer's address."""
    place = customer.place
    return Address(
        person=f"{customer.first_name} {customer.last_name}",
        company=place.company,
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        country=place.country,
        phone=place.phone,
    )


def order(*lines: OrderLine, number: int = 1042, party: Party | None = None, **changes: Any) -> Order:
    """Return a confirmed order; its totals are what its parts add up to unless told otherwise."""
    lines = lines or (line("WINE-RED-75", "2"), line("OLIVE-OIL-50", "3", 2))
    shipping = changes.pop("shipping", Charge(code="2", name="Parcel", net=Decimal(5), gross=Decimal(6)))
    if shipping.tax_rate is None:
        shipping = shipping.model_copy(update={"tax_rate": TAXES["standard"]})
    discounts = changes.get("discounts", ())
    totals = {
        side: rounded(
            sum((getattr(each, side) for each in (*lines, shipping)), Decimal(0))
            + getattr(changes.get("wrapping", Charge()), side)
            - sum((getattr(each, side) for each in discounts), Decimal(0)),
            2,
        )
        for side in ("net", "gross")
    }
    moment = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    facts = {
        "connection": STORE,
        "store_id": str(number),
        "number": f"XKBKNABJK-{number}",
        "state": StoreState.CONFIRMED,
        "placed_at": moment,
        "updated_at": moment,
        "currency": "EUR",
        "customer": party or buyer(CUSTOMERS[0]),
        "billing": address(),
        "delivery": address(),
        "lines": lines,
        "shipping": shipping,
        "payment": Payment(method="ps_wirepayment"),
        **totals,
    }
    return Order.model_validate({**facts, **changes})


def document(
    erp: ErpPort,
    placed: Order | None = None,
    *,
    kind: DocumentKind = DocumentKind.ORDER,
    pricing: Pricing | None = None,
    **changes: Any,
) -> SalesDocument:
    """Return the document of an order, priced for the ERP, for the catalogue's first customer."""
    placed = placed or order()
    asked = SalesDocument(
        key=posting_key(placed.connection, placed.store_id, kind, 1),
        kind=kind,
        order_number=placed.number,
        customer_code=CUSTOMERS[0].card_code or "",
        currency=placed.currency,
        ordered_on=DAY,
        deliver_on=DAY,
        warehouse="01",
        billing=placed.billing,
        delivery=placed.delivery,
        pricing=pricing or pricings(placed, erp.arithmetic, TOLERANCE)[0],
    )
    return asked.model_copy(update=changes)
