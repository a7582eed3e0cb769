"""Webhooks to others, in the Standard Webhooks form (standardwebhooks.com, 1.0.0).

The receiver's name is resolved anew for each attempt, every address it has is checked, and the connection
goes to a checked one: a name that points into our own network, now or a moment later, is not connected to.
"""

import asyncio
import base64
import binascii
import hmac
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from adapters.channel_ports import WebhookAnswer, WebhookMessage
from adapters.http import HttpClient, HttpSettings
from adapters.ports import Finding
from domain.errors import BadConfiguration, ConnectionDown, WaybillError
from domain.model import Strict

Resolver = Callable[[str, int], Awaitable[tuple[str, ...]]]
_PORTS = frozenset({443, 8443})
_NAT64 = IPv6Network("64:ff9b::/96")
# Reserved for protocols; older Pythons call most of it public.
_PROTOCOLS = IPv4Network("192.0.0.0/24")
_LONGEST_URL = 2048
_LARGEST_ANSWER = 64 * 1024
_HEAD = 1000


def _is_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not text.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("a webhook's secret is whsec_ and the Base64 of 24 to 64 random bytes")
    return value


class WebhookSettings(Strict):
    """A receiver of webhooks."""

    url: str = Field(max_length=_LONGEST_URL, description="Where webhooks are posted to.")
    secrets: tuple[Annotated[SecretStr, AfterValidator(_is_secret)], ...] = Field(
        min_length=1, description="`whsec_…`; each of them signs, so that one can be replaced by the next."
    )
    allow_private: bool = Field(
        default=False, description="The receiver is in our own network, or has no TLS, and that is meant."
    )

    @model_validator(mode="after")
    def _may_be_called(self) -> "WebhookSettings":
        parts = urlsplit(self.url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username is not None:
            raise ValueError("url: write https://, a name and a path, and no login")
        if not self.allow_private:
            if parts.scheme != "https" or _port(parts) not in _PORTS:
                raise ValueError("url: write https:// and port 443 or 8443, or set allow_private")
            if _is_address(parts.hostname):
                raise ValueError("url: write a name instead of an address, or set allow_private")
        return self


class Webhook:
    """One receiver. Implements `WebhookPort`."""

    def __init__(self, connection: str, settings: WebhookSettings, resolve: Resolver | None = None) -> None:
        self._settings, self._connection = settings, connection
        self._resolve = resolve or resolved
        self._parts = urlsplit(settings.url)
        self._keys = [
            base64.b64decode(secret.get_secret_value().removeprefix("whsec_")) for secret in settings.secrets
        ]
        self._http = HttpClient(
            HttpSettings(
                base_url=f"{self._parts.scheme}://{self._parts.netloc}",
                connection=connection,
                timeout=timedelta(seconds=20),
                connect_timeout=timedelta(seconds=5),
                most_connections=4,
                largest_answer=_LARGEST_ANSWER,
                headers={"User-Agent": "Waybill"},
            )
        )

    async def test(self) -> tuple[Finding, ...]:
        """Look whether the receiver's address may be connected to; nothing is sent."""
        try:
            await self._address()
        except WaybillError as error:
            return (Finding(what=error.problem.sentence, ok=False, fix=error.problem.remedy),)
        return (Finding(what=f"webhooks go to {self._parts.hostname}", ok=True),)

    async def deliver(self, message: WebhookMessage, now: datetime) -> WebhookAnswer:
        """Sign and send a webhook once."""
        body, stamp = message.body.encode(), str(int(now.timestamp()))
        answer = await self._http.request(
            "POST",
            self._parts._replace(scheme="", netloc="", fragment="").geturl() or "/",
            writes=True,
            headers={
                "Content-Type": "application/json",
                "webhook-id": message.id,
                "webhook-timestamp": stamp,
                "webhook-signature": signatures(self._keys, message.id, stamp, body),
            },
            content=body,
            address=await self._address(),
        )
        return WebhookAnswer(status=answer.status, retry_after=answer.retry_after, head=answer.text[:_HEAD])

    async def _address(self) -> str:
        """Return the address to connect to, after all addresses of the name were checked."""
        name = self._parts.hostname or ""
        try:
            found = await self._resolve(name, _port(self._parts))
        except OSError:
            found = ()
        if not found:
            raise ConnectionDown(f"the name {name} cannot be resolved", connection=self._connection)
        if not self._settings.allow_private and not all(is_public(address) for address in found):
            raise BadConfiguration(
                f"{name} has an address that is not public, and is not connected to",
                field="url",
                connection=self._connection,
                remedy=f"If it is meant, set connections.{self._connection}.allow_private.",
            )
        return found[0]

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()


def signatures(keys: list[bytes], message: str, stamp: str, body: bytes) -> str:
    """Return the signature header's value: one entry for each key."""
    signed = f"{message}.{stamp}.".encode() + body
    entries = (base64.b64encode(hmac.new(key, signed, sha256).digest()).decode() for key in keys)
    return " ".join(f"v1,{entry}" for entry in entries)


async def resolved(name: str, port: int) -> tuple[str, ...]:
    """Return all addresses of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(text: str) -> bool:
    """Whether an address is one of the internet's, whatever it is wrapped into."""
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    inner = _unwrapped(address) if isinstance(address, IPv6Address) else None
    return _is_global(address) and (inner is None or _is_global(inner))


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    wrapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    if isinstance(address, IPv4Address) and address in _PROTOCOLS:
        return False
    return (wrapped or address.is_global) and not address.is_multicast and not address.is_unspecified


def _unwrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
