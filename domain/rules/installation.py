"""What rules may name: the pairs, channels and hooks of an installation."""

from collections.abc import Iterator

from pydantic import Field

from domain.approvals.policies import Approver
from domain.hook_points import HookPoint
from domain.model import Frozen
from domain.notices import Channel
from domain.policy import Pair
from domain.rules.model import Rule


class Installation(Frozen):
    """What is set up, as far as rules may name it."""

    pairs: dict[str, Pair] = Field(description="By name.")
    channels: dict[str, Channel] = Field(
        default_factory=dict, description="What goes over a connection, by its name: texts, webhooks, Slack."
    )
    hooks: dict[str, frozenset[HookPoint]] = Field(
        default_factory=dict, description="The hooks that are installed, with the points each fits."
    )
    names: dict[str, dict[str, frozenset[str]]] = Field(
        default_factory=dict,
        description="By pair and field of `choose`: what the ERP's connection maps to its numbers.",
    )

    @property
    def stores(self) -> tuple[str, ...]:
        """The connections that orders come from."""
        return tuple(dict.fromkeys(pair.store for pair in self.pairs.values()))

    @property
    def approvers(self) -> tuple[Approver, ...]:
        """Everybody who may decide anywhere."""
        return tuple(
            {person.id: person for pair in self.pairs.values() for person in pair.approvers}.values()
        )

    def scope(self, rule: Rule) -> Iterator[tuple[str, Pair]]:
        """Yield the pairs whose orders a rule is for."""
        return ((name, pair) for name, pair in self.pairs.items() if rule.applies_to(name, pair.store))
