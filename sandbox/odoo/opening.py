"""The opening books: the merchant of the catalogue, with what every database has."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.catalogue import ARTICLES, COUNTRIES, CURRENCIES, CUSTOMERS, TAXES
from sandbox.odoo.accounting import add_receivable

if TYPE_CHECKING:
    from sandbox.odoo.database import OdooDatabase

EXTRAS = {"SHIPPING": "Shipping", "DISCOUNT": "Discount", "ROUNDING": "Rounding", "WRAPPING": "Gift wrapping"}


def open_books(db: "OdooDatabase") -> None:
    """Enter everything."""
    _company(db)
    _warehouse(db)
    taxes = _taxes(db)
    if db.settings.empty:
        return
    _articles(db, taxes)
    _customers(db)


def _company(db: "OdooDatabase") -> None:
    base = CURRENCIES[db.settings.currency]
    for code in sorted(CURRENCIES, key=lambda code: code != db.settings.currency):
        db.create("res.currency", {"name": code, "active": True, "rate": CURRENCIES[code] / base})
    rounding = "round_globally" if db.settings.rounds_globally else "round_per_line"
    db.create(
        "res.company",
        {"name": "Waybill Wines", "currency_id": 1, "tax_calculation_rounding_method": rounding},
    )
    for login in db.settings.users:
        db.create("res.users", {"name": login, "login": login, "company_id": 1})
    for code, name in COUNTRIES.items():
        db.create("res.country", {"name": name, "code": code})
    db.create("decimal.precision", {"name": "Product Price", "digits": db.settings.price_digits})
    for currency in db.all("res.currency"):
        db.create(
            "product.pricelist", {"name": f"Public ({currency['name']})", "currency_id": currency["id"]}
        )
    db.create("uom.uom", {"name": "Units"})
    db.create("account.account", {"name": "Receivable", "code": "121000", "reconcile": True})
    db.create("account.account", {"name": "Product Sales", "code": "400000", "reconcile": False})
    db.create(
        "account.journal", {"name": "Customer Invoices", "code": "INV", "type": "sale", "company_id": 1}
    )
    db.create("account.journal", {"name": "Bank", "code": "BNK1", "type": "bank", "company_id": 1})
    db.create("account.payment.term", {"name": "30 days"})


def _warehouse(db: "OdooDatabase") -> None:
    for name, usage in (("WH/Stock", "internal"), ("Customers", "customer"), ("Vendors", "supplier")):
        db.create("stock.location", {"name": name, "usage": usage})
    db.create(
        "stock.picking.type", {"name": "Delivery Orders", "code": "outgoing", "default_location_src_id": 1}
    )
    db.create("stock.picking.type", {"name": "Receipts", "code": "incoming", "default_location_dest_id": 1})
    db.write("stock.picking.type", [1], {"return_picking_type_id": 2})
    db.create(
        "stock.warehouse",
        {"name": "Main", "code": "WH", "company_id": 1, "lot_stock_id": 1, "out_type_id": 1, "in_type_id": 2},
    )


def _taxes(db: "OdooDatabase") -> dict[str, int]:
    found = {}
    for name, rate in TAXES.items():
        facts = {
            "amount": rate,
            "amount_type": "percent",
            "type_tax_use": "sale",
            "company_id": 1,
            "sequence": 1,
        }
        found[name] = db.create(
            "account.tax", {**facts, "name": f"{rate:f}%", "price_include": False, "active": True}
        )
        if rate:
            db.create(
                "account.tax", {**facts, "name": f"{rate:f}% incl.", "price_include": True, "active": True}
            )
    return found


def _articles(db: "OdooDatabase", taxes: dict[str, int]) -> None:
    goods = {"type": "consu", "is_storable": True} if db.settings.version >= 18 else {"type": "product"}
    carriage = 0
    for sku, name in EXTRAS.items():
        made = db.create("product.product", {"name": name, "default_code": sku, "type": "service"})
        carriage = made if sku == "SHIPPING" else carriage
    db.create("delivery.carrier", {"name": "Parcel", "product_id": carriage, "delivery_type": "fixed"})
    for article in ARTICLES:
        number = db.create(
            "product.product",
            {
                "name": article.name,
                "default_code": article.sku,
                "lst_price": article.net,
                "invoice_policy": "delivery",
                "taxes_id": [[6, 0, [taxes[article.tax]]]],
                **goods,
            },
        )
        db.create(
            "stock.quant", {"product_id": number, "location_id": 1, "quantity": Decimal(article.on_hand)}
        )
        db.create(
            "stock.warehouse.orderpoint",
            {
                "product_id": number,
                "warehouse_id": 1,
                "location_id": 1,
                "product_min_qty": Decimal(article.minimum),
            },
        )


def _customers(db: "OdooDatabase") -> None:
    countries = {row["code"]: row["id"] for row in db.all("res.country")}
    for each in CUSTOMERS:
        place = each.place
        number = db.create(
            "res.partner",
            {
                "name": place.company or f"{each.first_name} {each.last_name}",
                "ref": each.card_code or False,
                "email": each.email,
                "vat": place.vat_id or False,
                "street": place.street,
                "zip": place.postcode,
                "city": place.city,
                "country_id": countries[place.country],
                "is_company": bool(place.company),
                "credit_limit": each.credit_limit,
                "customer_rank": 1,
            },
        )
        if each.balance:
            entry = db.create(
                "account.move",
                {"move_type": "entry", "state": "posted", "partner_id": number, "name": "OPEN/1"},
            )
            add_receivable(db, entry, each.balance)
    db.create("res.partner", {"name": "Vineyard", "ref": "V10000", "supplier_rank": 1})
