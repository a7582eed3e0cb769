"""What the shop answers, and the error it becomes: every row of the table, on reads and on writes."""

import json

import pytest

from adapters.http import Answer
from adapters.stores.prestashop.errors import TABLE, Rule, UnknownResource, error_of
from adapters.stores.settling import SaveFailed
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    Disposition,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)

PAGE = b"<!doctype html><html><body>Attention required</body></html>"


def said(*codes: int) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": f"words of {code}"} for code in codes]}).encode()


def refused(status: int, body: bytes, verb: str = "GET", resource: str = "orders") -> WaybillError:
    problem = error_of(Answer(status, {}, body), "shop", verb, resource)
    assert problem is not None
    return problem


# status, body, class on a read, class on a write
ANSWERS: list[tuple[int, bytes, type[WaybillError], type[WaybillError]]] = [
    *((400, said(code), BadConfiguration, BadConfiguration) for code in range(29, 40)),
    *((400, said(code), Refused, Refused) for code in (41, 84, 85, 86, 90, 91, 93, 123)),
    (400, said(27), UnknownResource, UnknownResource),
    (400, said(700), BadConfiguration, Refused),
    (400, b"", Passing, Passing),
    (400, PAGE, Passing, Passing),
    *((401, said(code), BadCredentials, BadCredentials) for code in (16, 17, 18, 20)),
    (401, said(20, 21), BadCredentials, BadCredentials),
    (401, said(21), NotPermitted, NotPermitted),
    (401, said(26), NotPermitted, NotPermitted),
    (401, b"401 Unauthorized", BadCredentials, BadCredentials),
    (401, PAGE, BadCredentials, BadCredentials),
    (403, said(132), NotPermitted, NotPermitted),
    (403, PAGE, Passing, Passing),
    (403, b"", Passing, Passing),
    (404, b"", NotFound, NotFound),
    *((404, said(code), NotFound, NotFound) for code in (92, 87, 131)),
    (404, said(999), BadConfiguration, BadConfiguration),
    (404, PAGE, BadConfiguration, BadConfiguration),
    (405, said(25), NotPermitted, NotPermitted),
    (405, said(23), BadConfiguration, BadConfiguration),
    (405, said(101), BadConfiguration, BadConfiguration),
    (405, PAGE, BadConfiguration, BadConfiguration),
    (406, PAGE, Passing, Passing),
    (429, b"", RateLimited, RateLimited),
    (429, PAGE, RateLimited, RateLimited),
    *((500, said(code), Passing, SaveFailed) for code in (2, 5, 8, 15, 46)),
    *((500, said(code), Refused, Refused) for code in (89, 90, 133, 140, 141)),
    (500, said(127), BadConfiguration, BadConfiguration),
    (500, b"", Passing, InDoubt),
    (500, PAGE, Passing, InDoubt),
    (502, PAGE, Passing, InDoubt),
    (503, said(22), ConnectionDown, ConnectionDown),
    (503, PAGE, ConnectionDown, InDoubt),
    (503, b"busy", Passing, InDoubt),
    (504, PAGE, Passing, InDoubt),
]


@pytest.mark.parametrize(("status", "body", "read", "write"), ANSWERS)
def test_answer_becomes(
    status: int, body: bytes, read: type[WaybillError], write: type[WaybillError]
) -> None:
    assert type(refused(status, body)) is read
    assert type(refused(status, body, "PATCH")) is write


def test_every_rule_of_the_table_is_reached_by_an_answer_above() -> None:
    reached = {first_rule(status, body) for status, body, _, _ in ANSWERS}

    assert reached == set(range(len(TABLE)))


def first_rule(status: int, body: bytes) -> int:
    answer = Answer(status, {}, body)
    codes = [error["code"] for error in json.loads(body)["errors"]] if body[:1] == b"{" else []
    return next(place for place, rule in enumerate(TABLE) if rule.fits(status, codes, answer.is_html))


@pytest.mark.parametrize(
    "body", [b"", PAGE, b"{}", b"[]", b'{"errors": 1}', b"<errors><error/></errors>", b"\xff"]
)
def test_any_answer_becomes_one_of_our_errors(body: bytes) -> None:
    for status in range(400, 600):
        assert refused(status, body).problem.disposition is not Disposition.BUG
        assert refused(status, body, "POST").problem.disposition is not Disposition.BUG


@pytest.mark.parametrize(
    "rule", TABLE, ids=lambda rule: f"{rule.statuses[0]} {sorted(rule.codes)[:3]} {rule.html}"
)
def test_rule_speaks_to_a_person(rule: Rule) -> None:
    sentence = rule.sentence.format(verb="PATCH", resource="orders")

    assert "{" not in sentence + rule.remedy.format(verb="PATCH", resource="orders")
    assert not any(char.isdigit() for char in sentence)


def test_good_answer_is_no_error() -> None:
    assert error_of(Answer(201, {}, b""), "shop", "POST", "orders") is None


def test_missing_right_names_the_tick() -> None:
    problem = refused(405, said(25), "PATCH", "order_carriers").problem

    assert "tick PATCH for order_carriers" in problem.remedy
    assert problem.quote == "words of 25"
    assert problem.connection == "shop"


def test_xml_errors_are_read_too() -> None:
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<prestashop><errors><error><code><![CDATA[26]]></code>'
        b"<message><![CDATA[not allowed]]></message></error></errors></prestashop>"
    )

    assert type(refused(401, body)) is NotPermitted
    assert refused(401, body).problem.quote == "not allowed"


def test_entities_of_an_xml_answer_are_not_expanded() -> None:
    body = (
        b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]>'
        b"<errors><error><code>26</code><message>&x;&y;</message></error></errors>"
    )

    problem = refused(401, body)

    assert type(problem) is NotPermitted
    assert "root:" not in problem.problem.quote


def test_refused_field_is_named() -> None:
    body = json.dumps(
        {"errors": [{"code": 85, "message": 'Validation error: "Property Order->note is not valid"'}]}
    ).encode()

    assert refused(400, body, "PATCH").problem.field == "note"


def test_rate_limit_carries_the_wait() -> None:
    problem = error_of(Answer(429, {"retry-after": "7"}, b""), "shop", "GET", "orders")

    assert problem is not None
    assert problem.retry_after is not None
    assert problem.retry_after.total_seconds() == 7
