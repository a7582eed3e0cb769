"""Reading the order from its store."""

from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio import activity

from activities.mappings import Mappings
from activities.published_rules import PublishedRules
from activities.systems import Systems
from domain.life import Captured, OrderStart
from domain.model import Frozen
from domain.notices import NoticeRule, events_for
from domain.order import Order
from domain.policy import Pair
from domain.rules.case import Case
from records.inbox import Inbox
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
        rules: PublishedRules,
        mappings: Mappings,
        cases: RecordedCases,
    ) -> None:
        self._systems, self._inbox, self._notices = systems, inbox, notices
        self._rules, self._mappings, self._cases = rules, mappings, cases

    @activity.defn
    async def capture_order(self, start: OrderStart) -> Captured:
        """Read the order in full, with the rules of its pair.

        Safe to run twice: it reads, and keeps the order's facts for dry runs of rules until the checks do: a
        rule may end the order before them. Raises `NotFound` when the store denies the order.
        """
        pair = self._systems.pair_of(start.connection, start.pair)
        order = await self._systems.store(start.connection).read_order(start.store_order_id)
        if len(order.lines) > pair.max_lines:
            kept, left_out = order.lines[: pair.max_lines], order.lines[pair.max_lines :]
            count = order.lines_left_out + len(left_out)
            order = order.model_copy(update={"lines": kept, "lines_left_out": count})
        await self._cases.record_first(_case(order, pair))
        rules = await self._rules.for_orders_of(pair) if start.rules_version is None else None
        return Captured(
            order=order,
            pair=pair,
            notices=events_for(pair.name, self._notices),
            rules=rules,
            mapping_version=await self._mappings.version_in_force(),
        )

    @activity.defn
    async def deny_intake(self, denied: DeniedOrder) -> None:
        """Mark what came in about an order that does not exist. Safe to run twice: it sets a state."""
        start = denied.start
        await self._inbox.deny_order(start.connection, start.store_order_id, denied.reason)


def _case(order: Order, pair: Pair) -> Case:
    now = datetime.now(UTC)
    return Case(order=order, pair=pair.name, base_currency=pair.base_currency, now=now, begun_at=now)
