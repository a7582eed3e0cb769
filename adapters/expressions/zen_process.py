"""The process that GoRules' engine runs in, one request a line: only a process can be ended at any moment.

Run as a script, it imports nothing of Waybill. An alarm that nobody catches ends it when an evaluation takes
too long, also where its parent is gone; the kernel ends it when it takes too much memory.

GoRules' own evaluation of decision tables takes a cell that fails for one that does not fit, without a word.
So tables are walked here, cell by cell with the engine's expressions, and a failure is told with its place.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import zen

_MEMORY = 512 * 1024 * 1024
_MOST_FAULTS = 20
# A number's digits are read off inside the engine: what it hands out as a number is a binary fraction.
_EXACTLY = "map([{}\n], [type(#), type(#) == 'number' ? string(#) : #])[0]"
Kinded = tuple[str, Any]


class Fault(Exception):
    """Something cannot be evaluated: where in the definition, and what the engine says."""

    def __init__(self, place: str, said: str) -> None:
        super().__init__(said)
        self.place = place


def said_by(error: RuntimeError) -> str:
    """Return the engine's own words, without the back-trace below them."""
    first = str(error).partition("\n")[0]
    try:
        return str(json.loads(first)["source"])
    except (ValueError, KeyError, TypeError):
        return first


def at(place: str, work: Callable[[], Any]) -> Any:
    """Do something and name its place when the engine fails."""
    try:
        return work()
    except RuntimeError as error:
        raise Fault(place, said_by(error)) from None


def evaluated(place: str, expression: str, facts: str) -> Kinded:
    """Return the kind of an expression's value (number, string, bool, null, array, …) and the value."""
    # Alone first: inside our own brackets something unbalanced might look balanced.
    at(place, lambda: zen.compile_expression(expression))
    kind, value = at(place, lambda: zen.evaluate_expression(_EXACTLY.format(expression), facts))
    return kind, value


def with_value(kinded: Kinded, place: str, facts: str) -> str:
    """Return the facts with a column's value beside them, which cells call `$`."""
    kind, value = kinded
    if kind not in {"number", "string", "bool", "null", "array"} or (
        kind == "array" and not all(isinstance(each, str) for each in value)
    ):
        raise Fault(place, f"a column asks for a number, a text, a flag or a list of texts, not for {kind}")
    literal = value if kind == "number" else json.dumps(value)
    rest = facts[1:].strip()
    return f'{{"$": {literal}{"}" if rest == "}" else ", " + rest}'


def fits(place: str, cell: str, column: str | None, facts: str) -> bool:
    """Return whether a cell fits; `column` are the facts with its column's value, None where it has none."""
    if column is not None:
        return bool(at(place, lambda: zen.evaluate_unary_expression(cell, column)))
    kind, value = evaluated(place, cell, facts)
    if kind != "bool":
        raise Fault(place, f"a cell of a column without a field answers yes or no, not {kind}")
    return bool(value)


class Table:
    """A decision table over some facts."""

    def __init__(self, columns: list[dict[str, str]], facts: str) -> None:
        self._columns, self._facts = columns, facts
        self._values: dict[int, str | None] = {}

    def row_fits(self, row: dict[str, Any]) -> bool:
        """Return whether every cell fits; one that does not spares those to its right."""
        return all(self.cell_fits(row, number) for number in range(len(self._columns)))

    def cell_fits(self, row: dict[str, Any], number: int) -> bool:
        """Return whether one cell fits; an empty one always does."""
        cell, column = row["cells"][number], self._columns[number]
        place = f"row {row['number']}, column {column['name']}"
        return not cell or fits(place, cell, self._value(number), self._facts)

    def _value(self, number: int) -> str | None:
        if number not in self._values:
            column = self._columns[number]
            place = f"column {column['name']}"
            asked = column["asks"] and evaluated(place, column["asks"], self._facts)
            self._values[number] = with_value(asked, place, self._facts) if asked else None
        return self._values[number]


def judge(request: dict[str, Any]) -> dict[str, Any]:
    """Answer with the kind and the value, and with the number of the table's row that gave it."""
    facts, table = request["facts"], request.get("table")
    if table is None:
        kind, value = evaluated("", request["expression"], facts)
        return {"kind": kind, "value": value}
    walked = Table(table["columns"], facts)
    row = next((row for row in table["rows"] if walked.row_fits(row)), None)
    if row is None:
        return {"kind": "null", "value": None}
    kind, value = evaluated(f"row {row['number']}, answer", row["answer"], facts)
    return {"kind": kind, "value": value, "row": row["number"]}


def try_out(request: dict[str, Any]) -> dict[str, Any]:
    """Evaluate everything there is, fitting or not, and answer with the faults and kinds of answers."""
    faults: list[tuple[str, str]] = []
    kinds: list[tuple[str, str]] = []
    for place, attempt in _attempts(request):
        try:
            kinds += [(place, kind) for kind in attempt()]
        except Fault as fault:
            faults.append((fault.place, str(fault)))
            if len(faults) == _MOST_FAULTS:
                break
    return {"faults": faults, "kinds": kinds}


def _attempts(request: dict[str, Any]) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    facts, table = request["facts"], request.get("table")
    if table is None:
        yield "", partial(_kind_of, "", request["expression"], facts)
        return
    walked = Table(table["columns"], facts)
    for row in table["rows"]:
        yield from (("", partial(_tried, walked, row, number)) for number in range(len(row["cells"])))
        place = f"row {row['number']}, answer"
        yield place, partial(_kind_of, place, row["answer"], facts)


def _kind_of(place: str, expression: str, facts: str) -> list[str]:
    return [evaluated(place, expression, facts)[0]]


def _tried(table: Table, row: dict[str, Any], number: int) -> list[str]:
    table.cell_fits(row, number)
    return []


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RUST_LIB_BACKTRACE"] = "0"  # where back-traces are on, each error costs milliseconds
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit; the alarm stays
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    work = {"judge": judge, "try": try_out}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        try:
            answer = work[request["do"]](request)
        except Fault as fault:
            answer = {"fault": str(fault), "place": fault.place}
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
