"""Finding hooks: those that fit are there with their points, every other one is named with the fix."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.hooks import InstalledHooks
from domain.errors import HookFailed
from domain.hooks import HookPoint
from tests.hook_packages import put

GOOD = """
from domain.hooks import *

def early(given: OrderCaptured) -> EarlyAnswer | None: ...
async def checked(given: OrderChecked) -> EarlyAnswer: ...
def posting(given: OrderChecked) -> PostingAnswer: ...
def late(given: OrderFollowed) -> LateAnswer | None: ...
def watching(given: HookGiven) -> LateAnswer | None: ...
def refusing(given: "OrderCaptured") -> None: ...
def with_default(given: OrderFollowed, limit: int = 5) -> None: ...
class Desk:
    def work(self, given: OrderCaptured) -> None: ...
work = Desk().work
"""

Install = Callable[..., InstalledHooks]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Lay a module with hooks on the path and return what is found then."""

    def laid(source: str, **entries: str) -> InstalledHooks:
        put(tmp_path, source, entries)
        monkeypatch.syspath_prepend(str(tmp_path))
        return InstalledHooks()

    return laid


BEFORE = (HookPoint.CAPTURED, HookPoint.VALIDATED, HookPoint.BEFORE_POSTING)
AFTER = tuple(point for point in HookPoint if point not in BEFORE)


@pytest.mark.parametrize(
    ("function", "points"),
    [
        ("early", (HookPoint.CAPTURED,)),
        ("checked", (HookPoint.VALIDATED,)),
        ("posting", (HookPoint.VALIDATED, HookPoint.BEFORE_POSTING)),
        ("late", AFTER),
        ("watching", tuple(HookPoint)),
        ("refusing", (HookPoint.CAPTURED,)),
        ("with_default", AFTER),
        ("work", (HookPoint.CAPTURED,)),
    ],
)
def test_a_hook_fits_the_points_that_its_annotations_say(
    install: Install, function: str, points: tuple[HookPoint, ...]
) -> None:
    installed = install(GOOD, asked=function)

    assert installed.faults == ()
    assert installed.hooks["asked"].points == points
    assert installed.hooks["asked"].package == "bench-hooks 0.1"
    assert installed.hook("asked", points[0]).name == "asked"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("asked = 5", "it is no function"),
        ("def asked(): ...", "it takes one argument"),
        ("def asked(given, more): ...", "it takes one argument"),
        ("def asked(*given): ...", "it takes one argument"),
        ("def asked(given): ...", "annotate given with OrderCaptured, OrderChecked or OrderFollowed"),
        ("def asked(given: dict) -> None: ...", "annotate given with OrderCaptured"),
        ("from domain.hooks import *\ndef asked(given: OrderCaptured): ...", "annotate what it returns"),
        (
            "from domain.hooks import *\ndef asked(given: OrderCaptured) -> bool: ...",
            "annotate what it returns",
        ),
        ("def asked(given: 'Nowhere') -> None: ...", "its annotations cannot be read"),
        (
            "from domain.hooks import *\ndef asked(given: OrderFollowed) -> EarlyAnswer: ...",
            "nowhere may a hook that is given OrderFollowed answer EarlyAnswer",
        ),
        ("import a_package_that_nobody_has", "does not load (ModuleNotFoundError: No module named"),
        ("raise SystemExit(3)", "does not load (SystemExit: 3)"),
        ("1/0", "does not load (ZeroDivisionError"),
        ("def another(): ...", "does not load (AttributeError"),
    ],
)
def test_one_that_cannot_be_called_is_named_with_its_package_and_calling_it_says_why(
    install: Install, source: str, said: str
) -> None:
    installed = install(source, asked="asked")

    (fault,) = installed.faults
    assert (fault.name, fault.package) == ("asked", "bench-hooks 0.1")
    assert said in fault.sentence
    assert fault.fix.endswith(".")
    assert installed.hooks == {}
    with pytest.raises(HookFailed) as failed:
        installed.hook("asked", HookPoint.CAPTURED)
    assert said in failed.value.problem.sentence
    assert failed.value.problem.remedy == fault.fix


@pytest.mark.parametrize("name", ["Early", "early bird", "9lives", "ärger", "x" * 61])
def test_a_name_that_rules_cannot_write_is_a_fault(install: Install, name: str) -> None:
    (fault,) = install(GOOD, **{name: "early"}).faults

    assert fault.sentence == "its name cannot be written in rules"


def test_two_packages_with_a_hook_of_one_name_are_a_fault_and_neither_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, GOOD, {"asked": "early", "other": "early"}, "one-package")
    put(tmp_path, GOOD, {"asked": "late"}, "two-package")
    monkeypatch.syspath_prepend(str(tmp_path))

    installed = InstalledHooks()

    (fault,) = installed.faults
    assert fault.sentence == "several packages bring a hook of this name"
    assert sorted(fault.package.split(", ")) == ["one-package 0.1", "two-package 0.1"]
    assert list(installed.hooks) == ["other"]


def test_a_hook_that_is_not_there_says_what_to_install(install: Install) -> None:
    with pytest.raises(HookFailed, match="there is no hook gone here") as failed:
        install(GOOD, asked="early").hook("gone", HookPoint.CAPTURED)

    assert "start the worker again" in failed.value.problem.remedy


def test_a_hook_for_another_point_says_which_it_fits(install: Install) -> None:
    with pytest.raises(HookFailed, match="the hook asked does not fit posted; it fits captured"):
        install(GOOD, asked="early").hook("asked", HookPoint.POSTED)


def test_findings_tell_good_and_bad(install: Install) -> None:
    installed = install(GOOD + "\nbad = 5", asked="early", broken="bad")

    found = dict(installed.findings())

    assert (found["asked"].ok, found["asked"].what) == (True, "of bench-hooks 0.1, for captured")
    assert (found["broken"].ok, found["broken"].what) == (False, "of bench-hooks 0.1: it is no function")
