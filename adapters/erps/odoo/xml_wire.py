"""XML-RPC as Odoo speaks it: numbers exact, and nothing read that no honest server sends. Pure.

`xmlrpc.client` of the standard library makes and reads the documents; its parser would follow a DTD.
"""

import re
import xmlrpc.client
from decimal import Decimal
from typing import Any
from xml.parsers.expat import ExpatError

from adapters.erps.odoo.errors import Fault, fault_of_code
from domain.money import exact

_NO_VALUE = "TypeError: cannot marshal"
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.I)
_OTHER_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["'])""", re.I)


class _Exact(xmlrpc.client.Marshaller):
    """Writes a Decimal digit by digit; a float is a mistake."""

    dispatch: dict[Any, Any] = dict(xmlrpc.client.Marshaller.dispatch)  # noqa: RUF012 - the library's own shape

    def dump_decimal(self, value: Decimal, write: Any) -> None:
        """Write an amount."""
        write(f"<value><double>{value:f}</double></value>\n")

    dispatch[Decimal] = dump_decimal
    del dispatch[float]


class _Reader(xmlrpc.client.Unmarshaller):
    """Reads a number as it is written."""

    dispatch: dict[Any, Any] = dict(xmlrpc.client.Unmarshaller.dispatch)  # noqa: RUF012 - as above

    def end_double(self, data: str) -> None:
        """Read an amount."""
        self.append(exact(data))
        self._value = False

    dispatch["double"] = end_double


def request(method: str, parameters: tuple[Any, ...]) -> bytes:
    """Return a call as it is sent."""
    body = _Exact("utf-8").dumps(parameters)
    return (
        f"<?xml version='1.0'?>\n<methodCall>\n<methodName>{method}</methodName>\n{body}</methodCall>\n"
    ).encode()


def answer(body: bytes) -> Any:
    """Return what a call answered; None where the method returned nothing.

    Raises `Fault` for what the server says, ValueError for what is no answer. A method that returns
    nothing, or records, fails on the way out, after its transaction was committed: that is no failure.
    """
    if _DECLARATION.search(body) or _OTHER_ENCODING.search(body[:200]):
        raise ValueError("declarations are not read")
    body.decode("utf-8")
    reader = _Reader()
    parser = xmlrpc.client.ExpatParser(reader)
    try:
        parser.feed(body)
        parser.close()
        values = reader.close()
    except xmlrpc.client.Fault as fault:
        text = str(fault.faultString)
        if _NO_VALUE in text:
            return None
        raise _fault(fault.faultCode, text) from None
    except (ExpatError, xmlrpc.client.Error, ArithmeticError, LookupError, TypeError) as problem:
        raise ValueError(f"no XML-RPC: {type(problem).__name__}") from None
    if len(values) != 1:
        raise ValueError("an answer has one value")
    return values[0]


def _fault(code: object, text: str) -> Fault:
    return fault_of_code(code if isinstance(code, int) else 1, text)
