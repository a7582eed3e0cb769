"""Business partners: who an order's buyer is among them, and the buyer as a new one. Pure."""

import hashlib
from base64 import b32encode
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from adapters.erps.sap_business_one.client import any_of
from adapters.erps.sap_business_one.mapping import address_parts
from adapters.erps.sap_business_one.models import NO, YES, BusinessPartner
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.buyers import has_account, identity, plain_vat, vat_spellings
from domain.facts import Credit, CustomerMatch, MatchOutcome
from domain.money import Money
from domain.order import Address, Order

_CODE_LENGTH = 15
_ADDRESS_NAMES = {"Address2": "AddressName2", "Building": "BuildingFloorRoom"}


def customer_code(order: Order, prefix: str) -> str:
    """Return the code the buyer gets, always the same one, so that creating twice makes one customer.

    A hash of the identity, because two stores may both have a customer 88 and a code has 15 places.
    """
    digest = b32encode(hashlib.sha256(identity(order).encode()).digest()).decode()
    return (prefix + digest)[:_CODE_LENGTH]


def customer_body(
    order: Order, settings: SapBusinessOneSettings, price_list: int | None = None
) -> dict[str, Any]:
    """Return the buyer as a new business partner, texts cut to the columns' lengths.

    An e-mail address or VAT id that is too long is left out: cut off it would be another one. The VAT
    group is left to the company.
    """
    buyer = order.customer
    phone = buyer.phone or order.billing.phone
    code = customer_code(order, settings.customer_prefix)
    wishes = {
        "Series": settings.customer_series,
        "GroupCode": settings.customer_group,
        "PriceListNum": settings.price_list if price_list is None else price_list,
        "EmailAddress": _whole(buyer.email, 100),
        "Phone1": phone[:20] or None,
        "FederalTaxID": _whole(buyer.vat_id, 32),
    }
    return {
        "CardCode": code,
        "CardName": (buyer.name or code)[:100],
        "CardType": "cCustomer",
        "CompanyPrivate": "cCompany" if buyer.company else "cPrivate",
        "Currency": settings.customer_currency,
        "Valid": YES,
        "Frozen": NO,
        settings.customer_column: identity(order),
        **{name: value for name, value in wishes.items() if value is not None},
        "BPAddresses": [
            _address("Bill to", "bo_BillTo", order.billing, send_state=settings.send_state),
            _address("Ship to", "bo_ShipTo", order.delivery, send_state=settings.send_state),
        ],
        "ContactEmployees": _contacts(order),
    }


def _whole(text: str, length: int) -> str | None:
    return text.strip() if 0 < len(text.strip()) <= length else None


def _address(name: str, kind: str, address: Address, *, send_state: bool) -> dict[str, str]:
    parts = {_ADDRESS_NAMES.get(part, part): text for part, text in address_parts(address).items()}
    state = {"State": address.state[:3]} if send_state and address.state else {}
    return {"AddressName": name, "AddressType": kind, **parts, **state}


def _contacts(order: Order) -> list[dict[str, str]]:
    buyer = order.customer
    name = f"{buyer.first_name} {buyer.last_name}".strip()
    if not name:
        return []
    parts = {
        "FirstName": buyer.first_name[:50],
        "LastName": buyer.last_name[:50],
        "E_Mail": _whole(buyer.email, 100) or "",
    }
    return [{"Name": name[:50], **{part: text for part, text in parts.items() if text}}]


def customer_filter(order: Order, settings: SapBusinessOneSettings) -> str:
    """Return the one filter that brings whoever could be the buyer; empty when nothing is known of them."""
    buyer = order.customer
    rungs = []
    if has_account(buyer):
        rungs.append(any_of(settings.customer_column, (identity(order),)))
        rungs.append(any_of("CardCode", (customer_code(order, settings.customer_prefix),)))
    spellings = vat_spellings(order)
    if spellings:
        rungs.append(any_of("FederalTaxID", spellings))
    if buyer.email.strip():
        rungs.append(any_of("EmailAddress", (buyer.email.strip(),)))
    return f"CardType eq 'cCustomer' and ({' or '.join(rungs)})" if rungs else ""


Candidate = tuple[BusinessPartner, str]
"""A business partner and the store's customer id it carries."""


def matched(
    order: Order, found: list[Candidate], settings: SapBusinessOneSettings
) -> tuple[CustomerMatch, BusinessPartner | None]:
    """Judge whoever was found, the strongest evidence first; what it names alone is the buyer."""
    for rung, partners in _rungs(order, found, settings):
        if len(partners) == 1:
            return judged(partners[0], rung), partners[0]
        if partners:
            codes = tuple(sorted(partner.CardCode for partner in partners))
            return CustomerMatch(outcome=MatchOutcome.AMBIGUOUS, matched_by=rung, candidates=codes), None
    return CustomerMatch(outcome=MatchOutcome.NEW), None


def judged(partner: BusinessPartner, rung: str) -> CustomerMatch:
    """Return the match with one customer, who may be blocked."""
    blocked = partner.Frozen == YES or partner.Valid == NO
    outcome = MatchOutcome.BLOCKED if blocked else MatchOutcome.FOUND
    return CustomerMatch(outcome=outcome, code=partner.CardCode, matched_by=rung)


def _rungs(
    order: Order, found: list[Candidate], settings: SapBusinessOneSettings
) -> Iterator[tuple[str, list[BusinessPartner]]]:
    buyer = order.customer
    if has_account(buyer):
        own, code = identity(order), customer_code(order, settings.customer_prefix)
        yield "own id", [partner for partner, web in found if web == own or partner.CardCode == code]
    spellings = {plain_vat(spelling) for spelling in vat_spellings(order)}
    yield "VAT id", [partner for partner, _ in found if plain_vat(partner.FederalTaxID or "") in spellings]
    email = buyer.email.strip().casefold()
    yield (
        "e-mail",
        [partner for partner, _ in found if email and _folded(partner.EmailAddress) == email],
    )


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def credit(partner: BusinessPartner, currency: str) -> Credit:
    """Return the customer's credit in the company's currency; a limit of zero is none."""
    used = (partner.CurrentAccountBalance, partner.OpenDeliveryNotesBalance, partner.OpenOrdersBalance)
    known = [amount for amount in used if amount is not None]
    if partner.CreditLimit is None or len(known) != len(used):
        return Credit(known=False)
    return Credit(
        limit=Money(partner.CreditLimit, currency).rounded() if partner.CreditLimit else None,
        used=Money(sum(known, Decimal(0)), currency).rounded(),
    )
