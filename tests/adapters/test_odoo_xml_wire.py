"""XML-RPC on the wire: numbers are exact, and nothing is read that no honest server sends."""

import xmlrpc.client
from decimal import Decimal
from typing import Any

import pytest

from adapters.erps.odoo import xml_wire
from adapters.erps.odoo.errors import Fault

_BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<methodResponse><params><param><value><string>&b;</string></value></param></params></methodResponse>"""
_OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<methodResponse><params><param><value><string>&file;</string></value></param></params></methodResponse>"""


def said(value: Any) -> bytes:
    return xmlrpc.client.dumps((value,), methodresponse=True).encode()


def test_amounts_are_read_as_they_are_written() -> None:
    assert xml_wire.answer(said([46.69, 0.1, 12])) == [Decimal("46.69"), Decimal("0.1"), 12]


def test_amounts_are_written_digit_by_digit() -> None:
    sent = xml_wire.request("execute_kw", (Decimal("0.10"), Decimal("1E+3")))

    assert b"<double>0.10</double>" in sent
    assert b"<double>1000</double>" in sent


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        xml_wire.request("execute_kw", (0.1,))


@pytest.mark.parametrize(
    "body",
    [
        _BOMB,
        _OUTSIDE,
        _BOMB.decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='utf-7'?>" + said(1)[21:],
        b"",
        b"<html><body>Maintenance</body></html>",
        said("whole")[:60],
        b"<?xml version='1.0'?><methodResponse><params></params></methodResponse>",
        said(1).replace(b"<int>1</int>", b"<double>NaN</double>"),
        said(1).replace(b"<int>1</int>", b"<double>1e999999999</double>"),
        said(1).replace(b"<int>1</int>", b"<int>" + b"9" * 5000 + b"</int>"),
        said(1).replace(b"<int>1</int>", b"<dateTime.iso8601/>" * 2000),
    ],
)
def test_what_no_honest_server_sends_is_not_read(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong, it is one answer
        xml_wire.answer(body)


def test_a_method_that_returns_nothing_was_carried_out() -> None:
    text = "Traceback (most recent call last):\nTypeError: cannot marshal None unless allow_none is enabled\n"

    assert xml_wire.answer(xmlrpc.client.dumps(xmlrpc.client.Fault(1, text)).encode()) is None


def test_a_fault_names_its_exception() -> None:
    text = "Traceback (most recent call last):\n  File x\npsycopg2.errors.SerializationFailure: could not\n"
    body = xmlrpc.client.dumps(xmlrpc.client.Fault(1, text)).encode()

    with pytest.raises(Fault) as caught:
        xml_wire.answer(body)

    assert (caught.value.name, caught.value.text) == ("SerializationFailure", "could not")
