"""What orders refer to by number: countries, currencies, carriers, taxes, states; read whole, kept a while.

The numbers differ from shop to shop and a carrier gets a new one at each edit, so a number that a kept table
does not have makes it be read once more.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from types import MappingProxyType
from typing import Generic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.stores.prestashop.client import PrestaShopClient, Row, among
from adapters.stores.prestashop.models import Carrier, Configuration, Group, Iso, OrderState, Tax
from adapters.stores.prestashop.settings import PrestaShopSettings
from domain.errors import BadConfiguration

# Not PS_OS_ERROR: a payment that failed may be tried again, and the same order is paid then.
_CANCELLING = ("PS_OS_CANCELED",)
_DELIVERED = ("PS_OS_DELIVERED",)
_ZONE = "PS_TIMEZONE"


class Table(Generic[Row]):
    """One of the shop's tables, by id; read by one caller while the others wait."""

    def __init__(
        self,
        client: PrestaShopClient,
        resource: str,
        kind: type[Row],
        fields: str,
        lifetime: timedelta,
        where: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._client, self._resource, self._kind = client, resource, kind
        self._query = {"display": f"[{fields}]", **where}
        self._lifetime = lifetime.total_seconds()
        self._rows: dict[int, Row] = {}
        self._absent: set[int] = set()
        self._fresh_until = 0.0
        self._reading = asyncio.Lock()

    async def rows(self, needed: Iterable[int] = ()) -> Mapping[int, Row]:
        """Return the rows by id, read again when too old or when one of those needed is not there."""
        missing = self._missing(needed)
        if missing or time.monotonic() >= self._fresh_until:
            async with self._reading:
                missing = self._missing(missing)
                if missing or time.monotonic() >= self._fresh_until:
                    await self._read()
                    self._absent |= self._missing(missing)
        return self._rows

    def _missing(self, needed: Iterable[int]) -> set[int]:
        return {each for each in needed if each and each not in self._rows and each not in self._absent}

    async def _read(self) -> None:
        rows = await self._client.rows(self._resource, self._kind, self._query)
        self._rows = {row.id: row for row in rows}
        self._absent = set()
        self._fresh_until = time.monotonic() + self._lifetime


@dataclass(frozen=True)
class ShopFacts:
    """What a shop's numbers stand for at one moment."""

    zone: tzinfo
    cancelling: frozenset[int]
    delivered: frozenset[int]
    countries: Mapping[int, Iso]
    regions: Mapping[int, Iso]
    currencies: Mapping[int, Iso]
    languages: Mapping[int, Iso]
    carriers: Mapping[int, Carrier]
    order_states: Mapping[int, OrderState]
    taxes: Mapping[int, Tax]
    groups: Mapping[int, Group]


@dataclass(frozen=True)
class Needed:
    """The numbers one order refers to."""

    countries: frozenset[int]
    regions: frozenset[int]
    taxes: frozenset[int]
    currency: int
    language: int
    carrier: int
    state: int
    group: int


class Lookups:
    """The tables of one shop."""

    def __init__(self, client: PrestaShopClient, settings: PrestaShopSettings) -> None:
        self._settings, self._connection = settings, client.connection
        life = settings.table_lifetime
        settings_asked = {"filter[name]": among((_ZONE, *_CANCELLING, *_DELIVERED))}
        self._countries = Table(client, "countries", Iso, "id,iso_code", life)
        self._regions = Table(client, "states", Iso, "id,iso_code", life)
        self._currencies = Table(client, "currencies", Iso, "id,iso_code", life)
        self._languages = Table(client, "languages", Iso, "id,iso_code", life)
        self._carriers = Table(client, "carriers", Carrier, "id,id_reference,name", life)
        self._states = Table(client, "order_states", OrderState, "id,invoice,logable,paid,shipped", life)
        self._taxes = Table(client, "taxes", Tax, "id,rate", life)
        self._groups = Table(client, "groups", Group, "id,price_display_method", life)
        self._configuration = Table(
            client, "configurations", Configuration, "id,name,value,id_shop", life, settings_asked
        )

    async def facts(self, needed: Needed) -> ShopFacts:
        """Return what the numbers of an order stand for; a table it does not touch is not read."""
        return ShopFacts(
            zone=await self.zone(),
            cancelling=await self._constants(_CANCELLING),
            delivered=await self._constants(_DELIVERED),
            countries=await self._countries.rows(needed.countries),
            regions=await self._regions.rows(needed.regions) if any(needed.regions) else {},
            currencies=await self._currencies.rows((needed.currency,)),
            languages=await self._languages.rows((needed.language,)),
            carriers=await self._carriers.rows((needed.carrier,)) if needed.carrier else {},
            order_states=await self._states.rows((needed.state,)),
            taxes=await self._taxes.rows(needed.taxes) if needed.taxes else {},
            groups=await self._groups.rows((needed.group,)) if needed.group else {},
        )

    async def order_states(self, needed: int) -> Mapping[int, OrderState]:
        """Return the shop's order states."""
        return await self._states.rows((needed,))

    async def zone(self) -> tzinfo:
        """Return the zone of the shop's clock. Raises `BadConfiguration` when it is not known."""
        name = self._settings.time_zone or self._value(await self._configuration.rows(), _ZONE)
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadConfiguration(
                "the time zone of the shop is not known",
                quote=name,
                field="time_zone",
                remedy="Set time_zone in waybill.toml, for example Europe/Paris.",
                connection=self._connection,
            ) from None

    async def _constants(self, names: tuple[str, ...]) -> frozenset[int]:
        rows = await self._configuration.rows()
        values = (self._value(rows, name) for name in names)
        return frozenset(int(value) for value in values if value.isdecimal())

    def _value(self, rows: Mapping[int, Configuration], name: str) -> str:
        """Return a setting: the shop's own row before the one that holds for all."""
        shop = self._settings.id_shop or 0
        found = {row.id_shop: row.value for row in rows.values() if row.name == name}
        return found.get(shop) or found.get(0) or next(iter(found.values()), "")
