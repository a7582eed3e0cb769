"""What is wrong with something a person wrote as a whole: where, and how it would be right."""

from domain.model import Frozen


class Fault(Frozen):
    """One thing that is wrong. `place` is a path such as `rules.2.if.all.0`, or empty for the whole."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence
