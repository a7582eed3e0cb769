"""A small world without any server: one clock, workers that are advanced a step at a time, and their deaths.

Everything a worker awaits is a `Pause`: the world decides who goes on next, how long a pause takes, and who
dies where. So a seed is a whole schedule, and the same seed is the same schedule.
"""

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import heappop, heappush
from random import Random
from types import coroutine
from typing import Any

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """Stands in for `datetime` where the code under test asks for the time."""

    def __init__(self) -> None:
        self.time = START

    def now(self, _zone: tzinfo | None = None) -> datetime:
        """Return the world's time."""
        return self.time


@dataclass(frozen=True)
class Pause:
    """Something a worker waits for. `stalls`: a slow process may stay here longer than it should."""

    what: str
    seconds: float = 0
    stalls: bool = False


@coroutine
def pause(what: str, seconds: float = 0, *, stalls: bool = False) -> Generator[Pause, None, None]:
    """Wait, as far as the world lets one go on."""
    yield Pause(what, seconds, stalls)


@dataclass(eq=False)
class Worker:
    """One attempt at a piece of work. A forgotten one goes on, but nobody waits for its end."""

    work: Coroutine[Any, Any, Any]
    ended: Callable[["Worker", object], None]
    wakes: datetime
    forgotten: bool = False


@dataclass
class Dangers:
    """What may happen to a worker at each pause: as probabilities, or at pauses named by their numbers."""

    dies: float = 0
    is_forgotten: float = 0
    stalls: float = 0
    dies_at: tuple[int, ...] = ()
    forgotten_at: int | None = None


class Died:
    """The end of a worker that was killed."""


@dataclass
class World:
    """The clock, the workers, and what happens at which time."""

    clock: Clock
    random: Random
    dangers: Dangers = field(default_factory=Dangers)
    workers: list[Worker] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    _due: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: int = 0

    def at(self, seconds: float, happens: Callable[[], None]) -> None:
        """Let something happen after a while, whoever lives then."""
        self._numbers += 1
        heappush(self._due, (self.clock.time + timedelta(seconds=seconds), self._numbers, happens))

    def start(self, work: Coroutine[Any, Any, Any], ended: Callable[[Worker, object], None]) -> Worker:
        """Let a worker begin."""
        worker = Worker(work, ended, self.clock.time)
        self.workers.append(worker)
        return worker

    def run(self, most_steps: int = 20_000) -> None:
        """Go on until nobody works and nothing is due."""
        for _ in range(most_steps):
            self._let_happen()
            awake = [worker for worker in self.workers if worker.wakes <= self.clock.time]
            if awake:
                self._advance(self.random.choice(awake))
            elif not self._pass_time():
                return
        raise AssertionError("the world does not come to rest")

    def _let_happen(self) -> None:
        while self._due and self._due[0][0] <= self.clock.time:
            heappop(self._due)[2]()

    def _pass_time(self) -> bool:
        times = [worker.wakes for worker in self.workers] + [each[0] for each in self._due[:1]]
        if times:
            self.clock.time = min(times)
        return bool(times)

    def _advance(self, worker: Worker) -> None:
        try:
            waits = worker.work.send(None)
        except StopIteration as end:
            self._end(worker, end.value)
        except Exception as error:  # noqa: BLE001 - whatever ends the work is its end
            self._end(worker, error)
        else:
            self._pause(worker, waits)

    def _pause(self, worker: Worker, waits: Pause) -> None:
        dangers, number = self.dangers, len(self.trace)
        self.trace.append(f"{self.clock.time:%H:%M:%S.%f} {waits.what}")
        if number in dangers.dies_at or self.random.random() < dangers.dies:
            worker.work.close()
            self._end(worker, Died())
            return
        if not worker.forgotten and (
            number == dangers.forgotten_at or self.random.random() < dangers.is_forgotten
        ):
            self._forget(worker)
        seconds = waits.seconds
        if waits.stalls and self.random.random() < dangers.stalls:
            seconds += self.random.uniform(0, 120)
        worker.wakes = self.clock.time + timedelta(seconds=seconds)

    def _forget(self, worker: Worker) -> None:
        """Take a worker for dead that is alive: its heartbeats do not arrive."""
        worker.forgotten = True
        worker.ended(worker, Died())

    def _end(self, worker: Worker, end: object) -> None:
        self.workers.remove(worker)
        if not worker.forgotten:
            worker.ended(worker, end)
