"""The entry of a new kind in starter/kinds.py."""

import ast

from starter.new_adapter.checkout import CannotLay, Role
from starter.new_adapter.naming import Naming


def with_kind(text: str, role: Role, naming: Naming) -> str:
    """Return the source of starter/kinds.py with one kind more, which can do nothing yet; not formatted."""
    tree = ast.parse(text)
    last = _table(tree, f"{role.value.upper()}S").values[-1]
    first_import = next(node.lineno for node in tree.body if isinstance(node, ast.ImportFrom))
    kind = "StoreKind" if role is Role.STORE else "ErpKind"
    entry = f', "{naming.name}": {kind}({naming.cls}Settings, {naming.cls}, frozenset())'
    lines = text.splitlines(keepends=True)
    row, column = (last.end_lineno or last.lineno) - 1, last.end_col_offset or 0
    line = lines[row].encode()
    lines[row] = (line[:column] + entry.encode() + line[column:]).decode()
    module = f"{role.package}.{naming.name}"
    lines[first_import - 1 : first_import - 1] = [
        f"from {module}.adapter import {naming.cls}\n",
        f"from {module}.settings import {naming.cls}Settings\n",
    ]
    return "".join(lines)


def _table(tree: ast.Module, name: str) -> ast.Dict:
    for node in tree.body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == name
            and isinstance(node.value, ast.Dict)
            and node.value.values
        ):
            return node.value
    raise CannotLay(f"starter/kinds.py has no table {name}: nothing was written")
