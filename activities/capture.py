"""Reading the order from its store."""

from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio import activity

from activities.mappings import MAPPING
from activities.published_rules import RULES, PublishedRules
from activities.systems import Systems
from domain.life import Captured, OrderStart
from domain.model import Frozen
from domain.notices import NoticeRule, events_for
from domain.order import Order
from domain.policy import Pair
from domain.rules.case import Case
from domain.rules.triggers import Trigger
from records.inbox import Inbox
from records.published import PublishedSets
from records.recorded_cases import RecordedCases


class DeniedOrder(Frozen):
    """An order that its store does not know."""

    start: OrderStart
    reason: str


class Capture:
    """Orders as their store knows them."""

    def __init__(
        self,
        systems: Systems,
        inbox: Inbox,
        notices: Sequence[NoticeRule],
        published: PublishedSets,
        cases: RecordedCases,
    ) -> None:
        self._systems, self._inbox, self._notices = systems, inbox, notices
        self._published, self._rules = published, PublishedRules(published)
        self._cases = cases

    @activity.defn
    async def capture_order(self, start: OrderStart) -> Captured:
        """Read the order in full, with the rules of its pair.

        Safe to run twice: it reads. Where a rule may stop or end the order before the checks keep its facts
        for dry runs, they are kept here. Raises `NotFound` when the store denies the order.
        """
        pair = self._systems.pair_of(start.connection, start.pair)
        order = await self._systems.store(start.connection).read_order(start.store_order_id)
        if len(order.lines) > pair.max_lines:
            kept, left_out = order.lines[: pair.max_lines], order.lines[pair.max_lines :]
            count = order.lines_left_out + len(left_out)
            order = order.model_copy(update={"lines": kept, "lines_left_out": count})
        in_force, rules = await self._published.in_force(), None
        if start.rules_version is None:
            rules = await self._rules.for_orders_of(pair, in_force.get(RULES, 0))
            if any(rule.when is Trigger.CAPTURED for rule in rules.rules):
                await self._cases.record_first(_case(order, pair))
        return Captured(
            order=order,
            pair=pair,
            notices=events_for(pair.name, self._notices),
            rules=rules,
            mapping_version=in_force.get(MAPPING, 0),
        )

    @activity.defn
    async def deny_intake(self, denied: DeniedOrder) -> None:
        """Mark what came in about an order that does not exist. Safe to run twice: it sets a state."""
        start = denied.start
        await self._inbox.deny_order(start.connection, start.store_order_id, denied.reason)


def _case(order: Order, pair: Pair) -> Case:
    now = datetime.now(UTC)
    return Case(order=order, pair=pair.name, base_currency=pair.base_currency, now=now, begun_at=now)
