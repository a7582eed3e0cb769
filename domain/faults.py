"""What is wrong with something a person wrote as a whole: where, and how it would be right."""

from pydantic_core import ErrorDetails

from domain.model import Frozen


class Fault(Frozen):
    """One thing that is wrong. `place` is a path such as `rules.2.if.all.0`, or empty for the whole.

    `fix` says what would be right. `path` is the place by numbers, where `place` goes by names: it finds
    the line.
    """

    place: str
    sentence: str
    fix: str = ""
    path: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


_BOUNDS = {
    "greater_than_equal": ("ge", "this is too small", "Write {} or more."),
    "greater_than": ("gt", "this is too small", "Write more than {}."),
    "less_than_equal": ("le", "this is too large", "Write {} or less."),
    "less_than": ("lt", "this is too large", "Write less than {}."),
}


def out_of_bounds(row: ErrorDetails) -> tuple[str, str] | None:
    """Return the sentence and the fix for a number beyond what a field takes; None for any other error."""
    if row["type"] not in _BOUNDS:
        return None
    key, sentence, fix = _BOUNDS[row["type"]]
    return sentence, fix.format(row["ctx"][key])
