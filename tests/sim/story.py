"""One order's way into the ERP as the engine drives it: attempts, doubts, holds, a cancellation."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain, repeat
from random import Random

from activities.failures import ATTEMPTS_BEFORE_PARKING
from activities.mappings import Mappings
from activities.posting import Posted, Posting, PostRequest
from activities.systems import Systems
from domain.errors import Disposition, WaybillError
from domain.order import Order
from domain.posting import Attempt
from records.database import Database
from records.postings import Postings
from records.published import PublishedSets
from records.unmapped import UnmappedValues
from tests.domain.specimens import order, pair
from tests.sim.fake_erp import CONNECTION, Answer, FakeErp, Fate
from tests.sim.world import Clock, Dangers, Died, Worker, World
from workflows.policies import DOUBT_PAUSES

SETTLE = timedelta(seconds=30)
LATEST_SHOWN = 25.0
"""Seconds after a create was sent, at the latest, in which what it made shows: the design's assumption."""
PAUSE_OF_THE_CREATE = 7
"""Where a first worker waits for the answer to its create; see `World.trace`."""


_RECORDS = Database("sqlite:///:memory:")
_MAPPINGS = Mappings(PublishedSets(_RECORDS), UnmappedValues(_RECORDS))
"""No order here has a mapping, so that nothing is asked of the records."""


class End(StrEnum):
    """How a story ends."""

    POSTED = "posted"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass
class Story:
    """The order and what the engine knows of it."""

    world: World
    erp: FakeErp
    postings: Postings
    placed: Order = field(default_factory=order)
    may_end_while_parked: bool = False
    patience: float = 0.7
    end: End | None = None
    posted: Posted | None = None
    in_doubt: bool = False
    cancel_asked: bool = False
    attempts: int = 0
    doubts: int = 0
    _repeats: int = 0
    _parked: bool = False

    def __post_init__(self) -> None:
        systems = Systems(stores={}, erps={CONNECTION: self.erp.port}, pairs={})
        self._posting = Posting(systems, self.postings, _MAPPINGS)
        self._request = self._next_request()

    def _next_request(self) -> PostRequest:
        rules = pair(erp=CONNECTION, settle=SETTLE)
        attempt = Attempt(order=self.placed, pair=rules, customer_code="C1")
        return PostRequest(attempt=attempt, only_look=self.cancel_asked)

    @property
    def key(self) -> str:
        """The key under which the document exists at most once."""
        return self._request.attempt.key

    @property
    def entry(self) -> str:
        """The ERP's id of the document that was recorded, empty for none."""
        return self.posted.document.entry if self.posted and self.posted.document else ""

    def tell(self) -> None:
        """Let the story happen, to its end and the end of all workers."""
        self.take_step()
        self.world.run()

    def take_step(self) -> None:
        """Let the workflow take the step: an activity with the order as it is now."""
        self._request, self._repeats, self._parked = self._next_request(), 0, False
        self.attempt()

    def attempt(self) -> None:
        """Let a worker try, with the request that the workflow made."""
        self.attempts += 1
        self.world.start(self._posting.post_sales_order(self._request), self._ended)

    def cancel(self) -> None:
        """Let a person cancel the order."""
        self.cancel_asked = True
        if self.end is End.HELD or (self._parked and self.may_end_while_parked and not self.in_doubt):
            self.end = End.CANCELLED

    def _ended(self, _worker: Worker, end: object) -> None:
        if isinstance(end, Died):
            self.world.at(self.world.random.uniform(0, 10), self.attempt)
        elif isinstance(end, Posted):
            self.in_doubt = False
            if end.document is None:
                self.end = End.CANCELLED
            else:
                self.end, self.posted = End.POSTED, end
        elif isinstance(end, WaybillError):
            self._failed(end.problem.disposition)
        else:
            raise AssertionError(f"nobody foresaw {end!r}")

    def _failed(self, disposition: Disposition) -> None:
        if disposition is Disposition.RETRY and self._repeats < ATTEMPTS_BEFORE_PARKING - 1:
            self._repeats += 1
            self.world.at(2**self._repeats / 2, self.attempt)
        elif disposition in (Disposition.RETRY, Disposition.WAIT):
            self._park()
        elif disposition is Disposition.IN_DOUBT:
            self.in_doubt = True
            pause = DOUBT_PAUSES[min(self.doubts, len(DOUBT_PAUSES) - 1)]
            self.doubts += 1
            self.world.at(pause.total_seconds(), self.take_step)
        elif disposition is Disposition.FIX_DATA:
            self._hold()
        else:
            raise AssertionError(f"nobody foresaw {disposition}")

    def _park(self) -> None:
        self._parked = True
        if self.cancel_asked and self.may_end_while_parked and not self.in_doubt:
            self.end = End.CANCELLED
        else:
            self.world.at(self.world.random.uniform(1, 60), self._unpark)

    def _unpark(self) -> None:
        if self.end is None:
            self.take_step()

    def _hold(self) -> None:
        self.in_doubt = False
        if self.cancel_asked:
            self.end = End.CANCELLED
        elif self.world.random.random() < self.patience:
            self.world.at(self.world.random.uniform(0, 90), self._continue)
        else:
            self.end = End.HELD

    def _continue(self) -> None:
        if self.cancel_asked:
            self.end = End.CANCELLED
        else:
            self.take_step()


@dataclass(frozen=True)
class Weather:
    """What may go wrong in a schedule. Where `stalls` or `latency` are, time passes between any two steps."""

    dies: float = 0.03
    is_forgotten: float = 0.03
    stalls: float = 0
    latency: float = 0
    reads_fail: float = 0.05
    previews_refuse: float = 0
    unique: bool = False
    latest_shown: float = LATEST_SHOWN
    may_end_while_parked: bool = False
    rounding_lines: bool = False


def fates(random: Random, weather: Weather) -> Iterator[Fate]:
    """Draw what becomes of a few creates; after them all goes well."""
    drawn = []
    for _ in range(random.randint(0, 4)):
        answer = random.choice([*Answer, Answer.LOST_AFTER])
        commits = random.uniform(0, min(19.0, weather.latest_shown))
        shows = random.choice([0.0, random.uniform(0, weather.latest_shown - commits)])
        heard = commits if answer is Answer.GIVEN else random.uniform(0, 20)
        drawn.append(Fate(answer, commits, shows, heard))
    return chain(drawn, repeat(Fate()))


def told(seed: int, clock: Clock, postings: Postings, weather: Weather) -> Story:
    """Let the story of one seed happen, to its end and the end of all workers."""
    random = Random(seed)  # noqa: S311 - not for secrets
    dangers = Dangers(dies=weather.dies, is_forgotten=weather.is_forgotten, stalls=weather.stalls)
    world = World(clock, random, dangers)
    erp = FakeErp(
        world,
        fates(random, weather),
        unique=weather.unique,
        latency=random.choice([0, weather.latency]),
        reads_fail=weather.reads_fail,
        previews_refuse=weather.previews_refuse,
    )
    total = Decimal("72.01") if weather.rounding_lines else Decimal("72.00")
    placed = order(store_id=str(seed), gross=total)
    story = Story(world, erp, postings, placed, weather.may_end_while_parked)
    if random.random() < 0.3:
        world.at(random.uniform(0, 120), story.cancel)
    story.tell()
    return story


def prepared(clock: Clock, postings: Postings, dangers: Dangers, *happens: Fate) -> Story:
    """Return the story of an order whose first creates have these fates, not told yet."""
    world = World(clock, Random(1), dangers)  # noqa: S311 - not for secrets
    return Story(world, FakeErp(world, chain(happens, repeat(Fate()))), postings, patience=1)
