"""What a mapping may fill: fields of the ERP's document and its lines, fields of a store's product."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.mapping.values import Kind
from domain.order import Address

USER_FIELD = re.compile(r"U_[A-Za-z0-9_]{1,50}")
"""A field that the company added to its ERP's documents."""
FEATURE = re.compile(r"features\.[^.]{1,60}")
SKU = "sku"
_TEXTS = (Kind.TEXT, Kind.NUMBER, Kind.DAY, Kind.TIME, Kind.YES_NO)
"""Everything can be written as a text."""


def _texts(*names: str) -> dict[str, tuple[Kind, ...]]:
    return dict.fromkeys(names, _TEXTS)


HEADER: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        **_texts("reference", "comment", "warehouse", "terms", "carrier", "payment_method", "series"),
        **{f"{side}.{part}": _TEXTS for side in ("delivery", "billing") for part in Address.model_fields},
        "deliver_on": (Kind.DAY,),
    }
)
LINE: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    _texts(SKU, "description", "warehouse", "tax_code", "unit")
)
PRODUCT: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        **_texts("sku", "name", "description", "short_description", "ean", "category"),
        **_texts("manufacturer", "unit", "tax_class", "available_on"),
        "price": (Kind.NUMBER,),
        "weight_kg": (Kind.NUMBER,),
        "active": (Kind.YES_NO,),
    }
)


def kinds_of(target: str, known: Mapping[str, tuple[Kind, ...]]) -> tuple[Kind, ...]:
    """Return the kinds of values a target takes, none for an unknown one. A user field takes any."""
    free = FEATURE if known is PRODUCT else USER_FIELD
    return known.get(target) or (_TEXTS if free.fullmatch(target) else ())


def is_text(target: str, known: Mapping[str, tuple[Kind, ...]]) -> bool:
    """Whether a value is written as text for a target; a user field keeps its kind."""
    return known.get(target) is _TEXTS or bool(known is PRODUCT and FEATURE.fullmatch(target))
