"""One ordinary order with its pair and facts; a test names only what it changes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.approvals.policies import ApprovalPolicy, Approver
from domain.facts import Credit, CustomerMatch, Facts, ItemStock, MatchOutcome
from domain.money import Money
from domain.order import Address, Basis, Charge, Order, OrderLine, Party, Payment, StoreState
from domain.policy import Pair, PaymentRule, PaymentTiming

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DORA = Approver(id="dora", name="Dora Director", email="dora@waybill.example", roles=("director",))
CARL = Approver(
    id="carl",
    name="Carl Chief",
    email="carl@waybill.example",
    roles=("director", "board"),
    limit=Money.parse("8000 EUR"),
    deputy="dora",
)


def line(number: int = 1, **changed: Any) -> OrderLine:
    """Return a line of six bottles at 10.00 net, 20 % tax."""
    facts: dict[str, Any] = {
        "id": str(number),
        "sku": f"WINE-{number}",
        "name": "Red wine",
        "quantity": Decimal(6),
        "net": Decimal("60.00"),
        "gross": Decimal("72.00"),
        "tax_rate": Decimal(20),
    }
    return OrderLine.model_validate(facts | changed)


def address(**changed: Any) -> Address:
    """Return an address in Lyon."""
    facts = {"person": "Anna Moreau", "street": "8 rue du Port", "postcode": "69002", "city": "Lyon"}
    return Address.model_validate({**facts, "country": "FR", **changed})


def order(*lines: OrderLine, **changed: Any) -> Order:
    """Return an order of one line; its totals are those of its lines unless they are named."""
    chosen = lines or (line(),)
    facts: dict[str, Any] = {
        "connection": "shop",
        "store_id": "1042",
        "number": "XKBKNABJK",
        "state": StoreState.CONFIRMED,
        "placed_at": NOON,
        "updated_at": NOON,
        "currency": "EUR",
        "customer": Party(store_id="7", email="anna@example.com", first_name="Anna", last_name="Moreau"),
        "billing": address(),
        "delivery": address(),
        "lines": chosen,
        "payment": Payment(method="card", paid=True),
        "price_basis": Basis.GROSS,
        "net": sum((each.net for each in chosen), Decimal(0)),
        "gross": sum((each.gross for each in chosen), Decimal(0)),
        "shipping": Charge(),
    }
    return Order.model_validate(facts | changed)


def pair(**changed: Any) -> Pair:
    """Return the rules of a pair with one director for all amounts and one up to 8,000 EUR."""
    facts: dict[str, Any] = {
        "name": "main",
        "store": "shop",
        "erp": "sap",
        "payments": {
            "card": PaymentRule(timing=PaymentTiming.PREPAID),
            "invoice": PaymentRule(timing=PaymentTiming.ON_ACCOUNT, terms="30 days"),
        },
        "approval": ApprovalPolicy(limit=Money.parse("5000 EUR")),
        "approvers": (DORA, CARL),
    }
    return Pair.model_validate(facts | changed)


def stock(sku: str = "WINE-1", **changed: Any) -> ItemStock:
    """Return plenty of an article."""
    return ItemStock.model_validate({"sku": sku, "available": Decimal(1000), **changed})


def facts(*items: ItemStock, **changed: Any) -> Facts:
    """Return what the ERP says of a known customer with a wide credit."""
    told: dict[str, Any] = {
        "customer": CustomerMatch(outcome=MatchOutcome.FOUND, code="C1", matched_by="own id"),
        "credit": Credit(limit=Money.parse("10000 EUR"), used=Money.parse("0 EUR")),
        "items": items or (stock(),),
    }
    return Facts.model_validate(told | changed)
