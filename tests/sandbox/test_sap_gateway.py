"""The API Gateway of the SAP Business One sandbox, and attachments."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.sap_business_one import Company, Desk, create_gateway, open_desk
from sandbox.sap_business_one.desk import body, error, order
from sandbox.serving import serving

CARD = {"CompanyDB": "SBODEMOFR", "UserName": "manager", "Password": "1234"}


@pytest.fixture
def company() -> Company:
    company = Company()
    with company.transaction():
        company.orders.create(order())
    company.staff.deliver(1)
    return company


@pytest.fixture
async def gateway(company: Company) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_gateway(company)) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/login", json=CARD)
        # The cookies are marked Secure, and the sandbox speaks plain HTTP.
        client.headers["Cookie"] = f"Session={_session(answer)}; Cookie={_session(answer)}"
        client.cookies.clear()
        yield client


def _session(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition("Session=")[2].partition(";")[0]


def asked(entry: Any = "1", number: str = "15") -> list[dict[str, Any]]:
    return [
        {"name": "DocKey@", "type": "xsd:decimal", "value": [[entry]]},
        {"name": "ObjectId@", "type": "xsd:decimal", "value": [[number]]},
    ]


async def export(gateway: httpx.AsyncClient, layout: str = "DLN20001", **how: Any) -> httpx.Response:
    return await gateway.post(f"/rs/v1/ExportPDFData?DocCode={layout}", json=asked(**how))


async def test_export_is_a_pdf_in_base64(gateway: httpx.AsyncClient) -> None:
    answer = await export(gateway)

    data = base64.b64decode(answer.content, validate=True)
    assert answer.status_code == 201
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert b"Delivery note 451" in data
    assert b"2 x WINE-RED-75" in data


async def test_same_document_is_the_same_file(gateway: httpx.AsyncClient) -> None:
    assert (await export(gateway)).content == (await export(gateway)).content


@pytest.mark.parametrize(
    ("layout", "how"),
    [
        ("NONE0001", {}),
        ("DLN20001", {"entry": "4711"}),
        ("DLN20001", {"number": "13"}),
        ("DLN20001", {"entry": "x"}),
    ],
)
async def test_failed_export_is_a_success_of_five_signs(
    gateway: httpx.AsyncClient, layout: str, how: dict[str, Any]
) -> None:
    answer = await export(gateway, layout, **how)

    assert (answer.status_code, answer.text) == (200, "(---)")


async def test_two_exports_at_once_spoil_one(gateway: httpx.AsyncClient, company: Company) -> None:
    company.faults.arm("latency", times=None, path="ExportPDFData", seconds=0.2)

    answers = await asyncio.gather(export(gateway), export(gateway))

    assert sorted(answer.status_code for answer in answers) == [200, 201]


async def test_wrong_password_is_a_success_without_a_cookie(gateway: httpx.AsyncClient) -> None:
    answer = await gateway.post("/login", json={**CARD, "Password": "wrong"})

    assert (answer.status_code, answer.json()["code"]) == (200, -1)
    assert "set-cookie" not in answer.headers


async def test_lost_session_is_refused_without_a_word(gateway: httpx.AsyncClient, company: Company) -> None:
    company.faults.arm("session_expired", path="ExportPDFData")

    answer = await export(gateway)

    assert (answer.status_code, answer.content) == (401, b"")


async def test_layout_tells_its_parameters(gateway: httpx.AsyncClient) -> None:
    known = (await gateway.get("/rs/v1/LoadCR?DocCode=INV20001")).json()
    unknown = await gateway.get("/rs/v1/LoadCR?DocCode=NONE0001")

    assert [row["name"] for row in known["resultSet"]][:2] == ["DocKey@", "ObjectId@"]
    assert (unknown.status_code, unknown.json()) == (200, {})


@pytest.mark.parametrize("fault", ["pdf_garbled", "pdf_not_a_pdf"])
async def test_export_can_be_spoilt(gateway: httpx.AsyncClient, company: Company, fault: str) -> None:
    company.faults.arm(fault)

    answer = await export(gateway)

    assert answer.status_code == 201
    try:
        assert not base64.b64decode(answer.content, validate=True).startswith(b"%PDF-")
    except ValueError:
        assert fault == "pdf_garbled"


async def test_login_can_be_refused(gateway: httpx.AsyncClient, company: Company) -> None:
    company.faults.arm("pdf_login_refused")

    assert (await gateway.post("/login", json=CARD)).json()["code"] == -1
    assert "Version" in (await gateway.post("/login", json=CARD)).json()


async def test_attached_file_is_read_by_its_name(company: Company) -> None:
    async with open_desk(company) as desk:
        number = company.staff.attach("DeliveryNotes", 1)
        row = body(await desk.get("DeliveryNotes(1)"))
        (line,) = body(await desk.get(f"Attachments2({number})"))["Attachments2_Lines"]
        file = await value(desk, number, f"{line['FileName']}.{line['FileExtension']}")

        assert row["AttachmentEntry"] == number
        assert file.content.startswith(b"%PDF-")
        assert error(await value(desk, number, "other.pdf"))[0] == 404


async def value(desk: Desk, number: int, name: str) -> httpx.Response:
    return await desk.get(f"Attachments2({number})/$value", {"filename": f"'{name}'"})
