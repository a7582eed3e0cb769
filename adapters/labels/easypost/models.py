"""EasyPost's objects, as far as labels need them; the vendor's names."""

from decimal import Decimal

from pydantic import Field

from domain.model import Frozen


class Rate(Frozen):
    """What one service of one carrier asks for."""

    id: str
    carrier: str
    service: str
    rate: Decimal
    currency: str = Field(pattern="^[A-Z]{3}$")


class RateMessage(Frozen):
    """Why a carrier offers nothing."""

    carrier: str | None = ""
    message: object = ""


class PostageLabel(Frozen):
    """Where the printed label is."""

    label_url: str | None = None
    label_pdf_url: str | None = None
    label_file_type: str | None = ""

    @property
    def pdf(self) -> str:
        """The address of the PDF; none where it was printed in another format only."""
        if self.label_pdf_url:
            return self.label_pdf_url
        return (self.label_url or "") if self.label_file_type == "application/pdf" else ""


class Tracker(Frozen):
    """Where the parcel is followed."""

    public_url: str | None = None


class Shipment(Frozen):
    """A shipment: a draft while it has no `postage_label`."""

    id: str = Field(pattern=r"^shp_[0-9a-zA-Z]+$")
    is_return: bool = False
    reference: str | None = None
    rates: tuple[Rate, ...] = ()
    messages: tuple[RateMessage, ...] = ()
    postage_label: PostageLabel | None = None
    selected_rate: Rate | None = None
    tracking_code: str | None = None
    tracker: Tracker | None = None
    refund_status: str | None = None

    @property
    def is_taken_back(self) -> bool:
        """Whether its label is no longer valid."""
        return self.refund_status in {"submitted", "refunded"}
