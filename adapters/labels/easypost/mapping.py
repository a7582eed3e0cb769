"""Our request in EasyPost's words, and its offer we take.

EasyPost swaps the addresses of a return itself: they are written as for the way to the customer.
"""

from collections.abc import Iterator, Sequence
from decimal import ROUND_UP, Decimal
from typing import Any

from adapters.label_port import LabelItem, LabelRequest
from adapters.labels.addresses import customs_between, phone_of
from adapters.labels.easypost.models import Rate, Shipment
from domain.errors import Refused
from domain.order import Address

_GRAMS_PER_OUNCE = Decimal("28.349523125")
_MM_PER_INCH = Decimal("25.4")
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


def ounces(grams: int) -> Decimal:
    """Return a weight in ounces, rounded up: a parcel declared too light is charged again."""
    return (grams / _GRAMS_PER_OUNCE).quantize(_TENTH, ROUND_UP)


def inches(millimetres: int) -> Decimal:
    """Return a length in inches, rounded up."""
    return (millimetres / _MM_PER_INCH).quantize(_TENTH, ROUND_UP)


def shipment_of(request: LabelRequest) -> dict[str, Any]:
    """Return the body that creates the shipment of a return."""
    customer, warehouse = request.customer, request.warehouse
    shipment: dict[str, Any] = {
        "is_return": True,
        "reference": request.reference,
        "to_address": _address(customer, request.customer_email or request.warehouse_email, warehouse),
        "from_address": _address(warehouse, request.warehouse_email, warehouse),
        "parcel": _parcel(request),
        "options": {"label_format": "PDF", "invoice_number": request.order_number},
    }
    if customs_between(customer, warehouse):
        shipment["customs_info"] = _customs(request)
    return {"shipment": shipment}


def _address(address: Address, email: str, instead: Address) -> dict[str, str]:
    fields = {
        "name": address.person,
        "company": address.company,
        "street1": address.street,
        "street2": address.street2,
        "city": address.city,
        "state": address.state,
        "zip": address.postcode,
        "country": address.country,
        "phone": phone_of(address, instead),
        "email": email,
    }
    return {name: value for name, value in fields.items() if value}


def _parcel(request: LabelRequest) -> dict[str, Decimal]:
    size = request.parcel.size_mm
    sizes = {name: inches(value) for name, value in size} if size else {}
    return {"weight": ounces(request.parcel.grams), **sizes}


def _customs(request: LabelRequest) -> dict[str, Any]:
    return {
        "contents_type": "returned_goods",
        "contents_explanation": "",
        "restriction_type": "none",
        "non_delivery_option": "return",
        "customs_certify": True,
        "customs_signer": request.customer.person or request.customer.company,
        "customs_items": list(_customs_items(request)),
    }


def _customs_items(request: LabelRequest) -> Iterator[dict[str, Any]]:
    """Yield the rows; weight and value are those of the whole row, the weights within the parcel's."""
    all_pieces = sum(item.quantity for item in request.items)
    for item in request.items:
        share = Decimal(request.parcel.grams * item.quantity) / all_pieces / _GRAMS_PER_OUNCE
        yield {**_customs_item(item), "weight": max(share // _HUNDREDTH * _HUNDREDTH, _HUNDREDTH)}


def _customs_item(item: LabelItem) -> dict[str, Any]:
    row = {
        "description": item.description,
        "code": item.sku,
        "quantity": item.quantity,
        "value": item.value.amount * item.quantity,
        "currency": item.value.currency,
        "hs_tariff_number": item.hs_code,
        "origin_country": item.origin,
    }
    return {name: value for name, value in row.items() if value != ""}


def chosen_rate(shipment: Shipment, carriers: Sequence[str], services: Sequence[str]) -> Rate:
    """Return the cheapest offer among those wanted, in the currency of the first.

    Raises `Refused`, with what the carriers said, when there is none.
    """
    wanted = [
        rate
        for rate in shipment.rates
        if _is_among(rate.carrier, carriers) and _is_among(rate.service, services)
    ]
    if not wanted:
        said = "; ".join(f"{each.carrier}: {each.message}" for each in shipment.messages)
        offered = ", ".join(f"{rate.carrier} {rate.service}" for rate in shipment.rates)
        raise Refused(
            "no carrier offers to take the parcel back", quote=said or f"offered are: {offered or 'none'}"
        )
    return min((rate for rate in wanted if rate.currency == wanted[0].currency), key=lambda rate: rate.rate)


def _is_among(name: str, names: Sequence[str]) -> bool:
    return not names or name.casefold() in {each.casefold() for each in names}
