"""Asking the ERP what the checks need to know, and doing what they ask for."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import Field
from temporalio import activity

from activities.mappings import Mappings, mapping_results
from activities.systems import Systems
from adapters.ports import RestockLine
from domain.checks import CheckReport, examine
from domain.facts import CustomerMatch, Facts
from domain.mapping.apply import Mapped
from domain.mapping.lines import LinePart, parts_of
from domain.model import Frozen
from domain.order import Order
from domain.policy import Pair
from domain.rules.case import Case
from records.cross_references import CUSTOMER, CrossReferences
from records.recorded_cases import RecordedCases


class CheckRequest(Frozen):
    """An order to check; who a person said the customer is, which causes a person overruled.

    `keep_facts`: what the ERP said comes back, for rules that ask for it.
    """

    order: Order
    pair: Pair
    named_customer: str = ""
    accepted: frozenset[str] = frozenset()
    mapping_version: int = 0
    keep_facts: bool = False
    begun_at: datetime | None = Field(default=None, description="When the order was read first.")


class Checked(Frozen):
    """The customer in the ERP, what all checks say, and all that the ERP said where rules ask for it."""

    customer: CustomerMatch
    report: CheckReport
    unknown_skus: tuple[str, ...] = Field(default=(), description="Articles that the mapping replaces.")
    parts: tuple[LinePart, ...] = Field(default=(), description="What the mapping writes lines as.")
    facts: Facts | None = None


class CustomerRequest(Frozen):
    """A buyer whom the ERP does not know yet, and the price list that a rule chose for them."""

    order: Order
    erp: str
    price_list: str = ""


class RestockRequest(Frozen):
    """Articles that fell below their minimum, with the pieces missing."""

    erp: str
    reference: str
    warehouse: str
    missing: dict[str, Decimal]


class Checking:
    """Facts from the ERP about an order's customer and articles."""

    def __init__(
        self, systems: Systems, references: CrossReferences, cases: RecordedCases, mappings: Mappings
    ) -> None:
        self._systems, self._references = systems, references
        self._cases, self._mappings = cases, mappings

    @activity.defn
    async def check_order(self, request: CheckRequest) -> Checked:
        """Ask for customer, credit and stock, and judge the order.

        Safe to run twice: it reads, and keeps the order's facts for dry runs of rules. The verdict becomes
        part of the history: a check that changes later changes no order's past.
        """
        erp = self._systems.erp(request.pair.erp)
        mapping = await self._mappings.of(request.mapping_version, request.pair.name)
        mapped = mapping.of_order(request.order)
        (customer, credit), items = await asyncio.gather(
            erp.find_customer(request.order, request.named_customer),
            erp.items(mapping.articles(mapped), request.pair.warehouse),
        )
        facts = Facts(customer=customer, credit=credit, items=items)
        unknown = tuple(item.sku for item in items if not item.known) if mapping.replaces_unknown else ()
        if unknown:
            mapped = mapping.of_order(request.order, frozenset(unknown))
        report = await self._judge(request, facts, mapped)
        await self._cases.record(self._case(request, facts, report))
        return Checked(
            customer=customer,
            report=report,
            unknown_skus=unknown,
            parts=parts_of(request.order, mapped.order),
            facts=facts if request.keep_facts else None,
        )

    async def _judge(self, request: CheckRequest, facts: Facts, mapped: Mapped) -> CheckReport:
        if mapped.lacking:
            await self._mappings.note_lacking(request.pair.name, request.order, mapped)
        report = examine(mapped.order, facts, request.pair, request.accepted)
        return CheckReport(results=(*report.results, *mapping_results(mapped, request.accepted)))

    def _case(self, request: CheckRequest, facts: Facts, report: CheckReport) -> Case:
        own = self._systems.pairs.get(request.order.connection, request.pair)
        return Case(
            order=request.order,
            pair=request.pair.name,
            came_in_by=own.name if own.name != request.pair.name else "",
            base_currency=request.pair.base_currency,
            now=datetime.now(UTC),
            begun_at=request.begun_at,
            facts=facts,
            findings=tuple(row.code for row in report.results if row.code),
        )

    @activity.defn
    async def create_customer(self, request: CustomerRequest) -> str:
        """Create the buyer in the ERP and return the customer's code.

        Safe to run twice: the port gives the same buyer the same code.
        """
        code = await self._systems.erp(request.erp).create_customer(
            request.order, price_list=request.price_list
        )
        buyer = request.order.customer
        ours = f"{request.order.connection}:{buyer.store_id}"
        now = datetime.now(UTC)
        await self._references.link(request.erp, CUSTOMER, ours=ours, theirs=code, label=code, now=now)
        return code

    @activity.defn
    async def request_restock(self, request: RestockRequest) -> str:
        """Ask the ERP to buy what is missing. Safe to run twice: the reference is looked up first."""
        lines = tuple(RestockLine(sku=sku, quantity=count) for sku, count in request.missing.items())
        erp = self._systems.erp(request.erp)
        return await erp.request_restock(request.reference, lines, request.warehouse)
