"""What the suite of giving back needs: a view into the ERP, and short words for what is asked."""

from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from adapters.fulfilment_port import AftercarePort
from domain.fulfilment import Progress
from domain.money import Money
from domain.order import Charge
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument
from domain.returns import (
    IncomingPayment,
    TakeBack,
    TakenLine,
    paper_key,
)
from tests.adapters.erp_conformance_after import AfterBench, posted

CREDIT, RETURN, REQUEST = PaperKind.CREDIT_NOTE, PaperKind.RETURN, PaperKind.RETURN_REQUEST
WINE, OIL = "WINE-RED-75", "OLIVE-OIL-50"
DAY = date(2026, 1, 20)


class ReturnsBench(AfterBench, Protocol):
    """What the suite looks at besides."""

    @property
    def care(self) -> AftercarePort:
        """The adapter."""

    def on_hand(self, sku: str) -> Decimal:
        """Tell what lies in the warehouse."""

    def papers_made(self, kind: PaperKind) -> int:
        """Tell how many documents of a kind were ever made."""

    def payments_made(self) -> int:
        """Tell how many payments were ever entered."""


def euros(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def wanted(
    made: ErpDocument, *lines: TakenLine, kind: PaperKind = CREDIT, number: str = "1", **changes: Any
) -> TakeBack:
    """Return what is asked for: so many pieces, and what `changes` say."""
    key = paper_key("shop", "1042", kind.value, number)
    facts = {"key": key, "kind": kind, "sales_entry": made.entry, "on": DAY, "lines": lines}
    return TakeBack.model_validate({**facts, **changes})


def pieces(base: str, quantity: str, sku: str = WINE, line_id: str = "1") -> TakenLine:
    return TakenLine(base=base, sku=sku, line_id=line_id, quantity=Decimal(quantity))


def refund(gross: str, name: str = "") -> Charge:
    """Return money with twenty percent of tax in it."""
    amount = Decimal(gross)
    return Charge(name=name, gross=amount, net=amount / Decimal("1.2"), tax_rate=Decimal(20))


async def invoiced(bench: ReturnsBench, quantity: int = 4) -> tuple[ErpDocument, str, str]:
    """Post, deliver and invoice some bottles; return the order, the delivery and the invoice by id."""
    made = await posted(bench)
    delivery = bench.ship(made.entry, {0: Decimal(quantity)})
    return made, f"delivery:{delivery}", f"invoice:{bench.invoice(delivery)}"


async def picture(bench: ReturnsBench, made: ErpDocument) -> Progress:
    return await bench.after.progress(DocumentKind.ORDER, made.entry)


def payment(
    made: ErpDocument, amount: str, invoice: str = "", number: str = "1", currency: str = "EUR"
) -> IncomingPayment:
    """Return money that came in."""
    facts = {
        "key": paper_key("shop", "1042", "payment", number),
        "order_key": made.key,
        "customer_code": made.customer_code,
        "amount": Money(Decimal(amount), currency),
        "received_on": DAY,
        "reference": "RF18 5390 0754 7034",
        "invoice": invoice.removeprefix("invoice:"),
    }
    return IncomingPayment.model_validate(facts)
