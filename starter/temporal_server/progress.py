"""What a person sees while Go builds for minutes: a bar on a terminal, else a plain line now and then."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

PACKAGES = 1720
"""About as many as the build compiles (`go list -deps` counts 1,718, a few more or less elsewhere)."""
PLAIN_EVERY_SECONDS = 15


class BuildProgress:
    """Counts the lines of `go build -v` and shows how far it is."""

    def __init__(self, last_package: str, console: Console | None = None) -> None:
        self._last_package = last_package
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("Building the Temporal server with Go, once: {task.fields[step]}"),
            BarColumn(),
            TextColumn("{task.completed} of about {task.total} packages"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=PACKAGES, step="starting")
        self._compiled = 0
        self._fetched = 0
        self._begun = self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        self._plain_line("building the Temporal server with Go, once; this takes some minutes")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def saw(self, line: str) -> bool:
        """Count one line of the build; False when it is not progress but a complaint."""
        if line.startswith("go: downloading"):
            self._fetched += 1
            self._show(f"{self._fetched} modules fetched")
        elif line and " " not in line:
            self._compiled += 1
            self._show("linking" if line == self._last_package else "compiling")
        else:
            return False
        return True

    def _show(self, step: str) -> None:
        self._bar.update(self._task, completed=self._compiled, step=step)
        if time.monotonic() - self._said >= PLAIN_EVERY_SECONDS or step == "linking":
            self._plain_line(f"{step}, {self._compiled} of about {PACKAGES} packages")

    def _plain_line(self, text: str) -> None:
        if self._console.is_terminal:
            return
        self._said = time.monotonic()
        minutes, seconds = divmod(round(self._said - self._begun), 60)
        self._console.print(
            f"Temporal server: {text} ({minutes} min {seconds:02} s)", highlight=False, soft_wrap=True
        )
