"""Read a port, or what a conformance suite wants of a system, from its source.

Its methods are taken word for word, so that what is laid down never goes stale.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Needed = frozenset[tuple[str, str]]
"""Names to import: (module, name)."""


@dataclass(frozen=True)
class Method:
    """One method that is to be built. `source` ends with its docstring; `needs` are the names it mentions."""

    name: str
    source: str
    needs: Needed


@dataclass(frozen=True)
class Interface:
    """A class whose methods say only what they are to do: its own first, then those of its bases."""

    name: str
    methods: tuple[Method, ...]

    def without(self, *built: str) -> "Interface":
        """Return the interface less what a template builds itself. ValueError for a name it does not have."""
        unknown = set(built) - {method.name for method in self.methods}
        if unknown:
            raise ValueError(f"{self.name} has no {', '.join(sorted(unknown))}")
        return Interface(self.name, tuple(each for each in self.methods if each.name not in built))

    @property
    def imports(self) -> str:
        """The imports that the methods' signatures need, a line for each name."""
        needed = sorted(frozenset().union(*(method.needs for method in self.methods)))
        return "\n".join(f"from {module} import {name}" for module, name in needed)


def read_interface(root: Path, module: str, name: str) -> Interface:
    """Read the class `name` of a module under `root`, and its bases there."""
    found: dict[str, Method] = {}
    for method in _methods(root, module, name):
        found.setdefault(method.name, method)
    return Interface(name, tuple(found.values()))


def _methods(root: Path, module: str, name: str) -> Iterator[Method]:
    text = root.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
    tree = ast.parse(text)
    origins = _origins(tree, module)
    here = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    for node in here.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _says_only(node):
            needs = {(origins[each], each) for each in _mentioned(node) if each in origins}
            yield Method(node.name, _source(text, node), frozenset(needs))
    for base in here.bases:
        if isinstance(base, ast.Name) and (root / (origins[base.id].replace(".", "/") + ".py")).is_file():
            yield from _methods(root, origins[base.id], base.id)


def _origins(tree: ast.Module, module: str) -> dict[str, str]:
    origins = {node.name: module for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            origins |= {each.asname or each.name: node.module for each in node.names}
    return origins


def _says_only(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return len(node.body) == 1 and ast.get_docstring(node) is not None


def _mentioned(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for part in (node.args, node.returns):
        if part is not None:
            yield from (each.id for each in ast.walk(part) if isinstance(each, ast.Name))


def _source(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    lines = text.splitlines()[first - 1 : node.body[0].end_lineno]
    return "\n".join(line for line in lines if line.strip() != "@abstractmethod")
