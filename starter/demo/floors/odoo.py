"""A company of an Odoo database, over its sandbox's control door."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.money import Money
from domain.policy import PaperKind
from starter.demo.doors import Door
from starter.demo.floors.port import Booked, BookedPaper, InStock

_LONGER_THAN_PATIENCE = 60
_CARRIER = "Parcel"


class OdooFloor:
    """Shipping is a service: it is in the order's first invoice, and in no transfer."""

    differs: tuple[str, ...] = (
        "Its shipments are counted and not added up: a transfer of Odoo has pieces and no amounts.",
    )

    def __init__(self, door: Door) -> None:
        self._door = door
        self.close = door.close

    async def sell_out(self, sku: str) -> None:
        """Count an article to nothing."""
        await self._staff("stock", item=sku, on_hand="0")

    async def lose_next_answer(self) -> None:
        """Let the next order be confirmed and not answered."""
        path = "sale.order/action_confirm"
        fault = {"kind": "hang_after_commit", "path": path, "seconds": _LONGER_THAN_PATIENCE}
        await self._door.post("/_sandbox/faults", fault)

    async def pick(self, entry: str) -> None:
        """Pick an order's transfer."""
        await self._staff("pick", order=int(entry))

    async def send_parcel(self, entry: str, tracking: str, pieces: int | None = None) -> str:
        """Carry the open transfer out, as a whole or in part."""
        part = {} if pieces is None else {"lines": {"0": str(pieces)}}
        made = await self._staff("deliver", order=int(entry), tracking=tracking, carrier=_CARRIER, **part)
        return str(made["id"])

    async def invoice(self, deliveries: Sequence[str]) -> None:
        """Invoice what is delivered of their order."""
        await self._staff("invoice", deliveries=[int(each) for each in deliveries])

    async def orders(self) -> tuple[Booked, ...]:
        """Read the orders that were confirmed."""
        rows = await self._door.get("/_sandbox/books", kind="order")
        return tuple(
            Booked(str(row["id"]), str(row["origin"]), _total(row), is_cancelled=row["state"] == "cancel")
            for row in rows
        )

    async def papers(self, kind: PaperKind) -> tuple[BookedPaper, ...]:
        """Read the papers of one kind."""
        rows = await self._door.get("/_sandbox/books", kind=kind.value)
        return tuple(BookedPaper(str(row["id"]), _total(row) if "total" in row else None) for row in rows)

    async def stock(self) -> Mapping[str, InStock]:
        """Read what there is in all warehouses."""
        rows = await self._door.get("/_sandbox/stock")
        return {sku: InStock(Decimal(row["on_hand"]), Decimal(row["committed"])) for sku, row in rows.items()}

    async def _staff(self, action: str, **what: Any) -> Any:
        return await self._door.post(f"/_sandbox/{action}", what)


def _total(row: Mapping[str, Any]) -> Money:
    return Money(Decimal(row["total"]), str(row["currency"]))
