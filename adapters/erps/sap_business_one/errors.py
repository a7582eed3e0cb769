"""What the Service Layer's refusals mean for us, as one table: the first row that fits wins."""

from typing import Any

from adapters.erps.sap_business_one.refusals import (
    AlreadyAssigned,
    ChangedMeanwhile,
    KeyExists,
    NotAllowedNow,
    NothingMatches,
    Refusal,
    Row,
    refusal,
    refusal_of,
)
from adapters.http import Answer, unreadable
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

_SETTING = "connections.{connection}."
_SERVER_TROUBLE = range(500, 600)
_SET_UP = "Run `waybill setup {connection}`, restart the Service Layer, then run `waybill doctor`."

LOGIN_ROWS: tuple[Row, ...] = (
    Row(
        BadConfiguration,
        "SAP Business One does not know the company",
        words=r"-5027|\bSLD\b|bound database|compan(y|ies) .*(not|unknown|invalid)|invalid company",
        field=_SETTING + "company",
        remedy="Write the company's database name into waybill.toml as the log-in window of SAP shows it.",
    ),
    Row(Passing, "the server is not ready to log anybody in", codes=("305",)),
    Row(
        NotPermitted,
        "the user has no licence for the Service Layer",
        words=r"licen[cs]e",
        field=_SETTING + "user",
        remedy="Assign the user a licence in SAP's licence administration, then run `waybill doctor`.",
    ),
    Row(
        BadCredentials,
        "SAP Business One refused the login",
        statuses=range(400, 500),
        field=_SETTING + "password",
        remedy=(
            "Put the right user and password where waybill.toml points, make sure the user is not locked,"
            " then run `waybill doctor`."
        ),
    ),
    # A wrong password has been seen with status 500 too; trying it again could lock the user out.
    Row(
        BadCredentials,
        "SAP Business One refused the login",
        words=r"log.?in|password|credential",
        field=_SETTING + "password",
    ),
    Row(Passing, "the server cannot log anybody in now"),
)

ROWS: tuple[Row, ...] = (
    Row(Passing, "the session ended although it was just opened", codes=("301",)),
    Row(Passing, "the session ended although it was just opened", statuses=(401,)),
    Row(
        BadConfiguration,
        "SAP Business One does not know the company",
        words=r"switch company error: -5027|bound database instance from sld",
        field=_SETTING + "company",
    ),
    Row(InDoubt, "the server was not ready and may have written or not", codes=("305",), writes=True),
    Row(Passing, "the server is not ready", codes=("305",)),
    Row(InDoubt, "the server failed and may have written or not", statuses=_SERVER_TROUBLE, writes=True),
    Row(Passing, "the server failed", statuses=_SERVER_TROUBLE),
    Row(RateLimited, "the server asked us to slow down", statuses=(429,)),
    Row(ChangedMeanwhile, "somebody else changed the record at the same time", codes=("-2039",)),
    Row(ChangedMeanwhile, "somebody else changed the record at the same time", statuses=(412,)),
    Row(Refused, "the request is larger than the server takes", statuses=(413,)),
    Row(
        NotPermitted,
        "the user has no authorisation for this in SAP Business One",
        statuses=(403,),
        field=_SETTING + "user",
        remedy="Grant the user the authorisation the quoted answer names, then run `waybill doctor`.",
    ),
    Row(
        Refused,
        "a rule of the company in SAP Business One refused it",
        statuses=(400,),
        words=r"^\s*\(\d+\)",
        remedy="Correct what the quoted rule asks for, then continue the order.",
    ),
    Row(
        Refused,
        "a value does not fit its field in SAP Business One",
        statuses=(400,),
        words=r"^(invalid value for|value too long in) property",
        remedy="Correct the value in the order, or let the mapping cut or translate it; then continue.",
    ),
    Row(
        BadConfiguration,
        "a user field or the key table is missing in SAP Business One",
        words=r"\bU_\w+'? .*(invalid|not found|unknown)|resource path|(property|segment|entity\w*) '?@?U_\w+",
        statuses=(400, 404),
        remedy=_SET_UP,
    ),
    Row(
        BadConfiguration,
        "the Service Layer does not know a property or cannot read the filter",
        statuses=(400,),
        words=r"^property '\w+' of|invalid symbol in the filter",
        remedy="Update SAP Business One to 10.0, or report this with the quoted answer.",
    ),
    Row(
        KeyExists,
        "a record with this key exists already in SAP Business One",
        codes=("-2035",),
    ),
    Row(NotFound, "SAP Business One has no such record", codes=("-2028",), writes=False),
    Row(NotFound, "SAP Business One has no such record", statuses=(404,), writes=False),
    Row(
        NothingMatches,
        "a code that the document refers to does not exist in SAP Business One",
        codes=("-2028",),
        remedy=(
            "Look for the customer, articles, warehouse, payment terms, carrier, country and tax codes of the"
            " order in SAP; take the integration user out of approval templates. Then continue the order."
        ),
    ),
    Row(
        AlreadyAssigned,
        "the customer's code is taken already in SAP Business One",
        numbers=("1320000140",),
        field="customer.code",
    ),
    Row(
        Refused,
        "the customer is inactive in SAP Business One",
        numbers=("10001071",),
        code="customer_blocked",
        field="customer.code",
        remedy="Activate the customer in SAP, or name another (customer.code=…), then continue the order.",
    ),
    Row(
        Refused,
        "stock would become negative in SAP Business One",
        numbers=("10001069",),
        words="negative",
        code="out_of_stock",
        field="line.{line}.sku",
        remedy="Bring in stock, then continue the order.",
    ),
    Row(
        Refused,
        "an article is inactive in SAP Business One",
        numbers=("10001069",),
        code="item_blocked",
        field="line.{line}.sku",
        remedy="Activate the article in SAP, or give the line another one, then continue the order.",
    ),
    Row(
        Refused,
        "a tax code is not valid in SAP Business One",
        numbers=("10000180",),
        code="tax_unknown",
        field=_SETTING + "tax_codes",
        remedy="Correct the tax code in waybill.toml or in SAP, then continue the order.",
    ),
    Row(
        Refused,
        "the customer's credit limit is exceeded in SAP Business One",
        statuses=(400,),
        words="credit limit",
        code="credit_exceeded",
        remedy="Raise the limit or book a payment in SAP, then continue the order.",
    ),
    Row(
        Refused,
        "the order's date lies in a closed period of SAP Business One",
        numbers=("1250000073",),
        remedy="Open the posting period in SAP, then continue the order.",
    ),
    Row(
        Refused,
        "a discount of a hundred percent or more is not possible in SAP Business One",
        numbers=("10001058",),
        remedy="Correct the discount in the store's order, then continue the order.",
    ),
    Row(
        Refused,
        "SAP Business One has no exchange rate for the order's currency and date",
        statuses=(400,),
        words="exchange rate",
        code="rate_unknown",
        remedy="Enter the day's exchange rate in SAP, then continue the order.",
    ),
    Row(
        NotAllowedNow,
        "SAP Business One does not allow that in the document's present state",
        codes=("-5006", "-1029"),
    ),
    Row(WaybillError, "the Service Layer could not read our request", codes=("-1000",)),
    Row(Refused, "SAP Business One refused it", statuses=range(400, 500)),
)


def problem(found: Refusal, connection: str, *, writes: bool) -> WaybillError:
    """Return our error for a refusal; `writes` as in `HttpClient.request`."""
    return next(row for row in ROWS if row.fits(found, writes=writes)).made(found, connection)


def part_problem(status: int, body: Any, connection: str) -> WaybillError:
    """Return our error for a refused read within a batch."""
    found = refusal(status, body)
    if found is None:
        return UnexpectedAnswer("a part of the answer cannot be read", connection=connection)
    return problem(found, connection, writes=False)


def problem_of(answer: Answer, connection: str, *, writes: bool) -> WaybillError:
    """Return our error for an answer that is no success."""
    found = refusal_of(answer)
    if found is None and (answer.status >= 500 or answer.status in (401, 413, 429)):
        found = Refusal(answer.status, "", "")  # the balancer's own pages are HTML
    if found is None:
        return unreadable(answer, connection, writes=writes)
    made = problem(found, connection, writes=writes)
    made.retry_after = answer.retry_after
    return made


def login_problem(answer: Answer, connection: str) -> WaybillError:
    """Return our error for a login that was refused, telling company, password and licence apart."""
    found = refusal_of(answer)
    if found is None and answer.status < 500 and answer.status != 401:
        return BadConfiguration(
            "the address does not answer as a Service Layer does",
            quote=answer.text[:200],
            field=f"connections.{connection}.base_url",
            remedy="Correct base_url in waybill.toml: the Service Layer's host and port, usually 50000.",
            connection=connection,
        )
    found = found or Refusal(answer.status, "", "")
    return next(row for row in LOGIN_ROWS if row.fits(found, writes=False)).made(found, connection)
