"""Where a condition can hold: for each fact, the values that it leaves.

A condition becomes a list of terms, one of which must hold; a term binds each fact by itself. Facts are taken
as free of each other: that nothing satisfies a term is proof, that something does is only a hint.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from typing import Any, NamedTuple

from domain.money import Money
from domain.rules.conditions import All, AllLines, AnyLine, AnyOf, Comparison, Condition
from domain.rules.facts import EXPERT, Fact
from domain.rules.operators import ABOUT_KNOWING, Kind, Operator, Test, read_value, test_of
from domain.rules.samples import samples

MOST_TERMS = 64
_MOST_TAGS = 8
_PARTS_OF_TEXT = frozenset({Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH})
_NAMING = frozenset({Operator.EQUALS, Operator.ONE_OF})


class TooManyTerms(Exception):
    """The condition has more alternatives than anybody reads; nothing is proved about it."""


class Variable(NamedTuple):
    """A fact; of amounts, in one currency (in another one it may be unknown)."""

    fact: Fact
    currency: str = ""


class Literal(NamedTuple):
    """What a term asks of a variable: that the test holds or, if not `positive`, that it does not.

    `lenient`: an unknown value will do as well.
    """

    operator: Operator
    wanted: Any
    test: Test
    positive: bool
    lenient: bool

    def allows(self, value: Any) -> bool:
        """Whether a value will do; None is unknown."""
        if self.operator in ABOUT_KNOWING:
            return ((value is not None) is (self.operator is Operator.IS_KNOWN)) is self.positive
        if value is None:
            return self.lenient
        return self.test(value) is self.positive


class Term(NamedTuple):
    """What must be so of each variable at once. Not `certain`: it asks for more than can be told here."""

    literals: Mapping[Variable, tuple[Literal, ...]]
    certain: bool = True

    def joined(self, other: "Term") -> "Term":
        """Return the term that asks for both."""
        if not other.literals:
            return Term(self.literals, self.certain and other.certain)
        both = dict(self.literals)
        for variable, literals in other.literals.items():
            both[variable] = (*both.get(variable, ()), *literals)
        return Term(both, self.certain and other.certain)


ALWAYS = Term({})


def terms_of(condition: Condition | None, facts: Mapping[str, Fact], *, unknown_matches: bool) -> list[Term]:
    """Return when a condition holds, or is unknown where that will do as well. Raises `TooManyTerms`."""
    if condition is None:
        return [ALWAYS]
    return _Terms(facts, unknown_matches).of(condition, positive=True)


class _Terms:
    def __init__(self, facts: Mapping[str, Fact], lenient: bool) -> None:
        self._facts, self._lenient = facts, lenient

    def of(self, condition: Condition, *, positive: bool) -> list[Term]:
        if isinstance(condition, Comparison):
            return [self._term(condition, positive)]
        if isinstance(condition, AnyLine | AllLines):
            return [Term({}, certain=False)]
        if isinstance(condition, All | AnyOf):
            parts = [self.of(part, positive=positive) for part in condition.parts]
            return _every(parts) if isinstance(condition, All) is positive else _some(parts)
        parts = [self.of(part, positive=not positive) for part in condition.parts]
        return _every(parts) if positive else _some(parts)

    def _term(self, asked: Comparison, positive: bool) -> Term:
        fact = self._facts[asked.fact]
        wanted = read_value(fact.kind, asked.operator, asked.value)
        first = wanted[0] if isinstance(wanted, tuple) else wanted
        currency = first.currency if isinstance(first, Money) else ""
        knowing = asked.operator in ABOUT_KNOWING
        test: Test = bool if knowing else test_of(fact.kind, asked.operator, wanted)
        literal = Literal(asked.operator, _bare(wanted), test, positive, self._lenient)
        return Term({Variable(fact, currency): (literal,)}, not asked.fact.startswith(EXPERT))


def _bare(wanted: Any) -> tuple[Any, ...]:
    values = wanted if isinstance(wanted, tuple) else () if wanted is None else (wanted,)
    return tuple(each.amount if isinstance(each, Money) else each for each in values)


def _some(parts: list[list[Term]]) -> list[Term]:
    found = list(chain.from_iterable(parts))
    if len(found) > MOST_TERMS:
        raise TooManyTerms
    return found


def _every(parts: list[list[Term]]) -> list[Term]:
    found = [ALWAYS]
    for part in parts:
        if len(found) * len(part) > MOST_TERMS:
            raise TooManyTerms
        found = [left.joined(right) for left in found for right in part]
    return found


def satisfying(term: Term, limits: Mapping[str, frozenset[str]]) -> dict[Variable, list[Any]] | None:
    """Return, for each variable, values that satisfy the term; None when there is proof that none does.

    `limits` names all values that some facts may have. An empty list proves nothing: no value was found.
    """
    found: dict[Variable, list[Any]] = {}
    for variable, literals in term.literals.items():
        limit = limits.get(variable.fact.name)
        values, complete = _values(variable.fact, literals, limit)
        fitting = [value for value in values if all(literal.allows(value) for literal in literals)]
        if not fitting and complete:
            return None
        found[variable] = fitting
    return found


def _values(
    fact: Fact, literals: tuple[Literal, ...], limit: frozenset[str] | None
) -> tuple[list[Any], bool]:
    """Return values to try, and whether they stand for all that there are."""
    named = tuple(dict.fromkeys(chain.from_iterable(each.wanted for each in literals)))
    if fact.kind is Kind.TAGS:
        return [*_tag_sets(named), None], len(named) <= _MOST_TAGS
    if limit is not None:
        return [*sorted(limit), None], True
    if fact.kind is not Kind.TEXT or fact.choices:
        return [*samples(fact, named), None], True
    if _excluded_by_ends(literals):
        return [None], True
    parts = [each for each in literals if each.operator in _PARTS_OF_TEXT]
    is_named = any(each.operator in _NAMING and each.positive for each in literals)
    return [*samples(fact, named), *_joined(parts), None], is_named or not parts


def _tag_sets(named: tuple[str, ...]) -> Iterator[frozenset[str]]:
    few = named[:_MOST_TAGS]
    for count in range(len(few) + 1):
        for chosen in combinations(few, count):
            yield frozenset(chosen)


def _excluded_by_ends(literals: tuple[Literal, ...]) -> bool:
    """Whether a text would have to begin, or to end, in two ways. An unknown text may still do."""
    for operator, fits in ((Operator.STARTS_WITH, str.startswith), (Operator.ENDS_WITH, str.endswith)):
        wanted = [each.wanted[0] for each in literals if each.operator is operator and each.positive]
        if any(not fits(a, b) and not fits(b, a) for a, b in combinations(wanted, 2)):
            return True
    return False


def _joined(parts: list[Literal]) -> list[str]:
    """Return texts that begin, go on and end as the parts ask."""
    wanted = [each for each in parts if each.positive]
    starts = [each.wanted[0] for each in wanted if each.operator is Operator.STARTS_WITH]
    within = [each.wanted[0] for each in wanted if each.operator is Operator.CONTAINS]
    ends = [each.wanted[0] for each in wanted if each.operator is Operator.ENDS_WITH]
    longest = (max(starts, key=len, default=""), max(ends, key=len, default=""))
    return ["".join((longest[0], *within, longest[1])), "".join((longest[0], longest[1]))]
