"""The sandbox company with the switches of what comes after the order."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from typing import Any

from adapters.erps.sap_business_one import SapBusinessOne
from adapters.fulfilment_port import AftercarePort, FulfilmentPort
from domain.policy import PaperKind
from sandbox.sap_business_one import Company, create_app
from sandbox.sap_business_one.desk import order
from sandbox.sap_business_one.wire import Row
from sandbox.serving import serving
from tests.adapters.test_sap_conformance import SapBench, sap

Quantities = Mapping[int, Decimal] | None


class SapAfterBench(SapBench):
    """The company's people at work."""

    def __init__(self, company: Company, url: str, erp: SapBusinessOne) -> None:
        super().__init__(company, url, erp)
        self.sap = erp

    @property
    def after(self) -> FulfilmentPort:
        return self.sap

    @property
    def care(self) -> AftercarePort:
        return self.sap

    def on_hand(self, sku: str) -> Decimal:
        return self.company.staff.stock_of(sku)[0]

    def papers_made(self, kind: PaperKind) -> int:
        return len(self.company.ledger.of(kind.value))

    def payments_made(self) -> int:
        return len(self.company.ledger.of("payment"))

    def pick(self, entry: str, quantities: Quantities = None) -> None:
        self.company.staff.pick(int(entry), _plain(quantities))

    def ship(
        self, entry: str, quantities: Quantities = None, *, tracking: str = "", carrier: str = ""
    ) -> str:
        staff = self.company.staff
        return _entry(staff.deliver(int(entry), _plain(quantities), tracking=tracking, carrier=carrier))

    def invoice(self, delivery: str) -> str:
        return _entry(self.company.staff.invoice_delivery(int(delivery)))

    def invoice_order(self, entry: str) -> str:
        return _entry(self.company.staff.invoice_order(int(entry)))

    def credit(self, invoice: str, quantities: Quantities = None) -> str:
        return _entry(self.company.staff.credit_invoice(int(invoice), _plain(quantities)))

    def take_back(self, delivery: str, quantities: Quantities = None) -> str:
        return _entry(self.company.staff.return_goods(int(delivery), _plain(quantities)))

    def close_order(self, entry: str) -> None:
        self.company.staff.close_order(int(entry))

    def cancel_order(self, entry: str) -> None:
        self.company.staff.cancel_order(int(entry))

    def cancel_delivery(self, delivery: str) -> None:
        self.company.staff.cancel_delivery(int(delivery))

    def foreign_order(self) -> str:
        with self.company.transaction():
            return _entry(self.company.orders.create(order()))

    def show_late(self, seconds: float) -> None:
        self.company.faults.arm("late_commit", seconds=seconds)

    def requests_seen(self) -> int:
        return len(self.company.ledger.of("request"))

    def reader(self) -> AbstractAsyncContextManager[FulfilmentPort]:
        return sap(self.url)


def _entry(row: Row) -> str:
    return str(row["DocEntry"])


def _plain(quantities: Quantities) -> dict[int, Decimal] | None:
    return None if quantities is None else dict(quantities)


@asynccontextmanager
async def sap_after_bench(company: Company | None = None, **changes: Any) -> AsyncIterator[SapAfterBench]:
    """Serve a company that is prepared for web orders, and open an adapter for it."""
    company = company or Company()
    company.staff.prepare_for_web_orders()
    async with serving(create_app(company)) as url, sap(url, **{"bank_account": "161000", **changes}) as erp:
        yield SapAfterBench(company, url, erp)
