"""What things of a new system are called, from its one name."""

import keyword
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Naming:
    """The names of one system: `name` is `corner_shop`, `cls` CornerShop, `title` Corner Shop."""

    name: str

    @property
    def cls(self) -> str:
        """The adapter's class."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def title(self) -> str:
        """The system as people call it."""
        return " ".join(part.capitalize() for part in self.name.split("_"))

    @property
    def fault(self) -> str:
        """What is wrong with the name; empty when nothing is."""
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", self.name) or len(self.name) > _LONGEST:
            return (
                f"a name is at most {_LONGEST} small letters and digits, parts joined by _: corner_shop;"
                f" {self.name!r} is not"
            )
        if keyword.iskeyword(self.name):
            return f"{self.name} is a word of Python and names no module"
        return ""


_LONGEST = 30
