"""When an order reached what its later steps count from."""

from datetime import datetime

from pydantic import BaseModel


class Milestones(BaseModel):
    """Moments of a posted order's life; a part of its whole state."""

    posted_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def window_from(self) -> datetime | None:
        """When the return window began: at the delivery where that is known, else at the last shipment."""
        return self.delivered_at or self.shipped_at

    def forget_shipment(self) -> None:
        """Take note that not all of it is shipped."""
        self.shipped_at = self.delivered_at = None
