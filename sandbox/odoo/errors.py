"""The exceptions a database raises, as both wires tell them."""

from typing import Any


class OdooError(Exception):
    """An exception of the server: its full name, its text, the JSON-2 status and the XML-RPC code."""

    name, status, code = "builtins.Exception", 500, 1

    def body(self) -> dict[str, Any]:
        """Return the body of a JSON-2 answer."""
        return {
            "name": self.name,
            "message": str(self),
            "arguments": [str(self)],
            "context": {},
            "debug": "Traceback (most recent call last): ...",
        }

    def fault(self) -> str:
        """Return the text of an XML-RPC fault: the whole traceback where the class has no code of its own."""
        if self.code != 1:
            return str(self)
        return f'Traceback (most recent call last):\n  File "odoo/http.py", line 1\n{self.name}: {self}\n'


class UserError(OdooError):
    """A person could mend it."""

    name, status, code = "odoo.exceptions.UserError", 422, 2


class ValidationError(UserError):
    """A constraint does not hold."""

    name = "odoo.exceptions.ValidationError"


class MissingError(UserError):
    """The record is not there."""

    name, status = "odoo.exceptions.MissingError", 404


class AccessDenied(OdooError):
    """The login is refused."""

    name, status, code = "odoo.exceptions.AccessDenied", 403, 3


class AccessError(OdooError):
    """The user lacks a right."""

    name, status, code = "odoo.exceptions.AccessError", 403, 4


class Unauthorized(OdooError):
    """The bearer key is wrong."""

    name, status = "werkzeug.exceptions.Unauthorized", 401


class NoSuch(OdooError):
    """No such model or method."""

    name, status = "builtins.KeyError", 404


class WrongCall(OdooError):
    """A value, a field or an argument that is not possible."""

    name, status = "builtins.ValueError", 422


class Busy(OdooError):
    """Somebody else writes the same row."""

    name, status = "psycopg2.errors.SerializationFailure", 500
