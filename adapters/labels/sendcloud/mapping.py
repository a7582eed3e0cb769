"""Our request in Sendcloud's words. Its addresses are meant as they stand: from customer to warehouse.

Weights and sizes go as grams and millimetres, which Sendcloud takes beside kilograms and centimetres.
"""

import re
from typing import Any

from adapters.label_port import LabelItem, LabelRequest
from adapters.labels.addresses import customs_between, phone_of, street_and_number
from adapters.labels.sendcloud.models import Return
from adapters.labels.sendcloud.settings import SendcloudSettings
from domain.order import Address


def return_of(request: LabelRequest, settings: SendcloudSettings) -> dict[str, Any]:
    """Return the body that creates and announces a return."""
    customer, warehouse = request.customer, request.warehouse
    body: dict[str, Any] = {
        "from_address": _address(customer, request.customer_email or request.warehouse_email, warehouse),
        "to_address": _address(warehouse, request.warehouse_email, warehouse),
        "ship_with": _ship_with(customer.country, settings),
        "weight": {"value": request.parcel.grams, "unit": "g"},
        "collo_count": 1,
        "order_number": order_number(request),
        "external_reference": request.reference,
        "parcel_items": [_item(item) for item in request.items],
        "delivery_option": "drop_off_point",
        "send_tracking_emails": False,
    }
    if request.parcel.size_mm:
        body["dimensions"] = {**dict(request.parcel.size_mm), "unit": "mm"}
    if customs_between(customer, warehouse):
        body["customs_invoice_nr"] = request.reference
        body["customs_information"] = {
            "invoice_number": request.reference,
            "export_reason": "returned_goods",
            "export_type": "private",
        }
    return body


def order_number(request: LabelRequest) -> str:
    """Return the order's number with our reference behind it.

    Only the order's number is sure to be told of a return that is read again, and it must find the one.
    """
    return f"{request.order_number} {request.reference}"


def is_of(found: Return, reference: str) -> bool:
    """Whether a return has our reference."""
    if found.external_reference:
        return found.external_reference == reference
    return (found.order_number or "").rpartition(" ")[2] == reference


def _ship_with(country: str, settings: SendcloudSettings) -> dict[str, Any]:
    code = settings.shipping_options.get(country, settings.shipping_option)
    contract = {"contract": settings.contract} if settings.contract else {}
    return {"type": "shipping_option_code", "shipping_option_code": code, **contract}


def _address(address: Address, email: str, instead: Address) -> dict[str, str]:
    street, number = street_and_number(address)
    fields = {
        "name": address.person or address.company,
        "company_name": address.company,
        "address_line_1": street,
        "house_number": number,
        "address_line_2": address.street2,
        "postal_code": address.postcode,
        "city": address.city,
        "state_province_code": _state(address),
        "country_code": address.country,
        "email": email,
        "phone_number": phone_of(address, instead),
    }
    return {name: value for name, value in fields.items() if value}


def _state(address: Address) -> str:
    """Return the state as ISO 3166-2; a store's own name of one would be refused."""
    code = address.state.removeprefix(f"{address.country}-")
    return f"{address.country}-{code}" if re.fullmatch("[A-Z0-9]{1,3}", code) else ""


def _item(item: LabelItem) -> dict[str, Any]:
    fields = {
        "description": item.description,
        "quantity": item.quantity,
        "price": {"value": item.value.amount, "currency": item.value.currency},
        "hs_code": item.hs_code,
        "origin_country": item.origin,
        "sku": item.sku,
    }
    return {name: value for name, value in fields.items() if value != ""}
