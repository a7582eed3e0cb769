"""The rules in force, as an order gets them when it is captured."""

from pydantic import ValidationError

from domain.errors import BadConfiguration
from domain.policy import Pair
from domain.rules.model import OrderRules, RuleSet
from records.published import PublishedSet, PublishedSets

RULES = "rules"
"""The kind under which rule sets are published."""


def rules_of(published: PublishedSet) -> RuleSet:
    """Return a version's rules. Raises `BadConfiguration` when this release cannot read them."""
    try:
        return RuleSet.model_validate(published.body)
    except ValidationError as error:
        fault = error.errors()[0]
        raise BadConfiguration(
            f"version {published.number} of the rules cannot be read: {fault['msg']}",
            field=".".join(str(part) for part in fault["loc"]),
            remedy="Publish a version of the rules that fits this Waybill, or roll back to one.",
        ) from None


class PublishedRules:
    """Reads the version in force; each is parsed once."""

    def __init__(self, published: PublishedSets) -> None:
        self._published = published
        self._parsed: tuple[int, RuleSet] = (0, RuleSet())
        self._chosen: dict[tuple[int, str], OrderRules] = {}

    async def for_orders_of(self, pair: Pair, version: int) -> OrderRules:
        """Return what of a version matters for orders of a pair; 0 is the one before the first, with none.

        Raises `BadConfiguration` when it cannot be read.
        """
        key = version, pair.name
        if key not in self._chosen:
            rule_set = await self._of(version)
            self._chosen = {each: rules for each, rules in self._chosen.items() if each[0] == version}
            self._chosen[key] = OrderRules.of(rule_set, version, pair.name, pair.store)
        return self._chosen[key]

    async def in_force(self) -> RuleSet:
        """Return all rules in force. Raises `BadConfiguration` when they cannot be read."""
        return await self._of((await self._published.in_force()).get(RULES, 0))

    async def _of(self, number: int) -> RuleSet:
        if number == 0:
            return RuleSet()
        if number != self._parsed[0]:
            self._parsed = number, rules_of(await self._published.version(RULES, number))
        return self._parsed[1]
