"""Customers: found by the ladder, created once under an external id made of the buyer."""

from decimal import Decimal

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import Domain, OdooClient, Row
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.partner_mapping import (
    PARTNER_FIELDS,
    address_values,
    code_of,
    credit_limit,
    customer_domain,
    customer_values,
    id_in,
    judged,
    lives_at,
    matched,
)
from adapters.erps.odoo.records import number, one, reading, text
from adapters.erps.odoo.settings import OdooSettings
from domain.buyers import has_account, identity
from domain.errors import BadConfiguration, InDoubt, NotFound, Passing
from domain.facts import Credit, CustomerMatch
from domain.money import Money
from domain.order import Address, Order
from domain.posting import shortened_key

PARTNERS, CUSTOMER = "res.partner", "customer"
_ARCHIVED_TOO = {"active_test": False}


class Partners:
    """The database's contacts."""

    def __init__(
        self, client: OdooClient, settings: OdooSettings, catalogue: Catalogue, ids: ExternalIds
    ) -> None:
        self._client, self._settings, self._catalogue, self._ids = client, settings, catalogue, ids

    async def find(self, order: Order, named: str) -> tuple[CustomerMatch, Credit | None]:
        """Find the buyer: whom a person named, else by own id, VAT id, e-mail.

        Raises `NotFound` when the customer a person named is not there.
        """
        if named:
            partner = await self.named(named)
            return judged(partner, "a person"), await self._credit(partner)
        own = await self._ids.find(CUSTOMER, identity(order), PARTNERS) if has_account(order.customer) else 0
        domain = customer_domain(order, own)
        found = await self._with_parents(domain) if domain else []
        with reading(self._client.connection):
            match, known = matched(order, found, own)
        return match, None if known is None else await self._credit(known)

    async def create(self, order: Order, price_list: str = "") -> str:
        """Create the buyer and return the code. Safe to repeat: a lost answer is `Passing`."""
        listed = self._price_list(price_list) if price_list else None
        country = await self._catalogue.country(order.billing.country) if order.billing.country else 0
        values = customer_values(order, country, listed)
        try:
            own = await self._ids.find(CUSTOMER, identity(order), PARTNERS)
            own = own or await self._ids.load(CUSTOMER, identity(order), PARTNERS, values)
        except InDoubt as lost:
            raise Passing(
                "the customer may have been created or not; asking again creates none twice",
                quote=lost.problem.quote,
                connection=self._client.connection,
            ) from lost
        return code_of(await self._row(own))

    async def named(self, code: str) -> Row:
        """Return the contact that a code names: by reference, else by # and id. Raises `NotFound`."""
        number_of = id_in(code)
        domain: Domain = [["id", "=", number_of]] if number_of else [["ref", "=", code]]
        rows = await self._rows(domain)
        rows = [row for row in rows if row.get("active")] or rows
        if not rows and code.isascii() and code.isdecimal() and len(code) < 10:
            rows = await self._rows([["id", "=", int(code)]])
        if len(rows) != 1:
            what = "names several contacts" if rows else "does not exist"
            raise NotFound(
                f"{code[:20]} {what} in Odoo",
                code="customer_ambiguous" if rows else "customer_unknown",
                field="customer.code",
                remedy="Name a customer by reference, or by # and id (customer.code=#25), then continue.",
                connection=self._client.connection,
            )
        return rows[0]

    async def codes(self, ids: set[int]) -> dict[int, str]:
        """Return the codes of contacts."""
        rows = await self._rows([["id", "in", sorted(ids)]])
        return {row["id"]: code_of(row) for row in rows}

    async def address(self, partner: Row, address: Address, use: str) -> int:
        """Return the contact that stands for an address: the customer, or an address of theirs, made once."""
        country = await self._catalogue.country(address.country) if address.country else 0
        if lives_at(partner, address, country) or not address.street:
            return int(partner["id"])
        parts = (
            address.person,
            address.company,
            address.street,
            address.street2,
            address.postcode,
            address.city,
        )
        key = shortened_key(":".join((str(partner["id"]), use, *parts, address.country)))
        found = await self._ids.find("address", key, PARTNERS)
        values = {
            "parent_id/.id": partner["id"],
            "type": use,
            "name": address.person or address.company or text(partner, "name"),
            "phone": address.phone,
            **address_values(address, country),
        }
        return found or await self._ids.load("address", key, PARTNERS, values)

    async def _row(self, number_of: int) -> Row:
        rows = await self._rows([["id", "=", number_of]])
        if not rows:
            raise Passing("the customer cannot be read yet", connection=self._client.connection)
        return rows[0]

    async def _rows(self, domain: Domain) -> list[Row]:
        return await self._client.rows(PARTNERS, domain, PARTNER_FIELDS, context=_ARCHIVED_TOO)

    async def _with_parents(self, domain: Domain) -> list[Row]:
        company = (await self._catalogue.company()).id
        found = await self._rows([["company_id", "in", [False, company]], *domain])
        with reading(self._client.connection):
            missing = (
                {one(row, "commercial_partner_id") for row in found} - {row["id"] for row in found} - {0}
            )
        return [*found, *(await self._rows([["id", "in", sorted(missing)]]) if missing else [])]

    async def _credit(self, partner: Row) -> Credit:
        """Return the credit in the company's currency; unknown where the user may not see it."""
        if "credit" not in partner or "credit_limit" not in partner:
            return Credit(known=False)
        currency = (await self._catalogue.company()).currency
        open_orders = await self._open_orders(partner)
        with reading(self._client.connection):
            used = Money(number(partner, "credit") + open_orders, currency).rounded()
            return Credit(limit=credit_limit(partner, currency), used=used)

    async def _open_orders(self, partner: Row) -> Decimal:
        """Return the worth of confirmed orders that are not invoiced in full."""
        domain: Domain = [
            ["partner_id", "child_of", [partner["id"]]],
            ["company_id", "=", (await self._catalogue.company()).id],
            ["state", "in", ["sale", "done"]],
            ["invoice_status", "in", ["no", "to invoice"]],
        ]
        rows = await self._client.rows("sale.order", domain, ("amount_total", "currency_rate"))
        with reading(self._client.connection):
            worth = [number(row, "amount_total") / (number(row, "currency_rate") or 1) for row in rows]
        return sum(worth, Decimal(0))

    def _price_list(self, name: str) -> int:
        if name in self._settings.price_lists:
            return self._settings.price_lists[name]
        if name.isascii() and name.isdecimal():
            return int(name)
        field = f"connections.{self._client.connection}.price_lists"
        raise BadConfiguration(
            f"no price list is called {name!r}", field=field, connection=self._client.connection
        )
