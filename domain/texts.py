"""Texts from people and from outside: without the signs that no database and no page should meet."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain(text: str) -> str:
    """Replace control characters and lone surrogates by a blank; line breaks and tabs stay."""
    return _UNWANTED.sub(" ", text)


def one_line(text: object) -> str:
    """Fold all white space, so that a value cannot add lines of its own to a mail or a log."""
    return " ".join(plain(str(text)).split())


def pieces(quantity: Decimal) -> str:
    """Return a quantity as people write it: `2`, not `2.0` or `2E+1`."""
    return f"{quantity.normalize():f}"


Plain = Annotated[str, AfterValidator(plain)]
