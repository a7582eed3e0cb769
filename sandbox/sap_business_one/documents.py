"""Sales documents and purchase requests: drawn up, checked, posted and changed."""

from typing import TYPE_CHECKING

from sandbox.sap_business_one import document_checks as check
from sandbox.sap_business_one import document_states, fulfilment, pricing, settlement
from sandbox.sap_business_one.document_header import (
    COLLECTIONS,
    check_header,
    draw_up_header,
    terms_of,
    with_base_header,
)
from sandbox.sap_business_one.document_kinds import (
    BY_OBJECT,
    CREDIT_NOTES,
    ORDERS,
    PURCHASE_REQUESTS,
    DocumentKind,
)
from sandbox.sap_business_one.document_lines import LineSource
from sandbox.sap_business_one.entities import EntitySet, merge_rows
from sandbox.sap_business_one.errors import ApprovalPending, cannot_change, document_rule, not_supported
from sandbox.sap_business_one.wire import Row, day, second

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_FIXED = ("CardCode", "DocCurrency", "Series")
"""What a document keeps once it is posted."""


class Documents(EntitySet):
    """One kind of document."""

    def __init__(self, company: "Company", kind: DocumentKind) -> None:
        super().__init__(company, kind.name, company.shapes["Document"], "DocEntry")
        self.kind = kind
        self._by_base: dict[int, dict[int, None]] = {}

    def based_on(self, entry: int) -> list[Row]:
        """Return the documents readers see with a line drawn from some document of this DocEntry."""
        found = (self.table.seen(key) for key in self._by_base.get(entry, ()))
        return [row for row in found if row is not None]

    def create(self, body: Row) -> Row:
        """Post a document; raises `ApprovalPending` with what was drawn up where a template matches."""
        document = self.draw_up(self.shape.read(body))
        if self.kind is ORDERS and self.company.needs_approval(document):
            raise ApprovalPending(document)
        return self.post(document)

    def draw_up(self, given: Row) -> Row:
        """Return the complete document a request describes, checked but not posted."""
        company, kind = self.company, self.kind
        given = with_base_header(company, given)
        partner = None
        if kind is not PURCHASE_REQUESTS:
            partner = check.customer(company, kind, given.get("CardCode"))
        document = draw_up_header(company, kind, given, partner)
        check_header(company, kind, document, partner)
        source = LineSource(company, kind, partner, terms_of(company, document), document["DocDueDate"])
        lines, freight = given.get("DocumentLines") or [], given.get("DocumentAdditionalExpenses") or []
        if not lines:
            raise document_rule("Document must have at least one line", f"{kind.lines}.ItemCode")
        check.special_lines(kind, document, len(lines))
        document["DocumentLines"] = [source.new(sent, number) for number, sent in enumerate(lines)]
        document["DocumentAdditionalExpenses"] = [
            source.freight(sent, number) for number, sent in enumerate(freight)
        ]
        pricing.total_document(document, company.tax_rates(), source.terms)
        if kind is ORDERS and partner is not None:
            check.credit(company, document, partner)
        return document

    def post(self, drawn_up: Row) -> Row:
        """Give a drawn-up document its numbers, and let it take effect."""
        company, kind = self.company, self.kind
        document = self._numbered(drawn_up)
        fulfilment.move_stock(company, kind, document)
        fulfilment.draw_from_bases(company, document)
        if kind is CREDIT_NOTES:
            document = settlement.settle_credit(company, document)
        self.table.insert(document["DocEntry"], document)
        for line in document["DocumentLines"]:
            if line.get("BaseEntry") is not None:
                self._by_base.setdefault(line["BaseEntry"], {})[document["DocEntry"]] = None
        fulfilment.settle(company, kind, None, document)
        company.note_document(kind.fact, document)
        company.lag(self.table, document["DocEntry"])
        company.commit_late(self.table, document["DocEntry"], None)
        return document

    def change(self, row: Row, body: Row) -> None:
        """Change an open document; lines are merged by LineNum, lines without one are added."""
        self._change(row, body, replace=False)

    def rewrite(self, row: Row, body: Row) -> None:
        """Change an open document, and drop the lines the body does not name."""
        self._change(row, body, replace=True)

    def _change(self, row: Row, body: Row, replace: bool) -> None:
        given, kind = self.shape.read(body), BY_OBJECT[row["DocObjectCode"]]
        if row["DocumentStatus"] != "bost_Open":
            raise cannot_change(f"{self.kind.table}.DocStatus")
        for name in _FIXED:
            if given.get(name, row.get(name)) != row.get(name):
                raise cannot_change(f"{self.kind.table}.{name}")
        after = {**row, **{name: value for name, value in given.items() if name not in COLLECTIONS}}
        after["AddressExtension"] = {**row["AddressExtension"], **given.get("AddressExtension", {})}
        partner = self.company.partners.table.get(row.get("CardCode"))
        check_header(self.company, kind, after, partner)
        source = LineSource(self.company, kind, partner, terms_of(self.company, after), after["DocDueDate"])
        self._change_parts(after, given, source, replace)
        self._sign_parts(after)
        fulfilment.set_state(after)
        self._replace(row, after)
        self.company.note_document("change", after)

    def act(self, row: Row, action: str) -> Row | None:
        """Cancel, close or reopen a document; a posted one gets a cancellation document instead."""
        if action == "CreateCancellationDocument":
            return self._cancel_posted(row)
        if action not in document_states.ACTIONS:
            raise not_supported()
        after = {**row, "DocumentLines": [dict(line) for line in row["DocumentLines"]]}
        document_states.ACTIONS[action](self.company, self.kind, after)
        self._replace(row, after)
        self.company.note_document(action.lower(), after)
        return None

    def _cancel_posted(self, row: Row) -> Row:
        cancelled, opposite = document_states.undo_posting(self.company, self.kind, row)
        if self.kind is CREDIT_NOTES:
            settlement.settle_credit(self.company, row, sign=-1)
        self._replace(row, cancelled)
        opposite = self._numbered(opposite)
        self.table.insert(opposite["DocEntry"], opposite)
        self.company.note_document("cancel", cancelled)
        return opposite

    def restate(self, before: Row, after: Row) -> None:
        """Put a document's new state in place where others caused it: its time of change stays."""
        self.table.replace(before["DocEntry"], after)
        fulfilment.settle(self.company, self.kind, before, after)

    def _numbered(self, document: Row) -> Row:
        entry = self.company.figures.draw((self.name, "DocEntry"))
        number = self.company.series.draw(document["Series"])
        numbered = {"DocEntry": entry, "DocNum": number} | document | {"DocEntry": entry, "DocNum": number}
        self._sign_parts(numbered)
        return numbered

    def _replace(self, before: Row, after: Row) -> None:
        now = self.company.now()
        after.update(UpdateDate=day(now), UpdateTime=second(now))
        self.table.replace(before["DocEntry"], after)
        self.company.commit_late(self.table, before["DocEntry"], before)
        fulfilment.settle(self.company, self.kind, before, after)

    def _change_parts(self, after: Row, given: Row, source: LineSource, replace: bool) -> None:
        sent = given.get("DocumentLines")
        if sent is not None:
            after["DocumentLines"] = self._merged_lines(after["DocumentLines"], sent, source, replace)
        self._change_freight(after, given, source, replace)
        if "DiscountPercent" in given:
            after["DocumentLines"] = [dict(line) for line in after["DocumentLines"]]
            for line in after["DocumentLines"]:
                pricing.retax_line(line, source.terms)
        pricing.total_document(after, self.company.tax_rates(), source.terms)

    def _merged_lines(self, kept: list[Row], sent: list[Row], source: LineSource, replace: bool) -> list[Row]:
        number = max(line["LineNum"] for line in kept)
        pairs, dropped = merge_rows(kept, sent, _same_line, replace)
        if any(line["RemainingOpenQuantity"] != line["Quantity"] for line in dropped):
            raise document_rule("Line has target documents; it stays", f"{self.kind.lines}.LineNum")
        lines = []
        for old, new in pairs:
            if old is not None:
                lines.append(source.changed(old, new, old["LineNum"]) if new else old)
            else:
                number += 1
                lines.append(source.new(new, number))
        return lines

    def _change_freight(self, after: Row, given: Row, source: LineSource, replace: bool) -> None:
        sent = given.get("DocumentAdditionalExpenses")
        if sent is None:
            return
        foreign = source.terms.foreign
        pairs, _ = merge_rows(after["DocumentAdditionalExpenses"], sent, _same_freight, replace)
        charges = [{**(pricing.freight_as_sent(old, foreign) if old else {}), **new} for old, new in pairs]
        after["DocumentAdditionalExpenses"] = [
            source.freight(charge, number) for number, charge in enumerate(charges)
        ]

    def _sign_parts(self, document: Row) -> None:
        """Write the document's key on its parts, which are its own copies."""
        entry = document["DocEntry"]
        document["DocumentLines"] = [{**line, "DocEntry": entry} for line in document["DocumentLines"]]
        document["AddressExtension"] = {**document["AddressExtension"], "DocEntry": entry}


def _same_line(kept: Row, sent: Row) -> bool:
    return "LineNum" in sent and bool(kept["LineNum"] == sent["LineNum"])


def _same_freight(kept: Row, sent: Row) -> bool:
    return bool(kept["ExpenseCode"] == sent.get("ExpenseCode"))
