"""Durations as a small histogram of text."""

import math
from collections.abc import Iterator, Sequence

_MOST_BARS = 12
_WIDTH = 40
_STEPS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


def histogram(seconds: Sequence[float]) -> Iterator[str]:
    """Yield a line for each bucket of equal width, from zero to the longest."""
    longest = max(seconds, default=0.0)
    step = next((each for each in _STEPS if longest < each * _MOST_BARS), _STEPS[-1])
    counts = [0] * min(_MOST_BARS, math.floor(longest / step) + 1)
    for lag in seconds:
        counts[min(math.floor(lag / step), len(counts) - 1)] += 1
    most = max(counts)
    for number, count in enumerate(counts):
        bar = "█" * math.ceil(_WIDTH * count / max(1, most))
        yield f"{number * step:5.2f} s {count:5d} {bar}"
