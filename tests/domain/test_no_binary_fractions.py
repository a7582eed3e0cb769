"""No module that touches money knows a binary fraction: not as a number, not as a type, not as a division."""

import ast
from pathlib import Path

import pytest

DOMAIN = Path(__file__).parents[2] / "domain"
MODULES = sorted(
    file
    for place in ("*.py", "approvals/*.py", "rules/*.py")
    for file in DOMAIN.glob(place)
    if file.name not in {"durations.py", "__init__.py"}
)
# Money and conditions name floats once, to refuse them; seconds and the likeness of names are not money.
_ALLOWED = {
    "money.py": {"float"},
    "conditions.py": {"float"},
    "asking.py": {"float", "total_seconds"},
    "places.py": {"0.7"},
}
_FLOAT_MAKERS = {"float", "round", "total_seconds", "fsum", "from_float", "is_integer"}


def _binary(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: {node.value}")
        elif isinstance(node, ast.Name) and node.id in _FLOAT_MAKERS:
            found.append(f"line {node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and node.attr in _FLOAT_MAKERS:
            found.append(f"line {node.lineno}: {node.attr}")
        elif isinstance(node, ast.Import | ast.ImportFrom) and "math" in ast.unparse(node).split():
            found.append(f"line {node.lineno}: math")
    return found


def test_the_scan_sees_what_it_looks_for() -> None:
    bad = "import math\nx = 0.1\ny: float = float('1')\nz = round(x)\n"

    assert len(_binary(ast.parse(bad))) == 5


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.name)
def test_a_module_of_the_domain_has_no_binary_fraction(module: Path) -> None:
    found = _binary(ast.parse(module.read_text("utf-8")))

    assert [each for each in found if each.partition(": ")[2] not in _ALLOWED.get(module.name, ())] == []
