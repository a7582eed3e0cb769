"""The catalogue of reasons: whatever stops an order has an entry for the order desk."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain import errors
from domain.corrections import Correction, CorrectionRefused, corrected
from domain.errors import Disposition, WaybillError
from domain.reasons import REASONS, Group, Reason
from tests.domain.specimens import order

ROOT = Path(__file__).parents[2]
FOLDERS = ("domain", "workflows", "activities", "adapters", "records", "starter")
MUST_BE_MENDED = (
    *("sku_missing", "sku_unknown", "quantity_wrong", "country_missing", "customer_ambiguous"),
    *("no_lines", "too_many_lines", "tax_unknown", "order_does_not_add_up", "totals_differ"),
    *("still_in_doubt", "erp_keeps_draft", "approval_expired", "no_approver", "rate_unknown"),
)
CLASSES = [
    each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, WaybillError)
]
CODES_OF_CLASSES = {each.code for each in CLASSES}
CODES_OF_DATA_ERRORS = {each.code for each in CLASSES if each.disposition is Disposition.FIX_DATA}
HOLDS_BY_KIND = ("_BY_DISPOSITION", "_BY_SIDE")
JARGON = re.compile(
    r"\b(workflows?|activit\w+|signals?|temporal|task|queue|exceptions?|tracebacks?|payloads?|retr(y|ies|ied)"
    r"|HTTP|JSON|API|null|boolean|string|idempoten\w+|hash|SQL|server error|undefined)\b",
    re.IGNORECASE,
)


def _texts(node: ast.expr | None) -> Iterator[str]:
    """Return the texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _codes_named(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    places = {"_stop": 1, "hold": 0, "open_hold": 0, "_let_go": 0, "_held": 0, "_stopped": 0}
    if name in places and len(call.args) > places[name]:
        yield from _texts(call.args[places[name]])
    for keyword in call.keywords:
        if keyword.arg == "code":
            yield from _texts(keyword.value)


def _codes_compared(compared: ast.Compare) -> Iterator[str]:
    sides = [compared.left, *compared.comparators]
    if any(ast.unparse(side).endswith((".code", ".accepted")) for side in sides):
        for side in sides:
            yield from _texts(side)


def _codes_mapped(assigned: ast.Assign) -> Iterator[str]:
    if ast.unparse(assigned.targets[0]) in HOLDS_BY_KIND and isinstance(assigned.value, ast.Dict):
        for value in assigned.value.values:
            yield from _texts(value)


def _codes_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _codes_named(node)
    elif isinstance(node, ast.Compare):
        yield from _codes_compared(node)
    elif isinstance(node, ast.Assign):
        yield from _codes_mapped(node)
    elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "code" and node.value:
        yield from _texts(node.value)


def _used() -> dict[str, str]:
    """Return every code that the sources name, with one file that does."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    return {
        code: str(file.relative_to(ROOT))
        for file in files
        if file.parent.name != "reasons"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for code in _codes_of(node)
        if re.fullmatch(r"[a-z]+(_[a-z]+)+|bug", code)
    }


USED = _used()


def test_the_scan_finds_codes_in_each_of_their_places() -> None:
    by_check, by_workflow, by_choice = "quantity_wrong", "approval_expired", "no_approver"
    by_adapter, by_disposition = "item_blocked", "still_in_doubt"

    assert {by_check, by_workflow, by_choice, by_adapter, by_disposition} <= set(USED)


@pytest.mark.parametrize("code", sorted(USED))
def test_a_code_named_in_the_sources_is_in_the_catalogue(code: str) -> None:
    assert code in REASONS or code in CODES_OF_CLASSES, USED[code]


@pytest.mark.parametrize("code", sorted(REASONS))
def test_an_entry_of_the_catalogue_is_used(code: str) -> None:
    assert code in set(USED) | CODES_OF_CLASSES


@pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.code)
def test_an_entry_says_what_is_wrong_and_what_to_do(reason: Reason) -> None:
    assert reason.title[0].islower() or reason.title.startswith(("Waybill", "ERP"))
    assert not reason.title.endswith(".")
    assert reason.remedy[0].isupper()
    assert reason.remedy.endswith(".")
    assert len(reason.remedy.split()) >= 5


@pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.code)
def test_an_entry_speaks_the_language_of_the_order_desk(reason: Reason) -> None:
    assert JARGON.findall(f"{reason.title} {reason.remedy}") == []


@pytest.mark.parametrize("reason", REASONS.values(), ids=lambda reason: reason.code)
def test_a_remedy_offers_a_release_exactly_where_one_is_possible(reason: Reason) -> None:
    offers = re.search(r"\brelease\b", reason.remedy, re.IGNORECASE) is not None
    nothing_to_do = reason.remedy.startswith("Nothing to do")

    assert offers or nothing_to_do or not reason.releasable
    assert reason.releasable or not offers


def test_what_would_post_a_wrong_document_cannot_be_released() -> None:
    assert [code for code in MUST_BE_MENDED if REASONS[code].releasable] == []


def test_every_group_has_an_entry() -> None:
    assert {reason.group for reason in REASONS.values()} == set(Group)


def test_the_catalogue_is_keyed_by_its_codes_and_cannot_be_changed() -> None:
    assert all(code == reason.code for code, reason in REASONS.items())
    with pytest.raises(TypeError):
        REASONS["new"] = REASONS["bug"]  # type: ignore[index]


def test_the_remedies_name_paths_that_a_correction_knows() -> None:
    values = {"country": "FR", "quantity": "2", "tax_rate": "20"}
    named = {
        path
        for each in REASONS.values()
        for path in re.findall(r"\b((?:line\.N|[a-z]+)\.[a-z_]+)=", each.remedy)
    }

    assert named
    for path in named:
        field = path.rpartition(".")[2]
        fields = {path.replace(".N.", ".1."): values.get(field, "X")}
        try:
            corrected(order(), Correction(by="olga", fields=fields))
        except CorrectionRefused as refused:
            pytest.fail(f"{path}: {refused}")


def test_an_error_that_only_this_order_can_mend_never_sends_people_to_the_set_up() -> None:
    """A hold takes the error's code where the catalogue has it, else one by what is to be done."""
    named = next(
        ast.unparse(node.value)
        for node in ast.parse((ROOT / "workflows" / "holding.py").read_text("utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_BY_DISPOSITION"
    )

    assert "Disposition.FIX_SETUP: 'wrong_setup'" in named
    assert "FIX_DATA" not in named
    assert {REASONS[code].group for code in CODES_OF_DATA_ERRORS & set(REASONS)}.isdisjoint({Group.SETUP})
