"""Who may approve, and how an approval is obtained, as it is configured."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType

from pydantic import Field

from domain.approvals.calendar import BusinessCalendar
from domain.durations import Duration
from domain.model import Frozen
from domain.money import Money


class Approver(Frozen):
    """A person who may decide."""

    id: str = Field(pattern=r"^[a-z0-9_.-]{1,40}$", description="Short name, for decisions and the audit.")
    name: str = Field(description="As mails and pages say it.")
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="Where questions go.")
    roles: tuple[str, ...] = Field(description="What the person may decide as.")
    limit: Money | None = Field(default=None, description="The largest order they may decide on; none: any.")
    limits: tuple[Money, ...] = Field(
        default=(),
        description="The same by currency. An order in a currency that is not named is compared in the base"
        " currency.",
    )
    deputy: str = Field(default="", description="Another approver's id, who may decide in their place.")
    slack: str = Field(
        default="",
        pattern=r"^([UW][A-Z0-9]{1,20})?$",
        description="Their Slack member id (`U…`): asked there as well, where a Slack connection is set.",
    )

    @property
    def all_limits(self) -> tuple[Money, ...]:
        """The largest amounts they may decide on, one for each currency; none: any."""
        return (self.limit, *self.limits) if self.limit else self.limits

    @property
    def limit_by_currency(self) -> Mapping[str, Money]:
        """The same, to look up."""
        return MappingProxyType({limit.currency: limit for limit in self.all_limits})

    def faults(self, base_currency: str) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the person's limits: the key, and what would be right."""
        if self.limit and self.limit.currency != base_currency:
            yield "limit", f"limits are in the base currency {base_currency}, not {self.limit.currency}"
        currencies = Counter(limit.currency for limit in self.all_limits)
        for currency, times in currencies.items():
            if times > 1:
                yield "limits", f"name one limit in {currency}, not {times}"
        if self.limits and base_currency not in currencies:
            yield "limits", f"name one in the base currency {base_currency} too, for all other currencies"


class Level(Frozen):
    """One step of an approval: who decides, how many of them, and what time does to the question."""

    role: str = Field(
        default="", description="Who has it decides; neither role nor people: the policy's role."
    )
    people: tuple[str, ...] = Field(default=(), description="Approvers by id, who decide as well.")
    quorum: int = Field(default=1, ge=1, le=20, description="How many different persons must approve.")
    remind_after: Duration | None = Field(default=None, description="As the policy's; empty: the same.")
    deputy_after: Duration | None = Field(default=None, description="The same.")
    escalate_after: Duration | None = Field(default=None, description="The same.")
    escalate_to: str = Field(default="", description="The same.")
    expire_after: Duration | None = Field(
        default=None, gt=timedelta(0), le=timedelta(days=30), description="The same."
    )

    @property
    def who(self) -> str:
        """Whom the level asks, in words: `director, dora`."""
        return ", ".join((self.role, *self.people) if self.role else self.people)

    def names(self, person: Approver) -> bool:
        """Whether the level is a person's to decide, whatever the amount."""
        return person.id in self.people or (bool(self.role) and self.role in person.roles)


class Change(StrEnum):
    """What may change on an order that was approved."""

    ANY = "any"
    LINES = "lines"
    CUSTOMER = "customer"
    COUNTRY = "country"
    ADDRESS = "address"


class Expiry(StrEnum):
    """What becomes of an order on which nobody decided in time. It is never approved."""

    HOLD = "hold"
    REJECT = "reject"


class ApprovalPolicy(Frozen):
    """When an order waits for people, for whom, and what time does to the request."""

    limit: Money | None = Field(
        default=None,
        description="Orders above it (in the base currency) wait; none: nobody is asked. Only with a pair.",
    )
    role: str = Field(default="director", description="The role that decides.")
    people: tuple[str, ...] = Field(default=(), description="Approvers by id, who decide as well.")
    quorum: int = Field(default=1, ge=1, le=20, description="How many different persons must approve.")
    levels: tuple[Level, ...] = Field(
        default=(), max_length=8, description="Several steps, one after the other; see below."
    )
    four_eyes: bool = Field(default=True, description="Who placed or corrected an order does not approve it.")
    same_person: bool = Field(default=False, description="One person may approve on several levels.")
    remind_after: Duration = Field(default=timedelta(hours=4), description="The mail is sent again.")
    deputy_after: Duration = Field(default=timedelta(hours=8), description="The deputies are asked too.")
    escalate_after: Duration = Field(default=timedelta(hours=24), description="`escalate_to` is asked too.")
    escalate_to: str = Field(default="", description="The role that is asked when nobody decided.")
    expire_after: Duration = Field(
        default=timedelta(hours=72),
        gt=timedelta(0),
        le=timedelta(days=30),
        description="The question ends.",
    )
    on_expiry: Expiry = Field(
        default=Expiry.HOLD, description="What the order does then: `hold` or `reject`."
    )
    calendar: BusinessCalendar | None = Field(
        default=None, description="Durations count only its open hours; empty: the pair's, else all hours."
    )
    voided_by: tuple[Change, ...] = Field(
        default=(Change.ANY,),
        description="Changes of the order that void its approval: `any`, `lines`, `customer`, `country` (of"
        " delivery), `address` (of delivery). A higher total always does.",
    )
    tolerated_rise: Decimal = Field(
        default=Decimal(0), ge=0, le=100, description="Per cent that the total may rise; not with `any`."
    )

    @property
    def steps(self) -> tuple[Level, ...]:
        """The levels in order, each with its times; one where the policy names none."""
        chosen = self.levels or (Level(role=self.role, people=self.people, quorum=self.quorum),)
        return tuple(self._with_times(level) for level in chosen)

    def _with_times(self, level: Level) -> Level:
        named = level.role or level.people
        return Level(
            role=level.role if named else self.role,
            people=level.people,
            quorum=level.quorum,
            remind_after=_first(level.remind_after, self.remind_after),
            deputy_after=_first(level.deputy_after, self.deputy_after),
            escalate_after=_first(level.escalate_after, self.escalate_after),
            escalate_to=level.escalate_to or self.escalate_to,
            expire_after=_first(level.expire_after, self.expire_after),
        )

    def faults(self, approvers: Sequence[Approver]) -> Iterator[tuple[str, str]]:
        """Yield why the policy could not be obtained from these people: the key, and what would be right."""
        if self.levels and (self.people or self.quorum > 1):
            yield "levels", "say people and quorum with each level, not beside the levels"
        if Change.ANY in self.voided_by and self.tolerated_rise:
            yield "tolerated_rise", "any change voids the approval; name others in voided_by"
        if self.calendar:
            for key, sentence in self.calendar.faults():
                yield f"calendar.{key}", sentence
        for number, level in enumerate(self.steps):
            place = f"levels.{number}." if self.levels else ""
            for key, sentence in _level_faults(level, approvers):
                yield f"{place}{key}", sentence
        yield from self._shortages(approvers)

    def _shortages(self, approvers: Sequence[Approver]) -> Iterator[tuple[str, str]]:
        if self.same_person:
            return
        for count in range(2, len(self.levels) + 1):
            for chosen in combinations(self.steps, count):
                found = sum(any(level.names(person) for level in chosen) for person in approvers)
                needed = sum(level.quorum for level in chosen)
                if found < needed:
                    whom = " and ".join(level.who for level in chosen)
                    yield "levels", f"{whom} together need {needed} different persons, and there are {found}"
                    return


def _first(own: timedelta | None, other: timedelta) -> timedelta:
    return other if own is None else own


def _level_faults(level: Level, approvers: Sequence[Approver]) -> Iterator[tuple[str, str]]:
    roles = {role for person in approvers for role in person.roles}
    for key, role in (("role", level.role), ("escalate_to", level.escalate_to)):
        if role and role not in roles:
            yield key, f"no approver has the role {role}"
    known = {person.id for person in approvers}
    for name in level.people:
        if name not in known:
            yield "people", f"{name} is not an approver"
    found = sum(level.names(person) for person in approvers)
    if not level.who:
        yield "role", "name a role or people who decide"
    elif 0 < found < level.quorum:
        yield "quorum", f"{level.quorum} persons must approve, and {level.who} are only {found}"
