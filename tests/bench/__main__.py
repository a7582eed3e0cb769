"""Run the benchmark: `python -m tests.bench [--quick]`."""

import asyncio
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from starter.ending import run
from tests.bench.figures import Report
from tests.bench.goals import rows_of
from tests.bench.run import QUICK, Part, Sizes, run_bench
from tests.bench.tables import show

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_LEAST_WIDTH = 170
_FILE = Path("var/bench.json")


@app.command()
def bench(
    quick: Annotated[bool, typer.Option(help="Fewer orders: less than four minutes in all.")] = False,
    waiting: Annotated[
        int, typer.Option(min=0, help="How many posted orders wait; else what time allows.")
    ] = 0,
    only: Annotated[list[Part] | None, typer.Option(help="Measure this part; may be repeated.")] = None,
    json_file: Annotated[Path, typer.Option("--json", help="Where all figures go.")] = _FILE,
) -> None:
    """Measure Waybill beside a bare asyncio loop and a bare Temporal workflow.

    Exit code 1: a goal was missed, or an order was lost or posted twice; the table says which.
    """
    console = Console(width=max(Console().width, _LEAST_WIDTH))
    sizes = QUICK if quick else Sizes()
    if waiting:
        sizes = replace(sizes, waiting=waiting)
    report = _measured(sizes, frozenset(only or Part), console)
    show(report, console)
    json_file.parent.mkdir(parents=True, exist_ok=True)
    json_file.write_text(report.model_dump_json(indent=2) + "\n", "utf-8")
    console.print(f"All figures: {json_file}", markup=False)
    missed = any(row.met is False for row in rows_of(report))
    raise typer.Exit(1 if missed else 0)


def _measured(sizes: Sizes, parts: frozenset[Part], console: Console) -> Report:
    folder = Path(tempfile.mkdtemp(prefix="waybill-bench-"))
    began, kept = time.monotonic(), True

    def say(line: str) -> None:
        console.print(f"{time.monotonic() - began:4.0f} s  {line}", markup=False, highlight=False)

    try:
        report = asyncio.run(run_bench(folder, sizes, parts, say))
        kept = bool(report.broken)
    finally:
        if kept:
            console.print(f"Logs and data of this run are in {folder}.", markup=False)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return report


if __name__ == "__main__":
    run(app)
