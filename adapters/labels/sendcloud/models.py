"""Sendcloud's objects, as far as labels need them; the vendor's names."""

import re
from decimal import Decimal

from pydantic import AliasChoices, Field

from domain.model import Frozen
from domain.money import Money

_PARCEL = re.compile(r"/parcels/(\d+)/documents/label")


class Price(Frozen):
    """An amount of money; both may be missing."""

    value: Decimal | None = None
    currency: str | None = None


class ShippingOption(Frozen):
    """`carrier:service`."""

    code: str | None = ""


class LabelLinks(Frozen):
    """Where the label is, once the carrier knows of the parcel."""

    label_printer: str | None = ""


class Status(Frozen):
    """A station of the parcel."""

    parent_status: str | None = ""


class Complaint(Frozen):
    """What a carrier said against the parcel."""

    message: str | None = ""
    detail: str | None = ""


class CreatedReturn(Frozen):
    """The answer to a new return."""

    return_id: int = Field(ge=1)


class Return(Frozen):
    """A return. Its id is in the list, as the vendor's text says and its schema does not."""

    id: int | None = Field(default=None, validation_alias=AliasChoices("id", "return_id"))
    order_number: str | None = ""
    external_reference: str | None = ""
    shipping_option: ShippingOption | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    label_url: str | None = None
    label: LabelLinks | None = None
    label_cost: Price | None = None
    status_history: tuple[Status, ...] = ()
    errors: tuple[Complaint, ...] = ()

    @property
    def is_taken_back(self) -> bool:
        """Whether its label is cancelled, or about to be."""
        return any((each.parent_status or "").lower().startswith("cancel") for each in self.status_history)

    @property
    def parcel(self) -> str:
        """The parcel's id, from the label's address: only so is it told. Empty before it is announced."""
        address = (self.label.label_printer if self.label else "") or self.label_url or ""
        found = _PARCEL.search(address)
        return found[1] if found else ""

    @property
    def carrier_and_service(self) -> tuple[str, str]:
        """The two parts of the shipping option's code."""
        carrier, _, service = ((self.shipping_option.code if self.shipping_option else "") or "").partition(
            ":"
        )
        return carrier, service

    @property
    def cost(self) -> Money | None:
        """What the label costs, where that is told."""
        price = self.label_cost
        if price is None or price.value is None or not re.fullmatch("[A-Z]{3}", price.currency or ""):
            return None
        return Money(price.value, price.currency or "")


class ReturnPage(Frozen):
    """A page of returns, and the address of the next."""

    data: tuple[Return, ...] = ()
    next: str | None = None
