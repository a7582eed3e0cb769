"""Each way in which Odoo says no has its class, over both wires."""

import pytest

from adapters.erps.odoo.errors import ROWS, Fault, error_of, fault_of_code
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

CASES: tuple[tuple[Fault, type[WaybillError]], ...] = (
    (Fault("SerializationFailure", "could not serialize access due to concurrent update"), Passing),
    (Fault("OperationalError", "could not serialize access"), Passing),
    (Fault("LockNotAvailable", "could not obtain lock"), Passing),
    (Fault("UserError", "Currently, this database is not fully loaded and can not be used."), Passing),
    (Fault("AccessDenied", "Access Denied"), BadCredentials),
    (Fault("Unauthorized", "Invalid apikey"), BadCredentials),
    (Fault("AccessError", "You are not allowed to access 'Sales Order'"), NotPermitted),
    (Fault("MissingError", "gone"), NotFound),
    (Fault("UserError", "Record does not exist or has been deleted.\n(Record: x(1,), User: 2)"), NotFound),
    (Fault("KeyError", "'sale.order'"), BadConfiguration),
    (Fault("UserError", "Object sale.order doesn't exist"), BadConfiguration),
    (Fault("ValueError", "Invalid field 'x' on model 'sale.order'"), BadConfiguration),
    (Fault("OperationalError", 'FATAL: database "x" does not exist'), BadConfiguration),
    (Fault("UserError", "You can not delete a confirmed sales order."), Refused),
    (Fault("ValidationError", "The VAT number does not seem to be valid"), Refused),
)


@pytest.mark.parametrize(("fault", "expected"), CASES)
def test_each_fault_has_its_class(fault: Fault, expected: type[WaybillError]) -> None:
    for writes in (True, False):
        assert type(error_of(fault, "odoo", writes=writes)) is expected


def test_each_row_is_shown() -> None:
    met = {next(number for number, row in enumerate(ROWS) if row.fits(fault)) for fault, _ in CASES}

    assert met == set(range(len(ROWS)))


def test_a_fault_nobody_knows_leaves_a_write_in_doubt() -> None:
    fault = Fault("ZeroDivisionError", "division by zero")

    assert type(error_of(fault, "odoo", writes=True)) is InDoubt
    assert type(error_of(fault, "odoo", writes=False)) is UnexpectedAnswer


@pytest.mark.parametrize(
    ("code", "text", "name"),
    [
        (2, "The order is locked.", "UserError"),
        (3, "Access Denied", "AccessDenied"),
        (4, "not allowed", "AccessError"),
        (1, "Traceback (most recent call last):\n  File\nKeyError: 'sale.order'\n", "KeyError"),
        (1, "no traceback at all", ""),
    ],
)
def test_fault_codes_name_exceptions(code: int, text: str, name: str) -> None:
    assert fault_of_code(code, text).name == name
