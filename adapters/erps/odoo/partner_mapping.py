"""Contacts: which of them is an order's buyer, and the buyer as a new one. Pure."""

from collections.abc import Iterator
from typing import Any

from adapters.erps.odoo.client import Domain, Row
from adapters.erps.odoo.records import number, one, text
from domain.buyers import has_account, identity, plain_vat, vat_spellings
from domain.facts import CustomerMatch, MatchOutcome
from domain.money import Money
from domain.order import Address, Order

PARTNER_FIELDS = (
    "name", "ref", "vat", "email", "active", "parent_id", "commercial_partner_id", "sale_warn",
    "street", "street2", "zip", "city", "country_id",
    "credit", "credit_limit", "use_partner_credit_limit", "company_id",
)  # fmt: skip


def code_of(partner: Row) -> str:
    """Return what names a customer: the reference, else # and the contact's id."""
    ref = text(partner, "ref").strip()
    return ref if ref and not ref.startswith("#") else f"#{partner['id']}"


def id_in(code: str) -> int:
    """Return the id that a code names, 0 for a reference."""
    digits = code.removeprefix("#")
    return (
        int(digits) if code != digits and digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
    )


def customer_values(order: Order, country: int, price_list: int | None) -> dict[str, Any]:
    """Return the buyer as a new contact, in the columns of a load."""
    buyer = order.customer
    values: dict[str, Any] = {
        "name": buyer.name or identity(order),
        "is_company": bool(buyer.company),
        "ref": identity(order),
        "email": buyer.email.strip(),
        "phone": buyer.phone or order.billing.phone,
        "vat": buyer.vat_id.strip(),
        "customer_rank": 1,
        **address_values(order.billing, country),
    }
    if price_list is not None:
        values["property_product_pricelist/.id"] = price_list
    return {name: value for name, value in values.items() if value not in ("", None)}


def address_values(address: Address, country: int) -> dict[str, Any]:
    """Return a postal address in the columns of a load."""
    values = {
        "street": address.street,
        "street2": address.street2,
        "zip": address.postcode,
        "city": address.city,
        "country_id/.id": country or None,
    }
    return {name: value for name, value in values.items() if value}


def lives_at(partner: Row, address: Address, country: int) -> bool:
    """Whether a contact has this very address."""
    here = (text(partner, "street"), text(partner, "zip"), text(partner, "city"))
    there = (address.street, address.postcode, address.city)
    same = [_folded(one) for one in here] == [_folded(one) for one in there]
    return same and (not country or one(partner, "country_id") in (0, country))


def customer_domain(order: Order, own: int) -> Domain:
    """Return the one filter that brings whoever could be the buyer; empty when nothing is known of them."""
    rungs: Domain = []
    if own:
        rungs.append(["id", "=", own])
    if spellings := vat_spellings(order):
        rungs.append(["vat", "in", list(spellings)])
    if email := order.customer.email.strip():
        rungs.append(["email", "=ilike", _literal(email)])
    return ["|"] * (len(rungs) - 1) + rungs


def _literal(text: str) -> str:
    """Return a text in which % and _ stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def matched(order: Order, found: list[Row], own: int) -> tuple[CustomerMatch, Row | None]:
    """Judge whoever was found, the strongest evidence first; what it names alone is the buyer.

    Archived contacts count only where no other one fits: merged ones stay behind as such.
    """
    for rung, partners in _rungs(order, found, own):
        partners = [each for each in partners if each.get("active", True)] or partners
        if len(partners) == 1:
            return judged(partners[0], rung), partners[0]
        if partners:
            codes = tuple(sorted(map(code_of, partners)))
            return CustomerMatch(outcome=MatchOutcome.AMBIGUOUS, matched_by=rung, candidates=codes), None
    return CustomerMatch(outcome=MatchOutcome.NEW), None


def judged(partner: Row, rung: str) -> CustomerMatch:
    """Return the match with one customer, who may be blocked."""
    outcome = MatchOutcome.BLOCKED if is_blocked(partner) else MatchOutcome.FOUND
    return CustomerMatch(outcome=outcome, code=code_of(partner), matched_by=rung)


def is_blocked(partner: Row) -> bool:
    """Whether a contact is archived, or has a blocking sales warning."""
    return not partner.get("active", True) or text(partner, "sale_warn") == "block"


def _rungs(order: Order, found: list[Row], own: int) -> Iterator[tuple[str, list[Row]]]:
    if has_account(order.customer):
        yield "own id", [partner for partner in found if partner["id"] == own]
    spellings = {plain_vat(spelling) for spelling in vat_spellings(order)}
    yield "VAT id", _parents(found, [p for p in found if plain_vat(text(p, "vat")) in spellings])
    email = _folded(order.customer.email)
    yield "e-mail", _parents(found, [p for p in found if email and _folded(text(p, "email")) == email])


def _parents(known: list[Row], partners: list[Row]) -> list[Row]:
    """Return the companies that contacts belong to, each once."""
    rows = {row["id"]: row for row in known}
    chosen = {}
    for partner in partners:
        parent = rows.get(one(partner, "commercial_partner_id"), partner)
        chosen[parent["id"]] = parent
    return list(chosen.values())


def _folded(text: str) -> str:
    return text.strip().casefold()


def credit_limit(partner: Row, currency: str) -> Money | None:
    """Return the customer's limit; none where it is switched off or zero."""
    if partner.get("use_partner_credit_limit") is False or not number(partner, "credit_limit"):
        return None
    return Money(number(partner, "credit_limit"), currency).rounded()
