"""Slow machines and late documents: what once broke a promise, and must not again."""

from dataclasses import replace

import pytest

from tests.sim.books import ShelfPostings
from tests.sim.fake_erp import Answer, Fate
from tests.sim.invariants import broken_promises
from tests.sim.story import Weather, prepared, told
from tests.sim.world import START, Clock, Dangers

WILD = Weather(stalls=0.3, latency=8, latest_shown=29)
WILDEST = replace(WILD, previews_refuse=0.2, dies=0.1, is_forgotten=0.1, reads_fail=0.2)
WILD_BUT_KEYED = Weather(stalls=0.3, latency=8, latest_shown=29, unique=True)


def test_what_shows_between_the_look_up_and_the_create_is_not_posted_again(clock: Clock) -> None:
    story = prepared(clock, ShelfPostings(), Dangers(), Fate(Answer.LOST_AFTER, shows_after=25))
    story.erp.latency = 8

    story.tell()

    assert broken_promises(story) == []


@pytest.mark.parametrize(
    ("weather", "seeds"),
    [(WILD, range(170, 300)), (WILD_BUT_KEYED, range(380, 400)), (WILDEST, range(700, 800))],
    ids=["keyless", "keyed", "all at once"],
)
def test_slow_workers_break_no_promise(clock: Clock, weather: Weather, seeds: range) -> None:
    for seed in seeds:
        clock.time = START
        assert broken_promises(told(seed, clock, ShelfPostings(), weather)) == [], f"seed {seed}"


def test_a_refused_preview_is_no_answer_while_a_create_may_land(clock: Clock) -> None:
    for seed in range(100):
        clock.time = START
        story = told(seed, clock, ShelfPostings(), Weather(previews_refuse=0.2))

        assert broken_promises(story) == [], f"seed {seed}"


def test_a_document_with_a_rounding_line_is_found_again_without_a_difference(clock: Clock) -> None:
    for seed in range(10):
        clock.time = START
        story = told(seed, clock, ShelfPostings(), Weather(rounding_lines=True))

        assert broken_promises(story) == [], f"seed {seed}"


def test_a_dead_workers_create_has_as_much_time_to_show_as_a_lost_answer(clock: Clock) -> None:
    """The answer would have come within the write timeout; the document shows within the settle time."""
    for pause in range(12):
        clock.time = START
        slow = Fate(Answer.GIVEN, commits_after=19, shows_after=24, heard_after=19)
        story = prepared(clock, ShelfPostings(), Dangers(dies_at=(pause,)), slow)

        story.tell()

        assert broken_promises(story) == [], f"died at pause {pause}"
