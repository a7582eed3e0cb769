"""The shop's documents on what is sent and what is still to be: as the Admin API answers them."""

from pydantic import Field

from adapters.stores.fields import Text, Wire
from adapters.stores.shopify.models import Named, Page


class Tracking(Wire):
    """One parcel."""

    number: Text = ""
    company: Text = ""


class Fulfilment(Wire):
    """One shipment with its parcels."""

    id: str
    status: Text = ""
    parcels: tuple[Tracking, ...] = Field(default=(), validation_alias="trackingInfo")


class Action(Wire):
    """Something that may be done with a fulfilment order."""

    action: Text


class Assigned(Wire):
    """Where a fulfilment order is packed; a location that was deleted has no id any more."""

    location: Named | None = None


class Hold(Wire):
    """Why something is not to be sent yet, in the language of the shop's admin."""

    reason: Text = Field(default="", validation_alias="displayReason")


class FulfilmentOrder(Wire):
    """What one location has to send."""

    id: str
    status: Text
    assigned: Assigned = Field(validation_alias="assignedLocation")
    actions: tuple[Action, ...] = Field(default=(), validation_alias="supportedActions")
    holds: tuple[Hold, ...] = Field(default=(), validation_alias="fulfillmentHolds")

    @property
    def place(self) -> str:
        """Where it is packed: one fulfilment has one location."""
        return self.assigned.location.id if self.assigned.location else self.id

    def allows(self, action: str) -> bool:
        """Tell whether the shop offers an action on it."""
        return any(each.action == action for each in self.actions)


class PackedLine(Wire):
    """What is still to be sent of a line from one location."""

    id: str
    sku: Text = ""
    remaining: int = Field(ge=0, validation_alias="remainingQuantity")


class PackedLines(Wire):
    """What one location has to send, line by line."""

    lines: Page[PackedLine] = Field(validation_alias="lineItems")


class OrderFulfilment(Wire):
    """How far an order is sent."""

    display: Text = Field(validation_alias="displayFulfillmentStatus")
    orders: Page[FulfilmentOrder] = Field(validation_alias="fulfillmentOrders")
    fulfilments: tuple[Fulfilment, ...] = Field(default=(), validation_alias="fulfillments")
