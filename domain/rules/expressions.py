"""Expressions of expert rules, read as text: what they ask for, and what they may not contain.

Whether one is well formed is the engine's to say; here is what can be told without it.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from domain.rules.facts import FACTS, LINE_FACTS
from domain.rules.operators import Kind

LINES = "lines"
"""The order's lines, each with the facts of a line."""

FUNCTIONS = frozenset(
    [
        "abs",
        "all",
        "avg",
        "bool",
        "ceil",
        "contains",
        "count",
        "d",
        "date",
        "dateString",
        "dayOfMonth",
        "dayOfWeek",
        "dayOfYear",
        "duration",
        "endOf",
        "endsWith",
        "extract",
        "filter",
        "flatMap",
        "flatten",
        "floor",
        "fuzzyMatch",
        "isNumeric",
        "keys",
        "len",
        "lower",
        "map",
        "matches",
        "max",
        "median",
        "min",
        "mode",
        "monthOfYear",
        "monthString",
        "none",
        "number",
        "one",
        "round",
        "some",
        "split",
        "startOf",
        "startsWith",
        "string",
        "sum",
        "time",
        "trim",
        "trunc",
        "type",
        "upper",
        "values",
        "weekOfYear",
        "weekdayString",
        "year",
    ]
)
"""What may be called. Chance (`rand`) is not among it: a decision must come out the same in a dry run."""

_WORDS = frozenset({"and", "or", "not", "in", "as", "true", "false", "null"})
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"(?<![\w.$])([A-Za-z_]\w*)\s*\(")
_PATH = re.compile(r"(?<![\w.$#])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?![\w.]|\s*\()")
_METHOD = re.compile(r"(?<![\w.$#])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.[A-Za-z_]\w*\s*\(")
_ALIAS = re.compile(r"\bas\s+([A-Za-z_]\w*)")
_OF_LINE = re.compile(r"#\s*\.\s*([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?")
_NUMBER = r"-?\d[\d_]*(?:\.\d+)?"
_INTERVALS = re.compile(rf"\s*[\[(\]]\s*{_NUMBER}\s*\.\.\s*{_NUMBER}\s*[\])\[]\s*")
_CLOCK = re.compile(r"\s*(now|today|tomorrow|yesterday)\s*", re.IGNORECASE)
_PARTS = ("amount", "currency")
_NO_CLOCK = "ask for the facts time, weekday or placed_on instead of the clock"
_REFUSED = (
    (re.compile("`"), "join texts with +, not inside back-ticks"),
    (
        re.compile(r"\.\."),
        "write limits as two comparisons (x >= 1 and x <= 5): a range could be counted out for minutes",
    ),
    (
        re.compile(r";|(?<![=!<>])=(?!=)"),
        "write one expression, without ; and assignments (to compare, write ==)",
    ),
    (re.compile(r"\$\w"), "ask for facts by their names, without $"),
    (re.compile(r"\bd\s*\(\s*\)"), _NO_CLOCK),
)


def paths_of(text: str) -> frozenset[str]:
    """Return the facts that an expression asks for: `total.amount`, `country`, `lines`."""
    code = _code(text)
    own = _WORDS | set(_ALIAS.findall(code))
    found = {*_PATH.findall(code), *_METHOD.findall(code)}
    return frozenset(path for path in found if path.partition(".")[0] not in own)


def line_facts_of(text: str) -> frozenset[str]:
    """Return the facts of lines that an expression may ask for, whatever it calls a line."""
    named = set(re.findall(r"\.\s*([A-Za-z_]\w*)", _code(text)))
    return frozenset(name for name in LINE_FACTS if name in named)


def faults_of(text: str) -> Iterator[str]:
    """Yield what is wrong with an expression, each as a sentence that says how it would be right."""
    code = _code(text)
    for pattern, sentence in _REFUSED:
        if pattern.search(code):
            yield sentence
    if any(_CLOCK.fullmatch(each[1:-1]) for each in _TEXT.findall(text)):
        yield _NO_CLOCK
    for name in sorted(set(_CALL.findall(code)) - _WORDS - FUNCTIONS):
        yield f"there is no function {name}{_meant(name, FUNCTIONS)}"
    for path in sorted(paths_of(text)):
        yield from _faults_of_path(path)
    for name, part in sorted(set(_OF_LINE.findall(code))):
        yield from _faults_of_line_fact(name, part)


def faults_of_cell(text: str) -> Iterator[str]:
    """Yield what is wrong with a cell of a decision table, where intervals of numbers may stand alone."""
    if text.strip() == "-":
        yield "leave the cell empty where anything will do"
    elif not _INTERVALS.fullmatch(text):
        yield from faults_of(text)


def _faults_of_path(path: str) -> Iterator[str]:
    name, _, part = path.partition(".")
    if name == LINES:
        if part:
            yield f"name a line inside a function: some(lines, #.{part} …)"
    elif name not in FACTS:
        yield f"there is no fact {name}{_meant(name, (*FACTS, LINES))}"
    elif FACTS[name].kind is Kind.MONEY:
        if part not in _PARTS:
            yield f"money has an amount and a currency: write {name}.amount"
    elif part:
        yield f"the fact {name} has no parts: write {name} alone"


def _faults_of_line_fact(name: str, part: str) -> Iterator[str]:
    if name not in LINE_FACTS:
        yield f"there is no fact {name} of a line{_meant(name, LINE_FACTS)}"
    elif LINE_FACTS[name].kind is Kind.MONEY and part not in _PARTS:
        yield f"money has an amount and a currency: write #.{name}.amount"


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; is {near[0]} meant?" if near else ""


def _code(text: str) -> str:
    """Return the expression with its texts emptied, so that nothing in them is taken for code."""
    return _TEXT.sub("''", text)
