"""The Admin API over HTTP: the token, the version, a document's validation, cost and errors."""

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.serving import cut_connection
from sandbox.shopify.cost import MOST, cost_of
from sandbox.shopify.mutations import Mutations
from sandbox.shopify.queries import Queries
from sandbox.shopify.schema import SCHEMA
from sandbox.shopify.scopes import FAILED, ScopeDoor
from sandbox.shopify.settings import CLIENT_ID, VERSION
from sandbox.shopify.shop import Shop

Endpoint = Callable[[Request], Awaitable[Response]]
_CUT = 499
"""A status for the ledger only: the caller got none."""
_FIREWALL = "<html><head><title>403 Forbidden</title></head><body><center>cloudflare</center></body></html>"
_MAINTENANCE = "<html><body><h1>Service Unavailable</h1><p>Back soon.</p></body></html>"


class Api:
    """The API of one shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._roots = {"query": Queries(shop).fields, "mutation": Mutations(shop).fields}

    async def token(self, request: Request) -> Response:
        """Give an app of the merchant's organisation a token for a day; it may ask in JSON or by a form."""
        try:
            asked = await request.json()
        except ValueError:
            asked = dict(await request.form())
        if not self._shop.settings.token_in_json and "json" in request.headers.get("content-type", ""):
            return JSONResponse({"error": "invalid_request"}, 400)
        right = {
            "client_id": CLIENT_ID,
            "client_secret": self._shop.settings.client_secret,
            "grant_type": "client_credentials",
        }
        if asked != right:
            words = {"error": "invalid_client", "error_description": "Client authentication failed"}
            return JSONResponse(words, 401)
        token = f"shpca_{self._shop.number():032x}"
        self._shop.tokens.add(token)
        scope = ",".join(sorted(self._shop.settings.scopes))
        seconds = self._shop.settings.token_seconds
        return JSONResponse({"access_token": token, "scope": scope, "expires_in": seconds})

    async def graphql(self, request: Request) -> Response:
        """Answer one document."""
        body = await request.body()
        writes = b"mutation " in body[:200]
        kind = "WRITE" if writes else "READ"
        response = await self._before(request, kind)
        if response is None:
            response = await self._after(request, kind, self._let_in(request, body))
        self._shop.ledger.write(
            "request", method=kind, operation=_operation(body), status=response.status_code
        )
        return response

    def _let_in(self, request: Request, body: bytes) -> Response:
        given = request.headers.get("x-shopify-access-token", "")
        if given != self._shop.settings.token and given not in self._shop.tokens:
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": words}, 401)
        if "application/json" not in request.headers.get("content-type", ""):
            return JSONResponse({"errors": "Unsupported media type"}, 415)
        try:
            asked = json.loads(body)
            text, variables = str(asked["query"]), dict(asked.get("variables") or {})
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        old = self._shop.faults.take("old_version")
        headers = {"X-Shopify-API-Version": "2025-10" if old else VERSION}
        return JSONResponse(self._answer(text, variables), 200, headers)

    def _answer(self, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        try:
            document = parse(text)
        except GraphQLSyntaxError as problem:
            return {"errors": [{"message": problem.message, "extensions": {"code": "PARSE_ERROR"}}]}
        problems = validate(SCHEMA, document)
        if problems:
            return {"errors": [_invalid(problem) for problem in problems]}
        cost = cost_of(document, variables)
        if cost > MOST:
            words = f"Query cost is {cost}, which exceeds the single query max cost limit ({MOST})."
            return _coded(words, "MAX_COST_EXCEEDED", cost=cost, maxCost=MOST)
        bucket, kind = self._shop.bucket, "WRITE" if "mutation" in text[:20] else "READ"
        if self._shop.faults.take("throttled", kind):
            bucket.drain()
        if not bucket.take(cost):
            told = _coded("Throttled", "THROTTLED")
            return {**told, "extensions": {"cost": bucket.shown(cost, None)}}
        return self._executed(document, variables, cost)

    def _executed(self, document: DocumentNode, variables: Mapping[str, Any], cost: int) -> dict[str, Any]:
        operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        result = execute_sync(
            SCHEMA,
            document,
            self._roots[operation.operation.value](),
            context_value=dict(variables),
            variable_values=dict(variables),
            middleware=[ScopeDoor(self._shop)],
        )
        assert isinstance(result, ExecutionResult)  # noqa: S101
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [_told(error) for error in result.errors]
        if result.data is None:
            del answer["data"]
        answer["extensions"] = {"cost": self._shop.bucket.shown(cost, cost)}
        return answer

    async def _before(self, request: Request, kind: str) -> Response | None:
        faults = self._shop.faults
        late = faults.take("latency", kind)
        seconds = self._shop.settings.latency_seconds + (late.seconds if late else 0)
        if seconds:
            await asyncio.sleep(seconds)
        if faults.take("reset_before", kind):
            cut_connection(request)
            return Response(b"", _CUT)
        limited = faults.take("rate_limited_429", kind)
        if limited:
            wait = str(math.ceil(limited.seconds) or 1)
            return JSONResponse({"errors": "Too many requests"}, 429, {"Retry-After": wait})
        if faults.take("html_403", kind):
            return HTMLResponse(_FIREWALL, 403)
        if faults.take("html_503", kind):
            return HTMLResponse(_MAINTENANCE, 503)
        for fault, status, words in (
            ("error_500_before", 500, "Internal Server Error"),
            ("frozen_402", 402, "Unavailable Shop"),
            ("locked_423", 423, "Locked"),
        ):
            if faults.take(fault, kind):
                return JSONResponse({"errors": words}, status)
        return None

    async def _after(self, request: Request, kind: str, right: Response) -> Response:
        faults = self._shop.faults
        if faults.take("reset_after_commit", kind):
            cut_connection(request)
            return Response(b"", _CUT)
        if faults.take("error_500_after_commit", kind):
            return JSONResponse({"errors": "Internal Server Error"}, 500)
        if faults.take("internal_error", kind):
            return JSONResponse(_coded(FAILED, "INTERNAL_SERVER_ERROR"))
        if faults.take("truncated", kind):
            half = bytes(right.body)[: len(right.body) // 2]
            return Response(half, 200, media_type="application/json")
        return right


def _operation(body: bytes) -> str:
    found = re.search(rb"(?:query|mutation) (\w{1,60})", body)
    return found[1].decode() if found else ""


def _coded(message: str, code: str, **more: object) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, **more}}]}


def _invalid(problem: GraphQLError) -> dict[str, Any]:
    """Say what is wrong with a document, in the shop's words where those are known."""
    field = re.match(r"Cannot query field '(\w+)' on type '(\w+)'", problem.message)
    places = [{"line": each.line, "column": each.column} for each in problem.locations or ()]
    if field:
        message = f"Field '{field[1]}' doesn't exist on type '{field[2]}'"
        code = {"code": "undefinedField", "typeName": field[2], "fieldName": field[1]}
        return {"message": message, "locations": places, "extensions": code}
    code = {"code": "argumentLiteralsIncompatible"}
    return {"message": problem.message, "locations": places, "extensions": code}


def _told(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message, **({"path": list(error.path)} if error.path else {})}
    if "code" in (error.extensions or {}):
        return {**shown, "extensions": dict(error.extensions or {})}
    if error.message.startswith("Variable "):
        return {**shown, "extensions": {"code": "INVALID_VARIABLE"}}
    return shown
