"""Customers: found by the ladder, created under a code that is always the same for the same buyer."""

from adapters.erps.sap_business_one.client import Object, ServiceLayer, literal
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.models import CUSTOMER, BusinessPartner, read_as, select
from adapters.erps.sap_business_one.partner_mapping import (
    Candidate,
    credit,
    customer_body,
    customer_code,
    customer_filter,
    judged,
    matched,
)
from adapters.erps.sap_business_one.refusals import AlreadyAssigned
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.buyers import identity
from domain.errors import BadConfiguration, InDoubt, NotFound, Passing, Refused
from domain.facts import Credit, CustomerMatch
from domain.order import Order


class Partners:
    """The company's customers."""

    def __init__(
        self, layer: ServiceLayer, settings: SapBusinessOneSettings, codes: Codes, company: Company
    ) -> None:
        self._layer, self._settings, self._codes, self._company = layer, settings, codes, company
        self._select = select(BusinessPartner, settings.customer_column)

    async def find(self, order: Order, named: str) -> tuple[CustomerMatch, Credit | None]:
        """Find the buyer: whom a person named, else by own id, VAT id, e-mail, with one request.

        Raises `NotFound` when the customer a person named is not there or is no customer.
        """
        if named:
            partner = await self._named(named)
            match = judged(partner, "a person")
        else:
            wanted = customer_filter(order, self._settings)
            found = await self._read(wanted) if wanted else []
            match, known = matched(order, found, self._settings)
            if known is None:
                return match, None
            partner = known
        currency = self._codes.iso_currency(await self._company.local_currency())
        return match, credit(partner, currency)

    async def create(self, order: Order, price_list: str = "") -> str:
        """Create the buyer, with a price list of their own where one is named, and return the code.

        The code is derived from the buyer, so the company itself refuses a second one: a lost answer is
        `Passing`, not in doubt, and the call may simply be repeated.
        """
        listed = self._codes.price_list(price_list) if price_list else None
        try:
            made = await self._layer.create("BusinessPartners", customer_body(order, self._settings, listed))
            code = read_as(BusinessPartner, made, self._layer.connection, writes=True).CardCode
        except AlreadyAssigned:
            return await self._ours(order)
        except InDoubt as lost:
            raise Passing(
                "the customer may have been created or not; asking again creates none twice",
                quote=lost.problem.quote,
                connection=self._layer.connection,
            ) from lost
        if code != customer_code(order, self._settings.customer_prefix):
            raise self._automatic_codes()
        return code

    async def _named(self, named: str) -> BusinessPartner:
        found = [partner for partner, _ in await self._read(f"CardCode eq {literal(named)}")]
        partner = next((each for each in found if each.CardCode == named), found[0] if found else None)
        if partner is None or partner.CardType != CUSTOMER:
            what = "does not exist" if partner is None else "is a supplier or a lead, not a customer,"
            raise NotFound(
                f"{named[:20]} {what} in SAP Business One",
                code="customer_unknown",
                field="customer.code",
                remedy="Name a customer that exists (customer.code=…), then continue the order.",
                connection=self._layer.connection,
            )
        return partner

    async def _read(self, wanted: str) -> list[Candidate]:
        rows = await self._layer.rows(
            "BusinessPartners", self._select, wanted, ignore_case=self._settings.case_insensitive
        )
        return [self._candidate(row) for row in rows]

    def _candidate(self, row: Object) -> Candidate:
        web = row.get(self._settings.customer_column)
        return read_as(BusinessPartner, row, self._layer.connection), web if isinstance(web, str) else ""

    async def _ours(self, order: Order) -> str:
        code = customer_code(order, self._settings.customer_prefix)
        found = [
            each for each in await self._read(f"CardCode eq {literal(code)}") if each[0].CardCode == code
        ]
        if not found:
            raise Passing(
                "the customer was just created and cannot be read yet", connection=self._layer.connection
            )
        partner, web = found[0]
        if partner.CardType == CUSTOMER and web in ("", identity(order)):
            return code
        raise Refused(
            f"the code {code} belongs to another business partner in SAP Business One",
            code="customer_ambiguous",
            field="customer.code",
            remedy="Name the right customer (customer.code=…), then continue the order.",
            connection=self._layer.connection,
        )

    def _automatic_codes(self) -> BadConfiguration:
        field = f"connections.{self._layer.connection}.customer_series"
        return BadConfiguration(
            "SAP Business One numbered the new customer itself, so that a repeat could make a second one",
            field=field,
            remedy=f"Set {field} to a manual series of customer codes, then continue the order:"
            " the customer just created is found.",
            connection=self._layer.connection,
        )
