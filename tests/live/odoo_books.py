"""What the suite needs in a real database: made with a prefix, found again, and cleared away.

Nothing of the database is assumed but that Sales, Inventory, Invoicing and Purchase are installed, and the
company has its chart of accounts.
"""

import xmlrpc.client
from decimal import Decimal
from typing import Any

from sandbox.catalogue import ARTICLES, CURRENCIES, CUSTOMERS, TAXES
from tests.adapters.odoo_staff import OdooStaff
from tests.live.odoo_clearing import ALL, PREFIX, Clearing

EXTRAS = ("SHIPPING", "DISCOUNT", "ROUNDING", "WRAPPING")
_MODULES = {
    "sale.order": "Sales", "stock.picking": "Inventory", "account.move": "Invoicing",
    "purchase.order": "Purchase",
}  # fmt: skip


class Unfit(Exception):
    """The database is not one that the tests can run in; the text says what to do."""


class OdooBooks:
    """The test's own records in one database."""

    def __init__(self, staff: OdooStaff) -> None:
        """Look the company up. Raises `Unfit`."""
        self.staff, self.clearing = staff, Clearing(staff)
        self._made: list[tuple[str, int, str]] = []
        self._products: dict[str, int] = {}
        self._switched_on: list[int] = []
        self._customers: list[int] = []
        for model, module in _MODULES.items():
            self._check(model, module)
        self._check_articles()
        user = staff.rows("res.users", [["id", "=", staff.uid]], "company_id")[0]
        self.company: int = user["company_id"][0]
        company = staff.rows("res.company", [["id", "=", self.company]], "currency_id")[0]
        self.currency: str = company["currency_id"][1]
        own = [["company_id", "=", self.company]]
        self.warehouse = self._first("stock.warehouse", own, "warehouse", "code", "lot_stock_id")
        banks = [["type", "=", "bank"], *own]
        if "payment_debit_account_id" in staff.fields("account.journal"):
            banks.append(["payment_debit_account_id", "!=", False])
        self.journal: str = self._first("account.journal", banks, "bank journal", "code")["code"]
        self._first("account.journal", [["type", "=", "sale"], *own], "sales journal", "code")

    def _check(self, model: str, module: str) -> None:
        try:
            self.staff.fields(model)
        except xmlrpc.client.Fault:
            raise Unfit(f"the database has no {model}: install {module}") from None

    def _check_articles(self) -> None:
        """Raise where an article of the tests' name is somebody's own."""
        skus = [*(article.sku for article in ARTICLES), *(f"{PREFIX}-{name}" for name in EXTRAS)]
        known = self.staff.rows("product.product", [["default_code", "in", skus]], "name", context=ALL)
        if any(not row["name"].startswith(PREFIX) for row in known):
            raise Unfit(
                f"the database has articles of its own called {', '.join(skus[:3])}…: use another one"
            )

    def _first(self, model: str, domain: list[Any], word: str, *fields: str) -> dict[str, Any]:
        rows = self.staff.rows(model, domain, *fields, limit=1)
        if not rows:
            raise Unfit(f"the company has no {word}: install a chart of accounts and a warehouse first")
        return rows[0]

    def settings(self) -> dict[str, Any]:
        """Make what is needed once, and return the settings that fit this database."""
        staff = self.staff
        self.sweep()
        company = staff.rows("res.company", [["id", "=", self.company]], "tax_calculation_rounding_method")[0]
        digits = staff.rows("decimal.precision", [["name", "=", "Product Price"]], "digits")
        taxes, lists = self._taxes(), self._pricelists()
        for name in EXTRAS:
            self._product(f"{PREFIX}-{name}", name, Decimal(0), {"type": "service"}, "delivery")
        for article in ARTICLES:
            number = self._product(article.sku, article.name, article.net, self._storable(), "delivery")
            self._products[article.sku] = number
            self._minimum(number, article.minimum)
        self._balance = self._product(
            f"{PREFIX}-BALANCE", "Balance", Decimal(1), {"type": "service"}, "order"
        )
        supplier = self._named("res.partner", f"{PREFIX} Vineyard")
        return {
            "company": self.company,
            "tax_per_line": company.get("tax_calculation_rounding_method") != "round_globally",
            "price_digits": min(int(digits[0]["digits"]) if digits else 2, 6),
            "warehouses": {"01": self.warehouse["code"]},
            "taxes": taxes,
            "pricelists": lists,
            "payment_journal": self.journal,
            "supplier": f"#{supplier}",
            **{f"{name.lower()}_item": f"{PREFIX}-{name}" for name in EXTRAS},
        }

    def _keep(self, model: str, number: int, name: str) -> int:
        self._made.append((model, number, name))
        return number

    def _named(self, model: str, name: str, **facts: Any) -> int:
        """Return the record with a name: the one that a run before left, else a new one."""
        known = self.staff.rows(model, [["name", "=", name]], "id", context=ALL)
        if known:
            self.staff.write(model, known[0]["id"], active=True, **facts)
        return self._keep(
            model, known[0]["id"] if known else self.staff.create(model, name=name, **facts), name
        )

    def _taxes(self) -> dict[str, int]:
        found = {}
        staff = self.staff
        for rate in TAXES.values():
            for included in (False, True):
                if not rate:
                    continue
                facts: dict[str, Any] = {"amount": rate, "amount_type": "percent", "type_tax_use": "sale"}
                if "price_include_override" in staff.fields("account.tax"):
                    facts["price_include_override"] = "tax_included" if included else "tax_excluded"
                else:
                    facts["price_include"] = included
                name = f"{PREFIX} {rate:f} {'incl' if included else 'excl'}"
                number = self._named("account.tax", name, **facts)
                if not included:
                    found[f"{rate:f}"] = number
        return found

    def _pricelists(self) -> dict[str, int]:
        found = {}
        for code in CURRENCIES:
            (currency,) = self.staff.rows("res.currency", [["name", "=", code]], "active", context=ALL)
            if not currency["active"]:
                self.staff.write("res.currency", currency["id"], active=True)
                self._switched_on.append(currency["id"])
            name = f"{PREFIX} {code}"
            found[code] = self._named("product.pricelist", name, currency_id=currency["id"])
        return found

    def _storable(self) -> dict[str, Any]:
        known = self.staff.fields("product.product")
        if "is_storable" in known:
            return {"type": "consu", "is_storable": True}
        return {"detailed_type": "product"} if "detailed_type" in known else {"type": "product"}

    def _product(self, sku: str, name: str, price: Decimal, kind: dict[str, Any], policy: str) -> int:
        staff, title = self.staff, f"{PREFIX} {name}"
        named = [["default_code", "=", sku]]
        known = staff.rows("product.product", named, "product_tmpl_id", context=ALL)
        facts = {"sale_ok": True, "active": True, "invoice_policy": policy, "taxes_id": [[6, 0, []]]}
        if known:
            staff.write("product.template", known[0]["product_tmpl_id"][0], active=True)
            staff.write("product.product", known[0]["id"], **facts)
            return self._keep("product.product", known[0]["id"], sku)
        made = staff.create(
            "product.product", name=title, default_code=sku, list_price=price, **kind, **facts
        )
        return self._keep("product.product", made, sku)

    def _minimum(self, product: int, pieces: int) -> None:
        if self.staff.rows("stock.warehouse.orderpoint", [["product_id", "=", product]], "id"):
            return
        made = self.staff.create(
            "stock.warehouse.orderpoint",
            product_id=product,
            warehouse_id=self.warehouse["id"],
            location_id=self.warehouse["lot_stock_id"][0],
            product_min_qty=pieces,
            product_max_qty=pieces,
            trigger="manual",
        )
        self._keep("stock.warehouse.orderpoint", made, str(product))

    # ---- before and after each test

    def open(self, lists: dict[str, int]) -> None:
        """Fill the shelves and make the customers anew: nobody owes anything from a test before."""
        staff, products = self.staff, list(self._products.values())
        staff.call("product.product", "write", products, {"sale_ok": True})
        known = staff.rows("product.product", [["id", "in", products]], "qty_available", context=ALL)
        there = {row["id"]: Decimal(str(row["qty_available"])) for row in known}
        for article in ARTICLES:
            if there[self._products[article.sku]] != article.on_hand:
                staff.set_stock(article.sku, Decimal(article.on_hand), self.warehouse["lot_stock_id"][0])
        countries = {row["code"]: row["id"] for row in staff.rows("res.country", [], "code")}
        for each in CUSTOMERS:
            place = each.place
            number = self._customer(
                name=f"{PREFIX} {place.company or each.last_name}",
                ref=each.card_code,
                email=each.email,
                vat=place.vat_id or False,
                street=place.street,
                zip=place.postcode,
                city=place.city,
                country_id=countries[place.country],
                is_company=bool(place.company),
                credit_limit=each.credit_limit,
                use_partner_credit_limit=True,
            )
            if each.balance:
                self._owes(number, each.balance, lists)

    def _customer(self, **facts: Any) -> int:
        try:
            number = self.staff.create("res.partner", **facts)
        except xmlrpc.client.Fault:
            # The country's check of VAT ids knows better: the tests of VAT ids will say so.
            number = self.staff.create("res.partner", **{**facts, "vat": False})
        self._customers.append(number)
        return number

    def _owes(self, partner: int, amount: Decimal, lists: dict[str, int]) -> None:
        product = self._balance
        line = {"product_id": product, "name": "Balance", "product_uom_qty": 1.0, "price_unit": float(amount)}
        listed = {"pricelist_id": lists[self.currency]} if self.currency in lists else {}
        made = self.staff.create("sale.order", partner_id=partner, order_line=[[0, 0, line]], **listed)
        self.staff.call("sale.order", "action_confirm", [made])

    def close(self, namespace: str) -> None:
        """Take away what a test made."""
        self.clearing.end(namespace, self._customers)
        self._customers.clear()

    def sweep(self) -> None:
        """Take away what a run left that was broken off."""
        ids = self.staff.rows("ir.model.data", [["module", "=like", "__waybill_test_%"]], "module")
        for namespace in sorted({row["module"] for row in ids}):
            self.clearing.end(namespace, [])
        codes = [each.card_code for each in CUSTOMERS if each.card_code]
        known = [["name", "=like", f"{PREFIX}%"], ["ref", "in", codes]]
        left = self.staff.rows("res.partner", known, "id", context=ALL)
        if left:
            self.clearing.end("", [row["id"] for row in left])

    def clear(self) -> None:
        """Take away what was made once."""
        for sku in self._products:
            self.staff.set_stock(sku, Decimal(0), self.warehouse["lot_stock_id"][0])
        for model, number, name in reversed(self._made):
            why = self.clearing.tried(model, "unlink", number)
            if why and model == "product.product":
                (row,) = self.staff.rows(model, [["id", "=", number]], "product_tmpl_id", context=ALL)
                self.clearing.archive("product.template", row["product_tmpl_id"][0], name, why)
            elif why:
                self.clearing.archive(model, number, name, why)
        for currency in self._switched_on:
            self.staff.write("res.currency", currency, active=False)
