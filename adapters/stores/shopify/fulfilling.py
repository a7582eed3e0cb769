"""How far an order is sent: its status and its parcels, over the fulfilment orders of each location.

A fulfilment can be made twice, so the shop is read before each and after an answer that was lost.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from adapters.ports import STATUS_WENT_ON
from adapters.stores.order_ids import no_such_order
from adapters.stores.settling import settled
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.fulfilment_models import Fulfilment, FulfilmentOrder, OrderFulfilment
from adapters.stores.shopify.ids import order_gid
from adapters.stores.shopify.parts import Parts, Piece
from adapters.stores.shopify.refusals import check
from adapters.stores.shopify.settings import ShopifySettings
from domain.errors import BadConfiguration, Refused

_IN_PROGRESS, _FULFILLED = "IN_PROGRESS", "FULFILLED"
_TRACKING = re.compile(r"[^\s\x00-\x1f\x7f]{1,255}")
_ON_HOLD = "ON_HOLD"
_OVER = {"CLOSED", "CANCELLED", "INCOMPLETE"}
_CREATE, _REPORT = "CREATE_FULFILLMENT", "REPORT_PROGRESS"


class Fulfilling:
    """Statuses and parcels of one shop."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings) -> None:
        self._client, self._settings = client, settings
        self._parts = Parts(client)

    async def set_status(self, order_id: str, status: str, only_from: Sequence[str] = ()) -> None:
        """Bring an order to `IN_PROGRESS` (somebody is packing it) or `FULFILLED` (all is sent).

        With `only_from`, an order that has another status by now is left alone: raises `Refused`.
        """
        if status not in {_IN_PROGRESS, _FULFILLED}:
            raise BadConfiguration(
                "Shopify has no such status to set",
                quote=status,
                field="status",
                remedy=f"Name {_IN_PROGRESS} or {_FULFILLED}; all others follow from what happens there.",
                connection=self._client.connection,
            )
        gid = order_gid(order_id, self._client.connection)
        read = await self._read(gid)
        if read.display == status:
            return
        if only_from and read.display not in only_from:
            raise Refused(
                "the order has another status in the shop by now",
                code=STATUS_WENT_ON,
                field="status",
                connection=self._client.connection,
            )
        if status == _FULFILLED:
            await self._fulfil_all(gid, read)
        else:
            await self._report_progress(gid, read)

    async def set_tracking(self, order_id: str, numbers: Sequence[str]) -> None:
        """Show the parcels' numbers.

        What is open is fulfilled with them, in one fulfilment for each location; when nothing is, those that
        no fulfilment shows yet join the last one.
        """
        wanted = [self._number(number, place) for place, number in enumerate(numbers, 1)]
        gid = order_gid(order_id, self._client.connection)
        read = await self._read(gid)
        missing = [number for number in dict.fromkeys(wanted) if number not in _numbers(read)]
        if wanted and self._settings.fulfil and _open(read):
            # Without a new number, one location's fulfilment failed the time before.
            await self._fulfil(gid, read, missing or wanted)
            self._check_kept(read, _is_on_hold)
        elif missing:
            await self._add(gid, read, missing)

    async def set_tracking_of_part(
        self, order_id: str, numbers: Sequence[str], sent: Mapping[str, Decimal]
    ) -> None:
        """Show the parcels' numbers while a part of the order has not left: that part stays open.

        `sent` are the pieces that left so far, by article. Where the shop's lines do not have these, all that
        is open is fulfilled, as when nobody tells what lies in the parcels.
        """
        wanted = [self._number(number, place) for place, number in enumerate(numbers, 1)]
        gid = order_gid(order_id, self._client.connection)
        read = await self._read(gid)
        able = _open(read) if self._settings.fulfil and wanted else []
        groups = await self._parts.still_to_tell(read, able, sent) if able else None
        if groups is None:
            await self.set_tracking(order_id, numbers)
            return
        missing = [number for number in dict.fromkeys(wanted) if number not in _numbers(read)]
        if not groups and missing:
            await self._add(gid, read, missing)
        for pieces in groups:
            made = {
                "notifyCustomer": self._settings.notify_customer,
                "lineItemsByFulfillmentOrder": _chosen(pieces),
                "trackingInfo": self._tracking(missing or wanted),
            }
            told = partial(self._parts.are_told, pieces)
            await self._written(operations.FULFIL, "the fulfilment", told, fulfillment=made)

    def _number(self, number: str, place: int) -> str:
        if not _TRACKING.fullmatch(number.strip()):
            raise Refused(
                "a tracking number is one word",
                field=f"tracking.{place}",
                connection=self._client.connection,
            )
        return number.strip()

    async def _fulfil_all(self, gid: str, read: OrderFulfilment) -> None:
        if _open(read):
            await self._fulfil(gid, read, ())
        self._check_kept(read, _is_kept)
        if not _open(read):
            raise self._refused("the order has nothing open that could be fulfilled", "status")

    async def _fulfil(self, gid: str, read: OrderFulfilment, numbers: Sequence[str]) -> None:
        for orders in _by_location(_open(read)):
            made = {
                "notifyCustomer": self._settings.notify_customer,
                "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": each.id} for each in orders],
            }
            if numbers:
                made["trackingInfo"] = self._tracking(numbers)
            gone = partial(_none_open, ids=frozenset(each.id for each in orders))
            await self._written(operations.FULFIL, "the fulfilment", self._until(gid, gone), fulfillment=made)

    async def _add(self, gid: str, read: OrderFulfilment, numbers: Sequence[str]) -> None:
        living = [each for each in read.fulfilments if each.status == "SUCCESS"]
        if not living:
            self._check_kept(read, _is_kept if self._settings.fulfil else _is_on_hold)
            raise self._refused(
                "the shop has fulfilled nothing yet that could carry a tracking number", "tracking"
            )
        last = living[-1]
        tracking = self._tracking([*(each.number for each in last.parcels if each.number), *numbers], last)
        await self._written(
            operations.SET_TRACKING,
            "the tracking numbers",
            self._until(gid, lambda now: set(numbers) <= _numbers(now)),
            id=last.id,
            tracking=tracking,
            notify=self._settings.notify_customer,
        )

    async def _report_progress(self, gid: str, read: OrderFulfilment) -> None:
        able = [each for each in read.orders.nodes if each.allows(_REPORT)]
        if not able:
            self._check_kept(read, _is_on_hold)
            raise self._refused("the order has nothing that could be in progress", "status")
        for order in (each for each in able if each.status != _IN_PROGRESS):
            await self._written(
                operations.REPORT_PROGRESS,
                "the progress",
                self._until(gid, partial(_is_in_progress, one=order.id)),
                id=order.id,
            )

    async def _written(
        self, document: str, what: str, is_done: Callable[[], Awaitable[bool]], **variables: object
    ) -> None:
        async def write() -> None:
            check(await self._client.write(document, **variables), what, self._client.connection)

        await settled(write(), is_done)

    def _until(self, gid: str, holds: Callable[[OrderFulfilment], bool]) -> Callable[[], Awaitable[bool]]:
        async def is_done() -> bool:
            return holds(await self._read(gid))

        return is_done

    def _tracking(self, numbers: Sequence[str], known: Fulfilment | None = None) -> dict[str, object]:
        shown = next((each.company for each in known.parcels if each.company), "") if known else ""
        company = self._settings.carrier or shown
        return {"numbers": list(numbers), **({"company": company} if company else {})}

    async def _read(self, gid: str) -> OrderFulfilment:
        read = await self._client.read_one(OrderFulfilment, operations.FULFILMENT, "order", id=gid)
        if read is None:
            raise no_such_order(self._client.connection)
        return read

    def _check_kept(self, read: OrderFulfilment, is_kept: Callable[[FulfilmentOrder], bool]) -> None:
        """Raise `Refused` for what the shop does not let be fulfilled now, with the shop's reasons."""
        reasons = dict.fromkeys(_reason(each) for each in read.orders.nodes if is_kept(each))
        if not reasons:
            return
        what = "the rest of the order" if _open(read) or read.fulfilments else "the order"
        raise Refused(
            f"the shop does not let {what} be fulfilled: {', '.join(reasons)}",
            field="status",
            remedy="Release it in the shop, on the order's page, or fulfil it there; then try again.",
            connection=self._client.connection,
        )

    def _refused(self, sentence: str, field: str) -> Refused:
        return Refused(sentence, field=field, connection=self._client.connection)


def _chosen(pieces: Sequence[Piece]) -> list[dict[str, object]]:
    chosen: dict[str, list[dict[str, object]]] = {}
    for each in pieces:
        chosen.setdefault(each.order, []).append({"id": each.line, "quantity": each.pieces})
    return [
        {"fulfillmentOrderId": order, "fulfillmentOrderLineItems": lines} for order, lines in chosen.items()
    ]


def _open(read: OrderFulfilment) -> list[FulfilmentOrder]:
    return [each for each in read.orders.nodes if each.allows(_CREATE)]


def _is_kept(order: FulfilmentOrder) -> bool:
    """Tell whether something is left of it that we may not send."""
    return order.status not in _OVER and not order.allows(_CREATE)


def _is_on_hold(order: FulfilmentOrder) -> bool:
    return order.status == _ON_HOLD


def _reason(order: FulfilmentOrder) -> str:
    if _is_on_hold(order):
        named = "; ".join(each.reason for each in order.holds if each.reason)
        return f"it is on hold ({named})" if named else "it is on hold"
    if order.status == "SCHEDULED":
        return "it is to be sent later"
    return "another fulfilment service is to send it"


def _none_open(read: OrderFulfilment, ids: frozenset[str]) -> bool:
    return not any(each.id in ids for each in _open(read))


def _is_in_progress(read: OrderFulfilment, one: str) -> bool:
    return any(each.id == one and each.status == _IN_PROGRESS for each in read.orders.nodes)


def _by_location(orders: Sequence[FulfilmentOrder]) -> list[list[FulfilmentOrder]]:
    """One fulfilment has one location."""
    groups: dict[str, list[FulfilmentOrder]] = {}
    for each in orders:
        groups.setdefault(each.place, []).append(each)
    return list(groups.values())


def _numbers(read: OrderFulfilment) -> set[str]:
    return {parcel.number for each in read.fulfilments if each.status == "SUCCESS" for parcel in each.parcels}
