"""Notes that a back office shows with an order."""

import html
import re


def harmless(text: str) -> str:
    """Return a text the back office can show as HTML: one line, without tags."""
    return " ".join(re.sub(r"[<>\x00-\x1f\x7f]", " ", text).split())


def shows(note: str, text: str) -> bool:
    """Tell whether a text stands in a note as such, not as the beginning of a longer number."""
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", html.unescape(note)) is not None
