"""An article as an ERP keeps it, and a product as a store shows it: in words that hold for every system."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from domain.model import Frozen


class ErpItem(Frozen):
    """An article. `prices` are net, by the ERP's price list; `fields` are the company's own fields."""

    sku: str
    name: str = ""
    foreign_name: str = ""
    description: str = ""
    ean: str = ""
    group: str = ""
    manufacturer: str = ""
    unit: str = ""
    weight_kg: Decimal | None = None
    tax_code: str = ""
    active: bool = True
    stocked: bool = True
    prices: dict[str, Decimal] = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)
    changed_at: datetime | None = None


class StoreProduct(Frozen):
    """A product. What no mapping fills is None: the store keeps what it has there."""

    sku: str = ""
    name: str | None = None
    description: str | None = None
    short_description: str | None = None
    ean: str | None = None
    category: str | None = None
    manufacturer: str | None = None
    unit: str | None = None
    tax_class: str | None = None
    price: Decimal | None = Field(default=None, description="Net.")
    weight_kg: Decimal | None = None
    active: bool | None = None
    available_on: str | None = None
    features: dict[str, str] = Field(default_factory=dict)
