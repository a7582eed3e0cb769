"""What the shop has for sale at one location: `available` of the article with the SKU.

SKUs are not unique and the search finds more than was asked for, so they are compared again. Each write names
the number it was worked out from, and the shop refuses it when that has moved meanwhile.
"""

import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from adapters.stores.settling import settled
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.ids import gid
from adapters.stores.shopify.models import Location, Page, StockedVariant, UserError
from adapters.stores.shopify.refusals import check
from adapters.stores.shopify.settings import ShopifySettings
from domain.errors import BadConfiguration
from domain.stock import PublishedStock, StoreStock, same_article

_AT_ONCE = 25
_ROWS = 250
_MOVED = "CHANGE_FROM_QUANTITY_STALE"


class _Row(NamedTuple):
    """An article's stock: which item, how many pieces."""

    item: str
    quantity: int


class _Change(NamedTuple):
    """A number to be written instead of another."""

    sku: str
    row: _Row
    level: int


class Stock:
    """The stock of one shop at its location."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings) -> None:
        self._client = client
        self._location = gid("Location", settings.location) if settings.location else ""

    async def read(self, skus: Iterable[str]) -> StoreStock:
        """Read what is for sale of some articles."""
        rows, left_out = await self._rows(skus)
        return StoreStock(levels={sku: Decimal(row.quantity) for sku, row in rows.items()}, left_out=left_out)

    async def publish(
        self, levels: Mapping[str, Decimal], seen: Mapping[str, Decimal] | None
    ) -> PublishedStock:
        """Set what is for sale where it differs, unless it is another than it was seen to be."""
        rows, left_out = await self._rows(levels)
        moved = [
            sku for sku, row in rows.items() if seen is not None and seen.get(sku) != Decimal(row.quantity)
        ]
        wanted = [
            _Change(sku, row, int(levels[sku]))
            for sku, row in rows.items()
            if sku not in moved and row.quantity != levels[sku]
        ]
        written: dict[str, Decimal] = {}
        for start in range(0, len(wanted), _ROWS):
            refused = await self._write(wanted[start : start + _ROWS])
            for change in wanted[start : start + _ROWS]:
                if refused.get(change.sku) == _MOVED:
                    moved.append(change.sku)
                elif change.sku in refused:
                    left_out[change.sku] = refused[change.sku]
                else:
                    written[change.sku] = Decimal(change.level)
        return PublishedStock(written=written, left_out=left_out, moved=tuple(moved))

    async def _rows(self, skus: Iterable[str]) -> tuple[dict[str, _Row], dict[str, str]]:
        """Return each article's row, and why others have none."""
        names = tuple(dict.fromkeys(skus))
        found: dict[str, list[StockedVariant]] = {same_article(sku): [] for sku in names}
        location = await self._place()
        for start in range(0, len(names), _AT_ONCE):
            asked = " OR ".join(f"sku:{_quoted(sku)}" for sku in names[start : start + _AT_ONCE])
            async for variant in self._variants(asked, location):
                found.get(same_article(variant.sku), []).append(variant)
        chosen = {sku: _row({each.id: each for each in found[same_article(sku)]}) for sku in names}
        rows = {sku: row for sku, row in chosen.items() if isinstance(row, _Row)}
        return rows, {sku: reason for sku, reason in chosen.items() if isinstance(reason, str)}

    async def _variants(self, asked: str, location: str) -> AsyncIterator[StockedVariant]:
        after: str | None = None
        while True:
            data = await self._client.read(operations.LEVELS, query=asked, location=location, after=after)
            page = self._client.parsed(Page[StockedVariant], data.get("productVariants"), "productVariants")
            for each in page.nodes:
                yield each
            if not page.info.more or page.info.end in {"", after}:
                return
            after = page.info.end

    async def _place(self) -> str:
        """Return the location whose stock is set. Raises `BadConfiguration` when it is not told which."""
        if not self._location:
            active = [each for each in await locations(self._client) if each.active]
            if len(active) != 1:
                raise which_location(active, self._client.connection)
            self._location = active[0].id
        return self._location

    async def _write(self, changes: Sequence[_Change]) -> dict[str, str]:
        """Write numbers together; return why some were not, by SKU: one that is refused stops no other."""
        left, refused = list(changes), dict[str, str]()
        while left:
            errors = await self._send(left)
            named = dict(_named(errors, left))
            if errors and not named:
                check(errors, "the stock", self._client.connection)
            if not errors:
                break
            refused |= named
            left = [each for each in left if each.sku not in named]
        return refused

    async def _send(self, changes: Sequence[_Change]) -> tuple[UserError, ...]:
        quantities = [
            {
                "inventoryItemId": each.row.item,
                "locationId": self._location,
                "quantity": each.level,
                "changeFromQuantity": each.row.quantity,
            }
            for each in changes
        ]
        asked = {"name": "available", "reason": "correction", "quantities": quantities}
        errors: tuple[UserError, ...] = ()

        async def write() -> None:
            nonlocal errors
            errors = await self._client.write(operations.SET_LEVELS, input=asked, key=str(uuid.uuid4()))

        async def is_shown() -> bool:
            rows, _ = await self._rows([each.sku for each in changes])
            return all(rows.get(each.sku) == _Row(each.row.item, each.level) for each in changes)

        await settled(write(), is_shown)
        return errors


async def locations(client: ShopifyClient) -> tuple[Location, ...]:
    """Read the places that have stock."""
    data = await client.read(operations.LOCATIONS)
    return client.parsed(Page[Location], data.get("locations"), "locations").nodes


def which_location(active: Sequence[Location], connection: str) -> BadConfiguration:
    """Return the error for a shop of which nobody said where its stock is."""
    named = ", ".join(f"{each.id.rpartition('/')[2]} ({each.name})" for each in active)
    return BadConfiguration(
        "the shop has several locations" if active else "the shop has no active location",
        quote=named,
        field="location",
        remedy=f"Set location in waybill.toml to one of {named}." if active else "",
        connection=connection,
    )


def _row(variants: Mapping[str, StockedVariant]) -> _Row | str:
    """Return the one row to write, or the reason why there is none."""
    if not variants:
        return "the shop has no article with this SKU"
    if len(variants) > 1:
        return f"{len(variants)} articles of the shop have this SKU"
    (variant,) = variants.values()
    if not variant.item.tracked:
        return "the shop does not track its stock"
    if variant.item.level is None or not variant.item.level.quantities:
        return "it is not stocked at the location"
    return _Row(variant.item.id, variant.item.level.quantities[0].quantity)


def _named(errors: Iterable[UserError], changes: Sequence[_Change]) -> Iterator[tuple[str, str]]:
    """Yield the articles that errors name, by their place in the list: input.quantities.3.quantity."""
    for error in errors:
        place = next((part for part in error.field or () if part.isdecimal()), "")
        if place and int(place) < len(changes):
            reason = _MOVED if error.code == _MOVED else f"{error.message} ({error.code})"
            yield changes[int(place)].sku, reason


def _quoted(sku: str) -> str:
    """Write an SKU as a text of the search language."""
    return "'" + sku.strip().replace("\\", "\\\\").replace("'", "\\'") + "'"
