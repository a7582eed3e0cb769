"""The worked example of docs/hooks.md, installed as a package is, with a worker in a process of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from records.database import Database
from records.published import PublishedSets
from starter.files import read_file
from starter.stack import local_stack
from starter.stack.settings import Paces
from tests.e2e.conftest import Machine
from tests.hook_packages import EXAMPLE, install_example

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("hooks_example")]

WINE = {"sku": "WINE-RED-75", "quantity": 6}
BOX = {"street": "PO Box 12", "postcode": "75001", "city": "Paris", "country": "FR"}


@dataclass(frozen=True)
class Museum:
    """A machine whose programs have the example's hooks."""

    machine: Machine
    gate_book: Path

    def bookings(self) -> list[str]:
        """Return the keys that the gate was booked with."""
        rows = self.gate_book.read_text("utf-8").splitlines() if self.gate_book.exists() else []
        return [json.loads(row)["key"] for row in rows]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def museum(tmp_path_factory: Any) -> AsyncIterator[Museum]:
    """Install the example where only this machine sees it, and publish rules that call its hooks."""
    folder = tmp_path_factory.mktemp("museum")
    target = await asyncio.to_thread(install_example, folder)
    book = folder / "gate-book.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(target))
        patch.setenv("MUSEUM_GATE_BOOK", str(book))
        async with local_stack(folder / "machine", paces=Paces(reconcile_every="2s", settle="1s")) as stack:
            database = Database(stack.configuration().database)
            sets, now = PublishedSets(database), datetime.now(UTC)
            rules = read_file(EXAMPLE / "rules.yaml").content
            await sets.save_draft("rules", rules, "iris", now)
            await sets.publish("rules", "iris", "hooks of the museum", now)
            await database.close()
            yield Museum(Machine(stack), book)


async def test_the_hooks_are_listed_and_doctor_finds_them_well(museum: Museum) -> None:
    listed = await museum.machine.waybill("hooks", "list", "--json")
    doctor = await museum.machine.waybill("doctor", "--json")

    assert listed.code == 0, listed.err
    assert {row["hook"]: row["what"].partition(",")[0] for row in listed.json} == dict.fromkeys(
        ("no_post_office_box", "note_members", "book_the_loading_gate"), "of museum-hooks 1.2"
    )
    assert doctor.code == 0, doctor.out
    assert {"hook no_post_office_box", "hook note_members", "hook book_the_loading_gate"} <= {
        row["part"] for row in doctor.json
    }


async def test_without_the_package_doctor_names_the_rule_that_needs_it(museum: Museum) -> None:
    ran = await museum.machine.waybill("doctor", "--json", PYTHONPATH="")

    missing = {row["part"]: row["what"] for row in ran.json if not row["ok"]}
    assert ran.code == 1
    assert missing["hook note_members"] == "the rule members calls it; it is not there"


async def test_an_order_meets_all_three_hooks(museum: Museum) -> None:
    order = await museum.machine.place(WINE, comment="I am a Friend of the Museum")

    await museum.machine.until(order, "posted")
    view = await _with_tags(museum.machine, order, 2)

    assert sorted(view["tags"]) == ["gate-1", "member"]
    entry = view["document"]["entry"]
    assert museum.bookings() == [f"shop:{order}:main:posted:{entry}:book_the_loading_gate"]


async def test_an_order_to_a_post_office_box_is_held_in_the_hooks_words(museum: Museum) -> None:
    order = await museum.machine.place(WINE, address=BOX)

    view = await museum.machine.until(order, "held")

    assert view["hold"]["code"] == "hook_refuses"
    assert view["hold"]["sentence"] == (
        "the hook no_post_office_box says: the delivery goes to a post-office box; ask the buyer for a street"
    )


async def _with_tags(machine: Machine, order: str, count: int) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            ran = await machine.waybill("order", "show", f"shop:{order}", "--json")
            if len(ran.json.get("tags", ())) == count:
                shown: dict[str, Any] = ran.json
                return shown
            await asyncio.sleep(0.2)
