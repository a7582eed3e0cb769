"""What is settled of invoices: by credit notes drawn from them, and by money that came in."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one import fulfilment
from sandbox.sap_business_one.document_checks import customer
from sandbox.sap_business_one.document_kinds import INVOICES, DocumentKind
from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import document_rule, no_such_reference, not_supported, rule
from sandbox.sap_business_one.wire import Row, day

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_ZERO = Decimal(0)
_PAYMENTS = DocumentKind("IncomingPayments", "oIncomingPayments", 24, "ORCT", "RCT2", "payment", 13, 1)


def settle_credit(company: "Company", credit: Row, sign: int = 1) -> Row:
    """Set a credit note off against the invoices it was drawn from; -1 takes that back. Returns the note."""
    shares: dict[int, Decimal] = {}
    for line in credit["DocumentLines"]:
        if line["BaseType"] == INVOICES.number:
            shares[line["BaseEntry"]] = shares.get(line["BaseEntry"], _ZERO) + line["GrossTotal"]
    if len(shares) == 1:
        shares[next(iter(shares))] = credit["DocTotal"]
    set_off = _ZERO
    for entry, share in shares.items():
        part = min(share, _left(company.invoices.row(entry))) if sign > 0 else share
        settle_invoice(company, entry, sign * part)
        set_off += part
    return {**credit, "PaidToDate": credit.get("PaidToDate", _ZERO) + sign * set_off}


def settle_invoice(company: "Company", entry: int, amount: Decimal) -> None:
    """Count so much of an invoice as settled; one that is settled in full is closed."""
    row = company.invoices.row(entry)
    after = {**row, "PaidToDate": max(row.get("PaidToDate", _ZERO) + amount, _ZERO)}
    fulfilment.set_state(after)
    if _left(after) <= 0:
        after["DocumentStatus"] = "bost_Close"
    company.invoices.restate(row, after)


def _left(invoice: Row) -> Decimal:
    total: Decimal = invoice["DocTotal"] - invoice.get("PaidToDate", _ZERO)
    return total


class IncomingPayments(EntitySet):
    """Money that came in, for invoices or on account; amounts are in local currency."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, _PAYMENTS.name, company.shapes["Payment"], "DocEntry")

    def create(self, body: Row) -> Row:
        """Enter a payment."""
        company, given = self.company, self.shape.read(body)
        partner = customer(company, _PAYMENTS, given.get("CardCode"))
        total = given.get("TransferSum", _ZERO) + given.get("CashSum", _ZERO)
        if total <= 0:
            raise rule("Enter an amount for the payment", "ORCT.DocTotal")
        if given.get("TransferSum") and not given.get("TransferAccount"):
            raise rule("Enter the account of the bank transfer", "ORCT.TrsfrAcct")
        for number, part in enumerate(given.get("PaymentInvoices") or []):
            self._apply(part, given["CardCode"], number)
        applied = sum((part["SumApplied"] for part in given.get("PaymentInvoices") or []), _ZERO)
        if applied > total:
            raise document_rule("Sum applied exceeds the amount of the payment", "RCT2.SumApplied")
        entry = company.figures.draw((self.name, "DocEntry"))
        row = {
            "DocEntry": entry,
            "DocNum": company.figures.draw((self.name, "DocNum"), 5001),
            "DocType": "rCustomer",
            "CardName": partner.get("CardName"),
            "DocDate": day(company.now()),
            "DocCurrency": company.settings.local_currency,
            "Cancelled": "tNO",
            **given,
        }
        self.table.insert(entry, row)
        company.figures.add(("account", given["CardCode"]), -total)
        company.note("payment", DocEntry=entry, CardCode=given["CardCode"], total=str(total))
        company.lag(self.table, entry)
        return row

    def act(self, row: Row, action: str) -> Row | None:
        """Cancel a payment."""
        if action != "Cancel" or row["Cancelled"] == "tYES":
            raise not_supported()
        for part in row.get("PaymentInvoices") or []:
            settle_invoice(self.company, part["DocEntry"], -part["SumApplied"])
        total = row.get("TransferSum", _ZERO) + row.get("CashSum", _ZERO)
        self.company.figures.add(("account", row["CardCode"]), total)
        self.table.replace(row["DocEntry"], {**row, "Cancelled": "tYES"})
        self.company.note("payment_cancelled", DocEntry=row["DocEntry"])
        return None

    def _apply(self, part: Row, card: str, number: int) -> None:
        invoice = self.company.invoices.table.get(part.get("DocEntry"))
        if invoice is None or part.get("InvoiceType") != "it_Invoice" or invoice["CardCode"] != card:
            raise no_such_reference()
        left = _left(invoice)
        part.setdefault("SumApplied", left)
        if not 0 < part["SumApplied"] <= left or invoice["CancelStatus"] != "csNo":
            raise document_rule("Sum applied exceeds the open amount", "RCT2.SumApplied", number)
        settle_invoice(self.company, part["DocEntry"], part["SumApplied"])
