"""The API Gateway: the vendor's other server, which prints documents. It has its own port, login and manners.

An error is mostly HTTP 200: a refused login is, with a code below zero, and so is an export that failed, with
the body `(---)`. Only a lost session is 401, without a word.
"""

import asyncio
import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.sap_business_one.document_kinds import BY_NUMBER
from sandbox.sap_business_one.faults import latency, strike_before
from sandbox.sap_business_one.papers import printed

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

LAYOUTS = {
    "DLN20001": 15,
    "INV20001": 13,
    "RIN20001": 14,
    "RDN20001": 16,
    "RRR20001": 234000031,
    "RDR20001": 17,
}
"""The company's Crystal layouts: code → the object number of the documents it prints."""

_FAILED = Response(b"(---)", 200, media_type="application/json")
_REFUSED = {
    "code": -1,
    "message": {"lang": "en-us", "value": "Failed to login for current user, please double check and retry"},
}
_PARAMETERS = [
    {"name": "DocKey@", "type": "xsd:decimal", "allowNullValue": False, "currentvalues": None},
    {"name": "ObjectId@", "type": "xsd:decimal", "allowNullValue": False, "currentvalues": None},
    {"name": "Language@", "type": "xsd:string", "allowNullValue": True, "currentvalues": None},
]


def create_gateway(company: "Company") -> Starlette:
    """Return the company's API Gateway as an application."""
    gateway = _Gateway(company)
    return Starlette(
        routes=[
            Route("/login", gateway.log_in, methods=["POST"]),
            Route("/rs/v1/LoadCR", gateway.load, methods=["GET"]),
            Route("/rs/v1/ExportPDFData", gateway.export, methods=["POST"]),
        ]
    )


class _Gateway:
    """The server. Its sessions are not the Service Layer's."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._sessions: set[str] = set()
        self._exporting = False

    async def log_in(self, request: Request) -> Response:
        """Open a session, or refuse with success."""
        struck = await self._struck(request)
        if struck is not None:
            return struck
        wanted, settings = await _body(request), self._company.settings
        known = isinstance(wanted, dict) and wanted.get("CompanyDB") == settings.company_db
        password = settings.passwords.get(str(wanted.get("UserName"))) if known else None
        if (
            password is None
            or password != wanted.get("Password")
            or self._takes("pdf_login_refused", request)
        ):
            return JSONResponse(_REFUSED)
        session = uuid.uuid4().hex
        self._sessions.add(session)
        self._company.ledger.write("gateway_login", user=wanted["UserName"])
        answer = JSONResponse({"Version": "0.0.1", "SessionTimeout": 30})
        for name in ("Session", "Cookie"):
            answer.headers.append("Set-Cookie", f"{name}={session}; Secure; HTTPOnly")
        return answer

    async def load(self, request: Request) -> Response:
        """Tell a layout's parameters; an unknown layout has none, not even an error."""
        struck = await self._struck(request) or self._unknown(request)
        if struck is not None:
            return struck
        if request.query_params.get("DocCode") not in LAYOUTS:
            return JSONResponse({})
        return JSONResponse({"error": False, "resultSet": _PARAMETERS})

    async def export(self, request: Request) -> Response:
        """Print a document; two exports at once spoil each other."""
        struck = await self._struck(request) or self._unknown(request)
        if struck is not None:
            return struck
        if self._exporting or self._takes("pdf_failed", request):
            return _FAILED
        self._exporting = True
        try:
            await asyncio.sleep(latency(self._company, ("POST", request.url.path)))
            data = self._printed(request.query_params.get("DocCode", ""), await _body(request))
        finally:
            self._exporting = False
        self._company.ledger.write("export", layout=request.query_params.get("DocCode"), found=bool(data))
        if data is None:
            return _FAILED
        text = base64.b64encode(data)
        if self._takes("pdf_not_a_pdf", request):
            text = base64.b64encode(b"<html><body>The report could not be loaded</body></html>")
        if self._takes("pdf_garbled", request):
            text = text[: len(text) // 2] + b"\x00?!"
        return Response(text, 201, media_type="application/octet-stream")

    def _printed(self, layout: str, parameters: Any) -> bytes | None:
        values = _values(parameters)
        number, key = LAYOUTS.get(layout), values.get("DocKey@", "")
        if number is None or values.get("ObjectId@") != str(number) or not key.isdecimal():
            return None
        kind = BY_NUMBER[number]
        document = self._company.documents(kind).table.seen(int(key))
        return None if document is None else printed(self._company, kind, document)

    def _unknown(self, request: Request) -> Response | None:
        if self._takes("session_expired", request):
            self._sessions.clear()
        return None if request.cookies.get("Session") in self._sessions else Response(status_code=401)

    async def _struck(self, request: Request) -> Response | None:
        self._company.ledger.write("gateway", method=request.method, path=request.url.path)
        if any(fault.kind == "session_expired" for fault in self._company.faults.armed()):
            return None
        return await strike_before(self._company, (request.method, request.url.path), request)

    def _takes(self, kind: str, request: Request) -> bool:
        return self._company.faults.take(kind, request.method, request.url.path) is not None


def _values(parameters: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in parameters if isinstance(parameters, list) else []:
        match each:
            case {"name": str(name), "value": [[value]]}:
                found[name] = str(value)
    return found


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None
