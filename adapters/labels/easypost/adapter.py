"""EasyPost as a label service: a shipment is the draft, buying its postage makes the label."""

from datetime import datetime, timedelta
from urllib.parse import quote

from adapters.label_port import Label, LabelRequest
from adapters.labels import checkup
from adapters.labels.easypost.client import EasyPostClient
from adapters.labels.easypost.errors import CARRIER_FAILED, code_of, error_of
from adapters.labels.easypost.mapping import chosen_rate, shipment_of
from adapters.labels.easypost.models import Rate, Shipment
from adapters.labels.easypost.settings import EasyPostSettings
from adapters.ports import Finding
from domain.errors import NotFound, Passing, Refused
from domain.money import Money


class EasyPost:
    """One account, behind `adapters.label_port.LabelPort`. Labels are paid for when they are bought."""

    def __init__(self, connection: str, settings: EasyPostSettings) -> None:
        self._connection, self._settings = connection, settings
        self._client = EasyPostClient(connection, settings)

    @property
    def write_timeout(self) -> timedelta:
        """How long a purchase may be under way: with its second try, and the looks between."""
        return self._settings.timeout * 5

    @property
    def settle(self) -> timedelta:
        """How long after a lost answer a label may still come to be."""
        return self._settings.settle

    async def answers(self) -> None:
        """Return when EasyPost answers and takes our key; raise what is in the way."""
        await self._client.call("GET", "shipments?page_size=1", writes=False)

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, key accepted."""
        return await checkup.findings(self.answers)

    async def draft(self, request: LabelRequest) -> str:
        """Create the shipment; nothing is charged. Raises `Refused` when no carrier offers to take it."""
        shipment = await self._client.shipment("POST", "shipments", shipment_of(request))
        self._rate(shipment)
        return shipment.id

    async def create_return_label(self, request: LabelRequest, draft: str) -> str:
        """Buy the shipment's postage. It is read first: EasyPost may have sold it already."""
        shipment = await self._shipment(draft or await self.draft(request))
        if shipment.postage_label is None and not await self._bought(shipment):
            # A carrier that ran out of time is answered like one that refused: one more try tells.
            await self._bought(shipment, is_last=True)
        return shipment.id

    async def find(self, reference: str, since: datetime, draft: str = "") -> str | None:  # noqa: ARG002
        """Look for a valid label; a reference may stand in for a shipment's id."""
        try:
            shipment = await self._shipment(draft or reference)
        except NotFound:
            return None
        except Refused:
            # That it may stand in is not told of every account; an id always is one.
            if draft:
                raise
            return None
        if shipment.reference != reference or shipment.postage_label is None or shipment.is_taken_back:
            return None
        return shipment.id

    async def read_label(self, provider_id: str) -> Label:
        """Read a label with its file, which is fetched at once: its address does not last."""
        shipment = await self._shipment(provider_id)
        if shipment.postage_label and not shipment.postage_label.pdf:
            path = f"shipments/{shipment.id}/label?file_format=PDF"
            shipment = await self._client.shipment("GET", path)
        if not (shipment.postage_label and shipment.postage_label.pdf and shipment.tracking_code):
            raise Passing("the label is not printed yet", connection=self._connection)
        rate = shipment.selected_rate
        return Label(
            carrier=rate.carrier if rate else "",
            service=rate.service if rate else "",
            tracking_number=shipment.tracking_code,
            tracking_url=(shipment.tracker.public_url or "") if shipment.tracker else "",
            provider_id=shipment.id,
            cost=Money(rate.rate, rate.currency) if rate else None,
            pdf=await self._client.file(shipment.postage_label.pdf),
        )

    async def cancel(self, provider_id: str) -> None:
        """Ask for the money back; carriers grant it for unused labels, after a while."""
        shipment = await self._shipment(provider_id)
        if shipment.is_taken_back:
            return
        asked = await self._client.shipment("POST", f"shipments/{shipment.id}/refund")
        if not asked.is_taken_back:
            raise Refused(
                "EasyPost does not take the label back",
                quote=asked.refund_status or "",
                connection=self._connection,
            )

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()

    async def _shipment(self, name: str) -> Shipment:
        return await self._client.shipment("GET", f"shipments/{quote(name, safe='')}")

    async def _bought(self, shipment: Shipment, *, is_last: bool = False) -> bool:
        """Buy the postage; False when the carrier failed and may be asked again.

        What EasyPost refuses to sell may be sold already: the shipment tells.
        """
        body = {"rate": {"id": self._rate(shipment).id}}
        answer = await self._client.send("POST", f"shipments/{shipment.id}/buy", body, writes=True)
        problem = error_of(answer, self._connection, writes=True)
        if problem is None:
            self._client.read(answer, writes=True)
            return True
        if not isinstance(problem, Refused):
            raise problem
        if (await self._shipment(shipment.id)).postage_label is not None:
            return True
        if code_of(answer) == CARRIER_FAILED and not is_last:
            return False
        raise problem

    def _rate(self, shipment: Shipment) -> Rate:
        return chosen_rate(shipment, self._settings.carriers, self._settings.services)
