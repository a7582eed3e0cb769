"""The table of refusals: each row is reached, and means what the vendor's notes and recordings say."""

import json
from typing import Any

import pytest

from adapters.erps.sap_business_one.errors import (
    LOGIN_ROWS,
    ROWS,
    login_problem,
    problem,
    problem_of,
)
from adapters.erps.sap_business_one.refusals import (
    AlreadyAssigned,
    ChangedMeanwhile,
    KeyExists,
    NotAllowedNow,
    NothingMatches,
    Refusal,
    refusal,
)
from adapters.http import Answer
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    UnexpectedAnswer,
    WaybillError,
)

NO_MATCH = "No matching records found (ODBC -2028)"
EXISTS = "This entry already exists in the following tables (ODBC -2035)"
CHANGED = "Another user or another operation modified data (ODBC -2039)"
INACTIVE_ITEM = "10001069 - Item 'X' is inactive  [RDR1.ItemCode][line: 2]"
NEGATIVE = "10001069 - Quantity falls into negative inventory  [RDR1.ItemCode][line: 3]"
CASES: tuple[tuple[int, str, str, bool, type[WaybillError], str, str], ...] = (
    (401, "301", "Invalid session or session already timeout.", True, Passing, "", ""),
    (401, "", "", False, Passing, "", ""),
    (500, "305", "Switch company error: -5027", False, BadConfiguration, "", "connections.sap.company"),
    (500, "305", "Switch company error: -1102", True, InDoubt, "", ""),
    (500, "305", "Switch company error: -1102", False, Passing, "", ""),
    (502, "", "", True, InDoubt, "", ""),
    (503, "", "", False, Passing, "", ""),
    (429, "", "", True, RateLimited, "", ""),
    (400, "-2039", CHANGED, True, ChangedMeanwhile, "", ""),
    (412, "", CHANGED, True, ChangedMeanwhile, "", ""),
    (413, "", "", True, Refused, "", ""),
    (403, "-1", "No authorization", True, NotPermitted, "", "connections.sap.user"),
    (400, "-1000", "Property 'U_WebOrderId' of 'Document' is invalid", True, BadConfiguration, "", ""),
    (400, "201", "Property 'U_WebOrderId' is invalid", False, BadConfiguration, "", ""),
    (400, "-1004", "Value too long in property 'U_Channel' of 'Document'", True, Refused, "", ""),
    (400, "-1004", "Invalid value for property 'U_Weight' of 'Document'", True, Refused, "", ""),
    (400, "-1000", "Unrecognized resource path.", True, BadConfiguration, "", ""),
    (400, "-1000", "Property 'TaxCode' of 'DocumentLine' is invalid", True, BadConfiguration, "", ""),
    (400, "201", "Invalid symbol in the filter condition", False, BadConfiguration, "", ""),
    (400, "-2035", EXISTS, True, KeyExists, "refused", ""),
    (404, "-2028", NO_MATCH, False, NotFound, "", ""),
    (404, "", "", False, NotFound, "", ""),
    (400, "-2028", NO_MATCH, True, NothingMatches, "refused", ""),
    (400, "-10", "1320000140 - code 'c1' already assigned", True, AlreadyAssigned, "", "customer.code"),
    (400, "-10", "10001071 - Customer 'C1' is inactive", True, Refused, "customer_blocked", "customer.code"),
    (400, "-10", NEGATIVE, True, Refused, "out_of_stock", "line.3.sku"),
    (400, "-10", INACTIVE_ITEM, True, Refused, "item_blocked", "line.2.sku"),
    (400, "-10", "10001069 - Item 'X' is inactive", True, Refused, "item_blocked", ""),
    (
        400,
        "-10",
        "10000180 - Tax code 'B' is invalid",
        True,
        Refused,
        "tax_unknown",
        "connections.sap.tax_codes",
    ),
    (400, "-10", "Customer exceeds the credit limit", True, Refused, "credit_exceeded", ""),
    (400, "-5002", "1250000073 - Posting date is in a closed or locked period", True, Refused, "refused", ""),
    (400, "-5002", "10001058 - Enter a discount percentage of less than 100", True, Refused, "refused", ""),
    (400, "-10", "Update the exchange rate for currency 'USD'", True, Refused, "rate_unknown", ""),
    (400, "-1116", "(1001) U_Area is invalid", True, Refused, "refused", ""),
    (400, "-1116", "(1000) Orders of more than 5,000 need a phone call", True, Refused, "refused", ""),
    (400, "-5006", "The requested action is not supported for this object.", True, NotAllowedNow, "", ""),
    (400, "-1029", "Field cannot be updated (ODBC -1029)", True, NotAllowedNow, "", ""),
    (400, "-1000", "Incomplete Batch Request Body!", True, WaybillError, "bug", ""),
    (400, "-10", "Something else", True, Refused, "refused", ""),
)
LOGIN_CASES: tuple[tuple[int, str, str, type[WaybillError], str], ...] = (
    (500, "305", "Switch company error: -5027", BadConfiguration, "company"),
    (401, "-304", "Fail to Get the Bound Database Instance from SLD", BadConfiguration, "company"),
    (500, "305", "Switch company error: -1102", Passing, ""),
    (401, "100000027", "Login failed: no licence is free for another session", NotPermitted, "user"),
    (401, "299", "Login failed: wrong user name or password", BadCredentials, "password"),
    (401, "", "", BadCredentials, "password"),
    (500, "-1", "Login failed", BadCredentials, "password"),
    (503, "", "", Passing, ""),
)


def answer(status: int, body: Any, **headers: str) -> Answer:
    """Return an answer with a JSON or any other body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, content)


@pytest.mark.parametrize(("status", "code", "text", "writes", "error", "ours", "field"), CASES)
def test_refusal_becomes(
    status: int, code: str, text: str, writes: bool, error: type[WaybillError], ours: str, field: str
) -> None:
    made = problem(Refusal(status, code, text), "sap", writes=writes)

    assert type(made) is error
    assert made.problem.code == (ours or error.code)
    assert made.problem.field == field
    assert made.problem.connection == "sap"
    assert made.problem.sentence
    assert text[:20] in made.problem.quote
    assert "{" not in made.problem.remedy


@pytest.mark.parametrize(("status", "code", "text", "error", "setting"), LOGIN_CASES)
def test_refused_login_becomes(
    status: int, code: str, text: str, error: type[WaybillError], setting: str
) -> None:
    made = login_problem(answer(status, {"error": {"code": code, "message": text}}), "sap")

    assert type(made) is error
    assert made.problem.field == (f"connections.sap.{setting}" if setting else "")


def test_every_row_of_the_table_is_reached() -> None:
    reached = [
        next(row for row in ROWS if row.fits(Refusal(status, code, text), writes=writes))
        for status, code, text, writes, *_ in CASES
    ]
    of_logins = [
        next(row for row in LOGIN_ROWS if row.fits(Refusal(status, code, text), writes=False))
        for status, code, text, *_ in LOGIN_CASES
    ]

    assert [row.sentence for row in ROWS if row not in reached] == []
    assert [row.sentence for row in LOGIN_ROWS if row not in of_logins] == []


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize("status", range(400, 600))
def test_whatever_the_status_some_row_fits(status: int, writes: bool) -> None:
    made = problem_of(answer(status, {"error": {"code": "-9", "message": "x"}}), "sap", writes=writes)

    assert isinstance(made, WaybillError)
    if status >= 500:
        assert isinstance(made, InDoubt if writes else Passing)


def test_both_versions_of_the_protocol_are_read_alike() -> None:
    old = {"error": {"code": -2028, "message": {"lang": "en-us", "value": NO_MATCH}}}
    new = {"error": {"code": "-2028", "details": [{"code": "", "message": ""}], "message": NO_MATCH}}

    assert refusal(404, old) == refusal(404, new) == Refusal(404, "-2028", NO_MATCH)


@pytest.mark.parametrize("body", [None, [], {"error": "x"}, {"error": {}}, {"value": []}])
def test_what_is_no_error_document_is_told(body: Any) -> None:
    assert refusal(400, body) is None


def test_page_of_the_balancer_is_in_doubt_after_a_write_only() -> None:
    page = answer(502, b"<html><body>Proxy Error</body></html>")

    assert type(problem_of(page, "sap", writes=True)) is InDoubt
    assert type(problem_of(page, "sap", writes=False)) is Passing


def test_unreadable_refusal_is_in_doubt_after_a_write_only() -> None:
    page = answer(400, b"<html><body>Bad Request</body></html>")

    assert type(problem_of(page, "sap", writes=True)) is InDoubt
    assert type(problem_of(page, "sap", writes=False)) is UnexpectedAnswer


def test_server_that_asks_for_patience_is_given_it() -> None:
    made = problem_of(answer(429, b"", **{"retry-after": "7"}), "sap", writes=False)

    assert made.retry_after is not None
    assert made.retry_after.total_seconds() == 7


def test_address_of_something_else_is_told_from_a_wrong_password() -> None:
    made = login_problem(answer(404, b"<html><body>nginx</body></html>"), "sap")

    assert type(made) is BadConfiguration
    assert made.problem.field == "connections.sap.base_url"


def test_long_quotes_are_bounded() -> None:
    made = problem(Refusal(400, "-10", "x" * 5000), "sap", writes=True)

    assert len(made.problem.quote) == 500
