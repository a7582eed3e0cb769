"""Asking the ERP what the checks need to know, and doing what they ask for."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from temporalio import activity

from activities.systems import Systems
from adapters.ports import RestockLine
from domain.checks import CheckReport, examine
from domain.facts import CustomerMatch, Facts
from domain.model import Frozen
from domain.order import Order
from domain.policy import Pair
from records.cross_references import CUSTOMER, CrossReferences


class CheckRequest(Frozen):
    """An order to check; who a person said the customer is, and which causes a person overruled."""

    order: Order
    pair: Pair
    named_customer: str = ""
    accepted: frozenset[str] = frozenset()


class Checked(Frozen):
    """The customer in the ERP, and what all checks say."""

    customer: CustomerMatch
    report: CheckReport


class CustomerRequest(Frozen):
    """A buyer whom the ERP does not know yet."""

    order: Order
    erp: str


class RestockRequest(Frozen):
    """Articles that fell below their minimum, with the pieces missing."""

    erp: str
    reference: str
    warehouse: str
    missing: dict[str, Decimal]


class Checking:
    """Facts from the ERP about an order's customer and articles."""

    def __init__(self, systems: Systems, references: CrossReferences) -> None:
        self._systems, self._references = systems, references

    @activity.defn
    async def check_order(self, request: CheckRequest) -> Checked:
        """Ask for customer, credit and stock, and judge the order. Safe to run twice: it only reads.

        The verdict becomes part of the history: a check that changes later changes no order's past.
        """
        erp = self._systems.erp(request.pair.erp)
        skus = tuple(dict.fromkeys(line.sku for line in request.order.lines if line.sku))
        (customer, credit), items = await asyncio.gather(
            erp.find_customer(request.order, request.named_customer),
            erp.items(skus, request.pair.warehouse),
        )
        facts = Facts(customer=customer, credit=credit, items=items)
        report = examine(request.order, facts, request.pair, request.accepted)
        return Checked(customer=customer, report=report)

    @activity.defn
    async def create_customer(self, request: CustomerRequest) -> str:
        """Create the buyer in the ERP and return the customer's code.

        Safe to run twice: the port gives the same buyer the same code.
        """
        code = await self._systems.erp(request.erp).create_customer(request.order)
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
