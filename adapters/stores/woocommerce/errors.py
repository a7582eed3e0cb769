"""The shop's answers as our errors: one table from HTTP status and WordPress code to a class and a sentence.

A refused read is asked again only where time can help. A write that ended in an error of the server may still
have been saved (a plug-in that hangs on the save stumbled): that is `SaveFailed`, and whoever wrote reads
again to learn which. What a firewall or a host refuses (429, or a page with 403) never reached WordPress.
"""

import re
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Rule:
    """What an answer means. `theirs` is a pattern of their whole code, `words` of part of the message."""

    statuses: range
    read: type[WaybillError]
    write: type[WaybillError]
    sentence: str
    theirs: str = ""
    words: str = ""
    html: bool | None = None
    remedy: str = ""

    def fits(self, status: int, code: str, words: str, html: bool) -> bool:
        """Tell whether this rule is about such an answer."""
        return (
            status in self.statuses
            and (not self.theirs or re.fullmatch(self.theirs, code) is not None)
            and (not self.words or re.search(self.words, words) is not None)
            and (self.html is None or self.html == html)
        )


def _only(status: int) -> range:
    return range(status, status + 1)


_CLIENT, _SERVER, _LOGIN = range(400, 500), range(500, 600), range(401, 404)
_KEY_PAGE = "In the back office, WooCommerce > Settings > Advanced > REST API, "
_DENIED = r"woocommerce_rest_cannot_\w+|rest_forbidden\w*|rest_cannot_\w+|rest_not_logged_in"
_FIREWALL = "If it stays, let Waybill's address through the firewall in front of the shop."

TABLE: tuple[Rule, ...] = (
    Rule(
        _LOGIN,
        NotPermitted,
        NotPermitted,
        "the key may not {verb} {resource}",
        theirs="woocommerce_rest_authentication_error",
        words="permissions",
        remedy=_KEY_PAGE + "give the key the permissions Read/Write.",
    ),
    Rule(
        _LOGIN,
        BadCredentials,
        BadCredentials,
        "the shop does not accept the key",
        theirs="woocommerce_rest_authentication_error|woocommerce_api_authentication_error",
        remedy=_KEY_PAGE + "make a key and put both of its parts where waybill.toml points. A key dies with"
        " its user.",
    ),
    Rule(
        _only(401),
        BadCredentials,
        BadCredentials,
        "the shop does not know the key, or the key did not reach it",
        theirs=_DENIED,
        remedy=_KEY_PAGE
        + "see that the key is there and that waybill.toml points to both of its parts; a key"
        " dies with its user. If it is there: let the host pass the Authorization header (Apache with CGI:"
        " CGIPassAuth On) or set keys_in_query in waybill.toml; and behind a proxy let WordPress know that it"
        " is reached over https (X-Forwarded-Proto), for it looks at keys only then.",
    ),
    Rule(
        _LOGIN,
        NotPermitted,
        NotPermitted,
        "the key's user may not {verb} {resource}",
        theirs=_DENIED,
        remedy=_KEY_PAGE + "tie the key to a shop manager or an administrator. If it is, a security plug-in"
        " closes the REST API: let it pass /wp-json/wc.",
    ),
    Rule(
        _only(401),
        BadCredentials,
        BadCredentials,
        "another login stands in front of the shop",
        remedy="Let the host pass /wp-json without a login of its own.",
    ),
    Rule(
        _only(404),
        BadConfiguration,
        BadConfiguration,
        "the shop has no {resource} in its REST API",
        theirs="rest_no_route",
        remedy="Switch WooCommerce (or the plug-in that has them) on; Waybill needs version 5.8 or newer.",
    ),
    Rule(_CLIENT, NotFound, NotFound, "the shop has no such record", theirs=r"\w+_invalid_id"),
    Rule(_only(404), NotFound, NotFound, "the shop has no such record", theirs=".+"),
    Rule(
        _only(404),
        BadConfiguration,
        BadConfiguration,
        "there is no WordPress REST API at this address",
        remedy="Correct base_url in waybill.toml (sub-folder included), or set plain_permalinks where the"
        " shop's permalinks are plain.",
    ),
    Rule(
        _only(405),
        BadConfiguration,
        BadConfiguration,
        "the host of the shop does not let {verb} through",
        remedy="Let the host pass {verb} for /wp-json.",
    ),
    Rule(_only(429), RateLimited, RateLimited, "the host of the shop asks for a slower pace"),
    Rule(
        range(400, 411),
        BadConfiguration,
        Refused,
        "the shop refused a request about {resource}",
        theirs=r"\w+(?:-\w+)*",
        html=False,
    ),
    Rule(_only(503), ConnectionDown, InDoubt, "the shop is closed for maintenance", html=True),
    Rule(_only(500), Passing, SaveFailed, "the shop or one of its plug-ins stumbled over the request"),
    Rule(
        _only(501),
        BadConfiguration,
        Refused,
        "the shop cannot do this to {resource}",
        remedy="A plug-in changes the shop's REST API: look at the quoted answer.",
    ),
    Rule(_SERVER, Passing, InDoubt, "the shop or its host had a failure"),
    Rule(_CLIENT, Passing, Passing, "a firewall turned the request away", html=True, remedy=_FIREWALL),
    Rule(_CLIENT, Passing, Passing, "the host turned the request away", remedy=_FIREWALL),
)


def error_of(answer: Answer, connection: str, verb: str, resource: str) -> WaybillError | None:
    """Return what a refusal means, None for an answer that is none."""
    if answer.status < 400:
        return None
    code, words, field = _complaint(answer)
    rule = next(rule for rule in TABLE if rule.fits(answer.status, code, words, answer.is_html))
    kind = rule.read if verb == "GET" else rule.write
    return kind(
        rule.sentence.format(verb=verb, resource=resource),
        quote=f"{code}: {words}" if code else answer.text[:200],
        field=field,
        remedy=rule.remedy.format(verb=verb, resource=resource),
        connection=connection,
        retry_after=answer.retry_after,
    )


def _complaint(answer: Answer) -> tuple[str, str, str]:
    """Read `{"code": …, "message": …, "data": {"params": {"status": …}}}`: code, message, first parameter."""
    try:
        found = answer.json
    except ValueError:
        return "", "", ""
    if not isinstance(found, dict):
        return "", "", ""
    data = found.get("data")
    params = data.get("params") if isinstance(data, dict) else None
    field = next(iter(params), "") if isinstance(params, dict | list) else ""
    return str(found.get("code", "")), str(found.get("message", "")), str(field)
