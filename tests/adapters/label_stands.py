"""Label services to test with: each a sandbox on a real server, with its adapter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.label_port import LabelPort
from adapters.labels.easypost.adapter import EasyPost
from adapters.labels.easypost.settings import EasyPostSettings
from adapters.labels.sendcloud.adapter import Sendcloud
from adapters.labels.sendcloud.settings import SendcloudSettings
from sandbox import easypost, sendcloud
from sandbox.serving import serving


def easypost_port(root: str, **changed: Any) -> EasyPost:
    """Return the adapter to an account under an address."""
    facts = {"key": easypost.DEFAULT_KEY, "base_url": f"{root}/v2", "settle": timedelta(0), **changed}
    return EasyPost("labels", EasyPostSettings.model_validate(facts))


def sendcloud_port(root: str, **changed: Any) -> Sendcloud:
    """Return the adapter to an integration under an address."""
    facts = {
        "public_key": sendcloud.DEFAULT_PUBLIC_KEY,
        "secret": sendcloud.DEFAULT_SECRET,
        "shipping_option": "dpd:return/return",
        "base_url": f"{root}/api/v3",
        "settle": timedelta(0),
        **changed,
    }
    return Sendcloud("labels", SendcloudSettings.model_validate(facts))


@dataclass
class Stand:
    """A service, its adapter, and where it listens. `port` makes another adapter for an address."""

    service: easypost.EasyPost | sendcloud.Sendcloud
    label: LabelPort
    url: str

    @property
    def _is_easypost(self) -> bool:
        return isinstance(self.service, easypost.EasyPost)

    @property
    def making(self) -> str:
        """What the path of the request that makes a label contains."""
        return "/buy" if self._is_easypost else "/announce"

    def arm(self, fault: str, **details: Any) -> None:
        """Let a fault happen."""
        self.service.faults.arm(fault, **details)

    def made(self) -> list[str]:
        """Return the references of all labels that were ever made."""
        kind = "label" if self._is_easypost else "return"
        return [entry["reference"] for entry in self.service.ledger.of(kind)]

    def port(self, root: str, **changed: Any) -> LabelPort:
        """Return another adapter of the same kind."""
        return easypost_port(root, **changed) if self._is_easypost else sendcloud_port(root, **changed)

    @asynccontextmanager
    async def wrong_key(self) -> AsyncIterator[LabelPort]:
        """Open an adapter with a key that is not accepted."""
        async with _closing(
            self.port(self.url, **{"key" if self._is_easypost else "secret": "wrong"})
        ) as label:
            yield label

    @asynccontextmanager
    async def facing_nobody(self) -> AsyncIterator[LabelPort]:
        """Open an adapter whose service is not there."""
        async with _closing(self.port("http://127.0.0.1:9")) as label:
            yield label

    @asynccontextmanager
    async def hearing(self, body: bytes) -> AsyncIterator[LabelPort]:
        """Open an adapter that is answered 200 with this body, whatever it asks."""

        async def answer(_: Request) -> Response:
            return Response(body, media_type="application/json")

        strange = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH"])])
        async with serving(strange) as url, _closing(self.port(url)) as label:
            yield label


@asynccontextmanager
async def easypost_stand() -> AsyncIterator[Stand]:
    """Open a stand with EasyPost."""
    service = easypost.EasyPost()
    async with serving(easypost.create_app(service)) as url, _closing(easypost_port(url)) as label:
        yield Stand(service, label, url)


@asynccontextmanager
async def sendcloud_stand() -> AsyncIterator[Stand]:
    """Open a stand with Sendcloud."""
    service = sendcloud.Sendcloud()
    async with serving(sendcloud.create_app(service)) as url, _closing(sendcloud_port(url)) as label:
        yield Stand(service, label, url)


@asynccontextmanager
async def _closing(label: LabelPort) -> AsyncIterator[LabelPort]:
    try:
        yield label
    finally:
        await label.close()
