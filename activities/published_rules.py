"""The rules in force, as an order gets them when it is captured."""

from pydantic import ValidationError

from domain.errors import BadConfiguration
from domain.policy import Pair
from domain.rules.model import OrderRules, RuleSet
from records.published import PublishedSets

RULES = "rules"
"""The kind under which rule sets are published."""


class PublishedRules:
    """Reads the version in force; each is parsed once."""

    def __init__(self, published: PublishedSets) -> None:
        self._published = published
        self._parsed: tuple[int, RuleSet] = (0, RuleSet())

    async def for_orders_of(self, pair: Pair) -> OrderRules:
        """Return what matters for orders of a pair; version 0 without rules while nothing is published."""
        version, rule_set = await self._current()
        return OrderRules.of(rule_set, version, pair.name, pair.store)

    async def in_force(self) -> RuleSet:
        """Return all rules in force."""
        return (await self._current())[1]

    async def _current(self) -> tuple[int, RuleSet]:
        latest = await self._published.history(RULES, limit=1)
        number = latest[0].number if latest else 0
        if number != self._parsed[0]:
            published = await self._published.version(RULES, number)
            try:
                self._parsed = number, RuleSet.model_validate(published.body)
            except ValidationError as error:
                fault = error.errors()[0]
                raise BadConfiguration(
                    f"version {number} of the rules cannot be read: {fault['msg']}",
                    field=".".join(str(part) for part in fault["loc"]),
                    remedy="Publish a version of the rules that fits this Waybill, or roll back to one.",
                ) from None
        return self._parsed
