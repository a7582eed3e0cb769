"""Sendcloud as a label service: one call announces a return to its carrier; there are no drafts."""

from datetime import UTC, datetime, timedelta

from adapters.label_port import Label, LabelRequest
from adapters.labels import checkup
from adapters.labels.sendcloud.client import SendcloudClient
from adapters.labels.sendcloud.errors import error_of, is_double
from adapters.labels.sendcloud.mapping import is_of, return_of
from adapters.labels.sendcloud.models import CreatedReturn
from adapters.labels.sendcloud.settings import SendcloudSettings
from adapters.ports import Finding
from domain.errors import Passing, Refused, UnexpectedAnswer


class Sendcloud:
    """One integration, behind `adapters.label_port.LabelPort`. Costs follow the contract with the carrier."""

    def __init__(self, connection: str, settings: SendcloudSettings) -> None:
        self._connection, self._settings = connection, settings
        self._client = SendcloudClient(connection, settings)

    @property
    def write_timeout(self) -> timedelta:
        """How long announcing a return may be under way."""
        return self._settings.timeout

    @property
    def settle(self) -> timedelta:
        """How long after a lost answer a return may not be in the list yet."""
        return self._settings.settle

    async def answers(self) -> None:
        """Return when Sendcloud answers and takes our keys; raise what is in the way."""
        await self._client.answers()

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, keys accepted."""
        return await checkup.findings(self.answers)

    async def draft(self, request: LabelRequest) -> str:  # noqa: ARG002
        """Return "": a return is announced at once."""
        return ""

    async def create_return_label(self, request: LabelRequest, draft: str) -> str:  # noqa: ARG002
        """Announce the return. One that is refused because its reference is taken is the one we meant."""
        answer = await self._client.create(return_of(request, self._settings))
        if is_double(answer):
            there = await self.find(request.reference, datetime.now(UTC) - self._settings.look_back)
            if there:
                return there
        problem = error_of(answer, self._connection, writes=True)
        if problem is not None:
            raise problem
        return str(self._client.read(answer, CreatedReturn, writes=True).return_id)

    async def find(self, reference: str, since: datetime, draft: str = "") -> str | None:  # noqa: ARG002
        """Look through the list of returns for a valid one with our reference."""
        async for each in self._client.returns(since):
            if is_of(each, reference) and not each.is_taken_back:
                if each.id is None:
                    raise UnexpectedAnswer("a return is listed without its id", connection=self._connection)
                return str(each.id)
        return None

    async def read_label(self, provider_id: str) -> Label:
        """Read a label with its file."""
        found = await self._client.returned(provider_id)
        if not (found.parcel and found.tracking_number):
            said = "; ".join(each.message or each.detail or "" for each in found.errors)
            if said:
                raise Refused("the carrier refused the return", quote=said, connection=self._connection)
            raise Passing("the label is not printed yet", connection=self._connection)
        carrier, service = found.carrier_and_service
        return Label(
            carrier=carrier,
            service=service,
            tracking_number=found.tracking_number,
            tracking_url=found.tracking_url or "",
            provider_id=provider_id,
            cost=found.cost,
            pdf=await self._client.label(found.parcel),
        )

    async def cancel(self, provider_id: str) -> None:
        """Ask the carrier to cancel the label; not every carrier does."""
        if not (await self._client.returned(provider_id)).is_taken_back:
            await self._client.call("PATCH", f"returns/{int(provider_id)}/cancel")

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
