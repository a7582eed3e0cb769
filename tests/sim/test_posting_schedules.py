"""Thousands of schedules of posting one order: whatever happens, there is one document, or a reason for none.

Workers die or are taken for dead, answers get lost before and after the commit, the ERP shows what it has
only later, says no, is not there; a person continues, or cancels. A failure names its seed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from records.postings import Postings
from tests.sim.books import ForgetfulPostings, InlineDatabase, ShelfPostings
from tests.sim.fake_erp import Answer, Fate
from tests.sim.invariants import broken_by_a_restart, broken_promises
from tests.sim.story import LATEST_SHOWN, PAUSE_OF_THE_CREATE, End, Story, Weather, prepared, told
from tests.sim.world import START, Clock, Dangers

ORDINARY = Weather()
STORM = Weather(dies=0.1, is_forgotten=0.1, reads_fail=0.2)
SLOW = Weather(stalls=0.1, latency=4)


def _story(seed: int, clock: Clock, weather: Weather, books: Callable[[], Postings] = ShelfPostings) -> Story:
    clock.time = START
    return told(seed, clock, books(), weather)


def _check(seeds: range, clock: Clock, weather: Weather) -> Counter[End | None]:
    ends: Counter[End | None] = Counter()
    for seed in seeds:
        story = _story(seed, clock, weather)
        ends[story.end] += 1
        assert broken_promises(story) == [], f"seed {seed} of {weather}"
        if story.end is End.POSTED:
            assert broken_by_a_restart(story) == [], f"seed {seed} of {weather}"
    return ends


@pytest.mark.parametrize("part", range(4))
def test_whatever_happens_an_order_is_posted_once_or_ends_with_a_reason(clock: Clock, part: int) -> None:
    ends = _check(range(part * 300, part * 300 + 300), clock, ORDINARY)

    assert min(ends[end] for end in End) >= 3, "each end is met"
    assert ends[End.POSTED] >= 200


def test_a_storm_of_deaths_changes_nothing(clock: Clock) -> None:
    _check(range(250), clock, STORM)


@pytest.mark.parametrize("latest_shown", [LATEST_SHOWN, 300])
def test_where_the_erp_knows_its_keys_slow_workers_and_late_documents_make_no_second_one(
    clock: Clock, latest_shown: float
) -> None:
    for seed in range(250):
        story = _story(seed, clock, replace(SLOW, unique=True, latest_shown=latest_shown))

        kept = story.erp.of_key(story.key)
        assert len(kept) <= 1, f"seed {seed}"
        assert story.end is not None, f"seed {seed}"
        if story.posted:
            assert [story.posted.document] == kept, f"seed {seed}"


def test_in_fair_weather_one_attempt_is_enough(clock: Clock) -> None:
    fair = Weather(dies=0, is_forgotten=0, reads_fail=0)
    for seed in range(300):
        story = _story(seed, clock, fair)
        if story.erp.creates == 1 and story.end is End.POSTED:
            assert story.attempts <= 1 + story.doubts, f"seed {seed}"


def test_a_database_keeps_the_books_as_the_shelf_does(clock: Clock) -> None:
    database = InlineDatabase()
    for seed in range(30):
        on_shelf = _story(seed, clock, STORM)
        in_database = _story(seed, clock, STORM, lambda: Postings(database))

        assert in_database.world.trace == on_shelf.world.trace, f"seed {seed}"
        assert in_database.posted == on_shelf.posted, f"seed {seed}"
        assert broken_promises(in_database) == [], f"seed {seed}"


def test_a_seed_is_a_whole_schedule(clock: Clock) -> None:
    for seed in range(50):
        assert _story(seed, clock, STORM).world.trace == _story(seed, clock, STORM).world.trace


def test_every_fate_is_met_by_many_orders(clock: Clock) -> None:
    met: Counter[Answer] = Counter()
    for seed in range(300):
        met.update(_story(seed, clock, ORDINARY).erp.met)

    assert min(met[answer] for answer in Answer) >= 20


def _broken(clock: Clock, weather: Weather, books: Callable[[], Postings] = ShelfPostings) -> set[str]:
    stories = (_story(seed, clock, weather, books) for seed in range(250))
    return {promise[:2] for story in stories for promise in broken_promises(story)}


def test_the_simulation_notices_books_that_forget_what_was_sent(clock: Clock) -> None:
    assert "I1" in _broken(clock, ORDINARY, ForgetfulPostings)


def test_the_simulation_notices_an_erp_that_shows_documents_later_than_the_settle_time(clock: Clock) -> None:
    assert {"I1", "I2"} <= _broken(clock, replace(ORDINARY, latest_shown=60))


def test_the_simulation_notices_an_engine_that_lets_a_parked_order_end_unasked(clock: Clock) -> None:
    """A worker died with a create under way, then the ERP went down: a cancellation must wait for it."""
    ends = {}
    for unasked in (False, True):
        clock.time = START
        death = Dangers(dies_at=(PAUSE_OF_THE_CREATE,))
        story = prepared(
            clock, ShelfPostings(), death, Fate(commits_after=10, shows_after=10, heard_after=10)
        )
        story.may_end_while_parked = unasked
        story.world.at(1, story.erp.go_down)
        story.world.at(50, story.cancel)
        story.world.at(300, story.erp.come_back)
        story.tell()
        ends[unasked] = broken_promises(story)

    assert ends == {False: [], True: ["I2: cancelled, but the ERP has its document"]}
