"""The document an ERP is asked for, the key that makes it exist once, and its comparison with the order."""

import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from domain.model import Frozen
from domain.money import Money
from domain.order import Address, Order
from domain.policy import DocumentKind, Pair
from domain.totals import Pricing

KEY_LENGTH = 50
"""The shortest key column among the ERPs we know (SAP Business One: a user table's Code)."""


def posting_key(connection: str, store_order_id: str, kind: DocumentKind, revision: int) -> str:
    """Return the key of one ERP document, from business ids alone: `shop:1042:order:1`.

    `revision` counts documents of the same order: 1 until a posted document was cancelled and replaced.
    """
    key = f"{connection}:{store_order_id}:{kind.value}:{revision}"
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[: KEY_LENGTH - 17]}~{hashlib.sha256(key.encode()).hexdigest()[:16]}"


class SalesDocument(Frozen):
    """What is posted: the order priced for the ERP, under its key and for one customer."""

    key: str
    kind: DocumentKind
    order_number: str
    customer_code: str
    currency: str
    ordered_on: date
    deliver_on: date
    warehouse: str = ""
    terms: str = ""
    comment: str = ""
    billing: Address
    delivery: Address
    pricing: Pricing


class ErpState(StrEnum):
    """What the ERP says of a document."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DRAFT = "draft"
    DRAFT_PENDING = "draft_pending"


class ErpLine(Frozen):
    """A line as the ERP kept it."""

    sku: str
    quantity: Decimal
    open_quantity: Decimal | None = None


class ErpDocument(Frozen):
    """A document as the ERP holds it. `entry` is its id there, `number` what people call it."""

    kind: DocumentKind
    entry: str
    number: str
    state: ErpState
    key: str = ""
    customer_code: str = ""
    total: Money | None = None
    tax: Money | None = None
    lines: tuple[ErpLine, ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether something of it was delivered already."""
        return any(
            line.open_quantity is not None and line.open_quantity < line.quantity for line in self.lines
        )


class ErpTotals(Frozen):
    """What the ERP calculates for a document it has not kept."""

    total: Money
    tax: Money | None = None


class Difference(Frozen):
    """One thing in which the ERP's document is not what was asked for."""

    what: str
    asked: str
    found: str


def differences(document: SalesDocument, total: Money, found: ErpDocument) -> tuple[Difference, ...]:
    """Compare the ERP's document with what was asked: customer, lines, quantities, tax and the total."""
    asked_lines = sorted((line.sku, line.quantity) for line in document.pricing.lines)
    found_lines = sorted((line.sku, line.quantity) for line in found.lines)
    extra = [line for line in found_lines if line not in asked_lines]
    missing = [line for line in asked_lines if line not in found_lines]
    pairs = [("customer", document.customer_code, found.customer_code)]
    if missing or len(extra) != len(document.pricing.adjustments):
        pairs.append(("lines", _named(asked_lines), _named(found_lines)))
    if found.state is ErpState.CANCELLED:
        pairs.append(("state", ErpState.OPEN.value, found.state.value))
    if found.total is None or found.total.rounded() != total.rounded():
        pairs.append(("total", str(total), str(found.total)))
    expected_tax = Money(document.pricing.expected.tax, document.currency)
    if found.tax is not None and found.tax.rounded() != expected_tax.rounded():
        pairs.append(("tax", str(expected_tax), str(found.tax)))
    return tuple(
        Difference(what=what, asked=asked, found=seen) for what, asked, seen in pairs if asked != seen
    )


def _named(lines: list[tuple[str, Decimal]]) -> str:
    return ", ".join(f"{quantity:f} × {sku}" for sku, quantity in lines)[:300]


def sales_document(
    order: Order, pair: Pair, *, key: str, customer_code: str, pricing: Pricing, today: date
) -> SalesDocument:
    """Return the document that an ERP is asked for."""
    rule = pair.payments.get(order.payment.method)
    deliver_on = order.deliver_by or today + timedelta(days=pair.deliver_days)
    return SalesDocument(
        key=key,
        kind=pair.document,
        order_number=order.number,
        customer_code=customer_code,
        currency=order.currency,
        ordered_on=today,
        deliver_on=max(deliver_on, today),
        warehouse=pair.warehouse,
        terms=(rule.terms if rule else "") or order.payment.terms,
        comment=order.comment,
        billing=order.billing,
        delivery=order.delivery,
        pricing=pricing,
    )


class Reservation(Frozen):
    """What our own books say of a key: who may write under it, and what became of it.

    `sent_at` is when a create was last sent without a known answer; until `lease_until` its request may
    still be under way.
    """

    key: str
    document: ErpDocument | None = None
    sent_at: datetime | None = None
    lease_until: datetime | None = None

    def may_send(self, now: datetime, settle: timedelta) -> bool:
        """Whether a create may go out: none is open, or the open one can no longer land unseen."""
        return self.sent_at is None or now >= self.settles_at(settle)

    def settles_at(self, settle: timedelta) -> datetime:
        """When a create that was sent must have become visible, if it was done at all."""
        if self.sent_at is None:
            raise ValueError("nothing was sent under this key")
        return max(self.sent_at + settle, self.lease_until or self.sent_at)


class ChangeOutcome(StrEnum):
    """What became of a cancellation in the ERP."""

    CANCELLED = "cancelled"
    CLOSED = "closed"
    IMPOSSIBLE = "impossible"


class Cancellation(Frozen):
    """The ERP's answer to a cancellation, with the reason when it is impossible."""

    outcome: ChangeOutcome
    sentence: str = ""


def changes(before: Order, after: Order) -> tuple[Difference, ...]:
    """Tell in words what differs between two states of a store's order, for a person who must act on it."""
    old = {line.id: f"{line.quantity:f} × {line.sku}" for line in before.lines}
    new = {line.id: f"{line.quantity:f} × {line.sku}" for line in after.lines}
    rows = [
        Difference(what=f"line {key}", asked=new.get(key, "removed"), found=old.get(key, "not there"))
        for key in [*old, *(key for key in new if key not in old)]
        if old.get(key) != new.get(key)
    ]
    named = (
        ("total", str(after.total), str(before.total)),
        ("delivery address", _place(after.delivery), _place(before.delivery)),
        ("billing address", _place(after.billing), _place(before.billing)),
        ("payment method", after.payment.method, before.payment.method),
    )
    rows += [Difference(what=what, asked=asked, found=seen) for what, asked, seen in named if asked != seen]
    return tuple(rows)


def _place(address: Address) -> str:
    return ", ".join(
        part for part in (address.street, address.postcode, address.city, address.country) if part
    )
