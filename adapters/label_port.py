"""What Waybill asks of a service that prints return labels.

None of these services has an idempotency key. Each label has a reference of ours, and is made in steps that
our books stand between: a draft that costs nothing, the label itself, its file.
"""

from datetime import datetime, timedelta
from typing import Protocol

from pydantic import Field

from adapters.ports import Finding
from domain.model import Frozen
from domain.money import Money
from domain.order import Address

REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,29}$"


class ParcelSize(Frozen):
    """The outer size of a parcel, in millimetres."""

    length: int = Field(gt=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class Parcel(Frozen):
    """What is sent back, as the carrier sees it; `grams` with the packing."""

    grams: int = Field(gt=0)
    size_mm: ParcelSize | None = None


class LabelItem(Frozen):
    """An article in the parcel. `value` is of one piece; `origin` (ISO 3166-1 alpha-2) is for customs."""

    sku: str = ""
    description: str
    quantity: int = Field(ge=1)
    value: Money
    hs_code: str = ""
    origin: str = ""


class LabelRequest(Frozen):
    """One parcel from a customer back to a warehouse.

    `reference` is unique among all returns of the installation: the RMA number, and for the second parcel
    of a return another. Where the customer has no telephone number or e-mail, the warehouse's stand in.
    """

    reference: str = Field(pattern=REFERENCE)
    order_number: str
    customer: Address
    customer_email: str = ""
    warehouse: Address
    warehouse_email: str = ""
    parcel: Parcel
    items: tuple[LabelItem, ...] = ()


class Label(Frozen):
    """A label that was made, with its file; `cost` where the service tells it."""

    carrier: str
    service: str = ""
    tracking_number: str
    tracking_url: str = ""
    provider_id: str
    cost: Money | None = None
    pdf: bytes = Field(repr=False)


class LabelPort(Protocol):
    """A service that prints return labels. Raises only classes of `domain.errors`."""

    @property
    def write_timeout(self) -> timedelta:
        """How long making a label may be under way before we give up on the answer."""

    @property
    def settle(self) -> timedelta:
        """How long after a lost answer `find` may not see the label yet."""

    async def answers(self) -> None:
        """Return when the service answers and takes our key; raise what is in the way."""

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, key accepted."""

    async def draft(self, request: LabelRequest) -> str:
        """Prepare a label: it costs nothing, and what is left over does no harm.

        Returns the draft's id, to be kept before the label is made; "" where the service has no drafts.
        """

    async def create_return_label(self, request: LabelRequest, draft: str) -> str:
        """Make the label of a draft, and return the service's id of it. One draft becomes one label at most.

        Raises `InDoubt` when nobody knows whether it was made, and `Refused`, with the service's words, only
        when it was not.
        """

    async def find(self, reference: str, since: datetime, draft: str = "") -> str | None:
        """Look for a valid label with our reference, made of that draft, not before `since`."""

    async def read_label(self, provider_id: str) -> Label:
        """Read a label with its file.

        Raises `NotFound`, `Passing` while it is not printed yet, `UnexpectedAnswer` when the file is no PDF.
        """

    async def cancel(self, provider_id: str) -> None:
        """Take a label back that is not used. Safe to repeat; raises `Refused` when it is too late."""

    async def close(self) -> None:
        """Give back connections."""
