"""Values as people of a language write them: amounts, numbers, durations, dates, countries, lists."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from domain.money import Money
from domain.notices import LANGUAGES
from domain.rules.fact_words import Words
from domain.rules.facts import WEEKDAYS, Fact

_LOCALES = ("en_GB", "es_ES", "fr_FR")
_PERCENT = frozenset({"discount_percent", "tax_rate"})
_COUNTRIES = frozenset({"country", "billing_country"})
_WEEKDAYS = frozenset({"weekday", "placed_weekday"})
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))

VALUES: Mapping[str, Mapping[str, Words]] = MappingProxyType(
    {
        "document_kind": {
            "order": ("sales order", "pedido de venta", "commande client"),
            "quotation": ("quotation", "presupuesto", "devis"),
            "draft": ("draft", "borrador", "brouillon"),
        },
        "document_state": {
            "open": ("open", "abierto", "ouvert"),
            "closed": ("closed", "cerrado", "clôturé"),
            "cancelled": ("cancelled", "cancelado", "annulé"),
            "draft": ("draft", "borrador", "brouillon"),
            "draft_pending": ("draft awaiting approval", "borrador por aprobar", "brouillon à approuver"),
        },
        "delivery": {
            "open": ("not shipped", "sin enviar", "non expédié"),
            "partly_shipped": ("partly shipped", "enviado en parte", "expédié en partie"),
            "shipped": ("shipped", "enviado", "expédié"),
            "closed_by_hand": ("closed by hand", "cerrado a mano", "clôturé à la main"),
            "cancelled": ("cancelled", "cancelado", "annulé"),
        },
        "stage": {
            "received": ("received", "recibido", "reçue"),
            "checking": ("being checked", "en comprobación", "en contrôle"),
            "held": ("on hold", "retenido", "bloquée"),
            "awaiting_approval": ("awaiting approval", "pendiente de aprobación", "en attente d'approbation"),
            "posting": ("being posted", "en registro", "en enregistrement"),
            "in_doubt": ("in doubt", "en duda", "en doute"),
            "posted": ("posted", "registrado", "enregistrée"),
            "picking": ("being picked", "en preparación", "en préparation"),
            "shipped": ("shipped", "enviado", "expédiée"),
            "delivered": ("delivered", "entregado", "livrée"),
            "completed": ("completed", "terminado", "terminée"),
            "rejected": ("rejected", "rechazado", "rejetée"),
            "cancelled": ("cancelled", "cancelado", "annulée"),
        },
    }
)
"""What codes that files hold are called, by the name of the fact."""


class Joining(StrEnum):
    """How a list is joined."""

    AND = "and"
    OR = "or"
    NEITHER = "neither"


class Wording:
    """One language: `en`, `es` or `fr`."""

    def __init__(self, language: str) -> None:
        self._place = LANGUAGES.index(language)
        self._locale = Locale.parse(_LOCALES[self._place])
        self.language = language

    def said(self, words: Words, **given: object) -> str:
        """Return the words of this language, with what goes into their braces."""
        return words[self._place].format(**given)

    def quoted(self, text: str) -> str:
        """Return a text as quotations are set in this language."""
        return ("“{}”", "«{}»", "«\u00a0{}\u00a0»")[self._place].format(text)

    def value(self, fact: Fact, value: Any) -> str:
        """Return one value of a fact, in its own type."""
        match value:
            case Money():
                return self._money(value)
            case Decimal():
                return self._percent(value) if fact.name in _PERCENT else self._number(value)
            case timedelta():
                return self.duration(value)
            case date():
                return self.date(value)
            case time():
                return self._clock(value)
            case _:
                return self._text(fact, str(value))

    def listed(self, values: Iterable[str], joining: Joining = Joining.AND) -> str:
        """Return `A, B and C`, or the same with *or*; *neither* is for a list after a negation."""
        items = list(values)
        if joining is Joining.NEITHER and self.language != "en":
            return items[0] if len(items) == 1 else " ".join(f"ni {item}" for item in items)
        if self.language == "es" and len(items) > 1:
            return f"{', '.join(items[:-1])} {_spanish_joint(joining, items[-1])} {items[-1]}"
        return format_list(items, "standard" if joining is Joining.AND else "or", self._locale)

    def date(self, day: date) -> str:
        """Return `24 December 2026`."""
        text = str(format_date(day, "long", self._locale))
        return text.replace("1 ", "1er ", 1) if self.language == "fr" and day.day == 1 else text

    def moment(self, moment: datetime) -> str:
        """Return an instant with its zone."""
        offset = moment.isoformat()[-6:]
        zone = "UTC" if moment.utcoffset() == timedelta(0) else f"UTC{offset}"
        return f"{self.date(moment.date())}, {moment:%H:%M} ({zone})"

    def duration(self, length: timedelta) -> str:
        """Return `1 day and 6 hours`, to the second."""
        left, parts = abs(length) // timedelta(seconds=1), []
        for unit, seconds in _UNITS:
            count, left = divmod(left, seconds)
            if count:
                parts.append(format_unit(count, f"duration-{unit}", "long", locale=self._locale))
        return self.listed(parts or [format_unit(0, "duration-second", "long", locale=self._locale)])

    def _money(self, money: Money) -> str:
        return format_currency(
            money.amount,
            money.currency,
            format="#,##0.00\u00a0¤¤",
            locale=self._locale,
            decimal_quantization=False,
        )

    def _number(self, number: Decimal) -> str:
        return format_decimal(number.normalize(), locale=self._locale, decimal_quantization=False)

    def _percent(self, number: Decimal) -> str:
        return ("{}%", "un {}\u00a0%", "{}\u00a0%")[self._place].format(self._number(number))

    def _clock(self, clock: time) -> str:
        text = f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"
        if self.language == "es":
            return f"{'la' if clock.hour == 1 else 'las'} {text}"
        return text

    def _text(self, fact: Fact, text: str) -> str:
        code = text.strip()
        if fact.name in _COUNTRIES and code.upper() in self._locale.territories:
            country = str(self._locale.territories[code.upper()])
            # French countries want their article; quoted, the name is a value.
            return self.quoted(country) if self.language == "fr" else country
        if fact.name in _WEEKDAYS and code.casefold() in WEEKDAYS:
            return str(get_day_names("wide", locale=self._locale)[WEEKDAYS.index(code.casefold())])
        if fact.name == "currency":
            return code.upper()
        words = VALUES.get(fact.name, {}).get(code.casefold())
        return self.quoted(words[self._place] if words else code)


def _spanish_joint(joining: Joining, following: str) -> str:
    """*Y* and *o* become *e* and *u* before their own sound."""
    sound = following.casefold().lstrip("«“(¿¡")
    if joining is Joining.AND:
        return "e" if sound.startswith(("i", "hi")) and not sound.startswith("hie") else "y"
    return "u" if sound.startswith(("o", "ho")) else "o"
