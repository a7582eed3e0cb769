"""All pairs are played, whatever becomes of one, and one that does not add up decides the end."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from starter.demo import pairs
from starter.demo.pairs import play_pairs
from starter.demo.tally import Tally
from starter.ending import Unable
from starter.stack import SIX_PAIRS, PairOfKinds

GOOD = Tally(orders=16, posted=11, told=11)


async def played(folder: Path) -> tuple[int, str]:
    out = StringIO()
    return await play_pairs(folder, Console(file=out)), out.getvalue()


async def test_six_pairs_that_add_up_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def well(folder: Path, console: Console, kinds: PairOfKinds) -> Tally:
        console.print(f"steps of {kinds.title}")
        return GOOD

    monkeypatch.setattr(pairs, "play_pair", well)

    code, out = await played(tmp_path)

    assert code == 0
    assert "6 of 6 pairs add up" in out
    for kinds in SIX_PAIRS:
        (row,) = [line for line in out.splitlines() if line.startswith(f"{kinds.title} ")]
        assert "11 of 11" in row
        log = tmp_path / f"{kinds.store}-{kinds.erp}" / "demo.log"
        assert log.read_text() == f"steps of {kinds.title}\n"


@pytest.mark.parametrize("stops", [True, False])
async def test_one_that_does_not_add_up_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    bad = PairOfKinds("shopify", "odoo")

    async def once_badly(_folder: Path, _console: Console, kinds: PairOfKinds) -> Tally:
        if kinds == bad and stops:
            raise Unable("the gateway did not start")
        return Tally(orders=16, difference="order 7: it is still checking") if kinds == bad else GOOD

    monkeypatch.setattr(pairs, "play_pair", once_badly)

    code, out = await played(tmp_path)

    told = "it stopped: the gateway did not start" if stops else "order 7: it is still checking"
    assert code == 1
    assert f"It does not add up: Shopify → Odoo: {told}" in out.replace("\n", " ")
    assert "5 of 6 pairs add up" in out
