"""The list of behaviours is kept honest: each has a test that shows it."""

import re
from collections import Counter
from pathlib import Path

from sandbox.prestashop.behaviours import BEHAVIOURS
from sandbox.prestashop.fields import read_fields
from sandbox.prestashop.resources import RESOURCES
from sandbox.prestashop.visit import open_shop

HERE = Path(__file__).parent


def test_each_behaviour_has_a_test_of_its_name() -> None:
    written = {
        name
        for path in HERE.glob("test_prestashop_*.py")
        for name in re.findall(r"^(?:async )?def test_(\w+)\(", path.read_text(), re.MULTILINE)
    }

    assert [each.name for each in BEHAVIOURS if each.name not in written] == []


def test_behaviours_are_told_once_and_with_their_source() -> None:
    counted = Counter(each.name for each in BEHAVIOURS)

    assert [name for name, count in counted.items() if count > 1] == []
    assert all(each.section and each.source for each in BEHAVIOURS)


async def test_behaviours_can_be_read_over_http() -> None:
    async with open_shop() as visit:
        shown = (await visit.http.get("/_sandbox/behaviours")).json()

    assert len(shown) == len(BEHAVIOURS)
    assert shown[0]["behaviour"] == "no credentials get a plain challenge"


def test_field_lists_follow_the_notation() -> None:
    fields = read_fields("id_cart:id*>carts name:generic@<64 quantity:num!~")

    assert (fields["id_cart"].required, fields["id_cart"].link) == (True, "carts")
    assert (fields["name"].localised, fields["name"].size) == (True, 64)
    assert (fields["quantity"].writable, fields["quantity"].dynamic) == (False, True)


def test_each_resource_begins_with_its_id() -> None:
    assert all(next(iter(each.fields)) == "id" for each in RESOURCES.values())
