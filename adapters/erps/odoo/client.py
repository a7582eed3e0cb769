"""Calls of model methods over the wire that the server's version speaks.

A call names its parameters; XML-RPC gets ids and a few others by place. Keys have no sessions: the user's
id is asked for once.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from adapters import exact_json
from adapters.erps.odoo import xml_wire
from adapters.erps.odoo.errors import Fault, error_of, of_status
from adapters.erps.odoo.settings import OdooSettings, Protocol
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from domain.errors import BadConfiguration, BadCredentials, RateLimited, UnexpectedAnswer

Row = dict[str, Any]
Domain = list[Any]
_FIRST_WITH_JSON_2 = 19
_XML = {"Content-Type": "text/xml"}


class OdooClient:
    """One database, as one user."""

    def __init__(self, connection: str, settings: OdooSettings) -> None:
        self.connection, self._settings = connection, settings
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url,
                connection=connection,
                timeout=settings.timeout,
                most_connections=settings.connections,
                ca_file=settings.ca_file,
                verify=settings.verify,
                headers={"User-Agent": "Waybill"},
            )
        )
        self._opening = asyncio.Lock()
        self._version = 0
        self._user = 0
        self._fields: dict[str, dict[str, Row]] = {}

    async def version(self) -> int:
        """Return the server's main version: 14, 17, 19."""
        if not self._version:
            async with self._opening:
                self._version = self._version or await self._ask_version()
        return self._version

    async def speaks_json(self) -> bool:
        """Whether JSON-2 is spoken."""
        wanted = self._settings.protocol
        if wanted is not Protocol.AUTO:
            return wanted is Protocol.JSON_2
        return await self.version() >= _FIRST_WITH_JSON_2

    async def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] | None = None,
        writes: bool,
        context: Mapping[str, Any] | None = None,
        **named: Any,
    ) -> Any:
        """Call a method and return what it returned, numbers exact. Raises only our errors."""
        said = self._context(context)
        if await self.speaks_json():
            body = {**named, **({} if ids is None else {"ids": list(ids)}), "context": said}
            return await self._json(f"/json/2/{model}/{method}", body, writes=writes)
        places: list[Any] = [] if ids is None else [list(ids)]
        if method == "create":
            # The server looks at the first place to tell one record from many.
            places.append(named.pop("vals_list"))
        user = await self.user()
        login = (self._settings.database, user, self._settings.key.get_secret_value())
        asked: tuple[Any, ...] = (*login, model, method, places, {**named, "context": said})
        return await self._xml("object", "execute_kw", asked, writes=writes)

    async def rows(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        order: str = "id",
        limit: int = 0,
        context: Mapping[str, Any] | None = None,
    ) -> list[Row]:
        """Return records that fit; fields that this version does not have are left out."""
        known = await self.fields(model)
        named: dict[str, Any] = {
            "domain": domain,
            "fields": [field for field in fields if field in known or field == "id"],
            "order": order,
        }
        if limit:
            named["limit"] = limit
        found = await self.call(model, "search_read", writes=False, context=context, **named)
        if not isinstance(found, list) or not all(_is_record(row) for row in found):
            raise UnexpectedAnswer("a list of records was expected", connection=self.connection)
        return found

    async def create(self, model: str, values: Row, context: Mapping[str, Any] | None = None) -> int:
        """Create one record; return its id."""
        made = await self.call(model, "create", writes=True, vals_list=[values], context=context)
        number = made[0] if isinstance(made, list) and len(made) == 1 else made
        if isinstance(number, bool) or not isinstance(number, int):
            raise of_status(200, str(made)[:200], self.connection, writes=True)
        return number

    async def fields(self, model: str) -> dict[str, Row]:
        """Return the model's fields as this version has them; asked once."""
        if model not in self._fields:
            attributes = ["type", "string", "readonly", "relation"]
            found = await self.call(model, "fields_get", writes=False, attributes=attributes)
            if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
                raise UnexpectedAnswer("the fields of a model were expected", connection=self.connection)
            self._fields[model] = found
        return self._fields[model]

    async def first_of(self, model: str, *names: str) -> str:
        """Return the name that this version has for a field. Raises `BadConfiguration` when it has none."""
        known = await self.fields(model)
        for name in names:
            if name in known:
                return name
        raise BadConfiguration(
            f"Odoo's {model} has no field {names[0]}, or the user may not see it",
            remedy="Install its module, or give the user the right, then run `waybill doctor`.",
            connection=self.connection,
        )

    async def get(self, path: str) -> Answer:
        """Fetch a page or a file by its path."""
        return await self._http.request("GET", path, writes=False)

    async def user(self) -> int:
        """Return the user's id. Raises `BadCredentials`."""
        if not self._user:
            async with self._opening:
                self._user = self._user or await self._log_in()
        return self._user

    async def _log_in(self) -> int:
        settings = self._settings
        asked: tuple[Any, ...] = (settings.database, settings.user, settings.key.get_secret_value(), {})
        found = await self._xml("common", "authenticate", asked, writes=False)
        if found is False:
            raise BadCredentials("Odoo refuses the login", connection=self.connection)
        if isinstance(found, bool) or not isinstance(found, int):
            raise UnexpectedAnswer("the login answered no user", connection=self.connection)
        return found

    def _context(self, more: Mapping[str, Any] | None) -> Row:
        company = self._settings.company
        own = {} if company is None else {"allowed_company_ids": [company]}
        return {"lang": self._settings.language, "tz": "UTC", **own, **(more or {})}

    async def _ask_version(self) -> int:
        if self._settings.protocol is not Protocol.JSON_2:
            content = xml_wire.request("version", ())
            answer = await self._http.request(
                "POST", "/xmlrpc/2/common", writes=False, headers=_XML, content=content
            )
            if answer.status != 404:
                return self._main_version(self._read_xml(answer, writes=False))
        return self._main_version(self._read_json(await self.get("/web/version"), writes=False))

    def _main_version(self, said: Any) -> int:
        info = said.get("server_version_info", said.get("version_info")) if isinstance(said, dict) else None
        first = info[0] if isinstance(info, list) and info else None
        # Odoo Online numbers its intermediate versions saas~17.4.
        main = str(first).removeprefix("saas~").partition(".")[0]
        if not main.isdecimal():
            raise UnexpectedAnswer("the server does not tell its version", connection=self.connection)
        return int(main)

    async def _xml(self, service: str, method: str, asked: tuple[Any, ...], *, writes: bool) -> Any:
        content = xml_wire.request(method, asked)
        answer = await self._http.request(
            "POST", f"/xmlrpc/2/{service}", writes=writes, headers=_XML, content=content
        )
        return self._read_xml(answer, writes=writes)

    def _read_xml(self, answer: Answer, *, writes: bool) -> Any:
        self._check_limit(answer)
        try:
            return xml_wire.answer(answer.body)
        except Fault as fault:
            raise error_of(fault, self.connection, writes=writes) from None
        except ValueError:
            raise self._unreadable(answer, writes=writes) from None

    async def _json(self, path: str, body: Row, *, writes: bool) -> Any:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"bearer {self._settings.key.get_secret_value()}",
            "X-Odoo-Database": self._settings.database,
        }
        content = exact_json.written(body)
        answer = await self._http.request("POST", path, writes=writes, headers=headers, content=content)
        return self._read_json(answer, writes=writes)

    def _read_json(self, answer: Answer, *, writes: bool) -> Any:
        self._check_limit(answer)
        try:
            found = answer.json
        except ValueError:
            raise self._unreadable(answer, writes=writes) from None
        if answer.status == 200:
            return found
        if isinstance(found, dict) and isinstance(found.get("name"), str):
            name = found["name"].rsplit(".", 1)[-1]
            raise error_of(Fault(name, str(found.get("message") or "")), self.connection, writes=writes)
        raise of_status(answer.status, answer.text[:200], self.connection, writes=writes)

    def _check_limit(self, answer: Answer) -> None:
        if answer.status == 429:
            raise RateLimited(
                "Odoo asks us to slow down", retry_after=answer.retry_after, connection=self.connection
            )

    def _unreadable(self, answer: Answer, *, writes: bool) -> Exception:
        return unreadable(answer, self.connection, writes=writes)

    async def close(self) -> None:
        """Give back connections."""
        await self._http.close()


def _is_record(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), int) and not isinstance(row["id"], bool)
