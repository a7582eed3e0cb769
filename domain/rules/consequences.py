"""What follows from a ruling: the actions of the rules that matched, sorted by what they concern."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import Field

from domain.approvals.demands import Demand
from domain.model import Frozen
from domain.policy import DocumentKind, Pair
from domain.rules.actions import (
    Action,
    AddTags,
    Choose,
    Hold,
    Reject,
    RequireApproval,
    Route,
    SetField,
    subject_of,
)
from domain.rules.evaluation import Ruling
from domain.rules.model import Rule


class Chosen(Frozen):
    """What rules chose for the ERP's document, where it differs from the pair's settings."""

    document: DocumentKind | None = None
    warehouse: str = ""
    series: str = ""
    price_list: str = ""
    payment_terms: str = ""
    fields: dict[str, str] = Field(default_factory=dict, description="By the mapping's names of the targets.")

    def before(self, other: "Chosen") -> "Chosen":
        """Return these choices, and the other's where these say nothing."""
        mine = self.model_dump(exclude_defaults=True, exclude={"fields"})
        return other.model_copy(update={**mine, "fields": {**other.fields, **self.fields}})

    def applied_to(self, pair: Pair) -> Pair:
        """Return the pair's settings with the choices made."""
        chosen = {"document": self.document, "warehouse": self.warehouse}
        return pair.model_copy(update={name: value for name, value in chosen.items() if value})


class Stop(NamedTuple):
    """Why a rule holds the order."""

    rule: Rule
    reason: str

    @property
    def sentence(self) -> str:
        """The reason for the order desk, with the rule that gave it."""
        named = f"rule {self.rule.title}"
        return self.reason if named in self.reason else f"{self.reason} ({named})"


@dataclass(slots=True)
class Consequences:
    """What the order's life does now. `beside` is done at most once for each rule and transition."""

    stop: list[Stop] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    reject: str = ""
    route: str = ""
    approvals: list[Demand] = field(default_factory=list)
    chosen: Chosen = field(default_factory=Chosen)
    tags: list[str] = field(default_factory=list)
    beside: list[tuple[Rule, int, Action]] = field(default_factory=list)

    @property
    def did(self) -> tuple[str, ...]:
        """What follows, in words, for the audit."""
        parts = [f"conflict: {text}" for text in self.conflicts]
        parts += [f"hold: {stop.reason}" for stop in self.stop]
        parts += [f"reject: {self.reject}"] if self.reject else []
        parts += [f"route to {self.route}"] if self.route else []
        parts += [f"approval by {asked.policy or 'the pair'}: {asked.because}" for asked in self.approvals]
        chosen = self.chosen.model_dump(mode="json", exclude_defaults=True)
        parts += [f"{name.replace('_', ' ')}: {value}" for name, value in chosen.items()]
        parts += [f"tag {tag}" for tag in self.tags]
        return (*parts, *(action.do.replace("_", " ") for _, _, action in self.beside))


def consequences_of(ruling: Ruling) -> Consequences:
    """Return what follows. What two rules would both do finally, neither does: it is a hold.

    A rule that cannot be judged holds the order; the approval it asks for is asked for all the same.
    """
    found = Consequences()
    disputed = {subject for subject, _ in ruling.conflicts}
    for subject, rules in ruling.conflicts:
        names = " and ".join(rule.title for rule in rules)
        found.conflicts.append(f"{names} both match and both would {_deed(subject)}")
    for rule in ruling.unjudged:
        found.stop.append(Stop(rule, f"the rule {rule.title} cannot be judged: a fact is unknown"))
        found.approvals += [
            _asked(rule, action) for action in rule.then if isinstance(action, RequireApproval)
        ]
    for rule in ruling.matched:
        for place, action in enumerate(rule.then):
            if subject_of(action) not in disputed:
                _add(found, rule, place, action)
    return found


def _asked(rule: Rule, action: RequireApproval) -> Demand:
    return Demand(policy=action.policy, rule=rule.id, because=rule.title)


def _deed(subject: str) -> str:
    kind, _, whom = subject.partition(":")
    if kind == "fate":
        return "decide the order's fate"
    return f"{kind.replace('_', ' ')} {whom.replace(':', ' ')}".strip()


def _add(found: Consequences, rule: Rule, place: int, action: Action) -> None:
    match action:
        case RequireApproval():
            found.approvals.append(_asked(rule, action))
        case Hold():
            found.stop.append(Stop(rule, action.reason))
        case Reject():
            found.reject = action.reason
        case Route():
            found.route = action.pair
        case Choose():
            fields = action.model_dump(exclude={"do"}, exclude_defaults=True)
            found.chosen = found.chosen.before(Chosen.model_validate(fields))
        case SetField():
            found.chosen = found.chosen.before(Chosen(fields={action.target: action.value}))
        case AddTags():
            found.tags += [tag for tag in action.tags if tag not in found.tags]
        case _:
            found.beside.append((rule, place, action))
