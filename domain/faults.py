"""What is wrong with something a person wrote as a whole: where, and how it would be right."""

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
