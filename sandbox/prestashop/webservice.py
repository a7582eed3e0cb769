"""The webservice under /api: one call from its key to its answer, and the ways it can go wrong on request."""

import hashlib
import time
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.prestashop import access
from sandbox.prestashop.call import Call, Writer, read_call
from sandbox.prestashop.errors import ScriptStopped, WebserviceError
from sandbox.prestashop.fields import Resource
from sandbox.prestashop.kinds import leading_integer
from sandbox.prestashop.query import read_display, read_list_query
from sandbox.prestashop.records import read_records
from sandbox.prestashop.resources import RESOURCES
from sandbox.prestashop.saving import save
from sandbox.prestashop.settings import ApiKey
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.stock import belongs_to_shop
from sandbox.prestashop.tables import Row
from sandbox.prestashop.troubles import answer_wrongly, trouble_before
from sandbox.prestashop.wire_json import JsonWriter
from sandbox.prestashop.wire_xml import XmlWriter


def api_endpoint(state: ShopState) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that answers everything under /api."""

    async def answer(request: Request) -> Response:
        call = await read_call(state, request)
        response = await _answer_or_fail(call, request)
        query = [f"{name}={value}" for name, value in call.parameters if name != "ws_key"]
        state.ledger.write(
            "request",
            method=call.verb,
            path=request.url.path,
            query="&".join(query),
            status=response.status_code,
        )
        return response

    return answer


async def _answer_or_fail(call: Call, request: Request) -> Response:
    """Answer a call, with whatever trouble is armed for it before and after its work."""
    started = time.perf_counter()
    wrong = await trouble_before(call.state, call.verb, request)
    if wrong is not None:
        return wrong
    key = access.key_given(call.headers, call.query)
    if key is None:
        challenge = {"WWW-Authenticate": f'Basic realm="{access.REALM}"'}
        return PlainTextResponse("401 Unauthorized", 401, challenge)
    response = _work(call, key)
    response.headers["Execution-Time"] = f"{time.perf_counter() - started:.3f}"
    return await answer_wrongly(call.state, call.verb, request, response)


def _work(call: Call, key: str) -> Response:
    """Do what a call asks; every refusal of the shop becomes its answer."""
    headers = {"Access-Time": str(call.state.unix_now()), "X-Powered-By": "PrestaShop Webservice"}
    try:
        access.check_switched_on(call.state)
        account = access.authenticate(call.state, key)
        headers["PSWS-Version"] = call.state.settings.version
        access.check_shop(account, call.query)
        return _respond(call, account, headers)
    except ScriptStopped as stopped:
        return Response(stopped.text, stopped.status, headers, "text/html; charset=utf-8")
    except WebserviceError as refused:
        writer = call.writer()
        if refused.status == 401:
            headers["WWW-Authenticate"] = f'Basic realm="{access.REALM}"'
        return Response(writer.errors(refused.errors), refused.status, headers, writer.content_type)


def _respond(call: Call, account: ApiKey, headers: dict[str, str]) -> Response:
    name = call.segments[0]
    if not name:
        return _root(call, account, headers)
    access.check_resource(account, name)
    access.check_verb(account, name, call.verb)
    resource = RESOURCES[name]
    if call.verb in ("GET", "HEAD"):
        return _read(call, resource, headers)
    if call.verb == "DELETE":
        return _delete(call, resource, headers)
    rows = save(call.state, resource, call.verb, call.body, call.query)
    records = read_records(call.state, resource, rows, "full")
    writer = call.writer()
    plural = "display" in call.query and isinstance(writer, JsonWriter)
    body = writer.listing(resource, records, False) if plural else writer.details(resource, records)
    return _sent(call, writer, body, headers, 201 if call.verb == "POST" else 200)


def _root(call: Call, account: ApiKey, headers: dict[str, str]) -> Response:
    """List what the key may use. Asked for in JSON, the shop's own code fails on it."""
    writer = call.writer()
    if isinstance(writer, JsonWriter):
        raise ScriptStopped("array_filter(): Argument #1 ($array) must be of type array, string given")
    body = writer.resources(call.state.settings.shop_name, account.rights)
    return _sent(call, writer, body, headers)


def _read(call: Call, resource: Resource, headers: dict[str, str]) -> Response:
    if len(call.segments) > 1 and call.segments[1]:
        return _read_one(call, resource, headers)
    schema = call.query.get("schema")
    if schema is not None:
        return _schema(call, resource, schema, headers)
    listed = read_list_query(resource, call.parameters)
    table = call.state.tables[resource.name]
    rows = listed.select(table, partial(in_sight, resource))
    writer = call.writer()
    ids_only = listed.display is None
    records = read_records(call.state, resource, rows, listed.display)
    return _sent(call, writer, writer.listing(resource, records, ids_only), headers)


def _read_one(call: Call, resource: Resource, headers: dict[str, str]) -> Response:
    """Read one record; an id that is none is answered with nothing at all."""
    display = read_display(resource, call.query.get("display", "full"))
    row_id = leading_integer(call.segments[1])
    row = call.state.tables.row(resource.name, row_id)
    if row is None:
        return Response(b"", 404, headers)
    if not in_sight(resource, row):
        raise WebserviceError(404, 131, f"This {resource.model} ({row_id}) does not exists on this shop")
    records, writer = read_records(call.state, resource, [row], display), call.writer()
    plural = "display" in call.query and isinstance(writer, JsonWriter)
    body = writer.listing(resource, records, False) if plural else writer.details(resource, records)
    return _sent(call, writer, body, headers)


def in_sight(resource: Resource, row: Row) -> bool:
    """Tell whether the shop sees a row: stock that belongs to no shop is lost to it."""
    return resource.name != "stock_availables" or belongs_to_shop(row)


def _schema(call: Call, resource: Resource, schema: str, headers: dict[str, str]) -> Response:
    if schema not in ("blank", "synopsis"):
        raise WebserviceError(
            400,
            28,
            "Please select a schema of type 'synopsis' to get the whole schema informations (which fields"
            " are required, which kind of content...) or 'blank' to get an empty schema to fill before using"
            " POST request",
        )
    writer = XmlWriter(call.base, call.state.tables.language_ids)
    required = call.state.settings.extra_required.get(resource.name, frozenset())
    return _sent(call, writer, writer.schema(resource, schema == "synopsis", required), headers)


def _delete(call: Call, resource: Resource, headers: dict[str, str]) -> Response:
    table = call.state.tables[resource.name]
    listed = call.query.get("id", "").strip("[]")
    given = listed.split(",") if listed else list(call.segments[1:2])
    unknown = [each for each in given if leading_integer(each) not in table.rows]
    if unknown or not given:
        raise WebserviceError(404, 87, f"Id(s) not exists: {', '.join(unknown)}")
    for each in given:
        table.remove(table.rows[leading_integer(each)])
        call.state.ledger.write("delete", resource=resource.name, id=leading_integer(each))
    return Response(b"", 200, headers)


def _sent(call: Call, writer: Writer, body: bytes, headers: dict[str, str], status: int = 200) -> Response:
    """Send a body, or 304 when the caller has the very same one."""
    digest = hashlib.sha1(body, usedforsecurity=False).hexdigest()
    headers["Content-Sha1"] = digest
    if call.headers.get("local-content-sha1") == digest and call.verb in ("GET", "HEAD"):
        return Response(b"", 304, headers)
    return Response(body, status, headers, writer.content_type)
