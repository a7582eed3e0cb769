"""What a rule looks at: one order at one moment, with what the ERP said. What nobody said is None."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import Field

from domain.facts import Facts, ItemStock
from domain.model import Frozen
from domain.money import Money
from domain.order import Order, OrderLine

_PERSONAL: Any = {
    "customer": {"email", "first_name", "last_name", "phone", "vat_id"},
    "billing": {"person", "street", "street2", "phone"},
    "delivery": {"person", "street", "street2", "phone"},
    "payment": {"transaction"},
    "comment": True,
}


class Case(Frozen):
    """The facts of one decision. `now` is the moment of the decision, in UTC.

    `facts` is None until the ERP was asked. `experts` are the answers of expert expressions, by name.
    """

    order: Order
    pair: str = ""
    came_in_by: str = Field(default="", description="The pair that a rule sent it away from; else empty.")
    base_currency: str
    time_zone: str = "UTC"
    now: datetime
    facts: Facts | None = None
    findings: tuple[str, ...] = Field(default=(), description="Codes of what the checks warned of or held.")
    tags: tuple[str, ...] = ()
    stage: str = ""
    since: datetime | None = Field(default=None, description="When the stage was entered.")
    begun_at: datetime | None = Field(default=None, description="When the order was captured.")
    hold_code: str = ""
    hold_group: str = ""
    document_kind: str = ""
    document_state: str = ""
    delivery: str = ""
    return_amount: Money | None = None
    return_pieces: Decimal | None = None
    has_vat_id: bool | None = None
    experts: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def items(self) -> dict[str, ItemStock]:
        """What the ERP said of the order's articles, by SKU."""
        return {item.sku: item for item in self.facts.items} if self.facts else {}

    def without_persons(self) -> "Case":
        """Return the case as it may be kept for dry runs: nothing in it names a person."""
        order = self.order
        bare = order.model_validate(order.model_dump(exclude=_PERSONAL))
        known = self.has_vat_id if self.has_vat_id is not None else bool(order.customer.vat_id)
        return self.model_copy(update={"order": bare, "has_vat_id": known})


class CaseLine:
    """One line of a case, with what is known of its article."""

    __slots__ = ("case", "item", "line", "position")

    def __init__(self, case: Case, position: int, line: OrderLine) -> None:
        self.case, self.position, self.line = case, position, line
        self.item = case.items.get(line.sku)

    @property
    def left(self) -> Decimal | None:
        """What is left of the article once this line is taken."""
        if self.item is None or self.item.available is None:
            return None
        return self.item.available - self.line.quantity


def lines_of(case: Case) -> list[CaseLine]:
    """Return the order's lines."""
    return [CaseLine(case, position, line) for position, line in enumerate(case.order.lines, 1)]


def age(since: datetime | None, now: datetime) -> timedelta | None:
    """Return how long something lasts, None when it never began."""
    return None if since is None else now - since
