"""`waybill new-adapter` in a copy of the checkout: clean, red, and nothing of what is left is forgotten."""

import inspect
import json
from pathlib import Path

import pytest

from adapters.ports import ErpPort, StorePort
from starter.new_adapter import CannotLay, Checkout, Naming, Role, lay
from starter.new_adapter.interface import read_interface
from tests.adapters.erp_conformance import ErpConformance
from tests.adapters.erp_conformance_after import AfterTheOrder
from tests.adapters.erp_conformance_returns import Returning
from tests.adapters.store_conformance import StoreConformance
from tests.starter.new_checkout import ROOT, NewCheckout, steps

pytestmark = [pytest.mark.xdist_group("new_adapter"), pytest.mark.timeout(400)]
STORE, ERP = "abcdefghij_klmnopqrstuv_wxyza", "x"
"""A long name and a short one, since lines break by their length."""
NEW = [
    *(f"adapters/{role}s/{name}" for role, name in (("store", STORE), ("erp", ERP))),
    *(f"sandbox/{name}" for name in (STORE, ERP)),
    f"tests/adapters/test_{STORE}_store.py",
    f"tests/adapters/test_{ERP}_conformance.py",
    "starter/kinds.py",
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> NewCheckout:
    """A copy with a new store and a new ERP."""
    made = NewCheckout(tmp_path_factory.mktemp("checkout"))
    for role, name in (("store", STORE), ("erp", ERP)):
        ended = made.run(f".venv/bin/waybill new-adapter {role} {name}")
        assert ended.code == 0, ended.said
    return made


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_what_is_laid_down_is_clean(checkout: NewCheckout, command: str) -> None:
    ended = checkout.run(f".venv/bin/{command} {' '.join(NEW)}")

    assert ended.code == 0, ended.said


def test_what_is_laid_down_imports_one_way(checkout: NewCheckout) -> None:
    ended = checkout.run(".venv/bin/lint-imports --no-cache")

    assert ended.code == 0, ended.said


def test_kinds_know_what_was_laid_down(checkout: NewCheckout) -> None:
    listed = json.loads(checkout.run(".venv/bin/waybill connect kinds --json").said)

    assert (listed[STORE], listed[ERP]) == ({"role": "store", "can": []}, {"role": "ERP", "can": []})


@pytest.mark.parametrize(
    ("name", "port", "built", "suites"),
    [
        (STORE, StorePort, {"close"}, (StoreConformance,)),
        (ERP, ErpPort, {"close", "write_timeout"}, (ErpConformance, AfterTheOrder, Returning)),
    ],
    ids=["store", "erp"],
)
def test_everything_is_red_and_on_the_list(
    checkout: NewCheckout, name: str, port: type, built: set[str], suites: tuple[type, ...]
) -> None:
    ended = checkout.run(f".venv/bin/waybill new-adapter todo {name} --json")

    assert ended.code == 1
    left = json.loads(ended.said)
    functions = {Path(each["file"]).name: set(each["functions"]) for each in left["unbuilt"]}
    asked = {each for each, _ in inspect.getmembers(port) if not each.startswith("_")}
    facts = {each for suite in suites for each in dir(suite) if each.startswith("test_")}
    assert functions["adapter.py"] == asked - built
    assert {fact for suite in left["suites"] for fact in suite["red"]} == facts
    assert [suite["name"] for suite in left["suites"] if suite["green"] or not suite["says"]] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Tiny", "small letters"),
        ("2checkout", "small letters"),
        ("", "small letters"),
        ("../shop", "small letters"),
        ("a" * 31, "at most 30"),
        ("class", "a word of Python"),
        ("prestashop", "is taken"),
        (STORE, "is taken"),
    ],
)
def test_name_that_cannot_be_is_refused(checkout: NewCheckout, name: str, sentence: str) -> None:
    before = sorted(checkout.root.rglob("*.py"))

    with pytest.raises(CannotLay, match=sentence):
        lay(Checkout(checkout.root), Role.ERP, Naming(name), {"prestashop", STORE})

    assert sorted(checkout.root.rglob("*.py")) == before


def test_files_that_are_there_are_kept(checkout: NewCheckout) -> None:
    file = checkout.root / "docs/systems/mine.md"
    file.write_text("Mine", "utf-8")

    with pytest.raises(CannotLay, match=r"docs/systems/mine\.md is there already"):
        lay(Checkout(checkout.root), Role.STORE, Naming("mine"), ())

    assert file.read_text("utf-8") == "Mine"
    assert not (checkout.root / "adapters/stores/mine").exists()


def test_installed_package_is_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(CannotLay, match="clone its repository"):
        Checkout.at(tmp_path)


def test_list_of_an_adapter_that_is_not_there_is_refused(checkout: NewCheckout) -> None:
    ended = checkout.run(".venv/bin/waybill new-adapter todo nobody")

    assert ended.code == 2
    assert "there is no adapter nobody" in ended.said


def test_methods_of_a_port_stand_as_they_are_written() -> None:
    port = read_interface(ROOT, "adapters.ports", "ErpPort")

    written = {method.name: method.source for method in port.methods}
    assert written["write_timeout"].startswith("    @property\n    def write_timeout(self) -> timedelta:\n")
    assert written["progress"].endswith("Raises `NotFound`." + '"""')
    assert "from domain.fulfilment import Progress" in port.imports.splitlines()


def test_the_worked_example_does_what_it_says(tmp_path: Path) -> None:
    made = NewCheckout(tmp_path / "checkout")
    said = ""
    for step in steps():
        if step.kind == "python":
            made.build(step.file, step.text)
        elif step.kind == "text":
            missing = [line for line in step.text.splitlines() if line not in said]
            assert missing == [], said
        else:
            ended = made.run(step.text)
            said = ended.said
            assert ended.code == (1 if " todo " in step.text else 0), said
