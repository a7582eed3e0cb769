"""Batches of the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from sandbox.sap_business_one import KEY_TABLE, Desk, open_desk
from sandbox.sap_business_one.desk import body, error, order, part

INCOMPLETE = (400, "-1000", "Incomplete Batch Request Body!")
NEW_ORDER = part("POST", "Orders", order(U_WebOrderId="shop:1"))
NEW_KEY = part("POST", f"U_{KEY_TABLE}", {"Code": "shop:1", "Name": "shop:1"})
REFUSED_ORDER = part("POST", "Orders", order(CardCode="C99999"))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        desk.company.staff.prepare_for_web_orders()
        await desk.log_in()
        yield desk


def parts_of(content_type: str, content: bytes) -> list[Message]:
    """Return the parts of a multipart answer, change sets as multipart parts."""
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + content)
    assert whole.is_multipart()
    payload: Any = whole.get_payload()
    return list(payload)


def status_of(answered: Message) -> int:
    return int(str(answered.get_payload()).split()[1])


async def answers(desk: Desk, *parts: Any) -> list[Message]:
    answer = await desk.batch(*parts)
    assert answer.status_code == 200, answer.text
    return parts_of(answer.headers["Content-Type"], answer.content)


async def test_change_set_writes_key_and_order(desk: Desk) -> None:
    [change_set] = await answers(desk, [NEW_KEY, NEW_ORDER])

    inner: Any = change_set.get_payload()
    assert [(each["Content-ID"], status_of(each)) for each in inner] == [("1", 201), ("2", 201)]
    assert "/b1s/v2/Orders(1)" in inner[1].get_payload()
    assert len(await desk.rows(f"U_{KEY_TABLE}")) == len(await desk.rows("Orders")) == 1
    kinds = [entry["kind"] for entry in desk.company.ledger.entries if entry["kind"] in ("key", "order")]
    assert kinds == ["key", "order"]


async def test_second_post_with_the_same_key_fails(desk: Desk) -> None:
    await answers(desk, [NEW_KEY, NEW_ORDER])

    [refused] = await answers(desk, [NEW_KEY, NEW_ORDER])

    assert status_of(refused) == 400
    assert '"-2035"' in str(refused.get_payload())
    assert len(await desk.rows("Orders", "U_WebOrderId eq 'shop:1'")) == 1
    assert len(desk.company.ledger.of("order")) == 1


async def test_failed_change_set_leaves_nothing(desk: Desk) -> None:
    partner = part("POST", "BusinessPartners", {"CardCode": "W88", "CardName": "Example"})

    [refused] = await answers(desk, [NEW_KEY, partner, NEW_ORDER, REFUSED_ORDER])

    assert status_of(refused) == 400
    assert not refused.is_multipart()
    assert await desk.rows(f"U_{KEY_TABLE}") == await desk.rows("Orders") == []
    assert (await desk.get("BusinessPartners('W88')")).status_code == 404
    assert desk.stock_of("WINE-RED-75") == (500, 0)
    assert desk.company.partners.exposure("C20000") == 0
    assert desk.company.ledger.of("key") == desk.company.ledger.of("partner") == []
    made = body(await desk.post("Orders", order()))
    assert (made["DocEntry"], made["DocNum"]) == (1, 2101)


async def test_failed_change_set_takes_changes_back_too(desk: Desk) -> None:
    await desk.post("Orders", order(Comments="first"))
    tag = body(await desk.get("Orders(1)"))["@odata.etag"]
    patch = part("PATCH", "Orders(1)", {"Comments": "second"})
    cancel = part("POST", "Orders(1)/Cancel")

    await answers(desk, [patch, cancel, REFUSED_ORDER])

    row = body(await desk.get("Orders(1)"))
    assert (row["Comments"], row["CancelStatus"], row["@odata.etag"]) == ("first", "csNo", tag)
    assert desk.stock_of("WINE-RED-75") == (500, 2)


async def test_batch_stops_at_the_first_failure(desk: Desk) -> None:
    found = await answers(desk, part("GET", "Warehouses"), REFUSED_ORDER, NEW_ORDER)

    assert [status_of(each) for each in found] == [200, 400]
    assert await desk.rows("Orders") == []


async def test_parts_outside_change_sets_are_not_taken_back(desk: Desk) -> None:
    await answers(desk, NEW_ORDER, REFUSED_ORDER)

    assert len(await desk.rows("Orders")) == 1


async def test_query_follows_a_change_set(desk: Desk) -> None:
    look = part("GET", "Orders?$filter=U_WebOrderId%20eq%20'shop:1'&$select=DocEntry")

    found = await answers(desk, [NEW_KEY, NEW_ORDER], look)

    assert '"DocEntry":1' in str(found[1].get_payload())


async def test_content_id_refers_to_what_was_made(desk: Desk) -> None:
    [change_set] = await answers(
        desk, [NEW_ORDER, part("PATCH", "$1", {"Comments": "x"}), part("POST", "$1/Close")]
    )

    inner: Any = change_set.get_payload()
    assert [status_of(each) for each in inner] == [201, 204, 204]
    row = body(await desk.get("Orders(1)"))
    assert (row["Comments"], row["DocumentStatus"]) == ("x", "bost_Close")


async def test_quiet_part_answers_204_with_location(desk: Desk) -> None:
    quiet = part("POST", "Orders", order(), Prefer="return-no-content")

    [change_set] = await answers(desk, [NEW_KEY, quiet])

    inner: Any = change_set.get_payload()
    assert status_of(inner[1]) == 204
    assert "Location: " in inner[1].get_payload()


async def test_query_inside_a_change_set_is_refused(desk: Desk) -> None:
    refused = await desk.batch([NEW_KEY, part("GET", "Orders")])

    assert error(refused)[:2] == (400, "-1000")
    assert await desk.rows(f"U_{KEY_TABLE}") == []


async def test_change_set_needs_content_ids(desk: Desk) -> None:
    text = (
        "--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n"
        "--c\r\nContent-Type: application/http\r\n\r\nPOST /b1s/v2/Orders(1)/Cancel\r\n\r\n--c--\r\n--b--"
    )

    answer = await desk.http.post(
        "$batch", content=text, headers={"Content-Type": "multipart/mixed;boundary=b"}
    )

    assert error(answer) == (400, "244", "Content ID should be specified in each change set request.")


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", "{}"),
        ("multipart/mixed;boundary=b", ""),
        (
            "multipart/mixed;boundary=b",
            "--b\r\nContent-Type: application/http\r\n\r\nGET /b1s/v2/Orders\r\n\r\n",
        ),
        ("multipart/mixed;boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nGET /b1s/v2/Orders\r\n--b--"),
        ("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/http\r\n\r\nnonsense\r\n--b--"),
        ("multipart/mixed;boundary=b", "--b--"),
    ],
)
async def test_malformed_batch_is_refused(desk: Desk, content_type: str, text: str) -> None:
    answer = await desk.http.post("$batch", content=text, headers={"Content-Type": content_type})

    assert error(answer) == INCOMPLETE


async def test_lines_may_end_without_carriage_returns(desk: Desk) -> None:
    text = "--b\nContent-Type: application/http\n\nGET /b1s/v2/Warehouses('01')\n\n--b--\n"

    answer = await desk.http.post(
        "$batch", content=text, headers={"Content-Type": 'multipart/mixed; boundary="b"'}
    )

    assert "Main warehouse" in answer.text


async def test_batch_needs_a_session(desk: Desk) -> None:
    await desk.post("Logout")

    assert error(await desk.batch(NEW_ORDER))[:2] == (401, "301")
