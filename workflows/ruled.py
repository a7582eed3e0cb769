"""What an order's rules are, and what they decided so far: the part of its life that rules own."""

from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field

from domain.approvals.demands import Demand
from domain.facts import Facts
from domain.hooks import HookAnswer
from domain.policy import Pair
from domain.posting import Choices
from domain.rules.consequences import Chosen
from domain.rules.decisions import RuleDecision
from domain.rules.model import OrderRules
from domain.rules.triggers import Trigger
from domain.stages import Stage

BEFORE_POSTING = frozenset({Trigger.CAPTURED, Trigger.VALIDATED})
"""Triggers that are judged again whenever the order is checked again."""

STAGE_TRIGGERS: Mapping[Stage, Trigger] = MappingProxyType(
    {
        Stage.IN_DOUBT: Trigger.IN_DOUBT,
        Stage.PICKING: Trigger.PICKED,
        Stage.DELIVERED: Trigger.DELIVERED,
    }
)
"""Stages that rules wait for, once for each posting."""

RULE_HOLDS = frozenset({"rule_hold", "rules_conflict", "expert_failed", "hook_refuses", "hook_failed"})
"""Holds that rules made: whoever continues one has the order judged by the rules in force then."""


class Ruled(BaseModel):
    """Kept for life: the rules of the version that was in force when the order was captured."""

    model_config = ConfigDict(extra="ignore")

    rules: OrderRules | None = Field(default=None, description="None until the order is read with them.")
    facts: Facts | None = Field(default=None, description="What the ERP said, where a rule asks for it.")
    findings: tuple[str, ...] = Field(default=(), description="Codes of what the checks warned of.")
    tags: tuple[str, ...] = Field(default=(), description="Given once the order was posted or held.")
    tagged: dict[Trigger, tuple[str, ...]] = Field(
        default_factory=dict, description="Tags given before posting, each time anew, by the trigger."
    )
    chosen: dict[Trigger, Chosen] = Field(default_factory=dict, description="By the trigger that chose.")
    demands: dict[Trigger, tuple[Demand, ...]] = Field(
        default_factory=dict, description="Approvals asked for."
    )
    routed_to: str = Field(default="", description="The pair that a rule sent the order to.")
    done: tuple[str, ...] = Field(default=(), description="What was done or is past, each once, by its name.")
    happened: dict[str, str] = Field(
        default_factory=dict,
        description="What no rule was asked about yet, by the edge's name, with the cause of a hold.",
    )
    hooked: dict[str, HookAnswer] = Field(
        default_factory=dict, description="What hooks answered, by the keys of their calls."
    )
    released: tuple[str, ...] = Field(
        default=(), description="What people let pass, by revision and sentence: it holds no second time."
    )
    judged: dict[Trigger, str] = Field(
        default_factory=dict, description="What a trigger's last decision was."
    )
    decisions: list[RuleDecision] = Field(
        default_factory=list, description="Those that no recorded view carried yet."
    )

    def note(self, trigger: Trigger, about: str, cause: str = "") -> None:
        """Keep what happened for rules that wait for it: it may be over before they are asked."""
        if self.rules and any(rule.when is trigger for rule in self.rules.rules):
            self.happened[f"{trigger.value}:{about}"] = cause

    @property
    def all_tags(self) -> tuple[str, ...]:
        """Every tag of the order, once."""
        return tuple(dict.fromkeys((*self.tags, *chain.from_iterable(self.tagged.values()))))

    def add_tags(self, trigger: Trigger, tags: Iterable[str]) -> None:
        """Give the order tags; those given before posting last until it is judged again."""
        if trigger in BEFORE_POSTING:
            self.tagged[trigger] = tuple(dict.fromkeys((*self.tagged.get(trigger, ()), *tags)))
        else:
            self.tags = tuple(dict.fromkeys((*self.tags, *tags)))

    def take_back_tags(self, trigger: Trigger) -> None:
        """Forget the tags that a trigger gave, and those after it: it is judged again."""
        self.tagged.pop(trigger, None)
        if trigger is Trigger.CAPTURED:
            self.tagged.pop(Trigger.VALIDATED, None)

    def take_back(self, trigger: Trigger) -> None:
        """Forget all that a trigger gave: no rule is left that could give it."""
        self.take_back_tags(trigger)
        self.chosen.pop(trigger, None)
        self.demands.pop(trigger, None)

    @property
    def choices(self) -> Chosen:
        """What rules chose: what was known first counts more."""
        captured = self.chosen.get(Trigger.CAPTURED, Chosen())
        return captured.before(self.chosen.get(Trigger.VALIDATED, Chosen()))

    @property
    def document_choices(self) -> Choices:
        """What of them the ERP's document and a customer who is created get."""
        chosen = self.choices
        return Choices(
            series=chosen.series,
            terms=chosen.payment_terms,
            price_list=chosen.price_list,
            fields=chosen.fields,
        )

    @property
    def all_demands(self) -> tuple[Demand, ...]:
        """The approvals that rules ask for."""
        return tuple(demand for demands in self.demands.values() for demand in demands)

    def applied_to(self, pair: Pair) -> Pair:
        """Return the pair's settings with what the rules chose and the approval policies they brought."""
        if self.rules is None or not self.rules.rules:
            return pair
        policies = {**pair.policies, **self.rules.policies}
        return self.choices.applied_to(pair).model_copy(update={"policies": policies})

    def begin_anew(self) -> None:
        """Forget the rules: the order is to be judged by those in force when it is read next."""
        self.rules = None
        self.chosen, self.demands, self.judged, self.tagged = {}, {}, {}, {}
