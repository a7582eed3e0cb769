"""What the ERP says about an order's customer and articles. What it did not say is None, never zero."""

from decimal import Decimal
from enum import StrEnum

from domain.model import Frozen
from domain.money import Money


class MatchOutcome(StrEnum):
    """Whether the ERP knows the buyer."""

    FOUND = "found"
    NEW = "new"
    AMBIGUOUS = "ambiguous"
    BLOCKED = "blocked"


class CustomerMatch(Frozen):
    """Which ERP customer the buyer is, and by what evidence (`own id`, `VAT id`, `e-mail`, `a person`)."""

    outcome: MatchOutcome
    code: str = ""
    matched_by: str = ""
    candidates: tuple[str, ...] = ()


class Credit(Frozen):
    """The customer's credit in the ERP's currency. No `limit`: none is set there."""

    limit: Money | None = None
    used: Money | None = None
    known: bool = True


class ItemStock(Frozen):
    """An article in the ERP. `available` is what is neither sold nor reserved, in the pair's warehouse."""

    sku: str
    known: bool = True
    blocked: bool = False
    stocked: bool = True
    available: Decimal | None = None
    minimum: Decimal | None = None


class Facts(Frozen):
    """All that was asked of the ERP before an order is judged."""

    customer: CustomerMatch
    credit: Credit | None = None
    items: tuple[ItemStock, ...] = ()

    def item(self, sku: str) -> ItemStock | None:
        """Return what is known of an article, None when it was not asked for."""
        return next((item for item in self.items if item.sku == sku), None)
