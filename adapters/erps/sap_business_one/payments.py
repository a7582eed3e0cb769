"""Money that came in: entered once under its key, on an invoice or on the customer's account."""

from decimal import Decimal
from typing import Any

from adapters.erps.sap_business_one.aftercare import Aftercare
from adapters.erps.sap_business_one.batch import Write
from adapters.erps.sap_business_one.client import ServiceLayer, literal
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.models import YES, PaymentRow, read_as, select
from adapters.erps.sap_business_one.refusals import KeyExists
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.erps.sap_business_one.writing import found_after, write_under_key
from domain.errors import Refused
from domain.policy import PaperKind
from domain.returns import IncomingPayment, PaymentEntry

_ENTITY = "IncomingPayments"
_LONGEST_REFERENCE = 27


class Payments:
    """The company's incoming payments, in its own currency."""

    def __init__(
        self,
        layer: ServiceLayer,
        settings: SapBusinessOneSettings,
        codes: Codes,
        company: Company,
        papers: Aftercare,
    ) -> None:
        self._layer, self._settings, self._codes = layer, settings, codes
        self._company, self._papers = company, papers

    async def register(self, payment: IncomingPayment) -> PaymentEntry | None:
        """Enter money that came in, or return the entry that is there; nothing for an amount of zero."""
        if payment.amount.amount == 0:
            return None
        found = await self.find(payment.key)
        if found is not None:
            return found
        write = Write(_ENTITY, await self._body(payment))
        try:
            made = await write_under_key(self._layer, self._settings, payment.key, write)
        except KeyExists as exists:
            return await found_after(exists, lambda: self.find(payment.key), self._layer.connection)
        return _entry(read_as(PaymentRow, made, self._layer.connection, writes=True))

    async def find(self, key: str) -> PaymentEntry | None:
        """Look for the payment under a key."""
        where = f"{self._settings.paper_column} eq {literal(key)}"
        rows = await self._layer.rows(_ENTITY, select(PaymentRow), where)
        found = [read_as(PaymentRow, row, self._layer.connection) for row in rows]
        return _entry(min(found, key=lambda each: each.DocEntry)) if found else None

    async def _body(self, payment: IncomingPayment) -> dict[str, Any]:
        amount = await self._amount(payment)
        body: dict[str, Any] = {
            "CardCode": payment.customer_code,
            "DocDate": payment.received_on,
            "TransferDate": payment.received_on,
            "TransferAccount": self._codes.account(payment.method),
            "TransferSum": amount,
            "TransferReference": payment.reference[:_LONGEST_REFERENCE],
            "Remarks": payment.order_key,
            self._settings.paper_column: payment.key,
        }
        applied = min(amount, await self._open_of(payment.invoice)) if payment.invoice else Decimal(0)
        if applied > 0:
            part = {"DocEntry": int(payment.invoice), "InvoiceType": "it_Invoice", "SumApplied": applied}
            body["PaymentInvoices"] = [part]
        return body

    async def _amount(self, payment: IncomingPayment) -> Decimal:
        local = self._codes.iso_currency(await self._company.local_currency())
        if payment.amount.currency != local or payment.amount.amount < 0:
            raise Refused(
                f"only money in {local} that came in can be entered, not {payment.amount}",
                code="payment_not_local",
                connection=self._layer.connection,
            )
        return payment.amount.rounded().amount

    async def _open_of(self, invoice: str) -> Decimal:
        """Return what an invoice is still to be paid; nothing when it was cancelled."""
        paper = await self._papers.read_paper(PaperKind.INVOICE, invoice)
        return paper.open.amount if paper.open and not paper.cancelled else Decimal(0)


def _entry(row: PaymentRow) -> PaymentEntry:
    return PaymentEntry(entry=str(row.DocEntry), number=str(row.DocNum or ""), cancelled=row.Cancelled == YES)
