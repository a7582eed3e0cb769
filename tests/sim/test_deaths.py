"""A worker dies at each pause there is, or is taken for dead there and goes on: the order is posted once."""

from itertools import combinations

import pytest

from tests.sim.books import ShelfPostings
from tests.sim.fake_erp import Answer, Fate
from tests.sim.invariants import broken_by_a_restart, broken_promises
from tests.sim.story import PAUSE_OF_THE_CREATE, SETTLE, End, Story, prepared
from tests.sim.world import START, Clock, Dangers

FATES = {
    "answered at once": (),
    "answered late": (Fate(Answer.GIVEN, commits_after=15, shows_after=9, heard_after=15),),
    "answered before it shows": (Fate(Answer.GIVEN, shows_after=25),),
    "lost after the commit": (Fate(Answer.LOST_AFTER),),
    "lost after the commit and shown late": (Fate(Answer.LOST_AFTER, shows_after=25),),
    "lost, and committed late": (Fate(Answer.LOST_AFTER, commits_after=19, shows_after=6, heard_after=1),),
    "lost before the commit": (Fate(Answer.LOST_BEFORE, heard_after=20),),
    "lost twice": (
        Fate(Answer.LOST_BEFORE, heard_after=3),
        Fate(Answer.LOST_AFTER, commits_after=5, shows_after=20),
    ),
    "refused once": (Fate(Answer.REFUSED),),
    "not there, then lost": (Fate(Answer.DOWN), Fate(Answer.LOST_AFTER, shows_after=25)),
    "slowed down, then lost": (
        Fate(Answer.SLOWED),
        Fate(Answer.LOST_AFTER, commits_after=10, shows_after=15),
    ),
}
each_fate = pytest.mark.parametrize("happens", FATES.values(), ids=FATES)


def _tell(clock: Clock, dangers: Dangers, happens: tuple[Fate, ...]) -> Story:
    clock.time = START
    story = prepared(clock, ShelfPostings(), dangers, *happens)
    story.tell()
    return story


def _check(story: Story, what: str) -> None:
    assert story.end is End.POSTED, what
    assert broken_promises(story) == [], what
    assert broken_by_a_restart(story) == [], what


@each_fate
def test_without_a_death_the_order_is_posted(clock: Clock, happens: tuple[Fate, ...]) -> None:
    _check(_tell(clock, Dangers(), happens), "nobody died")


def test_the_pause_of_the_create_is_where_it_is_said_to_be(clock: Clock) -> None:
    assert _tell(clock, Dangers(), ()).world.trace[PAUSE_OF_THE_CREATE].endswith("create answered")


@each_fate
def test_a_worker_may_die_at_any_pause(clock: Clock, happens: tuple[Fate, ...]) -> None:
    pauses = len(_tell(clock, Dangers(), happens).world.trace)

    for pause in range(pauses):
        _check(_tell(clock, Dangers(dies_at=(pause,)), happens), f"died at pause {pause}")


@each_fate
def test_the_next_worker_may_die_too(clock: Clock, happens: tuple[Fate, ...]) -> None:
    for deaths in combinations(range(18), 2):
        _check(_tell(clock, Dangers(dies_at=deaths), happens), f"died at pauses {deaths}")


@each_fate
def test_a_worker_that_is_taken_for_dead_may_go_on_beside_the_next(
    clock: Clock, happens: tuple[Fate, ...]
) -> None:
    pauses = len(_tell(clock, Dangers(), happens).world.trace)

    for pause in range(pauses):
        for death in (None, pause + 4):
            dangers = Dangers(forgotten_at=pause, dies_at=() if death is None else (death,))
            _check(_tell(clock, dangers, happens), f"forgotten at pause {pause}, a death at {death}")


@each_fate
def test_a_restart_with_lost_books_finds_the_document_by_its_key(
    clock: Clock, happens: tuple[Fate, ...]
) -> None:
    story = _tell(clock, Dangers(), happens)

    story.postings = ShelfPostings()
    clock.time += SETTLE

    _check(story, "the books were lost")
