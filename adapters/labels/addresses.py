"""What carriers want of addresses: the house number apart, a telephone number, whether customs is between."""

import re

from domain.order import Address
from domain.phones import with_country

_TO = r"(?:\s?[-/]\s?\d{1,5}[a-zA-Z]?)?"
# In front of the street a single letter may be part of its name: 179 N Harbor Drive.
_BEFORE = re.compile(rf"(\d{{1,5}}(?:[a-zA-Z]|\s?(?:bis|ter|quater))?{_TO})\s*,?\s+(\S.*)")
_BEHIND = re.compile(rf"(\S.*?)[\s,]+(\d{{1,5}}\s?[a-zA-Z]?{_TO})")
_NUMBER_BEFORE = frozenset(["AU", "CA", "FR", "GB", "IE", "LU", "MC", "NZ", "US"])
# The Union's customs area for parcels; Monaco belongs to it.
_UNION = frozenset(
    (
        *["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"],
        *["IE", "IT", "LT", "LU", "LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"],
    )
)
# The Canary Islands, Ceuta and Melilla: Spain, with customs forms.
_OUTSIDE = {"ES": ("35", "38", "51", "52")}


def street_and_number(address: Address) -> tuple[str, str]:
    """Return the street and its house number, by the country's habit; no number where it is not clear."""
    street = " ".join(address.street.split())
    if address.country in _NUMBER_BEFORE:
        found = _BEFORE.fullmatch(street)
        return (found[2], found[1]) if found else (street, "")
    found = _BEHIND.fullmatch(street)
    return (found[1], found[2]) if found else (street, "")


def phone_of(address: Address, instead: Address) -> str:
    """Return the address's telephone number in the international form, else the other's, else nothing."""
    return with_country(address.phone, address.country) or with_country(instead.phone, instead.country)


def customs_between(one: Address, other: Address) -> bool:
    """Whether a parcel between the two needs customs forms."""
    if _in_union(one) and _in_union(other):
        return False
    return one.country != other.country or _in_union(one) is not _in_union(other)


def _in_union(address: Address) -> bool:
    return address.country in _UNION and not address.postcode.startswith(_OUTSIDE.get(address.country, ()))
