"""Every behaviour the SAP Business One sandbox claims has a test that shows it."""

import ast
from pathlib import Path

from sandbox.sap_business_one.behaviours import BEHAVIOURS

SECTIONS = {"1", "2", "3b", "4", "5", "6", "7", "8", "9", *(f"10.{trap}" for trap in range(1, 20))}


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_behaviour_has_its_proof() -> None:
    shown = {name for path in Path(__file__).parent.glob("test_sap_*.py") for name in names_in(path)}

    assert [each.text for each in BEHAVIOURS if each.proof not in shown] == []


def test_behaviours_name_a_section_and_are_told_once() -> None:
    assert {each.section for each in BEHAVIOURS} <= SECTIONS
    assert len({each.text for each in BEHAVIOURS}) == len(BEHAVIOURS)
