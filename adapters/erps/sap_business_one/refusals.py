"""How the Service Layer says no, read from either version of its protocol.

The code alone says little; the reason is often a second number at the start of the text
(`10001071 - …`), and a company's own rules come as `(1000) …`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adapters.http import Answer
from domain.errors import Passing, Refused, WaybillError


class KeyExists(Refused):
    """A row with this key is there already (-2035)."""


class NothingMatches(Refused):
    """A code that the request names does not exist, or an approval procedure kept a draft (-2028)."""


class AlreadyAssigned(Refused):
    """The code of the new business partner is taken (1320000140)."""


class NotAllowedNow(Refused):
    """The document's state does not allow the action (-5006, -1029)."""


class ChangedMeanwhile(Passing):
    """Somebody else changed the record since it was read (412)."""


@dataclass(frozen=True)
class Refusal:
    """An error as it came: the code as text in both protocol versions, the text in one line."""

    status: int
    code: str
    text: str

    @property
    def number(self) -> str:
        """The number at the start of the text, empty when there is none."""
        found = re.match(r"\s*\(?(\d{3,})\)?(?:\s|$)", self.text)
        return found[1] if found else ""

    @property
    def line(self) -> str:
        """The line of the document that the text names, counted from 1."""
        found = re.search(r"\[line: (\d+)\]", self.text)
        return found[1] if found else ""


@dataclass(frozen=True)
class Row:
    """One way to be refused. Empty conditions fit everything; `field` may name {line} and {connection}."""

    error: type[WaybillError]
    sentence: str
    statuses: Iterable[int] = ()
    codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: str = ""
    writes: bool | None = None
    code: str = ""
    field: str = ""
    remedy: str = ""

    def fits(self, refusal: Refusal, *, writes: bool) -> bool:
        """Whether this row speaks of such a refusal."""
        return (
            (not self.statuses or refusal.status in self.statuses)
            and (not self.codes or refusal.code in self.codes)
            and (not self.numbers or refusal.number in self.numbers)
            and (not self.words or re.search(self.words, refusal.text, re.IGNORECASE) is not None)
            and (self.writes is None or self.writes is writes)
        )

    def made(self, refusal: Refusal, connection: str) -> WaybillError:
        """Return the error."""
        field = "" if "{line}" in self.field and not refusal.line else self.field
        return self.error(
            self.sentence,
            quote=_quote(refusal),
            code=self.code,
            field=field.format(line=refusal.line, connection=connection),
            remedy=self.remedy.format(connection=connection),
            connection=connection,
        )


def refusal(status: int, body: Any) -> Refusal | None:
    """Read an error document of either protocol version; None when it is none."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or "code" not in error:
        return None
    message = error.get("message")
    if isinstance(message, dict):
        message = message.get("value")
    return Refusal(status, str(error["code"]), " ".join(str(message or "").split()))


def refusal_of(answer: Answer) -> Refusal | None:
    """Read the error document of an answer; None when it is none, for example a balancer's page."""
    try:
        return refusal(answer.status, answer.json)
    except ValueError:
        return None


def _quote(found: Refusal) -> str:
    return f"{found.code} {found.text}".strip() or f"HTTP {found.status}"
