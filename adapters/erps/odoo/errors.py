"""How Odoo says no, over either wire, as our errors: a table from its exception and words to our class."""

import re
from dataclasses import dataclass

from domain.errors import (
    BadConfiguration,
    BadCredentials,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    Refused,
    UnexpectedAnswer,
    WaybillError,
)

WARNING, DENIED, NO_ACCESS = 2, 3, 4
"""XML-RPC fault codes of `/xmlrpc/2`; 1 is any other exception, with its traceback."""
_CODES = {WARNING: "UserError", DENIED: "AccessDenied", NO_ACCESS: "AccessError"}


@dataclass(frozen=True)
class Fault(Exception):
    """An exception of the server: its class without its module, and its text."""

    name: str
    text: str


def fault_of_code(code: int, text: str) -> Fault:
    """Return the fault behind an XML-RPC fault; a traceback names its exception in the last line."""
    if code in _CODES:
        return Fault(_CODES[code], text.strip())
    found = re.findall(
        r"^([A-Za-z_][\w.]*(?:Error|Failure|Exception|NotAvailable|Detected|Denied|Warning)[\w.]*):? ?(.*)",
        text,
        re.M,
    )
    if not found:
        return Fault("", text.strip()[-500:])
    name, words = found[-1]
    return Fault(name.rsplit(".", 1)[-1], words.strip())


@dataclass(frozen=True)
class Row:
    """One way to fail. An empty condition fits everything."""

    error: type[WaybillError]
    sentence: str
    names: tuple[str, ...] = ()
    words: str = ""
    field: str = ""

    def fits(self, fault: Fault) -> bool:
        """Whether this row speaks of such a fault."""
        named = not self.names or fault.name in self.names
        return named and (not self.words or re.search(self.words, fault.text, re.I | re.S) is not None)


ROWS: tuple[Row, ...] = (
    # The server rolled back and tried again five times before it says so: nothing was written.
    Row(Passing, "Odoo was busy with the same record", ("SerializationFailure", "TransactionRollbackError")),
    Row(Passing, "Odoo was busy with the same record", words="could not serialize access|deadlock detected"),
    Row(Passing, "Odoo was busy with the same record", ("LockNotAvailable", "DeadlockDetected")),
    # It says so before a call begins: nothing was written.
    Row(Passing, "Odoo is still starting", words="database is not fully loaded"),
    Row(
        BadCredentials, "Odoo refuses the login", ("AccessDenied", "Unauthorized", "SessionExpiredException")
    ),
    Row(NotPermitted, "the user lacks a right in Odoo", ("AccessError", "Forbidden")),
    Row(NotFound, "Odoo has no such record", ("MissingError",)),
    Row(NotFound, "Odoo has no such record", words="record does not exist or has been deleted"),
    Row(
        BadConfiguration,
        "a module is not installed in Odoo",
        words="object [\\w.]+ doesn't exist|the model '?[\\w.]+'? does not exist|^'[a-z_]+\\.[a-z_.]+'$",
    ),
    Row(
        BadConfiguration,
        "Odoo has no such field or method",
        words="invalid field|method .* does not exist|has no attribute",
    ),
    Row(
        BadConfiguration,
        "Odoo has no such database",
        words='database "?.+"? does not exist',
        field="database",
    ),
    Row(
        Refused,
        "Odoo refuses it",
        (
            "UserError",
            "ValidationError",
            "RedirectWarning",
            "UniqueViolation",
            "IntegrityError",
            "NotNullViolation",
        ),
    ),
)


def error_of(fault: Fault, connection: str, *, writes: bool) -> WaybillError:
    """Return our error for a fault; one that nobody knows leaves a write in doubt."""
    for row in ROWS:
        if row.fits(fault):
            return row.error(
                row.sentence,
                quote=fault.text,
                field=f"connections.{connection}.{row.field}" if row.field else "",
                connection=connection,
            )
    quote = f"{fault.name} {fault.text}".strip()
    if writes:
        return InDoubt("Odoo failed in the middle of a write", quote=quote, connection=connection)
    return UnexpectedAnswer("Odoo failed", quote=quote, connection=connection)


def of_status(status: int, quote: str, connection: str, *, writes: bool) -> WaybillError:
    """Return our error for an answer that is no data: a proxy's page, a limit."""
    if writes:
        return InDoubt("the answer to a write cannot be read", quote=quote, connection=connection)
    return UnexpectedAnswer(f"the answer ({status}) cannot be read", quote=quote, connection=connection)
