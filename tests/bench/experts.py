"""What expert rules cost: `python -m tests.bench.experts`. docs/expert_rules.md says what it printed."""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from adapters.expressions.zen import ZenExpressions
from domain.errors import ExpertFailed
from domain.rules.case import Case
from domain.rules.experts import ExpertDefinition, ExpertKind, Returns, facts_for
from tests.domain.graphs import expression, table
from tests.domain.specimens import NOON, line, order

EXAMPLE = Path(__file__).parents[2] / "docs/experts/service_class.json"
TIMES = 2000
RUNAWAY = "sum(map(lines, sum(map(lines, sum(map(lines, 1))))))"


async def main() -> None:
    """Print the median of each, and how long a runaway lives."""
    console, port = Console(), ZenExpressions()
    began = time.perf_counter()
    await port.test()
    console.print(
        f"the first one, with the start of the process: {(time.perf_counter() - began) * 1e3:.0f} ms"
    )
    case = Case(order=order(*(line(number) for number in range(1, 51))), base_currency="EUR", now=NOON)
    for name, definition in _definitions().items():
        taken = await _times(port, definition, facts_for(definition, case))
        median, high = statistics.median(taken) * 1e6, sorted(taken)[int(TIMES * 0.99)] * 1e6
        console.print(f"{name}: median {median:.0f} µs, 99 of 100 below {high:.0f} µs")
    began = time.perf_counter()
    try:
        await port.evaluate(expression(RUNAWAY, "number"), {"lines": [{}] * 1000})
    except ExpertFailed as ended:
        console.print(f"{ended}: after {time.perf_counter() - began:.2f} s")
    await port.close()


def _definitions() -> dict[str, ExpertDefinition]:
    example = ExpertDefinition(
        name="service_class", kind=ExpertKind.TABLE, returns=Returns.TEXT, body=EXAMPLE.read_text("utf-8")
    )
    rows = [{"c": f"'{number}'", "t": ">= 100", "a": "'x'"} for number in range(200)]
    return {
        "a comparison": expression("total.amount > 5000 and country == 'FR'"),
        "a sum over 50 lines": expression("sum(map(lines, #.line_net.amount))", "number"),
        "the example's table, 5 rows": example,
        "a table of 200 rows, none fits": table(*rows),
    }


async def _times(port: ZenExpressions, definition: ExpertDefinition, facts: dict[str, Any]) -> list[float]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await port.evaluate(definition, facts)
        taken.append(time.perf_counter() - began)
    return taken


if __name__ == "__main__":
    asyncio.run(main())
