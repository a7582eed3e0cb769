"""One request to the service and its answer, whether it came alone or as a part of a batch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from sandbox.sap_business_one.errors import ServiceLayerError, bad_request
from sandbox.sap_business_one.wire import write

JSON = "application/json;odata.metadata=minimal;charset=utf-8"
ROOT = "/b1s/v2/"
_PAGE_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)")


@dataclass(frozen=True)
class Call:
    """A request. `path` is relative to the service root and decoded; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    root: str = ROOT

    @property
    def keep_quiet(self) -> bool:
        """Whether the caller wants no content back from a write."""
        return "return-no-content" in self.headers.get("prefer", "")

    @property
    def ignore_case(self) -> bool:
        """Whether text is to be compared without regard to case."""
        return self._option("caseinsensitive")

    @property
    def replace_collections(self) -> bool:
        """Whether a change deletes the rows of a collection that it does not name."""
        return self._option("replacecollectionsonpatch")

    def page_size(self, usual: int) -> int:
        """Return how many rows a page has; 0 means all."""
        match = _PAGE_SIZE.search(self.headers.get("prefer", ""))
        wanted = match[1] if match else self.headers.get("b1s-pagesize", "")
        return int(wanted) if wanted.isdigit() else usual

    def number(self, name: str) -> int | None:
        """Return a query option that counts something."""
        value = self.query.get(name)
        if value is None:
            return None
        if not value.isdigit():
            raise bad_request(f"Invalid value for query option '{name}'")
        return int(value)

    def _option(self, name: str) -> bool:
        return self.headers.get(f"b1s-{name}", "").lower() == "true"


@dataclass(frozen=True)
class Reply:
    """An answer; an empty body has no content type, and a file's is bytes."""

    status: int
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON


def no_content(**headers: str) -> Reply:
    """Return the answer of a write that says nothing back."""
    return Reply(204, headers=headers)


def refusal(error: ServiceLayerError) -> Reply:
    """Return an error as the answer it becomes."""
    return Reply(error.status, write(error.body()))


def split_target(target: str) -> tuple[str, dict[str, str]]:
    """Return the decoded path and the query options of a request target."""
    path, _, query = target.partition("?")
    return unquote(path), dict(parse_qsl(query, keep_blank_values=True))
