"""Who a buyer is: what makes them the same next time, and how their VAT id may be written elsewhere."""

import hashlib
import re

from domain.order import Order, Party
from domain.posting import shortened_key


def identity(order: Order) -> str:
    """Return what makes the buyer the same buyer next time: `shop:88`.

    A guest's store id changes with each order, so a guest is known by a hash of the e-mail, and one
    without an e-mail by the order.
    """
    buyer = order.customer
    if has_account(buyer):
        return shortened_key(f"{order.connection}:{buyer.store_id}")
    email = buyer.email.strip().casefold()
    if not email:
        return shortened_key(f"{order.connection}:order:{order.store_id}")
    digest = hashlib.sha256(f"{order.connection}:{email}".encode()).hexdigest()
    return shortened_key(f"{order.connection}:guest:{digest[:16]}")


def has_account(buyer: Party) -> bool:
    """Whether the store knows the buyer under an id that stays."""
    return bool(buyer.store_id) and not buyer.is_guest


def vat_spellings(order: Order) -> tuple[str, ...]:
    """Return the VAT id as given, without signs, without and with its country: elsewhere it is free text."""
    given = order.customer.vat_id.strip()
    plain = plain_vat(given)
    if not plain:
        return ()
    bare = re.sub(r"^[A-Z]{2}(?=\w{4,}$)", "", plain)
    country = order.billing.country if bare == plain else ""
    return tuple(dict.fromkeys((given, plain, bare, country + bare)))


def plain_vat(vat_id: str) -> str:
    """Return a VAT id in capitals and without signs."""
    return re.sub(r"[^A-Z0-9]", "", vat_id.upper())
