"""Places in a rule set: as people read them (`rules[big-order].if.all[0]`), and by numbers."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from domain.faults import Fault

Parts = tuple[str | int, ...]
"""A place by keys and numbers: `("rules", 2, "if", "all", 0)`."""

_NAMED_BY = {"rules": "id", "experts": "name"}
_SHORT = re.compile(r"[A-Za-z0-9_.-]{1,60}")


class Places:
    """The places of one rule set, as it was read from a file."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def fault(self, parts: Parts, sentence: str, fix: str) -> Fault:
        """Return what is wrong at a place."""
        path = ".".join(str(part) for part in parts)
        return Fault(place=self.written(parts), sentence=sentence, fix=fix, path=path)

    def written(self, parts: Parts) -> str:
        """Return a place as people read it."""
        text = ""
        for number, part in enumerate(parts):
            if isinstance(part, int):
                text += f"[{self._name(parts[:number], part)}]"
            else:
                text += f".{shortened(part)}" if text else shortened(part)
        return text

    def at(self, parts: Parts) -> Any:
        """Return what was written at a place, None where nothing was."""
        found = self._raw
        for part in parts:
            if isinstance(part, int):
                found = found[part] if isinstance(found, list | tuple) and part < len(found) else None
            else:
                found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _name(self, parts: Parts, number: int) -> str:
        key = _NAMED_BY.get(str(parts[0])) if len(parts) == 1 else None
        entry = self.at((*parts, number)) if key else None
        name = entry.get(key) if isinstance(entry, Mapping) else None
        return name if isinstance(name, str) and _SHORT.fullmatch(name) else str(number)


def shortened(text: object, most: int = 40) -> str:
    """Return what somebody wrote, short enough for a sentence and without signs that no page should meet."""
    plain = "".join(sign if sign.isprintable() else " " for sign in str(text)[: most + 1])
    return plain if len(plain) <= most else f"{plain[:most]}…"


def nearest(name: object, known: Iterable[str], otherwise: str = "Write one of: {}.") -> str:
    """Return the fix for a name that is not known: those most like it, else all of them."""
    names = {each.casefold(): each for each in sorted(known)}
    close = difflib.get_close_matches(str(name)[:80].casefold(), names, 2, 0.7)
    if close:
        return f"Write {' or '.join(names[each] for each in close)}."
    return otherwise.format(", ".join(names.values())) if names else "Leave it out: there is none yet."
