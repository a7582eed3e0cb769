"""All kinds of stores with all kinds of ERPs: the whole demo for each pair, and one table in the end."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from domain.errors import WaybillError
from starter.demo.floors import FLOORS
from starter.demo.run import play_pair
from starter.demo.storefronts import STOREFRONTS
from starter.demo.tally import Tally, tallies_table
from starter.ending import Unable
from starter.stack import SIX_PAIRS, PairOfKinds
from starter.stack.kinds import ERPS, STORES

_AT_ONCE = 2
"""Each pair is a machine of its own, and most of its time is waiting."""
_WIDTH = 200


@dataclass(frozen=True)
class Played:
    """One pair's run; `log` has every step of it."""

    kinds: PairOfKinds
    tally: Tally
    seconds: float
    log: Path

    @property
    def sentence(self) -> str:
        """How it ended."""
        wrong = self.tally.difference
        return f"{self.kinds.title}: {f'{wrong} ({self.log})' if wrong else f'adds up, {self.seconds:.0f} s'}"


async def play_pairs(folder: Path, console: Console) -> int:
    """Play the demo with every pair, some at a time; return 0, or 1 when one of them does not add up."""
    began, free = time.monotonic(), asyncio.Semaphore(_AT_ONCE)
    console.print(
        f"Each of {len(SIX_PAIRS)} pairs gets machines of its own, {_AT_ONCE} at a time. What happens is in"
        f" {folder}/*/demo.log.\n",
        markup=False,
    )

    async def play(kinds: PairOfKinds) -> Played:
        async with free:
            played = await _played(folder / f"{kinds.store}-{kinds.erp}", kinds)
        console.print(played.sentence, markup=False, highlight=False)
        return played

    results = await asyncio.gather(*(play(kinds) for kinds in SIX_PAIRS))
    made = tallies_table((each.kinds.title, each.tally, each.seconds) for each in results)
    console.print()
    # A log has no width of its own.
    wide = console if console.is_terminal else Console(file=console.file, width=_WIDTH)
    wide.print(made)
    _tell_differences(console)
    wrong = [each for each in results if each.tally.difference]
    for each in wrong:
        console.print(f"\nIt does not add up: {each.sentence}.", markup=False, style="red")
    took = f"{time.monotonic() - began:.0f} s"
    console.print(f"\n{len(results) - len(wrong)} of {len(results)} pairs add up. {took}.", markup=False)
    return 1 if wrong else 0


async def _played(folder: Path, kinds: PairOfKinds) -> Played:
    """Play one pair; what keeps it from its end is its difference."""
    began, log = time.monotonic(), folder / "demo.log"
    await asyncio.to_thread(folder.mkdir, parents=True)
    with log.open("w", encoding="utf-8") as file:
        try:
            tally = await play_pair(folder, Console(file=file, width=_WIDTH), kinds)
        except (Unable, WaybillError) as stop:
            tally = Tally(difference=f"it stopped: {stop}")
    return Played(kinds, tally, time.monotonic() - began, log)


def _tell_differences(console: Console) -> None:
    """Say what each kind does in its own way, so that no row is read for more than it is."""
    said = [(STORES[kind].title, STOREFRONTS[kind].habits.differs) for kind in STORES]
    said += [(ERPS[kind].title, FLOORS[kind].differs) for kind in ERPS]
    console.print("\nEvery pair plays every order. What is not the same everywhere:")
    for title, sentences in said:
        for sentence in sentences:
            console.print(f"  {title}: {sentence}", markup=False, highlight=False, soft_wrap=True)
