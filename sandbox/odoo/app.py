"""The server: both wires, the portal's files, the control door.

POST /_sandbox/restart is not here: a database has no sessions.
"""

import asyncio
import json
import xmlrpc.client
from collections.abc import Mapping
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.control import control_routes
from sandbox.odoo.control import action_routes
from sandbox.odoo.database import OdooDatabase
from sandbox.odoo.errors import AccessDenied, Busy, OdooError, Unauthorized, WrongCall
from sandbox.odoo.loading import external_ids, refused
from sandbox.odoo.service import Call, carry_out
from sandbox.pdf import pdf_of
from sandbox.serving import cut_connection

_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_LOAD_SECONDS = 0.002
_NONE = "TypeError: cannot marshal None unless allow_none is enabled"


def create_app(db: OdooDatabase) -> Starlette:
    """Return the database's server as an application."""
    door = _Door(db)
    json_2 = (
        [Route("/json/2/{model}/{method}", door.json_2, methods=["POST"])]
        if db.settings.version >= 19
        else []
    )
    version = [Route("/web/version", door.web_version)] if db.settings.version >= 19 else []
    return Starlette(
        routes=[
            Route("/xmlrpc/2/common", door.common, methods=["POST"]),
            Route("/xmlrpc/2/object", door.object, methods=["POST"]),
            *json_2,
            *version,
            Route("/my/{kind}/{number:int}", door.file),
            Route("/my/picking/pdf/{number:int}", door.slip),
            *control_routes(db.faults, db.ledger),
            *action_routes(db),
        ]
    )


class _Door:
    """What requests meet."""

    def __init__(self, db: OdooDatabase) -> None:
        self._db = db
        self._loading: set[str] = set()
        """The external ids of loads under way."""

    def _info(self) -> dict[str, Any]:
        version = self._db.settings.version
        info = [version, 0, 0, "final", 0, ""]
        return {
            "server_version": f"{version}.0",
            "server_version_info": info,
            "server_serie": f"{version}.0",
            "protocol_version": 1,
        }

    async def web_version(self, _: Request) -> Response:
        info = self._info()
        return JSONResponse({"version_info": info["server_version_info"], "version": info["server_version"]})

    async def common(self, request: Request) -> Response:
        parameters, method = xmlrpc.client.loads((await request.body()).decode())
        if method == "version":
            return _xml(self._info())
        if method != "authenticate":
            return _fault(1, "Exception: Method not found")
        database, login, key = (str(each) for each in parameters[:3])
        if database != self._db.settings.database:
            return _fault(1, f'psycopg2.OperationalError: FATAL:  database "{database}" does not exist')
        known = self._db.settings.users.get(login)
        return _xml(list(self._db.settings.users).index(login) + 1 if known == key else False)

    async def object(self, request: Request) -> Response:
        parameters, method = _loads(await request.body())
        if method != "execute_kw":
            return _fault(1, f"NameError: Method not available {method}")
        database, user, key, model, name, places, *rest = parameters
        users = list(self._db.settings.users.values())
        if database != self._db.settings.database or not 0 < user <= len(users) or users[user - 1] != key:
            return _fault(AccessDenied.code, "Access Denied")
        call = Call(str(model), str(name), list(places), dict(rest[0]) if rest else {})
        return await self._answer(request, call, _xml, lambda error: _fault(error.code, error.fault()))

    async def json_2(self, request: Request) -> Response:
        _, _, key = request.headers.get("authorization", "").partition(" ")
        if key not in self._db.settings.users.values():
            return JSONResponse(Unauthorized("Invalid apikey").body(), 401)
        try:
            body = json.loads(await request.body(), parse_float=Decimal)
            named = dict(body)
        except (ValueError, TypeError):
            return JSONResponse(WrongCall("a JSON object was expected").body(), 422)
        places = [named.pop("ids")] if "ids" in named else []
        if request.path_params["method"] == "create":
            places.append(named.pop("vals_list", None))
        call = Call(request.path_params["model"], request.path_params["method"], places, named)
        return await self._answer(
            request, call, _json, lambda error: JSONResponse(error.body(), error.status)
        )

    async def _answer(self, request: Request, call: Call, show: Any, refuse: Any) -> Response:
        target = ("POST", f"{call.model}/{call.method}")
        self._db.ledger.write("request", model=call.model, method=call.method)
        struck = await self._strike_before(target, request, refuse)
        if struck is not None:
            return struck
        before = self._db.numbers.copy(), len(self._db.ledger.entries)
        try:
            found = await self._carry_out(call)
        except OdooError as error:
            return refuse(error)  # type: ignore[no-any-return]
        answer: Response = show(found)
        wrote = call.writes or (self._db.numbers.copy(), len(self._db.ledger.entries)) != before
        return await self._lose(target, request, answer, refuse) if wrote else answer

    async def _carry_out(self, call: Call) -> Any:
        """Do what is asked. Of two loads of one external id at once the database refuses the second."""
        names = external_ids(*call.arguments("fields", "data")) if call.method == "load" else frozenset()
        if names & self._loading:
            return refused("could not serialize access due to concurrent update")
        self._loading |= names
        try:
            if names:
                await asyncio.sleep(_LOAD_SECONDS)
            with self._db.transaction() if call.writes else nullcontext():
                return carry_out(self._db, call)
        finally:
            self._loading -= names

    async def _strike_before(self, target: tuple[str, str], request: Request, refuse: Any) -> Response | None:
        faults = self._db.faults
        late = faults.take("latency", *target)
        if wait := self._db.settings.latency_seconds + (late.seconds if late else 0):
            await asyncio.sleep(wait)
        if faults.take("reset_before", *target):
            return await _reset(request)
        if faults.take("bad_gateway_html", *target):
            return HTMLResponse(_BAD_GATEWAY, 502)
        for kind, status in (("rate_limited_429", 429), ("unavailable_503", 503)):
            if fault := faults.take(kind, *target):
                return Response("", status, {"Retry-After": f"{fault.seconds:g}"}, media_type="text/html")
        if faults.take("busy", *target):
            return refuse(Busy("could not serialize access due to concurrent update"))  # type: ignore[no-any-return]
        if faults.take("error_before", *target):
            return refuse(OdooError("Internal Server Error"))  # type: ignore[no-any-return]
        return None

    async def _lose(
        self, target: tuple[str, str], request: Request, answer: Response, refuse: Any
    ) -> Response:
        faults = self._db.faults
        if hang := faults.take("hang_after_commit", *target):
            await _wait_for_caller(request, hang.seconds)
            return await _reset(request)
        if faults.take("reset_after_commit", *target):
            return await _reset(request)
        if faults.take("truncate_after_commit", *target):
            return Response(answer.body[: len(answer.body) // 2], 200, media_type="text/xml")
        if faults.take("bad_gateway_html_after_commit", *target):
            return HTMLResponse(_BAD_GATEWAY, 502)
        if faults.take("error_after_commit", *target):
            return refuse(OdooError("Internal Server Error"))  # type: ignore[no-any-return]
        return answer

    async def file(self, request: Request) -> Response:
        model = {"orders": "sale.order", "invoices": "account.move"}.get(request.path_params["kind"])
        row = self._db.tables[model].get(request.path_params["number"]) if model else None
        return self._print(row, row, request)

    async def slip(self, request: Request) -> Response:
        row = self._db.tables["stock.picking"].get(request.path_params["number"])
        order = self._db.tables["sale.order"].get(row.get("sale_id") or 0) if row else None
        return self._print(row, order, request)

    def _print(
        self, row: Mapping[str, Any] | None, keeper: Mapping[str, Any] | None, request: Request
    ) -> Response:
        token = request.query_params.get("access_token")
        if row is None or keeper is None or not token or keeper.get("access_token") != token:
            return RedirectResponse("/my", 303)
        return Response(pdf_of([str(row.get("name"))]), media_type="application/pdf")


class _Reader(xmlrpc.client.Unmarshaller):
    dispatch: dict[Any, Any] = dict(xmlrpc.client.Unmarshaller.dispatch)  # noqa: RUF012 - the library's own shape

    def end_double(self, data: str) -> None:
        """Read a number exactly."""
        self.append(Decimal(data.strip()))
        self._value = False

    dispatch["double"] = end_double


def _loads(body: bytes) -> tuple[Any, str | None]:
    reader = _Reader()
    parser = xmlrpc.client.ExpatParser(reader)
    parser.feed(body)
    parser.close()
    return reader.close(), reader.getmethodname()


def _xml(value: Any) -> Response:
    try:
        body = xmlrpc.client.dumps((_plain(value),), methodresponse=True)
    except TypeError:
        return _fault(1, f"Traceback (most recent call last):\n  ...\n{_NONE}\n")
    return Response(body, media_type="text/xml")


def _fault(code: int, text: str) -> Response:
    return Response(xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)), media_type="text/xml")


def _json(value: Any) -> Response:
    return JSONResponse(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


async def _reset(request: Request) -> Response:
    cut_connection(request)
    await asyncio.sleep(0)
    return Response(status_code=500)


async def _wait_for_caller(request: Request, seconds: float) -> None:
    """Wait until the caller has gone, or for so long at most."""
    try:
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except (TimeoutError, ClientDisconnect):
        return
