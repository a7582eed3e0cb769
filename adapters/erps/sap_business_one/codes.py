"""The company's codes for what an order names otherwise, from the settings."""

from collections.abc import Mapping
from decimal import Decimal

from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.errors import BadConfiguration, FixData
from domain.money import exact
from domain.totals import AdjustmentKind


class Codes:
    """The company's codes for what an order names otherwise. Each one missing names its setting."""

    def __init__(self, settings: SapBusinessOneSettings, connection: str) -> None:
        self._settings, self._connection = settings, connection
        self._taxes = {exact(rate): code for rate, code in settings.tax_codes.items()}
        self._iso = {code: iso for iso, code in settings.currencies.items()}
        self._items = {
            AdjustmentKind.DISCOUNT: ("discount_item", settings.discount_item),
            AdjustmentKind.ROUNDING: ("rounding_item", settings.rounding_item),
            AdjustmentKind.WRAPPING: ("wrapping_item", settings.wrapping_item),
        }

    def tax(self, rate: Decimal) -> str:
        """Return the code of a tax rate in percent."""
        code = self._taxes.get(rate)
        if code is None:
            raise FixData(
                f"no tax code stands for {rate.normalize():f} percent",
                code="tax_unknown",
                field=self._field("tax_codes"),
                remedy=(
                    f'Add "{rate.normalize():f}" = "…" under {self._field("tax_codes")} in waybill.toml,'
                    " or correct the line's tax rate; then continue the order."
                ),
                connection=self._connection,
            )
        return code

    def item(self, kind: AdjustmentKind) -> str:
        """Return the article that stands for an extra line."""
        name, code = self._items[kind]
        if not code:
            raise self._missing(name, f"no article stands for a {kind.value} line")
        return code

    def refund(self) -> str:
        """Return the article that stands for money given back."""
        return self._settings.refund_item or self.item(AdjustmentKind.DISCOUNT)

    def account(self, method: str) -> str:
        """Return the ledger account of money that came in by a payment method."""
        account = self._settings.bank_accounts.get(method, self._settings.bank_account)
        if not account:
            raise self._missing("bank_account", "no ledger account stands for money that came in")
        return account

    def expense(self) -> int:
        """Return the freight code of shipping."""
        code = self._settings.shipping_expense
        if code is None:
            raise self._missing("shipping_expense", "no freight code stands for shipping")
        return code

    def terms(self, name: str) -> int:
        """Return the number of payment terms, named by the pair or as a number already."""
        return self._number(self._settings.payment_terms, name, "payment_terms", "payment terms")

    def series(self, name: str) -> int:
        """Return the number of a document series, by its name or as a number already."""
        return self._number(self._settings.series, name, "series", "document series")

    def charge(self, name: str) -> int:
        """Return the freight code of a charge, by its name or as a number already."""
        return self._number(self._settings.expenses, name, "expenses", "charge")

    def price_list(self, name: str) -> int:
        """Return the number of a price list, by its name or as a number already."""
        return self._number(self._settings.price_lists, name, "price_lists", "price list")

    def carrier(self, name: str) -> int:
        """Return the code of a shipping type, by the store's carrier or as a code already."""
        return self._number(self._settings.carriers, name, "carriers", "carrier")

    def _number(self, known: Mapping[str, int], name: str, field: str, what: str) -> int:
        number = known.get(name)
        if number is not None:
            return number
        digits = name.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and len(digits) < 10:
            return int(name)
        raise self._missing(f"{field}.{name}", f'no number stands for the {what} "{name}"')

    def currency(self, iso: str) -> str:
        """Return the company's code of a currency."""
        return self._settings.currencies.get(iso, iso)

    def iso_currency(self, code: str) -> str:
        """Return the ISO code of one of the company's currencies."""
        iso = self._iso.get(code, code)
        if len(iso) != 3 or not iso.isascii() or not iso.isupper():
            raise self._missing("currencies", f'the currency code "{code[:10]}" has no ISO code')
        return iso

    def _field(self, name: str) -> str:
        return f"connections.{self._connection}.{name}"

    def _missing(self, name: str, sentence: str) -> BadConfiguration:
        return BadConfiguration(
            sentence,
            field=self._field(name),
            remedy=f"Set {self._field(name)} in waybill.toml, then continue the order.",
            connection=self._connection,
        )
