"""Open a shop, serve it, and call it: for tests and demonstrations."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.prestashop.app import create_app
from sandbox.prestashop.settings import DEFAULT_KEY, Settings
from sandbox.prestashop.shop import PrestaShop
from sandbox.serving import serving


@dataclass(frozen=True)
class Visit:
    """An open shop and a caller who holds its key."""

    shop: PrestaShop
    base_url: str
    http: httpx.AsyncClient

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        """Read as XML."""
        return await self.http.get(f"/api/{path}", params=parameters)

    async def get_json(self, path: str, **parameters: str) -> Any:
        """Read as JSON and return the content."""
        answer = await self.get(path, output_format="JSON", **parameters)
        return answer.json()

    async def listed(self, resource: str, **parameters: str) -> list[dict[str, Any]]:
        """Read a list in full; `id_order="[7]"` filters."""
        filters = {f"filter[{name}]": value for name, value in parameters.items()}
        content = await self.get_json(resource, display="full", **filters)
        return list(next(iter(content.values()))) if content else []

    async def ids(self, resource: str, **parameters: str) -> list[int]:
        """Read the ids of a list asked for with any parameters."""
        content = await self.get_json(resource, **parameters)
        return [each["id"] for each in next(iter(content.values()))] if content else []

    async def send(self, verb: str, path: str, node: str, /, **fields: object) -> httpx.Response:
        """Write one record; a field's text is sent as it is, so it may hold XML."""
        inside = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        body = f"<prestashop><{node}>{inside}</{node}></prestashop>"
        return await self.http.request(verb, f"/api/{path}", content=body)


def error_codes(answer: httpx.Response) -> list[int]:
    """Return the numbers of the errors in an answer, XML or JSON."""
    if answer.headers["content-type"].startswith("application/json"):
        return [error["code"] for error in answer.json()["errors"]]
    return [int(part.split("]]>")[0]) for part in answer.text.split("<code><![CDATA[")[1:]]


@contextlib.asynccontextmanager
async def open_shop(settings: Settings | None = None) -> AsyncIterator[Visit]:
    """Serve a new shop on a free port until left."""
    shop = PrestaShop(settings)
    async with serving(create_app(shop)) as address:
        base_url = address + shop.settings.base_path.rstrip("/")
        no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(
            base_url=base_url, auth=(DEFAULT_KEY, ""), verify=no_tls, trust_env=False
        ) as http:
            yield Visit(shop, address, http)
