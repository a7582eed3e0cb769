"""A desk at the sandbox: a served company and a logged-in client, for tests and for trying things out."""

import json
import ssl
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx

from sandbox.sap_business_one.app import create_app
from sandbox.sap_business_one.company import Company
from sandbox.sap_business_one.wire import write
from sandbox.serving import serving

DAY = "2026-01-20"
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The sandbox speaks plain HTTP; loading the machine's certificates would cost 40 ms a client."""


class Desk:
    """One logged-in user at a company that is really served over HTTP."""

    def __init__(self, company: Company, http: httpx.AsyncClient) -> None:
        self.company, self.http = company, http

    async def log_in(self, **changes: str) -> httpx.Response:
        """Log in as the first user; `changes` overwrite what is sent."""
        user, password = next(iter(self.company.settings.passwords.items()))
        sent = {"CompanyDB": self.company.settings.company_db, "UserName": user, "Password": password}
        return await self.http.post("Login", json={**sent, **changes})

    async def get(self, path: str, query: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """Read something; header names are written with underscores."""
        return await self.http.get(path, params=query, headers=_headers(headers))

    async def rows(self, path: str, filter_text: str = "", **options: str) -> list[dict[str, Any]]:
        """Return the rows of a list."""
        query = {f"${name}": value for name, value in options.items()}
        answer = await self.get(path, {**query, **({"$filter": filter_text} if filter_text else {})})
        answer.raise_for_status()
        found: list[dict[str, Any]] = body(answer)["value"]
        return found

    def stock_of(self, item: str, warehouse: str = "01") -> tuple[Any, Any]:
        """Return what is on hand and what is committed, to compare with plain numbers."""
        return self.company.staff.stock_of(item, warehouse)

    async def post(self, path: str, sent: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Post something; numbers may be Decimals."""
        return await self._send("POST", path, sent, headers)

    async def patch(self, path: str, sent: dict[str, Any], **headers: str) -> httpx.Response:
        """Change something."""
        return await self._send("PATCH", path, sent, headers)

    async def batch(self, *parts: Any) -> httpx.Response:
        """Post a batch; a list among the parts is a change set, everything else a single request."""
        boundary = f"batch_{uuid.uuid4()}"
        content = "".join(f"--{boundary}\r\n{_part(part)}\r\n" for part in parts) + f"--{boundary}--"
        head = {"Content-Type": f"multipart/mixed;boundary={boundary}"}
        return await self.http.post("$batch", content=content.encode(), headers=head)

    async def _send(
        self, method: str, path: str, sent: dict[str, Any] | None, headers: dict[str, str]
    ) -> httpx.Response:
        content = None if sent is None else write(sent).encode()
        head = {"Content-Type": "application/json", **_headers(headers)}
        return await self.http.request(method, path, content=content, headers=head)


@asynccontextmanager
async def open_desk(company: Company | None = None, log_in: bool = True) -> AsyncIterator[Desk]:
    """Serve a company and sit down at it."""
    company = company or Company()
    async with (
        serving(create_app(company)) as url,
        httpx.AsyncClient(base_url=f"{url}/b1s/v2/", timeout=10, verify=_NO_CERTIFICATES) as http,
    ):
        desk = Desk(company, http)
        if log_in:
            (await desk.log_in()).raise_for_status()
        yield desk


def body(answer: httpx.Response) -> Any:
    """Return the JSON of an answer with exact numbers."""
    return json.loads(answer.content, parse_float=Decimal)


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Return status, code and message of a refusal."""
    refused = body(answer)["error"]
    return answer.status_code, refused["code"], refused["message"]


def order(*lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    """Return an order to post: two bottles for the first customer, unless told otherwise."""
    usual = {"CardCode": "C20000", "DocDueDate": DAY}
    return {**usual, **header, "DocumentLines": list(lines) or [{"ItemCode": "WINE-RED-75", "Quantity": 2}]}


def part(method: str, path: str, sent: dict[str, Any] | None = None, **headers: str) -> str:
    """Return one request of a batch as the text of an HTTP request."""
    lines = [f"{method} /b1s/v2/{path}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in _headers(headers).items()]
    return "\r\n".join([*lines, "", write(sent) if sent is not None else "", ""])


def _part(content: Any) -> str:
    if isinstance(content, str):
        return f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{content}"
    boundary = f"changeset_{uuid.uuid4()}"
    inner = "".join(
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: {number}\r\n\r\n{request}\r\n"
        for number, request in enumerate(content, 1)
    )
    return f"Content-Type: multipart/mixed;boundary={boundary}\r\n\r\n{inner}--{boundary}--\r\n"


def _headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}
