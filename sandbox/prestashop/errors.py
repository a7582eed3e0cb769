"""How the webservice says no: numbered errors in the shop's own words.

Source: codes and texts of PrestaShop 8.2's webservice request class.
"""

from collections.abc import Iterable, Sequence


class WebserviceError(Exception):
    """The webservice refuses a call with one or more numbered errors."""

    def __init__(self, status: int, code: int, message: str, *more: tuple[int, str]) -> None:
        super().__init__(message)
        self.status = status
        self.errors: tuple[tuple[int, str], ...] = ((code, message), *more)


class ScriptStopped(Exception):
    """The shop's code ended in the middle: its answer is a bare text, not one of the webservice's own."""

    def __init__(self, text: str, status: int = 500) -> None:
        super().__init__(text)
        self.text, self.status = text, status


NOT_SAVED = (46, "Unable to save resource")


def not_saved(code: int, message: str) -> WebserviceError:
    """A model said no while saving: its own error comes first, the webservice's after it."""
    return WebserviceError(500, code, message, NOT_SAVED)


def did_you_mean(status: int, label: str, value: str, available: Sequence[str], code: int) -> WebserviceError:
    """An unknown name: the answer proposes the nearest known one and lists them all."""
    known = '", "'.join(available)
    full = f' The full list is: "{known}"' if len(available) > 1 else ""
    return WebserviceError(status, code, f'{label}. Did you mean: "{nearest(value, available)}"?{full}')


def nearest(value: str, words: Iterable[str]) -> str:
    """Return the word with the fewest differing letters; the last of several equally near."""
    return min(reversed(list(words)), key=lambda word: _distance(value, word), default="")


def _distance(left: str, right: str) -> int:
    """Count the letters to insert, delete or replace."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
