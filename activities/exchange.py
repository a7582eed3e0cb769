"""What a buyer gets instead of returned goods: judged as an order is, before it becomes one."""

import asyncio

from temporalio import activity

from activities.systems import Systems
from domain.checks import CheckReport, examine
from domain.facts import Facts
from domain.model import Frozen
from domain.order import Order
from domain.policy import Pair


class ReplacementCheck(Frozen):
    """What is to be ordered, under which rules, for which customer of the ERP."""

    order: Order
    pair: Pair
    customer_code: str


class Exchange:
    """Asks the ERP about replacements."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    @activity.defn
    async def check_replacement(self, request: ReplacementCheck) -> CheckReport:
        """Ask for customer, credit and stock, and judge what is to be sent. It only reads."""
        erp = self._systems.erp(request.pair.erp)
        skus = tuple(dict.fromkeys(line.sku for line in request.order.lines))
        (customer, credit), items = await asyncio.gather(
            erp.find_customer(request.order, request.customer_code),
            erp.items(skus, request.pair.warehouse),
        )
        facts = Facts(customer=customer, credit=credit, items=items)
        return examine(request.order, facts, request.pair)
