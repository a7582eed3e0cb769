"""What the suite needs in a real database: made with a prefix, found again, and cleared away.

Nothing of the database is assumed but that Sales, Inventory, Invoicing and Purchase are installed. What
Odoo deletes for nobody (delivered orders, posted invoices, moved articles) is archived or cancelled where
that is possible, and named at the end.
"""

import xmlrpc.client
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.catalogue import ARTICLES, CURRENCIES, CUSTOMERS, TAXES
from tests.adapters.odoo_staff import OdooStaff

PREFIX = "WAYBILL-TEST"
EXTRAS = ("SHIPPING", "DISCOUNT", "ROUNDING", "WRAPPING")
_ALL = {"active_test": False}


class OdooBooks:
    """The test's own records in one database."""

    def __init__(self, staff: OdooStaff) -> None:
        self.staff = staff
        self.left: list[str] = []
        self._made: list[tuple[str, int]] = []
        self._switched_on: list[int] = []
        self._customers: list[int] = []
        user = staff.rows("res.users", [["id", "=", staff.uid]], "company_id")[0]
        self.company: int = user["company_id"][0]
        own = [["company_id", "=", self.company]]
        self.warehouse = staff.rows("stock.warehouse", own, "code", "lot_stock_id", limit=1)[0]
        self.journal: str = staff.rows("account.journal", [["type", "=", "bank"], *own], "code", limit=1)[0][
            "code"
        ]

    def settings(self) -> dict[str, Any]:
        """Make what is needed once, and return the settings that fit this database."""
        staff = self.staff
        company = staff.rows("res.company", [["id", "=", self.company]], "tax_calculation_rounding_method")[0]
        digits = staff.rows("decimal.precision", [["name", "=", "Product Price"]], "digits")
        taxes, lists = self._taxes(), self._pricelists()
        for name in EXTRAS:
            self._product(f"{PREFIX}-{name}", name, Decimal(0), {"type": "service"}, "delivery")
        for article in ARTICLES:
            number = self._product(article.sku, article.name, article.net, self._storable(), "delivery")
            self._minimum(number, article.minimum)
        self._product(f"{PREFIX}-BALANCE", "Balance", Decimal(1), {"type": "service"}, "order")
        supplier = self._keep("res.partner", staff.create("res.partner", name=f"{PREFIX} Vineyard"))
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

    def _keep(self, model: str, number: int) -> int:
        self._made.append((model, number))
        return number

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
                known = staff.rows("account.tax", [["name", "=", name]], "id", context=_ALL)
                if known:
                    staff.write("account.tax", known[0]["id"], active=True)
                number = known[0]["id"] if known else staff.create("account.tax", name=name, **facts)
                self._keep("account.tax", number)
                if not included:
                    found[f"{rate:f}"] = number
        return found

    def _pricelists(self) -> dict[str, int]:
        found = {}
        for code in CURRENCIES:
            (currency,) = self.staff.rows("res.currency", [["name", "=", code]], "active", context=_ALL)
            if not currency["active"]:
                self.staff.write("res.currency", currency["id"], active=True)
                self._switched_on.append(currency["id"])
            name = f"{PREFIX} {code}"
            made = self.staff.create("product.pricelist", name=name, currency_id=currency["id"])
            found[code] = self._keep("product.pricelist", made)
        return found

    def _storable(self) -> dict[str, Any]:
        known = self.staff.fields("product.product")
        if "is_storable" in known:
            return {"type": "consu", "is_storable": True}
        return {"detailed_type": "product"} if "detailed_type" in known else {"type": "product"}

    def _product(self, sku: str, name: str, price: Decimal, kind: dict[str, Any], policy: str) -> int:
        staff, title = self.staff, f"{PREFIX} {name}"
        known = staff.rows("product.product", [["default_code", "=", sku]], "name", "active", context=_ALL)
        foreign = [row for row in known if not row["name"].startswith(PREFIX)]
        if foreign:
            raise RuntimeError(f"the database has an article {sku} of its own; use a copy of it without")
        facts = {"sale_ok": True, "active": True, "invoice_policy": policy, "taxes_id": [[6, 0, []]]}
        if known:
            staff.write("product.product", known[0]["id"], **facts)
            return self._keep("product.product", known[0]["id"])
        made = staff.create(
            "product.product", name=title, default_code=sku, list_price=price, **kind, **facts
        )
        return self._keep("product.product", made)

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
        )
        self._keep("stock.warehouse.orderpoint", made)

    # ---- before and after each test

    def open(self, lists: dict[str, int]) -> None:
        """Fill the shelves and make the customers anew: nobody owes anything from a test before."""
        for article in ARTICLES:
            self.staff.set_stock(article.sku, Decimal(article.on_hand), self.warehouse["lot_stock_id"][0])
            self.staff.write("product.product", self.staff.product(article.sku), sale_ok=True)
        countries = {row["code"]: row["id"] for row in self.staff.rows("res.country", [], "code")}
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
        currency = self.staff.rows("res.company", [["id", "=", self.company]], "currency_id")[0][
            "currency_id"
        ]
        product = self.staff.product(f"{PREFIX}-BALANCE")
        line = {"product_id": product, "name": "Balance", "product_uom_qty": 1.0, "price_unit": float(amount)}
        listed = {"pricelist_id": lists[currency[1]]} if currency[1] in lists else {}
        made = self.staff.create("sale.order", partner_id=partner, order_line=[[0, 0, line]], **listed)
        self.staff.call("sale.order", "action_confirm", [made])

    def close(self, namespace: str) -> None:
        """Cancel and delete what a test made; archive what cannot be deleted."""
        partners = [*self._customers, *self._of(namespace, "res.partner")]
        mine = [["partner_id", "child_of", partners]]
        for order in self.staff.rows("sale.order", mine, "name", "state", context=_ALL):
            self._end_order(order)
        for model, action in (("account.move", "button_draft"), ("purchase.order", "button_cancel")):
            domain = mine if model == "account.move" else [["id", "in", self._of(namespace, model)]]
            if model == "account.move":
                domain = [*mine, ["move_type", "in", ["out_invoice", "out_refund"]]]
            for row in self.staff.rows(model, domain, "name", "state"):
                self._tried(model, action, row["id"])
                if not self._tried(model, "unlink", row["id"]):
                    self._tried(model, "button_cancel", row["id"])
                    self._note(model, [row["name"]])
        for payment in self._of(namespace, "account.payment"):
            self._tried("account.payment", "action_draft", payment)
            if not self._tried("account.payment", "unlink", payment):
                self._tried("account.payment", "action_cancel", payment)
                self._note("account.payment", [str(payment)])
        ids = self.staff.rows("ir.model.data", [["module", "=", namespace]], "id")
        for row in ids:
            self._tried("ir.model.data", "unlink", row["id"])
        for partner in reversed(partners):
            self._end_partner(partner)
        self._customers.clear()

    def _of(self, namespace: str, model: str) -> list[int]:
        domain = [["module", "=", namespace], ["model", "=", model]]
        return [row["res_id"] for row in self.staff.rows("ir.model.data", domain, "res_id")]

    def _end_order(self, order: dict[str, Any]) -> None:
        self.staff.close(order["id"]) if self.staff.open_moves(order["id"]) else None
        context = {"disable_cancel_warning": True}
        self._tried("sale.order", "action_cancel", order["id"], context=context)
        if not self._tried("sale.order", "unlink", order["id"]):
            self._note("sale.order", [order["name"]])

    def _end_partner(self, partner: int) -> None:
        if not self.staff.rows("res.partner", [["id", "=", partner]], "id", context=_ALL):
            return
        if not self._tried("res.partner", "unlink", partner):
            self.staff.write("res.partner", partner, active=False, ref=False, email=False, vat=False)
            self._note("res.partner", [str(partner)])

    def _tried(self, model: str, method: str, number: int, **named: Any) -> bool:
        try:
            self.staff.call(model, method, [number], **named)
        except xmlrpc.client.Fault:
            return False
        return True

    def _note(self, model: str, names: Iterable[str]) -> None:
        self.left += [f"{model} {name}" for name in names]

    def clear(self) -> None:
        """Clear away what was made once."""
        for article in ARTICLES:
            self.staff.set_stock(article.sku, Decimal(0), self.warehouse["lot_stock_id"][0])
        for model, number in reversed(self._made):
            if not self._tried(model, "unlink", number):
                self._note(model, [f"{number} (archived)"])
                self.staff.write(model, number, active=False)
        for currency in self._switched_on:
            self.staff.write("res.currency", currency, active=False)

    def report(self) -> str:
        """Return what could not be deleted."""
        if not self.left:
            return "Nothing of the tests is left in the database."
        return (
            f"{len(self.left)} records could not be deleted (cancelled or archived): {', '.join(self.left)}"
        )
