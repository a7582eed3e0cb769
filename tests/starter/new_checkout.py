"""A copy of the checkout, in which adapters are laid down and the documentation's worked example is done."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = "docs/new_adapter.md"
_FOLDERS = ("activities", "adapters", "docs", "domain", "records", "sandbox", "starter", "tests", "workflows")
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_FILES = ("pyproject.toml", ".importlinter", "worker.py", "README.md")


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    said: str


class NewCheckout:
    """A copy of this checkout. Commands are those of the documentation, `.venv/bin/` and all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in _FOLDERS:
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "replay"))
        for name in _FILES:
            shutil.copy2(ROOT / name, root / name)

    def run(self, command: str) -> Ended:
        """Run a command in the copy, and nothing of the checkout it was copied from."""
        program, *arguments = command.removeprefix(".venv/bin/").split()
        here = [sys.executable, "-m", "starter.cli"] if program == "waybill" else [_beside_python(program)]
        environment = {**os.environ, "PYTHONPATH": str(self.root), "NO_COLOR": "1", "COLUMNS": "200"}
        done = subprocess.run(
            [*here, *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout + done.stderr)

    def build(self, path: str, block: str) -> None:
        """Do what the page says with a block of code: a whole file, or functions in the place of others."""
        file = self.root / path
        if block.startswith('"""'):
            file.write_text(block, "utf-8")
            return
        head, _, body = block.rpartition("\n\n\n") if block.startswith("from") else ("", "", block)
        text = file.read_text("utf-8")
        for name, function in _functions(body):
            text = _with_function(text, name, function)
        file.write_text(re.sub(r"^(?=from )", f"{head}\n", text, count=1, flags=re.MULTILINE), "utf-8")


def _beside_python(program: str) -> str:
    return str(Path(sys.executable).parent / program)


def _functions(body: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and lines of each function of a module, or of each method where they are indented."""
    is_class = body.startswith(" ")
    whole = f"class Theirs:\n{body}" if is_class else body
    for node in ast.walk(ast.parse(whole)) if is_class else ast.parse(whole).body:
        if isinstance(node, _FUNCTION):
            yield node.name, whole.splitlines()[node.lineno - 1 : node.end_lineno]


def _with_function(text: str, name: str, function: list[str]) -> str:
    named = (each for each in ast.walk(ast.parse(text)) if isinstance(each, _FUNCTION) and each.name == name)
    node = next(named)
    lines = text.splitlines()
    lines[node.lineno - 1 : node.end_lineno] = function
    return "\n".join(lines) + "\n"


class Step(NamedTuple):
    """One step of the page: a command, a block for a file, or what a command is to say."""

    kind: str
    text: str
    file: str = ""


def steps() -> Iterator[Step]:
    """Yield the steps of the worked example in their order."""
    page = (ROOT / PAGE).read_text("utf-8")
    pattern = (
        r"^    (?P<command>\.venv/bin/[^\n]*)$|^```(?P<kind>python|text) ?(?P<file>\S*)\n(?P<block>.*?)^```$"
    )
    for found in re.finditer(pattern, page, re.MULTILINE | re.DOTALL):
        if found["command"]:
            yield Step("command", found["command"])
        else:
            yield Step(found["kind"], found["block"], found["file"])
