"""The shop's answers as our errors: one table from HTTP status and PrestaShop code to a class and a sentence.

A refused read is asked again only where time can help. A write that ended in an error of the shop may still
have been saved (the shop answers 500 when only its mail failed): that is `SaveFailed`, and whoever wrote
reads again to learn which. What a firewall refuses (an HTML page with 403 or 406) never reached the shop, so
even a write can be sent again; it is `Passing` because such filters often open again by themselves.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from adapters.http import Answer
from adapters.stores.settling import SaveFailed
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)

XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


class UnknownResource(BadConfiguration):
    """This version of the shop does not have the resource."""


@dataclass(frozen=True)
class Rule:
    """What an answer means. No `codes`: it holds for any code and for none; `html` None: page or not."""

    statuses: range
    read: type[WaybillError]
    write: type[WaybillError]
    sentence: str
    codes: frozenset[int] = frozenset()
    html: bool | None = None
    remedy: str = ""

    def fits(self, status: int, codes: Sequence[int], html: bool) -> bool:
        """Tell whether this rule is about such an answer."""
        return (
            status in self.statuses
            and (not self.codes or not self.codes.isdisjoint(codes))
            and (self.html is None or self.html == html)
        )


def _only(status: int) -> range:
    return range(status, status + 1)


def _codes(*codes: int | range) -> frozenset[int]:
    return frozenset(one for each in codes for one in ([each] if isinstance(each, int) else each))


_CLIENT, _SERVER = range(400, 500), range(500, 600)
_KEY_PAGE = "In the back office, Advanced Parameters > Webservice, "
_FIREWALL = "If it stays, let Waybill's address through the firewall in front of the shop."

TABLE: tuple[Rule, ...] = (
    Rule(
        _only(401),
        BadCredentials,
        BadCredentials,
        "the shop does not accept the webservice key",
        _codes(16, 17, 18, 20),
        remedy=_KEY_PAGE + "copy the 32 characters of an active key to where waybill.toml points.",
    ),
    Rule(
        _CLIENT,
        NotPermitted,
        NotPermitted,
        "the webservice key lacks a right",
        _codes(21, 25, 26),
        remedy=_KEY_PAGE + "edit the key and tick {verb} for {resource}.",
    ),
    Rule(
        _only(401),
        BadCredentials,
        BadCredentials,
        "the webservice key did not reach the shop, or another login stands in front of it",
        remedy="Let the host pass the Authorization header (Apache with CGI: CGIPassAuth On), without a login"
        " of its own for /api.",
    ),
    Rule(
        _only(403),
        NotPermitted,
        NotPermitted,
        "the webservice key is not for this shop",
        _codes(132),
        remedy=_KEY_PAGE + "tie the key to the shop, or correct id_shop in waybill.toml.",
    ),
    Rule(_only(404), NotFound, NotFound, "the shop has no such record", _codes(92, 87, 131)),
    Rule(
        _only(404),
        BadConfiguration,
        BadConfiguration,
        "there is no shop of that number",
        _codes(999),
        remedy="Correct id_shop in waybill.toml.",
    ),
    Rule(
        _only(404),
        BadConfiguration,
        BadConfiguration,
        "there is no PrestaShop webservice at this address",
        html=True,
        remedy="Correct base_url in waybill.toml (sub-folder included), and let the shop rewrite URLs.",
    ),
    Rule(_only(404), NotFound, NotFound, "the shop has no such record"),
    Rule(
        _only(405),
        BadConfiguration,
        BadConfiguration,
        "this version of the shop does not know {verb}",
        _codes(23, 101),
        remedy="Set write_mode to put in waybill.toml.",
    ),
    Rule(
        _only(405),
        BadConfiguration,
        BadConfiguration,
        "the host of the shop does not let {verb} through",
        remedy="Let the host pass {verb} for /api, or set verbs_by_post in waybill.toml.",
    ),
    Rule(_only(429), RateLimited, RateLimited, "the host of the shop asks for a slower pace"),
    Rule(
        _only(400),
        UnknownResource,
        UnknownResource,
        "this version of PrestaShop has no {resource}",
        _codes(27),
        remedy="Waybill needs PrestaShop 1.7.8 or newer.",
    ),
    Rule(
        _only(400),
        BadConfiguration,
        BadConfiguration,
        "the shop does not understand how {resource} are asked for",
        _codes(range(29, 40)),
        remedy="A module of the shop changes its webservice: look at the quoted answer.",
    ),
    Rule(
        _only(400),
        Refused,
        Refused,
        "the shop refused what was written to {resource}",
        _codes(41, 84, 85, 86, 90, 91, 93, 123),
    ),
    Rule(
        _only(500),
        Refused,
        Refused,
        "the shop refused what was written to {resource}",
        _codes(89, 90, 133, 140, 141),
    ),
    Rule(
        _only(500),
        BadConfiguration,
        BadConfiguration,
        "the shop did not receive the body that was sent",
        _codes(127),
        remedy="Something in front of the shop changes what is sent to /api: let it through as it is.",
    ),
    Rule(_only(500), Passing, SaveFailed, "the shop could not finish", _codes(46)),
    Rule(
        _only(500),
        Passing,
        SaveFailed,
        "a module of the shop stumbled over the request",
        _codes(range(2, 16)),
        remedy="If it stays, show the quoted answer to whoever looks after the shop's modules.",
    ),
    Rule(
        _only(503),
        ConnectionDown,
        ConnectionDown,
        "the shop's webservice is switched off",
        _codes(22),
        remedy=_KEY_PAGE + "switch the webservice on; the waiting orders go on by themselves.",
    ),
    Rule(_only(503), ConnectionDown, InDoubt, "the shop is closed for maintenance", html=True),
    Rule(_SERVER, Passing, InDoubt, "the shop or its host had a failure"),
    Rule(_CLIENT, Passing, Passing, "a firewall turned the request away", html=True, remedy=_FIREWALL),
    Rule(
        _only(400),
        BadConfiguration,
        Refused,
        "the shop refused a request about {resource}",
        _codes(range(1, 1000)),
    ),
    Rule(_CLIENT, Passing, Passing, "the host turned the request away", remedy=_FIREWALL),
)


def error_of(answer: Answer, connection: str, verb: str, resource: str) -> WaybillError | None:
    """Return what a refusal means, None for an answer that is none."""
    if answer.status < 400:
        return None
    complaints = _complaints(answer)
    codes = [code for code, _ in complaints]
    rule = next(rule for rule in TABLE if rule.fits(answer.status, codes, answer.is_html))
    kind = rule.read if verb == "GET" else rule.write
    words = "; ".join(message for _, message in complaints)
    return kind(
        rule.sentence.format(verb=verb, resource=resource),
        quote=words or answer.text[:200],
        field=_field(words),
        remedy=rule.remedy.format(verb=verb, resource=resource),
        connection=connection,
        retry_after=answer.retry_after,
    )


def _field(words: str) -> str:
    named = re.search(r"\b[A-Z]\w*->(\w+)", words)
    return named[1] if named else ""


def _complaints(answer: Answer) -> list[tuple[int, str]]:
    """Read the shop's error codes and messages: JSON where it was asked for, else XML, else none."""
    if answer.body.lstrip()[:1] == b"<":
        return _xml_complaints(answer.body)
    try:
        found = answer.json
    except ValueError:
        return []
    errors = found.get("errors") if isinstance(found, dict) else None
    rows = [row for row in errors if isinstance(row, dict)] if isinstance(errors, list) else []
    return [(_code(row.get("code")), str(row.get("message", ""))) for row in rows]


def _xml_complaints(body: bytes) -> list[tuple[int, str]]:
    try:
        root = etree.fromstring(body.strip(), XML)
    except etree.XMLSyntaxError:
        return []
    return [(_code(row.findtext("code")), row.findtext("message") or "") for row in root.iter("error")]


def _code(value: object) -> int:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
