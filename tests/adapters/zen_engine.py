"""GoRules' engine for tests that are no coroutines."""

import asyncio
from decimal import Decimal
from typing import Any

from adapters.expressions.zen import ZenExpressions
from domain.rules.experts import ExpertAnswer, ExpertDefinition
from tests.domain.graphs import expression


class Engine:
    """The engine and a loop, for tests that are no coroutines."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self.port, self._runner = ZenExpressions(), runner

    def evaluate(self, definition: ExpertDefinition, **facts: Any) -> ExpertAnswer:
        """Judge a definition."""
        return self._runner.run(self.port.evaluate(definition, facts))

    def value(self, body: str, returns: str = "number", **facts: Any) -> str | None:
        """Return the value of an expression."""
        return self.evaluate(expression(body, returns), **facts).value

    def faults(self, definition: ExpertDefinition) -> str:
        """Return what is wrong with a definition."""
        return " | ".join(self._runner.run(self.port.faults(definition)))

    def close(self) -> None:
        """End the process."""
        self._runner.run(self.port.close())


def money(amount: str | None) -> dict[str, Any]:
    """Return an amount as expert rules get it; None is unknown."""
    return {"amount": None if amount is None else Decimal(amount), "currency": "EUR"}
