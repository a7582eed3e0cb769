"""Requests to the Service Layer: the session, OData queries, paging, and errors raised as ours."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from adapters.erps.sap_business_one import batch
from adapters.erps.sap_business_one.errors import part_problem, problem_of
from adapters.erps.sap_business_one.sessions import ROOT, Session, Sessions, is_node_lost, is_session_lost
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.exact_json import written
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from domain.errors import UnexpectedAnswer

Object = dict[str, Any]
_JSON = {"Content-Type": "application/json"}
_IGNORE_CASE = {"B1S-CaseInsensitive": "true"}
_MOST_PAGES = 50


def literal(text: str) -> str:
    """Return a text as it stands in a filter or a key."""
    return "'" + text.replace("'", "''") + "'"


def any_of(column: str, values: tuple[str, ...]) -> str:
    """Return the filter that wants one of several values; there is no `in`."""
    return " or ".join(f"{column} eq {literal(value)}" for value in values)


class ServiceLayer:
    """One company's Service Layer. Nothing is retried here but a request refused for its session."""

    def __init__(
        self,
        connection: str,
        settings: SapBusinessOneSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.connection = connection
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url,
                connection=connection,
                timeout=settings.timeout,
                most_connections=settings.sessions + 1,
                ca_file=settings.ca_file,
                verify=settings.verify,
                headers={"OData-Version": "4.0"},
            )
        )
        self._sessions = Sessions(self._http, settings, connection, clock)

    async def ping(self) -> Answer:
        """Ask the load balancer whether it is there, without a login."""
        return await self._http.request("GET", "/ping/", writes=False)

    async def read(self, path: str) -> Object:
        """Read one entity, or ask a service what changes nothing."""
        return self._object(await self._send("GET", path, writes=False), writes=False)

    async def file(self, path: str) -> bytes:
        """Read a file."""
        return (await self._send("GET", path, writes=False)).body

    async def rows(
        self, entity: str, select: str, where: str, *, ignore_case: bool = False, page: int = 100
    ) -> list[Object]:
        """Read all rows that a filter wants.

        The server's link to the next page may have lost the query, so it is only taken as "there is more".
        """
        found: list[Object] = []
        headers = {"Prefer": f"odata.maxpagesize={page}", **(_IGNORE_CASE if ignore_case else {})}
        query = f"{entity}?$select={select}" + (f"&$filter={quote(where, safe=SAFE)}" if where else "")
        for _ in range(_MOST_PAGES):
            skip = f"&$skip={len(found)}" if found else ""
            answer = await self._send("GET", query + skip, writes=False, headers=headers)
            body = self._object(answer, writes=False)
            rows = body.get("value")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise unreadable(answer, self.connection, writes=False)
            found += rows
            if not rows or not (body.get("@odata.nextLink") or body.get("odata.nextLink")):
                return found
        raise UnexpectedAnswer("the list does not end", connection=self.connection)

    async def read_together(self, asked: tuple[batch.Reading, ...]) -> tuple[Object, ...]:
        """Read several things with one request; raises what the first refused one means."""
        answer = await self._send(
            "POST", "$batch", writes=False, headers=batch.HEADERS, content=batch.readings(asked, ROOT)
        )
        try:
            parts = batch.answered(answer.headers.get("content-type", ""), answer.body)
        except ValueError:
            raise unreadable(answer, self.connection, writes=False) from None
        for part in parts:
            if part.status >= 400:
                raise part_problem(part.status, part.body, self.connection)
        if len(parts) != len(asked) or not all(isinstance(part.body, dict) for part in parts):
            raise unreadable(answer, self.connection, writes=False)
        return tuple(part.body for part in parts)

    async def ask(self, service: str, body: Object) -> Object:
        """Call a service that changes nothing; its answer is one object."""
        return self._object(await self._post(service, body, writes=False), writes=False)

    async def create(self, entity: str, body: Object) -> Object:
        """Add one entity and return it."""
        return self._object(await self._post(entity, body, writes=True), writes=True)

    async def act(self, method: str, path: str, etag: str) -> None:
        """Delete an entity or carry out an action, if it is still what was read under `etag`."""
        headers = {"If-Match": etag} if etag else {}
        await self._send(method, path, writes=True, headers=headers)

    async def change_set(self, writes: tuple[batch.Write, ...]) -> tuple[batch.Part, ...]:
        """Write several things as one, all or none, and return what was said to each.

        Raises `InDoubt` for whatever is not a whole and readable answer.
        """
        answer = await self._send(
            "POST", "$batch", writes=True, headers=batch.HEADERS, content=batch.request(writes, ROOT)
        )
        try:
            return batch.answered(answer.headers.get("content-type", ""), answer.body)
        except ValueError:
            raise unreadable(answer, self.connection, writes=True) from None

    async def close(self) -> None:
        """Log out and close all connections."""
        await self._sessions.close()
        await self._http.close()

    async def _post(self, path: str, body: Object, *, writes: bool) -> Answer:
        return await self._send("POST", path, writes=writes, headers=_JSON, content=written(body))

    async def _send(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        async def once(session: Session) -> Answer:
            return await self._http.request(
                method,
                ROOT + path,
                writes=writes,
                headers={**(headers or {}), "Cookie": session.cookie},
                content=content,
            )

        async with self._sessions.one() as session:
            answer = await once(session)
            if is_session_lost(answer):
                # Safe for a write too: a request without a session is refused before it is carried out.
                await self._sessions.log_in(session)
                answer = await once(session)
            if is_session_lost(answer) or is_node_lost(answer):
                session.cookie = ""
        if not 200 <= answer.status < 300:
            raise problem_of(answer, self.connection, writes=writes)
        return answer

    def _object(self, answer: Answer, *, writes: bool) -> Object:
        try:
            body = answer.json
        except ValueError:
            raise unreadable(answer, self.connection, writes=writes) from None
        if not isinstance(body, dict):
            raise unreadable(answer, self.connection, writes=writes)
        return body


SAFE = "'(),:@*"
"""Signs a query may carry as they are; a blank becomes %20, because not every server reads + as one."""
