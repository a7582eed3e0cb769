"""Business partners: customers, leads and suppliers with their addresses, contacts and balances."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.sap_business_one import document_checks as check
from sandbox.sap_business_one.entities import EntitySet, merge_rows
from sandbox.sap_business_one.errors import (
    already_exists,
    cannot_change,
    no_such_reference,
    not_supported,
    rule,
)
from sandbox.sap_business_one.wire import Row, day, second

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_BALANCES = (
    ("CurrentAccountBalance", "account"),
    ("OpenDeliveryNotesBalance", "deliveries"),
    ("OpenOrdersBalance", "orders"),
)


class Partners(EntitySet):
    """The business partners of the company."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "BusinessPartners", company.shapes["BusinessPartner"], "CardCode")

    def present(self, row: Row) -> Row:
        """Return a partner with today's balances."""
        card, figures = row["CardCode"], self.company.figures
        return {**row, **{name: figures.amount((kind, card)) for name, kind in _BALANCES}}

    def exposure(self, card: str) -> Decimal:
        """Return what a customer owes or has on order, in local currency."""
        return sum((self.company.figures.amount((kind, card)) for _, kind in _BALANCES), Decimal(0))

    def create(self, body: Row) -> Row:
        """Add a partner under the code that was sent, or under the next number of its series."""
        given = self.shape.read(body)
        code = self._code(given)
        if self.table.get(code) is not None:
            raise rule(
                f"1320000140 - Business partner code '{code}' already assigned to a business partner; "
                "enter a unique business partner code"
            )
        partner = {"CardCode": code, **self._usual(given), **given} | {"CardCode": code}
        self._check(partner)
        partner["BPAddresses"] = self._addresses(code, [], given.get("BPAddresses") or [], False)
        partner["ContactEmployees"] = self._contacts(code, [], given.get("ContactEmployees") or [], False)
        self._set_defaults(partner)
        self.table.insert(code, partner)
        self.company.note("partner", CardCode=code, CardType=partner["CardType"])
        return self.present(partner)

    def change(self, row: Row, body: Row) -> None:
        """Change a partner; addresses merge by RowNum or by name and type, contacts by code or name."""
        self._change(row, body, replace=False)

    def rewrite(self, row: Row, body: Row) -> None:
        """Change a partner, and drop the addresses and contacts the body does not name."""
        self._change(row, body, replace=True)

    def _change(self, row: Row, body: Row, replace: bool) -> None:
        given = self.shape.read(body)
        code = row["CardCode"]
        if given.get("CardCode", code) != code:
            raise cannot_change("OCRD.CardCode")
        after = {**row, **given}
        self._check(after)
        for name, merge in (("BPAddresses", self._addresses), ("ContactEmployees", self._contacts)):
            after[name] = merge(code, row[name], given[name], replace) if name in given else row[name]
        self._set_defaults(after)
        now = self.company.now()
        after.update(UpdateDate=day(now), UpdateTime=second(now))
        self.table.replace(code, after)
        self.company.note("partner_change", CardCode=code, properties=sorted(given))

    def remove(self, row: Row) -> None:
        """Delete a partner without documents."""
        if any(True for _ in self.company.orders.table.rows_where("CardCode", row["CardCode"])):
            raise not_supported()
        self.table.remove(row["CardCode"])

    def _code(self, given: Row) -> str:
        series = self.company.series.for_partners(given.get("Series"), given.get("CardType", "cCustomer"))
        if not series["IsManual"]:
            return self.company.series.next_code(series["Series"])
        code: str | None = given.get("CardCode")
        if not code:
            raise rule("Enter business partner code", "OCRD.CardCode")
        return code

    def _usual(self, given: Row) -> Row:
        now = self.company.now()
        terms = self.company.set_of("PaymentTermsTypes").table.get(given.get("PayTermsGrpCode", -1)) or {}
        return {
            "CardName": None,
            "CardType": "cCustomer",
            "GroupCode": 100,
            "Currency": self.company.settings.local_currency,
            "PayTermsGrpCode": -1,
            "PriceListNum": 1,
            "CreditLimit": terms.get("CreditLimit") or Decimal(0),
            "Valid": "tYES",
            "Frozen": "tNO",
            "CreateDate": day(now),
            "CreateTime": second(now),
            "UpdateDate": day(now),
            "UpdateTime": second(now),
        }

    def _check(self, partner: Row) -> None:
        company = self.company
        if company.set_of("PaymentTermsTypes").table.get(partner["PayTermsGrpCode"]) is None:
            raise no_such_reference()
        if company.set_of("PriceLists").table.get(partner["PriceListNum"]) is None:
            raise no_such_reference()
        currency = partner.get("Currency")
        if currency not in (None, "##") and company.set_of("Currencies").table.get(currency) is None:
            raise no_such_reference()
        shipping = partner.get("ShippingType")
        if shipping is not None and company.set_of("ShippingTypes").table.get(shipping) is None:
            raise no_such_reference()
        if partner.get("VatGroup") and partner["VatGroup"] not in company.tax_rates():
            raise rule(f"10000180 - Tax code '{partner['VatGroup']}' is invalid", "OCRD.ECVatGroup")

    def _addresses(self, code: str, kept: list[Row], sent: list[Row], replace: bool) -> list[Row]:
        pairs, _ = merge_rows(kept, sent, _same_address, replace)
        number = max((address["RowNum"] for address in kept), default=-1)
        addresses = []
        for old, new in pairs:
            if old is None:
                number += 1
            usual = {"AddressType": "bo_ShipTo", "BPCode": code, "RowNum": number} if old is None else old
            address = {**usual, **new, "RowNum": usual["RowNum"]}
            if not address.get("AddressName"):
                raise rule("Enter address ID", "CRD1.Address")
            check.place(self.company, address.get("Country"), address.get("State"))
            addresses.append(address)
        _refuse_doubles((address["AddressType"], address["AddressName"]) for address in addresses)
        return addresses

    def _contacts(self, code: str, kept: list[Row], sent: list[Row], replace: bool) -> list[Row]:
        pairs, _ = merge_rows(kept, sent, _same_contact, replace)
        contacts = []
        for old, new in pairs:
            usual = old or {"CardCode": code, "InternalCode": self.company.figures.draw("contact")}
            contact = {**usual, **new, "InternalCode": usual["InternalCode"]}
            if not contact.get("Name"):
                raise rule("Enter contact name", "OCPR.Name")
            contacts.append(contact)
        _refuse_doubles(contact["Name"] for contact in contacts)
        return contacts

    def _set_defaults(self, partner: Row) -> None:
        """Name the first address of each type, and the first contact, as the usual ones."""
        for name, kind in (("ShipToDefault", "bo_ShipTo"), ("BilltoDefault", "bo_BillTo")):
            names = [each["AddressName"] for each in partner["BPAddresses"] if each["AddressType"] == kind]
            if partner.get(name) not in names:
                partner[name] = names[0] if names else None
        if not partner.get("ContactPerson") and partner["ContactEmployees"]:
            partner["ContactPerson"] = partner["ContactEmployees"][0]["Name"]


def _same_address(kept: Row, sent: Row) -> bool:
    if sent.get("RowNum") is not None:
        return bool(kept["RowNum"] == sent["RowNum"])
    kind = sent.get("AddressType", "bo_ShipTo")
    return bool(kept["AddressName"] == sent.get("AddressName") and kept["AddressType"] == kind)


def _same_contact(kept: Row, sent: Row) -> bool:
    if sent.get("InternalCode") is not None:
        return bool(kept["InternalCode"] == sent["InternalCode"])
    return bool(kept["Name"] == sent.get("Name"))


def _refuse_doubles(names: Any) -> None:
    found = list(names)
    if len(set(found)) != len(found):
        raise already_exists()
