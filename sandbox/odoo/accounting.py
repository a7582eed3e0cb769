"""Invoices, credit notes, payments, and what is open of them."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo.errors import UserError
from sandbox.odoo.taxing import line_sums, totals

if TYPE_CHECKING:
    from sandbox.odoo.database import Context, OdooDatabase, Row

ZERO = Decimal(0)
RECEIVABLE, INCOME = 1, 2


def _product_lines(db: "OdooDatabase", move: "Row") -> list["Row"]:
    return [line for line in db.all("account.move.line", move_id=move["id"]) if not line.get("balance")]


def _sums(db: "OdooDatabase", line: "Row") -> tuple[Decimal, Decimal]:
    taxes = [db.get("account.tax", each) for each in line.get("tax_ids") or []]
    return line_sums(
        db, line.get("price_unit") or ZERO, line.get("quantity") or ZERO, taxes, line.get("discount") or ZERO
    )


def invoice_totals(db: "OdooDatabase", move: "Row") -> tuple[Decimal, Decimal]:
    """Return an invoice's total without tax and its tax."""
    return totals(_sums(db, line) for line in _product_lines(db, move))


def _receivable(db: "OdooDatabase", move: "Row") -> "Row | None":
    return next(
        (line for line in db.all("account.move.line", move_id=move["id"]) if line.get("balance")), None
    )


def _residual(db: "OdooDatabase", move: "Row", _: object) -> Decimal:
    line = _receivable(db, move)
    if line is None:
        return ZERO if move["state"] != "draft" else sum(invoice_totals(db, move), ZERO)
    return abs(Decimal(line["balance"] - line["settled"]))


def _payment_state(db: "OdooDatabase", move: "Row", _: object) -> str:
    left = _residual(db, move, None)
    if move["state"] != "posted" or left == sum(invoice_totals(db, move), ZERO):
        return "not_paid"
    return "partial" if left else "paid"


def _post(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> bool:
    for number in ids:
        move = db.get("account.move", number)
        if move["state"] != "draft":
            raise UserError(f"The entry {move['name']} (id {number}) must be in draft.")
        if not _product_lines(db, move):
            raise UserError("You need to add a line before posting.")
        total = sum(invoice_totals(db, move), ZERO)
        if total < 0:
            raise UserError("You cannot validate an invoice with a negative total amount.")
        refund = move["move_type"] == "out_refund"
        if total:
            add_receivable(db, number, -total if refund else total)
        move["name"] = db.next_number("RINV/2026/" if refund else "INV/2026/", 4)
        db.write(
            "account.move",
            [number],
            {
                "state": "posted",
                "posted_before": True,
                "invoice_date": move.get("invoice_date") or db.now()[:10],
            },
        )
        db.ledger.write("credit_note" if refund else "invoice", id=number, name=move["name"])
    return db.settings.version >= 17


def add_receivable(db: "OdooDatabase", move: int, balance: Decimal) -> None:
    """Give an entry its line on the customer's account."""
    db.create(
        "account.move.line",
        {"move_id": move, "account_id": RECEIVABLE, "balance": balance, "settled": ZERO, "name": ""},
    )


def _settle(db: "OdooDatabase", ids: list[int], named: "Row", __: "Context") -> None:
    (number,) = ids
    line, other = (
        _receivable(db, db.get("account.move", number)),
        db.get("account.move.line", named["line_id"]),
    )
    if line is None:
        return
    some = min(abs(line["balance"] - line["settled"]), abs(other["balance"] - other["settled"]))
    if not some or (line["balance"] > 0) is (other["balance"] > 0):
        return
    debit, credit = (line, other) if line["balance"] > 0 else (other, line)
    debit["settled"] += some
    credit["settled"] -= some
    db.create(
        "account.partial.reconcile",
        {"debit_move_id": debit["id"], "credit_move_id": credit["id"], "amount": some},
    )
    db.touch("account.move", number)


def _take_apart(db: "OdooDatabase", line: "Row") -> None:
    """Open again what a line was set off against."""
    for part in list(db.tables["account.partial.reconcile"].values()):
        if line["id"] in (part["debit_move_id"], part["credit_move_id"]):
            db.get("account.move.line", part["debit_move_id"])["settled"] -= part["amount"]
            db.get("account.move.line", part["credit_move_id"])["settled"] += part["amount"]
            db.unlink("account.partial.reconcile", [part["id"]])


def _draft(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    for number in ids:
        if db.settings.strict_journals:
            raise UserError("You cannot modify a posted entry of this journal because it is in strict mode.")
        line = _receivable(db, db.get("account.move", number))
        if line:
            _take_apart(db, line)
            db.unlink("account.move.line", [line["id"]])
        db.get("account.move", number)["state"] = "draft"
        db.touch("account.move", number)


def _unlinking(db: "OdooDatabase", ids: list[int], _: "Row", context: "Context") -> None:
    for number in ids:
        move = db.get("account.move", number)
        if move.get("posted_before") and not context.get("force_delete"):
            raise UserError("You cannot delete an entry which has been posted once.")
        line = _receivable(db, move)
        if line and line.get("settled"):
            raise UserError("You cannot do this modification on a reconciled journal entry.")


def _writing(db: "OdooDatabase", ids: list[int], values: "Row", __: "Context") -> None:
    for number in ids:
        if db.get("account.move", number)["state"] == "posted" and "invoice_line_ids" in values:
            raise UserError("You cannot modify a posted entry.")


def _post_payment(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    for number in ids:
        payment = db.get("account.payment", number)
        if payment["state"] != "draft":
            raise UserError("Only a draft payment can be posted.")
        entry = db.create(
            "account.move",
            {
                "move_type": "entry",
                "state": "posted",
                "posted_before": True,
                "partner_id": payment["partner_id"],
                "journal_id": payment["journal_id"],
                "currency_id": payment.get("currency_id"),
            },
        )
        add_receivable(db, entry, -payment["amount"])
        name = db.next_number("BNK1/2026/", 4)
        db.get("account.move", entry)["name"] = name
        db.write("account.payment", [number], {"state": "posted", "move_id": entry, "name": name})
        db.ledger.write("payment", id=number, name=name)


def _draft_payment(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    for number in ids:
        payment = db.get("account.payment", number)
        entry, payment["move_id"], payment["state"] = payment.get("move_id"), False, "draft"
        if entry:
            _draft(db, [entry], {}, {})
            db.unlink("account.move", [entry], {"force_delete": True})


def _line_made(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    line = db.get("account.move.line", ids[0])
    line["account_id"] = line.get("account_id") or INCOME


def _cancel(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    db.write("account.move", ids, {"state": "cancel"})


def _portal(db: "OdooDatabase", ids: list[int], named: "Row", context: "Context") -> str:
    from sandbox.odoo.selling import portal_url

    return str(portal_url("account.move", "/my/invoices")(db, ids, named, context))


def _sign(row: "Row") -> Decimal:
    return Decimal(row.get("balance") or 0)


COMPUTED = {
    ("account.move", "amount_untaxed"): lambda db, row, _: invoice_totals(db, row)[0],
    ("account.move", "amount_tax"): lambda db, row, _: invoice_totals(db, row)[1],
    ("account.move", "amount_total"): lambda db, row, _: sum(invoice_totals(db, row), ZERO),
    ("account.move", "amount_residual"): _residual,
    ("account.move", "payment_state"): _payment_state,
    ("account.move", "invoice_line_ids?"): lambda _, row, __: not row.get("balance"),
    ("account.move.line", "partner_id"): lambda db, row, _: (
        db.get("account.move", row["move_id"]).get("partner_id") or False
    ),
    ("account.move.line", "price_subtotal"): lambda db, row, _: _sums(db, row)[0],
    ("account.move.line", "price_total"): lambda db, row, _: sum(_sums(db, row), ZERO),
    ("account.move.line", "amount_residual"): lambda _, row, __: (
        _sign(row) - Decimal(row.get("settled") or 0)
    ),
    ("account.move.line", "reconciled"): lambda _, row, __: bool(_sign(row)) and _sign(row) == row["settled"],
    ("account.move.line", "account_internal_type"): lambda db, row, _: (
        ("asset_receivable" if db.settings.version >= 16 else "receivable") if _sign(row) else "other"
    ),
}
DEFAULTS = {
    "account.move": lambda *_: {
        "state": "draft",
        "move_type": "entry",
        "name": "/",
        "currency_id": 1,
        "journal_id": 1,
    },
    "account.payment": lambda db, _: {"state": "draft", "date": db.now()[:10], "currency_id": 1},
}
METHODS = {
    ("account.move", "action_post"): _post,
    ("account.move", "button_draft"): _draft,
    ("account.move", "button_cancel"): _cancel,
    ("account.move", "js_assign_outstanding_line"): _settle,
    ("account.move", "get_portal_url"): _portal,
    ("account.move", "_unlinking"): _unlinking,
    ("account.move", "_writing"): _writing,
    ("account.move.line", "_created"): _line_made,
    ("account.payment", "action_post"): _post_payment,
    ("account.payment", "action_draft"): _draft_payment,
}
