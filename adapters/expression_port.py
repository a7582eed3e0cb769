"""What Waybill asks of an engine that judges expert expressions and decision tables."""

from collections.abc import Mapping
from typing import Any, Protocol

from adapters.ports import Finding
from domain.rules.experts import ExpertAnswer, ExpertDefinition


class ExpressionPort(Protocol):
    """One engine. Amounts go in and come out digit by digit, never through a binary fraction."""

    async def faults(self, definition: ExpertDefinition) -> tuple[str, ...]:
        """Return what is wrong with a definition: what its own `faults()` say, else what the engine says.

        It is compiled and tried on sample facts. Where the engine is not there, that is the fault.
        """

    async def evaluate(self, definition: ExpertDefinition, facts: Mapping[str, Any]) -> ExpertAnswer:
        """Judge a definition over the facts it asks for, as `domain.rules.experts.facts_for` gives them.

        An answer that cannot be given because a fact is unknown is unknown. Raises `ExpertFailed` when it
        took too long or too much memory, and for what is wrong with the definition.
        """

    async def test(self) -> tuple[Finding, ...]:
        """Tell whether the engine is there and calculates exactly."""

    async def close(self) -> None:
        """End what was started."""
