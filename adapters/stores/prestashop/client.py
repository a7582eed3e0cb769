"""The webservice over HTTP: the key, the list form, filters, XML writes, pace.

Records are always read in the list form: asked for one by one, PrestaShop 8 and 9 leave out every field whose
value is 0 or empty (PrestaShop pull request 39918). Filters and sort orders are percent-encoded in full,
because firewalls stumble over bare brackets.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from lxml import etree
from pydantic import ValidationError

from adapters.http import Answer, HttpClient, HttpSettings, unreadable
from adapters.stores.pace import Pace
from adapters.stores.prestashop.errors import XML, error_of
from adapters.stores.prestashop.models import Record
from adapters.stores.prestashop.settings import PrestaShopSettings, WriteMode
from domain.errors import BadConfiguration, UnexpectedAnswer

Row = TypeVar("Row", bound=Record)
FULL = {"display": "full"}
_FIRST_WITH_PATCH = 8
_FILTER_SIGNS = re.compile(r"[\[\]|,%]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def among(values: Iterable[object]) -> str:
    """Write the filter "one of these"."""
    return "[" + "|".join(str(value) for value in values) + "]"


def above(value: object) -> str:
    """Write the filter "greater than"; the shop silently ignores `>=` (SQLUtils.php)."""
    return f">[{value}]"


def can_be_asked_for(text: str) -> bool:
    """Tell whether a filter can name exactly this text: signs of the filter language have no escape."""
    return bool(text) and _FILTER_SIGNS.search(text) is None


def containing(text: str) -> str:
    """Write the filter "contains"; any sign may stand for one that has no escape, so look at what comes."""
    return f"%[{_FILTER_SIGNS.sub('_', text)}]%"


class PrestaShopClient:
    """Requests to one shop, politely few at a time."""

    def __init__(self, connection: str, settings: PrestaShopSettings) -> None:
        self.connection = connection
        self._settings = settings
        key = settings.key.get_secret_value()
        self._http = HttpClient(
            HttpSettings(
                base_url=settings.base_url,
                connection=connection,
                timeout=settings.timeout,
                most_connections=settings.most_in_flight,
                ca_file=settings.ca_file,
                headers={"authorization": "Basic " + b64encode(f"{key}:".encode()).decode()},
            )
        )
        self._always = {"output_format": "JSON"}
        if settings.id_shop is not None:
            self._always["id_shop"] = str(settings.id_shop)
        self._free = asyncio.Semaphore(settings.most_in_flight)
        self._pace = Pace(settings.requests_per_second)
        self.version = ""
        self._clock: datetime | None = None

    @property
    def can_patch(self) -> bool:
        """Whether records can be changed by PATCH; a shop that hides its version counts as an old one."""
        if self._settings.write_mode is WriteMode.AUTO:
            major = self.version.partition(".")[0]
            return major.isdecimal() and int(major) >= _FIRST_WITH_PATCH
        return self._settings.write_mode is WriteMode.PATCH

    @property
    def now(self) -> datetime:
        """The shop's clock at its last answer, ours where the shop does not tell."""
        return self._clock or datetime.now(UTC)

    async def rows(
        self, resource: str, kind: type[Row], query: Mapping[str, str], *, node: str = ""
    ) -> list[Row]:
        """Read a list, which may stand under a `node` of another name; an empty one comes as `[]`.

        Raises `UnexpectedAnswer` for what cannot be read.
        """
        answer = await self._send("GET", resource, {**self._always, **query})
        try:
            found = answer.json
            return [kind.model_validate(row) for row in (found[node or resource] if found != [] else [])]
        except ValidationError as problem:
            raise self._wrong(resource, problem) from None
        except (ValueError, TypeError, KeyError):
            raise unreadable(answer, self.connection, writes=False) from None

    async def write(self, verb: str, path: str, node: etree._Element, query: Mapping[str, str]) -> None:
        """Send one record; only XML is understood, in 9.x too.

        Raises `InDoubt` (or `SaveFailed`, one of its kind) where reading again must tell what became of it.
        """
        envelope = etree.Element("prestashop")
        envelope.append(node)
        body = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        answer = await self._send(verb, path, {**self._always, **query}, body)
        if answer.is_html:
            raise unreadable(answer, self.connection, writes=True)

    async def rights(self) -> etree._Element:
        """Read what the key may do. As XML: the root as JSON is a server error from 8.0.3 on."""
        answer = await self._send("GET", "", {})
        with suppress(etree.XMLSyntaxError):
            root = etree.fromstring(answer.body.strip(), XML)
            if root.tag == "prestashop":
                return root
        raise BadConfiguration(
            "something else than the webservice of PrestaShop answers",
            quote=answer.text[:200],
            field="base_url",
            remedy="Correct base_url in waybill.toml, sub-folder included.",
            connection=self.connection,
        )

    async def close(self) -> None:
        """Give back connections."""
        await self._http.close()

    async def _send(
        self, verb: str, path: str, query: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        method = verb
        if self._settings.verbs_by_post and verb in {"PUT", "PATCH"}:
            method, query = "POST", {**query, "ps_method": verb}
        asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())
        headers = {"content-type": "text/xml"} if body else None
        async with self._free:
            await self._pace.turn()
            answer = await self._http.request(
                method, f"api/{path}?{asked}", writes=verb != "GET", headers=headers, content=body
            )
        self._look_at(answer)
        refusal = error_of(answer, self.connection, verb, path.partition("/")[0] or "the list of resources")
        if refusal is not None:
            raise refusal
        return answer

    def _look_at(self, answer: Answer) -> None:
        self.version = answer.headers.get("psws-version", self.version)
        seconds = answer.headers.get("access-time", "")
        if re.fullmatch(r"\d{9,11}", seconds):
            self._clock = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(seconds))

    def _wrong(self, resource: str, problem: ValidationError) -> UnexpectedAnswer:
        """Name the place and the kind of mistake; the value may be personal."""
        first = problem.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return UnexpectedAnswer(
            f"a record of {resource} cannot be read: {field}",
            quote=first["type"],
            field=field,
            connection=self.connection,
        )


def record(name: str, **fields: object) -> etree._Element:
    """Build the XML of one record; characters XML cannot carry are left out."""
    node = etree.Element(name)
    for field, value in fields.items():
        etree.SubElement(node, field).text = _NOT_XML.sub("", str(value))
    return node
