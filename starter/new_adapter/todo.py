"""What of an adapter is left: functions that are not built, and facts of the suites that do not hold yet."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starter.new_adapter.checkout import CannotLay, Checkout, Role, conformance_test, folder
from starter.new_adapter.naming import Naming

_RESULT = re.compile(r"^(PASSED|FAILED|ERROR) \S+?::(\w+)::(\w+)", re.MULTILINE)
_NO_TESTS_FAILED, _SOME_FAILED = 0, 1


@dataclass(frozen=True)
class Unbuilt:
    """A file, and the functions in it that raise NotImplementedError."""

    file: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """One class of a suite: what it says, its facts that hold, its facts that do not."""

    name: str
    file: str
    says: str
    green: tuple[str, ...]
    red: tuple[str, ...]


@dataclass(frozen=True)
class Todo:
    """All that is left; `suites` is empty where the tests were not run."""

    unbuilt: tuple[Unbuilt, ...]
    suites: tuple[Suite, ...]

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self.unbuilt and not any(suite.red for suite in self.suites)


def left_to_do(checkout: Checkout, naming: Naming, *, run: bool = True) -> Todo:
    """Look what is left of an adapter, with `run` by running its conformance test. Raises `CannotLay`."""
    role = checkout.role_of(naming)
    return Todo(tuple(_unbuilt(checkout, role, naming)), _suites(checkout, role, naming) if run else ())


def _unbuilt(checkout: Checkout, role: Role, naming: Naming) -> Iterator[Unbuilt]:
    own = sorted((checkout.root / folder(role, naming)).glob("*.py"))
    sandbox = sorted((checkout.root / "sandbox" / naming.name).glob("*.py"))
    for file in (*own, *sandbox, checkout.root / conformance_test(role, naming)):
        functions = tuple(_functions_unbuilt(ast.parse(file.read_text("utf-8"))))
        if functions:
            yield Unbuilt(file.relative_to(checkout.root).as_posix(), functions)


def _functions_unbuilt(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_is_unbuilt, node.body)):
            yield node.name


def _is_unbuilt(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise) or statement.exc is None:
        return False
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return isinstance(raised, ast.Name) and raised.id == NotImplementedError.__name__


def _suites(checkout: Checkout, role: Role, naming: Naming) -> tuple[Suite, ...]:
    found, bad = Counter[str](), Counter[str]()
    for outcome, _, test in _RESULT.findall(_run(checkout, conformance_test(role, naming))):
        found[test] += 1
        bad[test] += outcome != "PASSED"
    suites = []
    for file in sorted((checkout.root / "tests/adapters").glob(role.suites)):
        for suite, tests in _classes(file):
            here = [test for test in tests if found[test]]
            if here:
                green = tuple(test for test in here if not bad[test])
                red = tuple(test for test in here if bad[test])
                suites.append(Suite(suite.name, file.name, ast.get_docstring(suite) or "", green, red))
    return tuple(suites)


def _classes(file: Path) -> Iterator[tuple[ast.ClassDef, list[str]]]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            tests = [
                each.name
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_")
            ]
            if tests:
                yield node, tests


def _run(checkout: Checkout, test: str) -> str:
    """Run one file of tests and return pytest's report. Raises `CannotLay` when it could not run."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rA", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=checkout.root, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in {_NO_TESTS_FAILED, _SOME_FAILED}:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise CannotLay(
            f"{test} does not run: {said[-1] if said else 'pytest said nothing'};"
            f" look with: {sys.executable} -m pytest -x {test}"
        )
    return done.stdout
