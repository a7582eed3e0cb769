"""Telephone numbers as customers write them, and as the rest of the world dials them."""

import phonenumbers


def with_country(number: str, country: str) -> str:
    """Return a number as `+33472000001`; `country` (ISO 3166-1 alpha-2) is where it was written.

    Empty for what is no number that could exist.
    """
    try:
        read = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(read):
        return ""
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
