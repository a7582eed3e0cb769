"""The words of notices: subject, text and HTML in the recipient's language, from one template a language.

A template has two blocks for each event as customers read it (`shipped_subject`, `shipped`) and one for staff
(`staff_shipped`). The HTML part is made of the same words with every value escaped.
"""

from typing import Any, NamedTuple

from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from domain.notices import Audience, PlannedNotice
from domain.texts import one_line

_LOADER = PackageLoader("activities", "templates/notices")
# A value with line breaks of its own could put words into our mouth.
# Text parts, SMS and chats escape nothing.
_PLAIN = Environment(loader=_LOADER, undefined=StrictUndefined, finalize=one_line, autoescape=False)  # noqa: S701
_ESCAPED = Environment(loader=_LOADER, undefined=StrictUndefined, finalize=one_line, autoescape=True)
_PAGE = Environment(loader=_LOADER, undefined=StrictUndefined, trim_blocks=True, autoescape=True)


class Wording(NamedTuple):
    """A notice in words. `short` is one line for SMS and chats."""

    subject: str
    text: str
    html: str
    short: str


def worded(notice: PlannedNotice) -> Wording:
    """Return the words of a notice."""
    values = _values(notice)
    template = f"{notice.language}.txt"
    plain, escaped = _PLAIN.get_template(template), _ESCAPED.get_template(template)
    subject = one_line(_block(plain, _names(notice)[0], values))
    link = notice.facts.link if notice.facts.link.startswith(("https://", "http://")) else ""
    text = _body(plain, notice, values)
    if link:
        text = f"{text}\n\n{_block(plain, 'link', values)}: {link}"
    html = _PAGE.get_template("mail.html").render(
        language=notice.language,
        subject=subject,
        paragraphs=[
            [Markup(line) for line in paragraph.split("\n")]  # noqa: S704 - its values are escaped
            for paragraph in _body(escaped, notice, values).split("\n\n")
        ],
        link=link,
        link_label=_block(plain, "link", values),
    )
    return Wording(subject, text + "\n", html, f"{subject}. {link}" if link else subject)


def _names(notice: PlannedNotice) -> tuple[str, str]:
    event = notice.event.value
    if notice.audience is Audience.CUSTOMER:
        return f"{event}_subject", event
    return f"staff_{event}", "staff"


def _body(template: Template, notice: PlannedNotice, values: dict[str, Any]) -> str:
    subject, body = _names(notice)
    if notice.audience is Audience.CUSTOMER:
        return f"{_block(template, 'greeting', values)}\n\n{_block(template, body, values)}"
    return f"{_block(template, subject, values)}.\n\n{_block(template, body, values)}".strip()


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values))).strip()


def _values(notice: PlannedNotice) -> dict[str, Any]:
    facts = notice.facts
    amount = facts.amount
    return {
        **facts.model_dump(exclude={"amount", "tracking", "documents", "link"}),
        "tracking": ", ".join(facts.tracking),
        "amount": format_currency(amount.amount, amount.currency, locale=notice.language) if amount else "",
    }
