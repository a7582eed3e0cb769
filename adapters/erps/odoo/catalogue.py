"""What orders refer to in Odoo: company, articles, taxes, warehouses, price lists. Found once, then known.

Only what was found is remembered: a tax that somebody creates later is found then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from adapters.erps.odoo.client import Domain, OdooClient, Row
from adapters.erps.odoo.records import number, one, reading, text
from adapters.erps.odoo.settings import OdooSettings
from domain.errors import BadConfiguration, Refused
from domain.money import exact

_ARTICLE_FIELDS = (
    "default_code", "display_name", "name", "active", "sale_ok", "type", "is_storable", "detailed_type",
    "uom_id",
)  # fmt: skip
_AT_ONCE = 500


@dataclass(frozen=True)
class CompanyFacts:
    """The company: its id, its currency, and how it rounds tax."""

    id: int
    name: str
    currency_id: int
    currency: str
    rounds_globally: bool


@dataclass(frozen=True)
class Article:
    """A product variant."""

    id: int
    sku: str
    name: str
    unit: int
    for_sale: bool
    stocked: bool
    service: bool


class Catalogue:
    """The database's own records."""

    def __init__(self, client: OdooClient, settings: OdooSettings) -> None:
        self._client, self._settings = client, settings
        self._company: CompanyFacts | None = None
        self._currencies: dict[int, str] = {}
        self._taxes: dict[tuple[Decimal, bool], int] = {}
        self._ids: dict[tuple[str, str], int] = {}

    async def company(self) -> CompanyFacts:
        """Return the company that documents belong to."""
        if self._company is None:
            self._company = await self._read_company()
        return self._company

    async def _read_company(self) -> CompanyFacts:
        number_of = self._settings.company
        if number_of is None:
            users = await self._client.rows(
                "res.users", [["login", "=", self._settings.user]], ("company_id",)
            )
            with reading(self._client.connection):
                number_of = one(users[0], "company_id") if users else 0
        fields = ("name", "currency_id", "tax_calculation_rounding_method")
        rows = await self._client.rows("res.company", [["id", "=", number_of]], fields)
        if not rows:
            raise self._lacking("company", f"Odoo has no company {number_of or ''} that the user may see")
        with reading(self._client.connection):
            currency = one(rows[0], "currency_id")
            globally = text(rows[0], "tax_calculation_rounding_method") == "round_globally"
        names = await self.currencies((currency,))
        return CompanyFacts(rows[0]["id"], text(rows[0], "name"), currency, names[currency], globally)

    async def currencies(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the ISO codes of currencies."""
        wanted = set(ids)
        if not wanted <= self._currencies.keys():
            everything = {"active_test": False}
            rows = await self._client.rows(
                "res.currency", [["id", "in", sorted(wanted)]], ("name",), context=everything
            )
            self._currencies |= {row["id"]: text(row, "name") for row in rows}
        with reading(self._client.connection):
            return {each: self._currencies[each] for each in wanted}

    async def articles(self, skus: Iterable[str]) -> dict[str, Article]:
        """Return the articles by SKU. One that two active products carry is left out: nobody knows which."""
        wanted = sorted({sku for sku in skus if sku})
        found: dict[str, list[Row]] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            domain: Domain = [["default_code", "in", wanted[at : at + _AT_ONCE]]]
            for row in await self._client.rows(
                "product.product", domain, _ARTICLE_FIELDS, context={"active_test": False}
            ):
                found.setdefault(text(row, "default_code"), []).append(row)
        known = {}
        with reading(self._client.connection):
            for sku, rows in found.items():
                rows = [row for row in rows if row.get("active")] or rows
                if len(rows) == 1:
                    known[sku] = _article(rows[0])
        return known

    async def skus(self, ids: Iterable[int]) -> dict[int, Article]:
        """Return articles by their ids."""
        wanted = sorted(set(ids) - {0})
        if not wanted:
            return {}
        rows = await self._client.rows(
            "product.product", [["id", "in", wanted]], _ARTICLE_FIELDS, context={"active_test": False}
        )
        with reading(self._client.connection):
            return {row["id"]: _article(row) for row in rows}

    async def stand_in(self, use: str, sku: str) -> Article:
        """Return the article that stands for shipping, a discount and the like."""
        article = (await self.articles((sku,))).get(sku)
        if article is None:
            raise self._lacking(f"{use}_item", f"Odoo has no article {sku!r} for {use}")
        return article

    async def tax(self, rate: Decimal, *, included: bool) -> int | None:
        """Return the sales tax of a rate; None where there is no such tax with the price included."""
        asked = (rate.normalize(), included)
        if asked not in self._taxes:
            found = self._named_tax(rate) if not included else None
            found = found or await self._tax_by_rate(rate, included=included)
            if found is None and (included or not rate):
                return None if included else 0
            if found is None:
                raise self._lacking("taxes", f"Odoo has no sales tax of {rate:f} percent")
            self._taxes[asked] = found
        return self._taxes[asked]

    def _named_tax(self, rate: Decimal) -> int | None:
        return next((tax for name, tax in self._settings.taxes.items() if exact(name) == rate), None)

    async def _tax_by_rate(self, rate: Decimal, *, included: bool) -> int | None:
        domain: Domain = [
            ["type_tax_use", "=", "sale"],
            ["amount_type", "=", "percent"],
            ["company_id", "=", (await self.company()).id],
        ]
        rows = await self._client.rows(
            "account.tax", domain, ("amount", "price_include"), order="sequence, id"
        )
        with reading(self._client.connection):
            fits = [
                row["id"]
                for row in rows
                if number(row, "amount") == rate and bool(row.get("price_include")) is included
            ]
        return fits[0] if fits else None

    async def warehouse(self, code: str) -> int:
        """Return the id of a warehouse by its short name; 0 for none."""
        if not code:
            return 0
        short = self._settings.warehouses.get(code, code)
        return await self._record("stock.warehouse", short, "code", "warehouses", "warehouse")

    async def journal(self, code: str) -> int:
        """Return the id of a journal by its short code."""
        return await self._record("account.journal", code, "code", "payment_journal", "journal")

    async def pricelist(self, currency: str) -> int:
        """Return the price list that gives an order its currency."""
        if currency in self._settings.pricelists:
            return self._settings.pricelists[currency]
        return await self._record(
            "product.pricelist", currency, "currency_id.name", "pricelists", "price list"
        )

    async def currency(self, code: str) -> int:
        """Return the id of an active currency."""
        return await self._record("res.currency", code, "name", "", "currency", own=False)

    async def country(self, code: str) -> int:
        """Return the id of a country by its two letters; 0 for an unknown one."""
        rows = await self._client.rows("res.country", [["code", "=", code.upper()]], ("code",), limit=1)
        return rows[0]["id"] if rows else 0

    async def _record(
        self, model: str, value: str, field: str, setting: str, word: str, *, own: bool = True
    ) -> int:
        name = (model, value)
        if name not in self._ids:
            domain: Domain = [[field, "=", value]]
            if own:
                domain.append(["company_id", "in", [False, (await self.company()).id]])
            rows = await self._client.rows(model, domain, ("id",), limit=1)
            if not rows:
                raise self._lacking(setting, f"Odoo has no {word} {value!r}")
            self._ids[name] = rows[0]["id"]
        return self._ids[name]

    def _lacking(self, setting: str, sentence: str) -> BadConfiguration:
        field = f"connections.{self._client.connection}.{setting}" if setting else ""
        return BadConfiguration(sentence, field=field, connection=self._client.connection)

    def unknown_article(self, sku: str, line: int) -> Refused:
        """Return the refusal of an article that is not there, or there twice."""
        return Refused(
            f"Odoo has no article {sku[:60]!r}, or several",
            code="sku_unknown",
            field=f"line.{line}.sku",
            connection=self._client.connection,
        )


def _article(row: Row) -> Article:
    kind = text(row, "detailed_type") or text(row, "type")
    stocked = bool(row["is_storable"]) if "is_storable" in row else kind == "product"
    name = text(row, "display_name") or text(row, "name")
    return Article(
        id=row["id"],
        sku=text(row, "default_code"),
        name=name,
        unit=one(row, "uom_id"),
        for_sale=bool(row.get("active", True)) and bool(row.get("sale_ok", True)),
        stocked=stocked,
        service=kind == "service",
    )
