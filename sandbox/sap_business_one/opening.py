"""The company's opening data: the merchant's catalogue, as SAP Business One knows it."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.catalogue import ARTICLES, COUNTRIES, CURRENCIES, CUSTOMERS, TAXES, Article, Customer
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

TAX_GROUPS = {"standard": "A1", "reduced": "A2", "zero": "A0"}
"""The VAT group of each of the catalogue's tax rates."""

SERVICE_ITEMS = {"DISCOUNT": "Discount", "ROUNDING": "Rounding difference", "WRAPPING": "Gift wrapping"}
"""Items without stock, for what an order carries besides goods."""

_REFERENCE: dict[str, tuple[str, tuple[str, ...], list[Row]]] = {
    "Warehouses": (
        "Warehouse",
        ("WarehouseCode",),
        [
            {"WarehouseCode": "01", "WarehouseName": "Main warehouse", "Country": "FR"},
            {"WarehouseCode": "02", "WarehouseName": "Second warehouse", "Country": "FR"},
        ],
    ),
    "PaymentTermsTypes": (
        "PaymentTermsType",
        ("GroupNumber",),
        [
            {"GroupNumber": -1, "PaymentTermsGroupName": "Cash"},
            {"GroupNumber": 1, "PaymentTermsGroupName": "Net 14", "NumberOfAdditionalDays": 14},
            {"GroupNumber": 2, "PaymentTermsGroupName": "Net 30", "NumberOfAdditionalDays": 30},
            {"GroupNumber": 3, "PaymentTermsGroupName": "Net 30, limited", "CreditLimit": Decimal(2500)},
        ],
    ),
    "PriceLists": (
        "PriceList",
        ("PriceListNo",),
        [
            {"PriceListNo": 1, "PriceListName": "Retail", "BasePriceList": 1, "Factor": Decimal(1)},
            {"PriceListNo": 2, "PriceListName": "Trade", "BasePriceList": 1, "Factor": Decimal("0.8")},
        ],
    ),
    "ShippingTypes": (
        "ShippingType",
        ("Code",),
        [
            {"Code": 1, "Name": "Pick-up", "Website": None},
            {"Code": 2, "Name": "Post", "Website": "https://post.example/track"},
            {"Code": 3, "Name": "Parcel", "Website": "https://parcel.example/track"},
        ],
    ),
    "AdditionalExpenses": (
        "AdditionalExpense",
        ("ExpensCode",),
        [
            {"ExpensCode": 1, "Name": "Shipping", "OutputVATGroup": "A1", "RevenuesAccount": "7085"},
            {"ExpensCode": 2, "Name": "Handling", "OutputVATGroup": "A1", "RevenuesAccount": "7088"},
        ],
    ),
    "States": (
        "State",
        ("Code", "Country"),
        [
            {"Code": code, "Country": country, "Name": name}
            for code, country, name in (
                ("CA", "US", "California"),
                ("NY", "US", "New York"),
                ("TX", "US", "Texas"),
                ("M", "ES", "Madrid"),
                ("B", "ES", "Barcelona"),
                ("HH", "DE", "Hamburg"),
            )
        ],
    ),
    "ApprovalTemplates": (
        "ApprovalTemplate",
        ("Code",),
        [{"Code": 1, "Name": "Sales orders", "IsActive": "tYES"}],
    ),
}


def reference_sets() -> dict[str, tuple[str, tuple[str, ...], list[Row]]]:
    """Return the set-up data: entity set → its type, its key and its rows."""
    rates = {TAX_GROUPS[tax]: rate for tax, rate in TAXES.items()}
    return {
        **_REFERENCE,
        "VatGroups": ("VatGroup", ("Code",), [_tax_group(code, rate) for code, rate in rates.items()]),
        "Currencies": ("Currency", ("Code",), [{"Code": code, "Name": code} for code in CURRENCIES]),
        "Countries": ("Country", ("Code",), [{"Code": code, "Name": COUNTRIES[code]} for code in COUNTRIES]),
    }


def standing_rates(local: str) -> dict[str, Decimal]:
    """Return local currency for one unit of each other currency, as precise as the database keeps rates."""
    own = CURRENCIES[local]
    six = Decimal("0.000001")
    return {code: (own / units).quantize(six) for code, units in CURRENCIES.items() if code != local}


def open_company(company: "Company") -> None:
    """Enter articles, stock, customers and their balances."""
    for article in ARTICLES:
        _enter_article(company, article)
    for code, name in SERVICE_ITEMS.items():
        item = {"ItemCode": code, "ItemName": name, "InventoryItem": "tNO", "SalesVATGroup": "A1"}
        company.items.create({**item, "ItemPrices": []})
    for customer in CUSTOMERS:
        if customer.card_code is not None:
            company.partners.create(_partner(customer, customer.card_code))
            company.figures.add(("account", customer.card_code), customer.balance)
    company.partners.create({"CardCode": "V10000", "CardName": "Cellar Supplies", "CardType": "cSupplier"})
    company.partners.create({"CardCode": "L10000", "CardName": "A lead", "CardType": "cLid"})


def _tax_group(code: str, rate: Decimal) -> Row:
    line = {"Effectivefrom": date(2000, 1, 1), "Rate": rate}
    return {"Code": code, "Name": f"VAT {rate}%", "Category": "bovcOutputTax", "VatGroups_Lines": [line]}


def _enter_article(company: "Company", article: Article) -> None:
    company.items.create(
        {
            "ItemCode": article.sku,
            "ItemName": article.name,
            "BarCode": article.ean13 or None,
            "SalesVATGroup": TAX_GROUPS[article.tax],
            "SalesUnitWeight": article.weight_kg,
            "MinInventory": Decimal(article.minimum),
            "ItemPrices": [{"PriceList": 1, "Price": article.net, "Currency": "EUR"}],
            "ItemWarehouseInfoCollection": [
                {"WarehouseCode": company.default_warehouse, "MinimalStock": Decimal(article.minimum)}
            ],
        }
    )
    company.figures.add(("on_hand", article.sku, company.default_warehouse), Decimal(article.on_hand))


def _partner(customer: Customer, card_code: str) -> dict[str, Any]:
    place = customer.place
    person = f"{customer.first_name} {customer.last_name}"
    address = {
        "Street": place.street,
        "ZipCode": place.postcode,
        "City": place.city,
        "Country": place.country,
        "BuildingFloorRoom": person,
    }
    names = (("Bill to", "bo_BillTo"), ("Ship to", "bo_ShipTo"))
    return {
        "CardCode": card_code,
        "CardName": place.company or person,
        "CardType": "cCustomer",
        "Currency": "##",
        "EmailAddress": customer.email,
        "Phone1": place.phone or None,
        "FederalTaxID": place.vat_id or None,
        "CompanyPrivate": "cCompany" if place.company else "cPrivate",
        "CreditLimit": customer.credit_limit,
        "PayTermsGrpCode": 2,
        "BPPaymentMethods": [{"PaymentMethodCode": code} for code in ("CARD", "TRANSFER")],
        "BPAddresses": [{**address, "AddressName": name, "AddressType": kind} for name, kind in names],
        "ContactEmployees": [
            {
                "Name": person,
                "FirstName": customer.first_name,
                "LastName": customer.last_name,
                "E_Mail": customer.email,
            }
        ],
    }
