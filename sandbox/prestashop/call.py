"""One call of the webservice, as it came: what it asks for, and how its answer is to be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from sandbox.prestashop.state import ShopState
from sandbox.prestashop.wire_json import JsonWriter
from sandbox.prestashop.wire_xml import XmlWriter

Writer = XmlWriter | JsonWriter


@dataclass
class Call:
    """One call: where it goes, what it asks, and how its answer is to be written."""

    state: ShopState
    verb: str
    segments: tuple[str, ...]
    parameters: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    base: str
    query: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.query = dict(self.parameters)

    @property
    def wants_json(self) -> bool:
        """Whether JSON is asked for; the word must be written in capitals."""
        asked = self.query.get("output_format") or self.headers.get("io-format")
        return (asked or self.headers.get("output-format") or self.query.get("io_format")) == "JSON"

    def writer(self) -> Writer:
        """Return what writes this call's answer."""
        languages = self._languages()
        if self.wants_json:
            return JsonWriter(languages, self.state.settings.native_numbers)
        return XmlWriter(self.base, languages)

    def _languages(self) -> tuple[int, ...]:
        every = self.state.tables.language_ids
        if "language" not in self.query:
            return every
        wanted = self.query["language"].strip("[]").split("|")
        return tuple(each for each in every if str(each) in wanted) or every


async def read_call(state: ShopState, request: Request) -> Call:
    """Read a request; `ps_method` is the verb where a host lets only GET and POST through."""
    parameters = request.query_params.multi_items()
    verb = dict(parameters).get("ps_method", request.method).upper()
    path = str(request.path_params.get("path", ""))
    base = f"{request.base_url}{state.settings.base_path.strip('/')}".rstrip("/") + "/api/"
    body = await request.body()
    return Call(state, verb, tuple(path.strip("/").split("/")), parameters, request.headers, body, base)
