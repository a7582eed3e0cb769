"""`$batch` with one change set, after the chapter on it in the vendor's Service Layer guide 1.28."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.erps.sap_business_one.batch import Part, Write, answered, request

KIND = "multipart/mixed;boundary=b"
WHOLE = (
    b"--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\n"
    b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n{"Code":"k"}\r\n'
    b"--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 2\r\n\r\n"
    b'HTTP/1.1 201 Created\r\nETag: W/"1"\r\n\r\n{"DocEntry":7,"DocTotal":36.1}\r\n'
    b"--c--\r\n\r\n--b--\r\n"
)
REFUSED = (
    b"--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n"
    b'{"error":{"code":"-2035","message":"exists"}}\r\n--b--\r\n'
)


def test_request_is_one_change_set_with_content_ids() -> None:
    writes = (Write("U_KEYS", {"Code": "k"}), Write("Orders", {"DocTotal": Decimal("1.10")}))

    body = request(writes, "/b1s/v2/")

    assert body.decode() == (
        "--batch_waybill\r\nContent-Type: multipart/mixed;boundary=changes_waybill\r\n\r\n"
        "--changes_waybill\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        "Content-ID: 1\r\n\r\nPOST /b1s/v2/U_KEYS\r\nContent-Type: application/json\r\n\r\n"
        '{"Code":"k"}\r\n\r\n'
        "--changes_waybill\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        "Content-ID: 2\r\n\r\nPOST /b1s/v2/Orders\r\nContent-Type: application/json\r\n\r\n"
        '{"DocTotal":1.10}\r\n\r\n'
        "--changes_waybill--\r\n--batch_waybill--\r\n"
    )


def test_answer_tells_each_write_its_own() -> None:
    first, second = answered(KIND, WHOLE)

    assert first == Part("1", 201, {"Code": "k"})
    assert second == Part("2", 201, {"DocEntry": 7, "DocTotal": Decimal("36.1")})


def test_bare_line_feeds_and_quoted_boundaries_are_read_too() -> None:
    parts = answered('Multipart/Mixed; boundary="b"', WHOLE.replace(b"\r\n", b"\n"))

    assert [part.status for part in parts] == [201, 201]


def test_refused_change_set_answers_once() -> None:
    (part,) = answered(KIND, REFUSED)

    assert (part.content_id, part.status) == ("", 400)
    assert part.body["error"]["code"] == "-2035"


def test_part_without_content_is_read() -> None:
    body = b"--b\r\n\r\nHTTP/1.1 204 No Content\r\nLocation: Orders(7)\r\n\r\n\r\n--b--"

    assert answered(KIND, body) == (Part("", 204, None),)


@pytest.mark.parametrize("cut", range(1, len(WHOLE.rstrip()) - 1, 7))
def test_answer_cut_off_anywhere_is_not_taken_for_whole(cut: int) -> None:
    with pytest.raises(ValueError, match="cut off"):
        answered(KIND, WHOLE[:cut])


@pytest.mark.parametrize("kind", ["", "text/html", "multipart/mixed", "application/http;boundary=b"])
def test_answer_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="not made of parts"):
        answered(kind, WHOLE)


def test_parts_within_parts_end_somewhere() -> None:
    body = b"nothing"
    for depth in range(50):
        mark = b"b%d" % depth
        body = (
            b"--%s\n\nHTTP/1.1 200 OK\n\n\n--%s--" % (mark, mark) if not depth else _inside(mark, body, depth)
        )

    with pytest.raises(ValueError, match="not made of parts"):
        answered("multipart/mixed;boundary=b49", body)


def _inside(mark: bytes, body: bytes, depth: int) -> bytes:
    kind = b"Content-Type: multipart/mixed;boundary=b%d" % (depth - 1)
    return b"--%s\n%s\n\n%s\n--%s--" % (mark, kind, body, mark)


@given(st.binary(max_size=400))
def test_rubbish_is_read_or_refused_and_nothing_else(rubbish: bytes) -> None:
    for body in (rubbish, b"--b\r\n" + rubbish + b"\r\n--b--", REFUSED.replace(b"exists", rubbish)):
        try:
            parts = answered(KIND, body)
        except ValueError:
            continue
        assert all(100 <= part.status <= 999 for part in parts)
