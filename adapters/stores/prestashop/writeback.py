"""What Waybill writes into the shop: the ERP's number, a status, tracking numbers.

Each write reads first and does nothing when the shop shows it already, so each may run again after a failure.
After an answer that was lost or was an error, the shop is read once more: when it shows what was written, all
is well; else the error says whether it may still come (`InDoubt`) or was not saved (`Passing`).
"""

import re
from collections.abc import Iterable

from adapters.ports import STATUS_WENT_ON
from adapters.stores.notes import harmless, shows
from adapters.stores.order_ids import no_such_order, order_number
from adapters.stores.prestashop.client import FULL, PrestaShopClient, Row, among, record
from adapters.stores.prestashop.lookups import Lookups
from adapters.stores.prestashop.models import Message, OrderCarrier, OrderHistory, OrderNote, OrderStatus
from adapters.stores.prestashop.reading import payments_under
from adapters.stores.prestashop.settings import PrestaShopSettings
from adapters.stores.settling import settled
from domain.errors import BadConfiguration, Refused

_STATUS = {"display": "[id,current_state,invoice_number,id_carrier,reference]"}
_TRACKING = re.compile(r"[A-Za-z0-9~:#,%&_=()\[\].?+\-@/ ]+")
_LONGEST_MESSAGE = 1600
_LAST_CHANGES = "20"


class WriteBack:
    """Writes of one shop."""

    def __init__(self, client: PrestaShopClient, lookups: Lookups, settings: PrestaShopSettings) -> None:
        self._client, self._lookups, self._prefix = client, lookups, settings.note_prefix
        self._mail = {"sendemail": "1"} if settings.mail_customer else {}

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Add a line to the order's internal note, or on shops before 8 a private message."""
        number = order_number(order_id, self._client.connection)
        shown = harmless(self._prefix + text)[:_LONGEST_MESSAGE]
        order = await self._one("orders", OrderNote, number, FULL)
        if not self._client.can_patch or order.note is None:
            await self._show_in_message(number, shown)
        elif not shows(order.note, shown):
            await self._add_to_note(number, f"{order.note}\n{shown}".strip(), shown)

    async def set_status(self, order_id: str, status: str, only_from: tuple[str, ...] = ()) -> None:
        """Bring the order into a state, with the history row and all that the shop does for that state.

        With `only_from`, an order that is in another state by now is left alone, and one that somebody
        brought it into meanwhile is put back: raises `Refused`.
        """
        number = order_number(order_id, self._client.connection)
        wanted = await self._known_state(status)
        seen = max([row.id for row in await self._histories(number)], default=0) if only_from else 0
        order = await self._one("orders", OrderStatus, number, _STATUS)
        if order.current_state == wanted:
            return
        if only_from and str(order.current_state) not in only_from:
            raise self._went_on()
        await self._bring_into(number, order, wanted)
        if only_from:
            await self._put_back(number, seen, {str(wanted), *only_from})

    async def _put_back(self, number: int, seen: int, ours: set[str]) -> None:
        """Write again what somebody else wrote between our reading and our writing.

        The shop has no write that depends on what is there, and no later look would show the difference.
        """
        states = [row.id_order_state for row in await self._histories(number) if row.id > seen]
        theirs = [state for state in states if str(state) not in ours]
        if not theirs:
            return
        if states[-1] != theirs[-1]:
            order = await self._one("orders", OrderStatus, number, _STATUS)
            await self._bring_into(number, order, theirs[-1])
        raise self._went_on()

    async def _histories(self, number: int) -> list[OrderHistory]:
        """Return the order's last changes of state, the oldest first."""
        asked = {
            "display": "[id,id_order,id_order_state]",
            "filter[id_order]": among([number]),
            "sort": "[id_DESC]",
            "limit": _LAST_CHANGES,
        }
        rows = await self._client.rows("order_histories", OrderHistory, asked)
        return sorted((row for row in rows if row.id_order == number), key=lambda row: row.id)

    def _went_on(self) -> Refused:
        return Refused(
            "the order has another status in the shop by now",
            code=STATUS_WENT_ON,
            field="status",
            connection=self._client.connection,
        )

    async def _bring_into(self, number: int, order: OrderStatus, wanted: int) -> None:
        async def is_set() -> bool:
            return (await self._one("orders", OrderStatus, number, _STATUS)).current_state == wanted

        if await self._pays_twice(order, wanted):
            # Its own body: the shop changes the state while it still reads the other fields.
            node = record("order", id=number, current_state=wanted)
            await settled(self._client.write("PATCH", f"orders/{number}", node, {}), is_set)
        else:
            node = record("order_history", id_order=number, id_order_state=wanted, id_employee=0)
            await settled(self._client.write("POST", "order_histories", node, self._mail), is_set)

    async def set_tracking(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Show the parcels' numbers at the order, joined with commas."""
        number = order_number(order_id, self._client.connection)
        text = ",".join(self._tracking(numbers))
        if not text:
            return
        parcel = await self._parcel(number)
        if parcel.tracking_number == text:
            return

        async def is_shown() -> bool:
            return (await self._parcel(number)).tracking_number == text

        verb = "PATCH" if self._client.can_patch else "PUT"
        fields = {"id": parcel.id} if self._client.can_patch else parcel.model_dump()
        node = record("order_carrier", **{**fields, "tracking_number": text})
        path = f"order_carriers/{parcel.id}"
        await settled(self._client.write(verb, path, node, self._mail), is_shown)

    async def _add_to_note(self, number: int, note: str, shown: str) -> None:
        async def is_shown() -> bool:
            return shows((await self._one("orders", OrderNote, number, FULL)).note or "", shown)

        node = record("order", id=number, note=note)
        await settled(self._client.write("PATCH", f"orders/{number}", node, {}), is_shown)

    async def _show_in_message(self, number: int, shown: str) -> None:
        """Before 8 a note can only be written with the whole order, which is not worth the risk."""

        async def is_shown() -> bool:
            asked = {"filter[id_order]": among([number]), **FULL}
            rows = await self._client.rows("messages", Message, asked)
            return any(shows(row.message, shown) for row in rows if row.id_order == number)

        if not await is_shown():
            node = record("message", id_order=number, message=shown, private=1)
            await settled(self._client.write("POST", "messages", node, {}), is_shown)

    async def _known_state(self, status: str) -> int:
        wanted = int(status) if re.fullmatch(r"[1-9][0-9]{0,9}", status) else 0
        if not wanted or wanted not in await self._lookups.order_states(wanted):
            raise BadConfiguration(
                "the shop has no such order status",
                quote=status,
                field="status",
                remedy="Name the number of a status (Shop Parameters > Order Settings > Statuses).",
                connection=self._client.connection,
            )
        return wanted

    async def _pays_twice(self, order: OrderStatus, wanted: int) -> bool:
        """Tell whether a history row would record the money a second time: the first invoice of a paid order.

        The order's own field uses the payment that is there, but can be written alone only from 8 on; before,
        nothing is written, for a wrong payment is worse than a status that a person sets.
        """
        states = await self._lookups.order_states(wanted)
        if order.invoice_number or not states[wanted].invoice:
            return False
        payments = await payments_under(self._client, order.reference)
        if sum(payment.amount for payment in payments) <= 0:
            return False
        if not self._client.can_patch:
            raise Refused(
                "this version of the shop would record the payment a second time with that status",
                field="status",
                remedy="Set the status in the back office of the shop.",
                connection=self._client.connection,
            )
        return True

    def _tracking(self, numbers: Iterable[str]) -> Iterable[str]:
        for position, each in enumerate(numbers, 1):
            if not _TRACKING.fullmatch(each.strip()):
                raise Refused(
                    "the shop takes letters, digits and a few signs as a tracking number",
                    field=f"tracking.{position}",
                    connection=self._client.connection,
                )
            yield each.strip()

    async def _parcel(self, number: int) -> OrderCarrier:
        """Return the order's parcel row: of several the one of its carrier, else the newest."""
        order = await self._one("orders", OrderStatus, number, _STATUS)
        asked = {"filter[id_order]": among([number]), **FULL}
        rows = await self._client.rows("order_carriers", OrderCarrier, asked)
        rows = [row for row in rows if row.id_order == number]
        if not rows:
            raise Refused(
                "the order has no parcel in the shop that could carry a tracking number",
                field="tracking",
                connection=self._client.connection,
            )
        return max(rows, key=lambda row: (row.id_carrier == order.id_carrier, row.id))

    async def _one(self, resource: str, kind: type[Row], number: int, display: dict[str, str]) -> Row:
        rows = await self._client.rows(resource, kind, {"filter[id]": among([number]), **display})
        if not rows:
            raise no_such_order(self._client.connection)
        return rows[0]
