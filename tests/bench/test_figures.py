"""What the benchmark makes of its measurements, without measuring."""

import tomllib
from itertools import pairwise

from tests.bench.figures import Lag, Standing, Waiting, spread
from tests.bench.goals import lag_rows
from tests.bench.histogram import histogram
from tests.bench.world import with_key

_TOML = '[feed]\nevery = "2s"\n\n[pairs.main]\nstore = "shop"\n[pairs.main.approval]\nrole = "director"\n'


def _lag(*seconds: float) -> Lag:
    return Lag(spread=spread(seconds), seconds=seconds, elsewhere_share=0)


def test_every_lag_is_in_one_bucket_of_the_histogram() -> None:
    counts = [int(line.split()[2]) for line in histogram([0.0, 0.49, 0.5, 4.2, 200.0])]

    assert sum(counts) == 5
    assert counts[0] == 4, "buckets of ten seconds, the last with all that is longer"


def test_the_buckets_of_a_histogram_are_of_equal_width() -> None:
    starts = [float(line.split()[0]) for line in histogram([0.2, 2.9])]

    assert {round(after - before, 3) for before, after in pairwise(starts)} == {0.25}


def test_a_late_minority_misses_the_goal_and_not_the_bound() -> None:
    usual, longest = lag_rows("shipments", _lag(*[0.5] * 90, *[3.5] * 10))

    assert (usual.met, longest.met) == (False, True)


def test_one_lag_beyond_the_bound_misses_it() -> None:
    usual, longest = lag_rows("shipments", _lag(*[0.5] * 99, 10.1))

    assert (usual.met, longest.met) == (True, False)


def test_growth_beyond_the_cache_leaves_out_what_filled_it() -> None:
    standing = ((0, 100_000), (1000, 600_000), (3000, 800_000))
    waiting = Waiting(
        orders=3000,
        posting_seconds=1,
        orders_per_second=1,
        posting_elsewhere_share=0,
        catching_up_seconds=0,
        cache_limit=1000,
        cached=1000,
        standing=tuple(Standing(orders=orders, resident={"worker": size}) for orders, size in standing),
        our_bytes_per_order=0,
        temporal_bytes_per_order=0,
        idle_seconds=1,
        idle_cpu_ms_per_second={},
        idle_elsewhere_share=0,
        event=_lag(1.0),
    )

    assert waiting.bytes_per_order("worker") == 233
    assert waiting.bytes_per_order("worker", beyond=1000) == 100


def test_a_key_is_set_where_it_was_and_where_it_was_not() -> None:
    changed = with_key(with_key(_TOML, "feed", "every", '"9s"'), "pairs.main", "publish_stock", "true")
    changed = with_key(changed, "mail", "port", "25")

    assert tomllib.loads(changed) == {
        "feed": {"every": "9s"},
        "pairs": {"main": {"store": "shop", "publish_stock": True, "approval": {"role": "director"}}},
        "mail": {"port": 25},
    }
