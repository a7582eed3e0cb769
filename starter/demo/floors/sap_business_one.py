"""A company of SAP Business One, over its sandbox's control door."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.money import Money
from domain.policy import PaperKind
from starter.demo.doors import Door
from starter.demo.floors.port import Booked, BookedPaper, InStock

_LONGER_THAN_PATIENCE = 60
_ORDER_OBJECT = "oOrders"
_CARRIER = "Parcel"


class SapFloor:
    """The order's freight travels with its first parcel."""

    differs: tuple[str, ...] = ()

    def __init__(self, door: Door) -> None:
        self._door = door
        self.close = door.close

    async def sell_out(self, sku: str) -> None:
        """Count an article to nothing."""
        await self._staff("stock", item=sku, on_hand="0")

    async def lose_next_answer(self) -> None:
        """Let the next change set be committed and not answered."""
        fault = {"kind": "hang_after_commit", "path": "$batch", "seconds": _LONGER_THAN_PATIENCE}
        await self._door.post("/_sandbox/faults", fault)

    async def pick(self, entry: str) -> None:
        """Release and pick an order."""
        await self._staff("pick", order=int(entry))

    async def send_parcel(self, entry: str, tracking: str, pieces: int | None = None) -> str:
        """Deliver."""
        part = {} if pieces is None else {"lines": {"0": str(pieces)}, "freight": True}
        made = await self._staff("deliver", order=int(entry), tracking=tracking, carrier=_CARRIER, **part)
        return str(made["DocEntry"])

    async def invoice(self, deliveries: Sequence[str]) -> None:
        """Invoice an order's deliveries in one."""
        await self._staff("invoice", deliveries=[int(each) for each in deliveries])

    async def orders(self) -> tuple[Booked, ...]:
        """Read the ledger's orders."""
        ended = {
            entry["DocEntry"] for entry in await self._ledger("cancel") if entry["object"] == _ORDER_OBJECT
        }
        return tuple(
            Booked(
                str(entry["DocEntry"]),
                str(entry["U_WebOrderId"]),
                _total(entry),
                is_cancelled=entry["DocEntry"] in ended,
            )
            for entry in await self._ledger("order")
        )

    async def papers(self, kind: PaperKind) -> tuple[BookedPaper, ...]:
        """Read the ledger's papers of one kind."""
        return tuple(
            BookedPaper(str(each["DocEntry"]), _total(each)) for each in await self._ledger(kind.value)
        )

    async def stock(self) -> Mapping[str, InStock]:
        """Read the stock of the default warehouse."""
        rows = await self._door.get("/_sandbox/stock")
        return {sku: InStock(Decimal(row["on_hand"]), Decimal(row["committed"])) for sku, row in rows.items()}

    async def _staff(self, action: str, **what: Any) -> Any:
        return await self._door.post(f"/_sandbox/{action}", what)

    async def _ledger(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = await self._door.get("/_sandbox/ledger", kind=kind)
        return entries


def _total(entry: Mapping[str, Any]) -> Money:
    """Return the total of a document, in the document's own currency."""
    name = "DocTotalFc" if Decimal(str(entry["DocTotalFc"])) else "DocTotal"
    return Money(Decimal(str(entry[name])), str(entry["currency"]))
