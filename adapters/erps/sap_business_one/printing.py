"""The API Gateway, which prints documents: its own server, its own login, and errors that say 200.

One export runs at a time, because two spoil each other; a failed one (`(---)`) is tried once more, because
another client of the gateway may have been in the way.
"""

import asyncio
import base64
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.exact_json import written
from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    Passing,
    RateLimited,
    UnexpectedAnswer,
    WaybillError,
)

_JSON = {"Content-Type": "application/json"}
_COOKIES = re.compile(r"(?:^|[,;]\s*)(Session|Cookie)=([!#-+\--:<-\[\]-~]{1,200})")
_TRIES = 2


class Printer:
    """The company's API Gateway. `clock` counts seconds."""

    def __init__(
        self,
        connection: str,
        settings: SapBusinessOneSettings,
        clock: Callable[[], float] = time.monotonic,
        pause: timedelta = timedelta(seconds=1),
    ) -> None:
        self._connection, self._settings = connection, settings
        self._clock, self._pause = clock, pause
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.pdf_url or settings.base_url,
                connection=connection,
                timeout=settings.pdf_timeout,
                most_connections=2,
                ca_file=settings.ca_file,
                verify=settings.verify,
            )
        )
        self._one_at_a_time = asyncio.Lock()
        self._cookie = ""
        self._refused_until = 0.0
        self._parameters: dict[str, tuple[str, ...]] = {}

    async def printed(self, layout: str, number: int, entry: int) -> bytes:
        """Print a document by its object number and DocEntry.

        Raises `BadConfiguration` for an unknown layout, `UnexpectedAnswer` for what is no PDF.
        """
        async with self._one_at_a_time:
            asked = written(self._values(await self._names(layout), number, entry))
            for left in reversed(range(_TRIES)):
                answer = await self._sent("POST", "ExportPDFData", layout, asked)
                if answer.status == 201:
                    return self._decoded(answer)
                if left:
                    await asyncio.sleep(self._pause.total_seconds())
        raise UnexpectedAnswer(
            f"the layout {layout} could not be printed", quote=answer.text[:100], connection=self._connection
        )

    async def knows(self, layout: str) -> None:
        """Return when the gateway takes our login and has a layout; raise what is in the way."""
        async with self._one_at_a_time:
            await self._names(layout)

    async def close(self) -> None:
        """Close all connections; the session ends by itself."""
        await self._http.close()

    async def _names(self, layout: str) -> tuple[str, ...]:
        """Return the names of a layout's parameters, whose spelling varies; asked once for each layout."""
        if layout not in self._parameters:
            answer = await self._sent("GET", "LoadCR", layout)
            body = self._json(answer)
            rows = body.get("resultSet") if isinstance(body, dict) else None
            if not isinstance(rows, list):
                raise BadConfiguration(
                    f"the API Gateway has no layout {layout[:20]}",
                    field=f"connections.{self._connection}.pdf_layouts",
                    remedy="Write a Crystal layout's code there, as the layout manager of SAP shows it.",
                    connection=self._connection,
                )
            names = tuple(str(row.get("name")) for row in rows if isinstance(row, dict))
            self._parameters[layout] = names
        return self._parameters[layout]

    def _values(self, names: tuple[str, ...], number: int, entry: int) -> list[dict[str, Any]]:
        """Return the parameters; those the layout can do without are left out."""
        known = {
            "dockey@": ("xsd:decimal", str(entry)),
            "objectid@": ("xsd:decimal", str(number)),
            "schema@": ("xsd:string", self._settings.company),
        }
        wanted = {name.lower(): name for name in names if name.lower() in known}
        spelled = {"dockey@": "DocKey@", **wanted}
        return [
            {"name": name, "type": known[lower][0], "value": [[known[lower][1]]]}
            for lower, name in spelled.items()
        ]

    async def _sent(self, method: str, what: str, layout: str, content: bytes | None = None) -> Answer:
        if not self._cookie:
            await self._log_in()
        answer = await self._once(method, what, layout, content)
        if answer.status == 401:
            await self._log_in()
            answer = await self._once(method, what, layout, content)
        if answer.status == 401:
            self._cookie = ""
        if answer.status not in (200, 201):
            raise self._trouble(answer)
        return answer

    async def _once(self, method: str, what: str, layout: str, content: bytes | None) -> Answer:
        return await self._http.request(
            method,
            f"/rs/v1/{what}",
            writes=False,
            params={"DocCode": layout},
            headers={**_JSON, "Cookie": self._cookie},
            content=content,
        )

    async def _log_in(self) -> None:
        if self._clock() < self._refused_until:
            raise self._refused("")
        self._cookie = ""
        wanted = self._settings
        card = {
            "CompanyDB": wanted.company,
            "UserName": wanted.user,
            "Password": wanted.password.get_secret_value(),
        }
        answer = await self._http.request(
            "POST", "/login", writes=False, headers=_JSON, content=written(card)
        )
        if answer.status != 200:
            raise self._trouble(answer)
        body = self._json(answer)
        cookies = dict(_COOKIES.findall(answer.headers.get("set-cookie", "")))
        if isinstance(body, dict) and body.get("code", 0) != 0:
            self._refused_until = self._clock() + wanted.login_pause.total_seconds()
            raise self._refused(str(body.get("message") or {})[:200])
        if "Session" not in cookies:
            raise unreadable(answer, self._connection, writes=False)
        self._cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def _refused(self, quote: str) -> WaybillError:
        return BadCredentials(
            "the API Gateway refused the login",
            quote=quote,
            field=f"connections.{self._connection}.password",
            remedy=(
                "Give the user the authorisation Report Layout API in SAP, check user and password, then run"
                " `waybill doctor`."
            ),
            connection=self._connection,
        )

    def _decoded(self, answer: Answer) -> bytes:
        try:
            return base64.b64decode(answer.body.strip(), validate=True)
        except ValueError:
            raise UnexpectedAnswer("the printed document came garbled", connection=self._connection) from None

    def _json(self, answer: Answer) -> Any:
        try:
            return answer.json
        except ValueError:
            raise unreadable(answer, self._connection, writes=False) from None

    def _trouble(self, answer: Answer) -> WaybillError:
        error = RateLimited if answer.status == 429 else Passing
        if 400 <= answer.status < 500 and answer.status not in (401, 408, 429):
            return BadConfiguration(
                "the address does not answer as an API Gateway does",
                quote=f"HTTP {answer.status}",
                field=f"connections.{self._connection}.pdf_url",
                connection=self._connection,
            )
        return error(
            "the API Gateway has trouble",
            quote=f"HTTP {answer.status}",
            connection=self._connection,
            retry_after=answer.retry_after,
        )
