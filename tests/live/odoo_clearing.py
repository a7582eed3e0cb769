"""What a test left in a real Odoo, taken away again.

Odoo deletes no transfer that was carried out, and where its journals are strict no entry that was posted.
Such records are made to count for nothing (goods brought back, entries reversed, the rest cancelled or
archived) and named at the end with the reason.
"""

import textwrap
import xmlrpc.client
from typing import Any

from tests.adapters.odoo_staff import OdooStaff, Row

PREFIX = "WAYBILL-TEST"
ALL = {"active_test": False}
_BILLS = ["out_invoice", "out_refund"]


class Clearing:
    """What takes records away, and remembers what stays."""

    def __init__(self, staff: OdooStaff) -> None:
        self.staff = staff
        self._left: dict[tuple[str, str], list[str]] = {}

    def end(self, namespace: str, customers: list[int]) -> None:
        """Take away what belongs to a namespace of external ids, and all that customers bought."""
        partners = [*customers, *self.of(namespace, "res.partner")]
        mine = [["partner_id", "child_of", partners]]
        for payment in self.of(namespace, "account.payment"):
            self._end_payment(payment)
        self._end_bills([*mine, ["move_type", "in", _BILLS]])
        # What is left then: differences of exchange, and their reversals.
        others = [*mine, ["move_id.move_type", "=", "entry"]]
        lines = self.staff.rows("account.move.line", others, "move_id")
        self._end_bills([["id", "in", sorted({line["move_id"][0] for line in lines})]])
        for order in self.staff.rows("sale.order", mine, "name", context=ALL):
            self._end_order(order)
        for request in self.of(namespace, "purchase.order"):
            self.tried("purchase.order", "button_cancel", request)
            self.delete("purchase.order", request, f"{request}")
        for row in self.staff.rows("ir.model.data", [["module", "=", namespace]], "id"):
            self.tried("ir.model.data", "unlink", row["id"])
        for partner in reversed(partners):
            self._end_partner(partner)

    def of(self, namespace: str, model: str) -> list[int]:
        """Return the records of a model that have an external id in a namespace."""
        domain = [["module", "=", namespace], ["model", "=", model]]
        return [row["res_id"] for row in self.staff.rows("ir.model.data", domain, "res_id")]

    def tried(self, model: str, method: str, number: int, **named: Any) -> str:
        """Call a method; return what stood in the way, nothing when it was done."""
        try:
            self.staff.call(model, method, [number], **named)
        except xmlrpc.client.Fault as fault:
            return str(fault.faultString).strip().splitlines()[-1][:160] or "no reason given"
        return ""

    def delete(self, model: str, number: int, name: str, **named: Any) -> bool:
        """Delete a record; note it with the reason where that is not possible."""
        why = self.tried(model, "unlink", number, **named)
        if why:
            self.note(model, why, name)
        return not why

    def note(self, model: str, why: str, name: str) -> None:
        """Remember what stays."""
        self._left.setdefault((model, why), []).append(name)

    def _end_payment(self, payment: int) -> None:
        self.tried("account.payment", "action_draft", payment)
        if self.tried("account.payment", "unlink", payment):
            why = self.tried("account.payment", "action_cancel", payment)
            self.note("account.payment", why or "cancelled: Odoo does not delete it", str(payment))

    def _end_bills(self, domain: list[Any]) -> None:
        for bill in self.staff.rows("account.move", domain, "name", "state", "move_type", order="id desc"):
            if bill["state"] != "cancel":
                self._end_bill(bill)

    def _end_bill(self, bill: Row) -> None:
        """Delete an entry by force, else cancel it; an invoice that stays posted is credited in full."""
        if bill["state"] == "posted":
            self.tried("account.move", "button_draft", bill["id"])
        why = self.tried("account.move", "unlink", bill["id"], context={"force_delete": True})
        if not why:
            return
        (now,) = self.staff.rows("account.move", [["id", "=", bill["id"]]], "state", "amount_residual")
        done = "cancelled"
        if now["state"] == "draft":
            done = self.tried("account.move", "button_cancel", bill["id"]) or done
        elif now["state"] == "posted":
            done = self._reversed(bill, now)
        self.note("account.move", f"{done}: {why}", bill["name"])

    def _reversed(self, bill: Row, now: Row) -> str:
        if bill["move_type"] != "out_invoice" or not now["amount_residual"]:
            return "settled"
        try:
            self.staff.credit(bill["id"], 0)
        except xmlrpc.client.Fault as fault:
            return f"open, {str(fault.faultString).strip().splitlines()[-1][:80]}"
        return "reversed and set off"

    def _end_order(self, order: Row) -> None:
        """Bring delivered goods back, cancel the order, and delete what Odoo lets go of it."""
        staff, number = self.staff, order["id"]
        if staff.open_moves(number):
            staff.close(number)
        transfers = staff.rows(
            "stock.picking", [["sale_id", "=", number]], "name", "state", "picking_type_code"
        )
        for transfer in transfers:
            if (transfer["state"], transfer["picking_type_code"]) == ("done", "outgoing"):
                self._bring_back(transfer)
        self.tried("sale.order", "action_cancel", number, context={"disable_cancel_warning": True})
        transfers = staff.rows("stock.picking", [["sale_id", "=", number]], "name", "state")
        self._end_reminders([transfer["id"] for transfer in transfers])
        self.delete("sale.order", number, order["name"])
        for transfer in transfers:
            if transfer["state"] == "done":
                self.note(
                    "stock.picking",
                    "carried out, so that Odoo deletes it for nobody; what went out came back",
                    transfer["name"],
                )
            else:
                self.delete("stock.picking", transfer["id"], transfer["name"])

    def _end_reminders(self, transfers: list[int]) -> None:
        """Take away what Odoo asks people to look at since the order of a transfer was cancelled."""
        domain = [["res_model", "=", "stock.picking"], ["res_id", "in", transfers]]
        for row in self.staff.rows("mail.activity", domain, "id"):
            self.tried("mail.activity", "unlink", row["id"])

    def _bring_back(self, transfer: Row) -> None:
        try:
            self.staff.bring_back(transfer["id"])
        except xmlrpc.client.Fault as fault:
            why = str(fault.faultString).strip().splitlines()[-1][:160]
            self.note("stock.picking", f"not brought back: {why}", transfer["name"])

    def _end_partner(self, partner: int) -> None:
        if not self.staff.rows("res.partner", [["id", "=", partner]], "id", context=ALL):
            return
        if why := self.tried("res.partner", "unlink", partner):
            facts = {"name": f"{PREFIX} {partner}", "ref": False, "email": False, "vat": False}
            self.archive("res.partner", partner, f"{PREFIX} {partner}", why, **facts)

    def archive(self, model: str, number: int, name: str, why: str, /, **facts: Any) -> None:
        """Archive what cannot be deleted, and note it."""
        try:
            self.staff.write(model, number, active=False, **facts)
        except xmlrpc.client.Fault:
            self.note(model, f"not even archived: {why}", name)
        else:
            self.note(model, f"archived: {why}", name)

    def report(self) -> str:
        """Return what could not be deleted, and why."""
        if not self._left:
            return "Nothing of the tests is left in the database."
        lines = ["What Odoo did not delete, and why:"]
        for (model, why), names in sorted(self._left.items()):
            lines += [f"{model}, {len(names)}, {why}"]
            lines += textwrap.wrap(", ".join(names), 110, initial_indent="  ", subsequent_indent="  ")
        return "\n".join(lines)
