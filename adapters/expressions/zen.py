"""GoRules' engine (zen-engine) in a process of its own, which is ended when an evaluation takes too long.

Why its own process: an expression can run for minutes and cannot be interrupted from within Python.
"""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from adapters.exact_json import written
from adapters.ports import Finding
from domain.errors import BadConfiguration, ExpertFailed
from domain.rules.experts import ExpertAnswer, ExpertDefinition, Returns, sample_facts, seen

LONGEST = timedelta(seconds=1)
"""What one evaluation may take; the ones people need take less than a thousandth of it."""

MOST_DIGITS = 28
"""What the engine calculates with; beyond it would round without a word."""

LONGEST_ANSWER = 250
INSTALL = "Install it where the worker and the gateway run: pip install 'waybill[expert]'."

_PACKAGE = "zen-engine"
_SCRIPT = str(Path(__file__).with_name("zen_process.py"))
_START = timedelta(seconds=20)
_LINE_LIMIT = 1 << 20
_KINDS = {Returns.NUMBER: "number", Returns.TEXT: "string", Returns.FLAG: "bool"}
_WORDS = {"string": "text", "bool": "flag"}
_UNIT = ExpertDefinition(name="check", returns=Returns.NUMBER, body="0.1 + 0.2")


class _Stopped(Exception):
    """The process ended in the middle of a request; the text says why."""


class ZenExpressions:
    """The engine, started with the first definition that is judged."""

    def __init__(self, longest: timedelta = LONGEST) -> None:
        self._longest = longest
        self._missing = _missing()
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def faults(self, definition: ExpertDefinition) -> tuple[str, ...]:
        """Return what is wrong with a definition; see the port."""
        if self._missing:
            return (f"{self._missing}. {INSTALL}",)
        if found := tuple(sentence for _, sentence in definition.faults()):
            return found
        try:
            answer = await self._ask("try", definition, _written(sample_facts()))
        except _Stopped as stop:
            return (f"with sample facts {stop}",)
        wrong = [_placed(place, f"the engine says: {said}") for place, said in answer["faults"]]
        wanted = _KINDS[definition.returns]
        wrong += [
            _placed(place, f"it gives {_WORDS.get(kind, kind)}, and {definition.returns.value} was announced")
            for place, kind in answer["kinds"]
            if kind not in {wanted, "null"}
        ]
        return tuple(dict.fromkeys(wrong))

    async def evaluate(self, definition: ExpertDefinition, facts: Mapping[str, Any]) -> ExpertAnswer:
        """Judge a definition; see the port."""
        if self._missing:
            raise BadConfiguration(self._missing, remedy=INSTALL)
        shown = seen(definition, facts)
        because = tuple(f"{path}: {_shown(value)}" for path, value in shown.items())
        try:
            answer = await self._ask("judge", definition, _written(facts))
        except _Stopped as stop:
            raise ExpertFailed(f"the expert rule {definition.name}: {stop}") from None
        if "fault" in answer and None in shown.values():
            # Nothing can be compared with what nobody knows: the answer is unknown, not wrong.
            return ExpertAnswer(name=definition.name, because=because)
        row = (f"row {answer['row']}",) if "row" in answer else ()
        return ExpertAnswer(name=definition.name, value=_value(definition, answer), because=(*row, *because))

    async def test(self) -> tuple[Finding, ...]:
        """Start the engine and calculate something that binary fractions get wrong."""
        if self._missing:
            return (Finding(what=self._missing, ok=False, fix=INSTALL),)
        found = await self.evaluate(_UNIT, {})
        exact = found.value == "0.3"
        what = f"{_PACKAGE} {version(_PACKAGE)} runs and calculates {'exactly' if exact else 'wrongly'}"
        return (Finding(what=what, ok=exact, fix="" if exact else INSTALL),)

    async def close(self) -> None:
        """End the process."""
        async with self._one_at_a_time:
            await self._end()

    async def _ask(self, do: str, definition: ExpertDefinition, facts: str) -> dict[str, Any]:
        table = definition.table
        request = {
            "do": do,
            "seconds": self._longest.total_seconds(),
            "facts": facts,
            "expression": definition.body,
            "table": None if table is None else table.model_dump(mode="json"),
        }
        async with self._one_at_a_time:
            return await self._answer(json.dumps(request).encode() + b"\n")

    async def _answer(self, request: bytes) -> dict[str, Any]:
        process = self._process = self._process or await _started()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the engine's process has no pipes")
        line = b""
        try:
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout((self._longest + _START).total_seconds()):
                    process.stdin.write(request)
                    await process.stdin.drain()
                    line = await process.stdout.readline()
        finally:
            # Whoever goes away in the middle leaves an answer behind that is not the next one's.
            if not line.endswith(b"\n"):
                await self._end()
        if not line.endswith(b"\n"):
            raise _Stopped(self._why(process.returncode))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _why(self, code: int | None) -> str:
        if code == -signal.SIGALRM:
            return f"it took longer than {self._longest.total_seconds():g} s and was ended"
        return f"the engine ended, most likely for lack of memory (code {code})"

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            # An idle one ends with its input, one that is at work by its alarm.
            async with asyncio.timeout(self._longest.total_seconds()):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _started() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", _SCRIPT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LINE_LIMIT,
    )


def _missing() -> str:
    try:
        version(_PACKAGE)
    except PackageNotFoundError:
        return "expert rules need the engine zen-engine, which is not installed"
    return ""


def _value(definition: ExpertDefinition, answer: dict[str, Any]) -> str | None:
    name, place = f"the expert rule {definition.name}", answer.get("place", "")
    if "fault" in answer:
        raise ExpertFailed(
            _placed(f"{name}, {place}" if place else name, "it cannot be evaluated"), quote=answer["fault"]
        )
    kind, value = answer["kind"], answer["value"]
    if kind == "null":
        return None
    if kind != _KINDS[definition.returns]:
        given = _WORDS.get(kind, kind)
        raise ExpertFailed(f"{name} gives {given}, and {definition.returns.value} was announced")
    text = {True: "true", False: "false"}[value] if kind == "bool" else str(value)
    if len(text) > LONGEST_ANSWER:
        raise ExpertFailed(f"{name} gives a text of {len(text)} signs; {LONGEST_ANSWER} are the most")
    return text


def _placed(place: str, sentence: str) -> str:
    return f"{place}: {sentence}" if place else sentence


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)[:LONGEST_ANSWER]


def _written(facts: Mapping[str, Any]) -> str:
    """Return facts as JSON that the engine reads digit by digit."""
    for number in _numbers(facts):
        digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
        if not isinstance(exponent, int) or max(len(digits) + max(exponent, 0), -exponent) > MOST_DIGITS:
            raise ExpertFailed(f"a number of more than {MOST_DIGITS} digits cannot be calculated with")
    return written(facts).decode("ascii")


def _numbers(value: Any) -> list[Decimal]:
    if isinstance(value, Decimal):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [number for part in parts for number in _numbers(part)]
