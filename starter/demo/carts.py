"""What somebody buys, in words that every store's sandbox can be told."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sandbox.catalogue import CUSTOMERS


class Trouble(StrEnum):
    """What goes wrong with the store's webhooks while an order is placed."""

    NONE = ""
    TWICE = "twice"
    LOST = "lost"


@dataclass(frozen=True)
class Buyer:
    """Who buys: somebody with an account in the store, or a guest."""

    email: str
    first_name: str
    last_name: str
    is_guest: bool = False


@dataclass(frozen=True)
class Wanted:
    """Pieces of an article; `gross` is the price of one with tax, where it is not the catalogue's."""

    sku: str
    quantity: int
    gross: Decimal | None = None


@dataclass(frozen=True)
class Address:
    """Where goods and bill go, other than home. Without a country it is as a hasty plug-in leaves it."""

    street: str = "1 rue Neuve"
    postcode: str = "75001"
    city: str = "Paris"
    country: str = "FR"


@dataclass(frozen=True)
class Cart:
    """A cart at the checkout; `percent_off` is a voucher's, `on_account` says that it is paid later."""

    buyer: Buyer
    lines: tuple[Wanted, ...]
    percent_off: Decimal = Decimal(0)
    currency: str = "EUR"
    on_account: bool = False
    address: Address | None = None


def known_buyer(email: str) -> Buyer:
    """Return a customer of the catalogue."""
    known = {each.email: each for each in CUSTOMERS}[email]
    return Buyer(known.email, known.first_name, known.last_name)
