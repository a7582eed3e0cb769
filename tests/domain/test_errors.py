"""The tree of errors: each class has a code, a disposition and a remedy, and the drawing tells the truth."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest

from domain import errors
from domain.errors import Disposition, Problem, Refused, WaybillError
from domain.reasons import REASONS

_DRAWN = re.compile(
    r"(?P<indent>[│ ]*)[├└]── (?P<name>\w+) +(?P<disposition>retry|in doubt|wait|fix data|fix set-up)\b"
)


def _classes() -> list[type[WaybillError]]:
    found = [each for each in vars(errors).values() if isinstance(each, type)]
    return [each for each in found if issubclass(each, WaybillError)]


def _drawn() -> dict[str, tuple[str, str]]:
    """Return name → (parent, disposition) as the docstring draws them."""
    parents = {-1: "WaybillError"}
    tree: dict[str, tuple[str, str]] = {}
    for row in (errors.__doc__ or "").splitlines():
        if match := _DRAWN.match(row):
            depth = len(match["indent"]) // 4
            parents[depth] = match["name"]
            tree[match["name"]] = (parents[depth - 1], match["disposition"])
    return tree


CLASSES = _classes()
SUBCLASSES = [each for each in CLASSES if each is not WaybillError]


def test_the_drawing_shows_every_class_under_its_parent_with_its_disposition() -> None:
    written = {
        each.__name__: (
            each.__mro__[1].__name__,
            each.disposition.value.replace("_", " ").replace("setup", "set-up"),
        )
        for each in SUBCLASSES
    }

    assert _drawn() == written


@pytest.mark.parametrize("error", SUBCLASSES, ids=lambda each: each.__name__)
def test_a_class_has_a_code_a_sentence_and_a_remedy(error: type[WaybillError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error.code)
    assert (error.__doc__ or "").endswith(".")
    assert error.remedy[0].isupper()
    assert error.remedy.endswith(".")
    assert error.disposition is not Disposition.BUG


def test_every_code_belongs_to_one_class() -> None:
    codes = sorted(each.code for each in CLASSES)

    assert [first for first, second in pairwise(codes) if first == second] == []


def test_what_nobody_foresaw_is_a_bug() -> None:
    assert WaybillError("?").problem.disposition is Disposition.BUG


def test_every_disposition_but_the_bug_has_a_class() -> None:
    assert {each.disposition for each in CLASSES} == set(Disposition)


@pytest.mark.parametrize("error", CLASSES, ids=lambda each: each.__name__)
def test_an_error_carries_its_problem_through_a_history(error: type[WaybillError]) -> None:
    raised = error("the ERP said no", quote="-5002", field="line.1.sku", connection="sap")

    problem = Problem.model_validate_json(raised.problem.model_dump_json())

    assert problem == Problem(
        code=error.code,
        disposition=error.disposition,
        sentence="the ERP said no",
        remedy=error.remedy,
        quote="-5002",
        field="line.1.sku",
        connection="sap",
    )
    assert str(raised) == "the ERP said no"


def test_a_place_may_name_its_own_code_and_remedy() -> None:
    problem = Refused("no", code="item_blocked", remedy="Activate it.").problem

    assert (problem.code, problem.remedy) == ("item_blocked", "Activate it.")
    assert problem.disposition is Disposition.FIX_DATA


def test_a_place_that_names_only_a_code_means_the_catalogues_remedy() -> None:
    assert Refused("no", code="customer_blocked").problem.remedy == REASONS["customer_blocked"].remedy
    assert Refused("no", code="of_nobodys_catalogue").problem.remedy == Refused.remedy


def test_a_quote_is_cut_so_that_a_page_of_html_never_enters_a_history() -> None:
    assert len(Refused("no", quote="x" * 100_000).problem.quote) == 500


def test_an_error_remembers_when_the_other_side_wants_to_be_asked_again() -> None:
    assert errors.RateLimited("slow", retry_after=timedelta(seconds=7)).retry_after == timedelta(seconds=7)
    assert errors.Passing("gone").retry_after is None
