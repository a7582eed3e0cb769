"""Which mails customers are due, and whether each came once: for each paper and each parcel on its way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.life import OrderView
from domain.stages import Stage


@dataclass(frozen=True)
class Letter:
    """A mail that one customer is due: with a file of this name, which nobody else may get, or with words."""

    to: str
    about: str
    file: str = ""
    words: str = ""

    def is_it(self, mail: Mapping[str, Any]) -> bool:
        """Tell whether a mail is this letter."""
        if self.file:
            return self.file in mail["attachments"]
        # The same words may be in what the staff is told.
        return self.to in mail["to"] and self.words in mail["text"]


def due_letters(buyer: str, view: OrderView) -> tuple[Letter, ...]:
    """Return the mails that an order's buyer is due."""
    labels = [each.label for each in view.returns if each.label]
    files = [kept.name for _, kept in view.documents] + [label.name for label in labels]
    parcels = [number for paper in view.papers for number in paper.tracking]
    ends = [view.number] if view.stage is Stage.CANCELLED else []
    return (
        *(Letter(buyer, f"with {name}", file=name) for name in files),
        *(Letter(buyer, f"of parcel {number}", words=number) for number in parcels),
        *(Letter(buyer, "of its cancellation", words=number) for number in ends),
    )


def first_letter_difference(letters: Iterable[Letter], mails: Sequence[Mapping[str, Any]]) -> str:
    """Return the first letter that did not come exactly once to its customer alone, or an empty text."""
    for letter in letters:
        came = [mail for mail in mails if letter.is_it(mail)]
        if len(came) != 1:
            return f"the mail {letter.about} came {len(came)} times"
        if list(came[0]["to"]) != [letter.to]:
            return f"the mail {letter.about} went to somebody else"
    return ""
