"""Kinds of field values: how each is kept, shown, and what a write may put there.

Source: the field formats that a shop itself publishes under `/api/<resource>?schema=synopsis`, and the
character rules of PrestaShop 8.2's `Validate` class.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal

NO_DATE = "0000-00-00"
NO_TIME = "0000-00-00 00:00:00"


@dataclass(frozen=True)
class Kind:
    """One kind of value; `published` is the name a shop gives its format in a synopsis."""

    kept_as: Literal["integer", "decimal", "text"]
    published: str
    accepts: Callable[[str], bool]
    places: int = 0
    nothing: str = ""

    def cast(self, value: object) -> Any:
        """Turn what was written into what is kept: int, Decimal or text."""
        if self.kept_as == "integer":
            return int(value) if isinstance(value, int) else leading_integer(str(value))
        if self.kept_as == "decimal":
            return decimal_of(value).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)
        text = str(value) if value is not None else ""
        return text or self.nothing

    def show(self, value: Any) -> str:
        """Write a kept value the way the shop's database gives it."""
        return f"{value:.{self.places}f}" if self.kept_as == "decimal" else str(value)


def leading_integer(text: str) -> int:
    """Read the number a text begins with, as PHP's cast does; 0 when it begins with none."""
    found = re.match(r"\s*[+-]?\d+", text)
    return int(found.group()) if found else 0


def leading_decimal(text: str) -> Decimal:
    """Read the number a text begins with, as the database compares it; 0 when it begins with none."""
    found = re.match(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)", text)
    return Decimal(found.group().strip()) if found else Decimal(0)


def decimal_of(value: object) -> Decimal:
    """Read a decimal; 0 when it is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _anything(_: str) -> bool:
    return True


def _like(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    expression = re.compile(pattern, flags)
    return lambda text: expression.fullmatch(text) is not None


def _without(characters: str) -> Callable[[str], bool]:
    return lambda text: not any(character in characters for character in text)


def _number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False


def _customer_name(text: str) -> bool:
    """A dot must end the name or be followed by a blank; a full stop of any script counts."""
    if any(character in '0123456789!<>,;?=+()/\\@#"°*`{}_^$%:¤[]|' for character in text):
        return False
    return re.search(r"[.。][^\s]", text) is None


def _day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", text) is not None


def _birthday(text: str) -> bool:
    return text == NO_DATE or (_day(text) and len(text) == 10)


def _moment(text: str) -> bool:
    if text in (NO_DATE, NO_TIME):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) in (10, 19)


def _ean13(text: str) -> bool:
    if not re.fullmatch(r"\d{1,13}", text):
        return False
    digits = [int(digit) for digit in text]
    body = digits[:12]
    weighed = sum(body[0::2]) + 3 * sum(body[1::2])
    return (10 - weighed % 10) % 10 == digits[-1]


def _siret(text: str) -> bool:
    if not re.fullmatch(r"\d{14}", text):
        return False
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(text)]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _clean_html(text: str) -> bool:
    forbidden = r"<\s*script|\bon[a-z]+\s*=|script:|<\s*(i?frame|form|input|embed|object)"
    return re.search(forbidden, text, re.IGNORECASE) is None


def _unsigned(text: str) -> bool:
    return re.fullmatch(r"0|[1-9]\d{0,9}", text) is not None and int(text) < 2**32


def _text(published: str, accepts: Callable[[str], bool], nothing: str = "") -> Kind:
    return Kind("text", published, accepts, nothing=nothing)


def _whole(published: str, accepts: Callable[[str], bool]) -> Kind:
    return Kind("integer", published, accepts)


def _amount(published: str, accepts: Callable[[str], bool], places: int = 6) -> Kind:
    return Kind("decimal", published, accepts, places)


_PRICE = _like(r"\d{1,10}(\.\d{1,9})?")
_GENERIC = _without("<>={}")
_SIMPLE = _like(r"[a-zA-Z0-9_-]+")
_ADDRESS = _without("!<>?=+@{}_$%")

KINDS: dict[str, Kind] = {
    "id": _whole("isUnsignedId", _unsigned),
    "int": _whole("isInt", _like(r"0|-?[1-9]\d*")),
    "uint": _whole("isUnsignedInt", _unsigned),
    "bool": _whole("isBool", _like("[01]")),
    "num": _whole("", _anything),
    "flag": _whole("", _anything),
    "price": _amount("isPrice", _PRICE),
    "nprice": _amount("isNegativePrice", _like(r"-?\d{1,10}(\.\d{1,9})?")),
    "float": _amount("isFloat", _number),
    "ufloat": _amount("isUnsignedFloat", lambda text: _number(text) and Decimal(text.strip()) >= 0),
    "rate": _amount("isFloat", _number, 3),
    "percent": _amount("isFloat", _number, 2),
    "date": _text("isDate", _day, NO_TIME),
    "moment": _text("isDateFormat", _moment, NO_TIME),
    "stamp": _text("", _anything, NO_TIME),
    "day": _text("isDateFormat", _moment, NO_DATE),
    "birth": _text("isBirthDate", _birthday, NO_DATE),
    "text": _text("", _anything),
    "anything": _text("isAnything", _anything),
    "generic": _text("isGenericName", _GENERIC),
    "name": _text("isName", _without('0123456789!<>,;?=+()@#"°{}_$%:¤|')),
    "customer": _text("isCustomerName", _customer_name),
    "email": _text("isEmail", _like(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+")),
    "passwd": _text("isPasswd", lambda text: 5 <= len(text) <= 72),
    "address": _text("isAddress", _ADDRESS),
    "city": _text("isCityName", _without('!<>;?=+@#"°{}_$%')),
    "postcode": _text("isPostCode", _like(r"[a-zA-Z 0-9-]+")),
    "phone": _text("isPhoneNumber", _like(r"[+0-9. ()/-]*")),
    "message": _text("isMessage", _without("<>{}")),
    "html": _text("isCleanHtml", _clean_html),
    "dni": _text("isDniLite", _like(r"[0-9A-Za-z.-]{1,16}")),
    "siret": _text("isSiret", _siret),
    "ape": _text("isApe", _like(r"[0-9]{3,4}[a-zA-Z]")),
    "module": _text("isModuleName", _SIMPLE),
    "tracking": _text("isTrackingNumber", _like(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]+")),
    "md5": _text("isMd5", _like("[a-fA-F0-9]{32}")),
    "sha1": _text("isSha1", _like("[a-fA-F0-9]{40}")),
    "reference": _text("isReference", _without("<>;={}")),
    "ean13": _text("isEan13", _ean13),
    "isbn": _text("isIsbn", _like(r"[0-9-]{0,32}")),
    "upc": _text("isUpc", _like(r"\d{0,12}")),
    "mpn": _text("isMpn", lambda text: len(text) <= 40),
    "url": _text("isUrl", _like(r"[~:#,$%&_=().? +\-@/\w]+")),
    "absurl": _text("isAbsoluteUrl", _like(r"(https?:)?//[$~:;#,%&_=()\[\].? +\-@/a-zA-Z0-9]+")),
    "config": _text("isConfigName", _like(r"[a-zA-Z_0-9-]+")),
    "catalog": _text("isCatalogName", _without("<>;=#{}")),
    "carrier": _text("isCarrierName", _without("<>;=#{}")),
    "rewrite": _text("isLinkRewrite", _SIMPLE),
    "template": _text("isTplName", _SIMPLE),
    "color": _text("isColor", _like(r"#[0-9a-fA-F]{6}|[a-zA-Z0-9-]*")),
    "iso": _text("isLanguageIsoCode", _like("[a-zA-Z]{2,3}")),
    "state_iso": _text("isStateIsoCode", _like(r"[a-zA-Z0-9]{1,4}(-[a-zA-Z0-9]{1,4})?")),
    "reduction": _text("isReductionType", _like("amount|percentage")),
}
"""Every kind a field may have, by the short name that the lists of fields use."""
