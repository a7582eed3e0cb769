"""Document drafts: kept on purpose, or in place of an order that needs approval."""

from sandbox.sap_business_one import document_checks as check
from sandbox.sap_business_one.document_kinds import BY_OBJECT, DRAFTS
from sandbox.sap_business_one.documents import Documents
from sandbox.sap_business_one.errors import not_found, not_supported, rule
from sandbox.sap_business_one.wire import Row

APPROVAL_TEMPLATE = {"ApprovalTemplatesID": 1, "ApprovalTemplatesName": "Sales orders", "Remarks": None}
"""The one approval template of the sandbox company."""


class Drafts(Documents):
    """Drafts of any document kind; they move no stock and no balance."""

    def create(self, body: Row) -> Row:
        """Keep a draft of the document kind named by DocObjectCode."""
        given = self.shape.read(body)
        target = BY_OBJECT.get(given.get("DocObjectCode") or "")
        if target is None or target is DRAFTS:
            raise rule("Enter document object type", "ODRF.ObjType")
        return self._keep(self.company.documents(target).draw_up(given))

    def keep_for_approval(self, document: Row) -> Row:
        """Keep what was posted as a draft that waits for a decision."""
        requests = [dict(APPROVAL_TEMPLATE)]
        waiting = {"AuthorizationStatus": "dasPending", "Document_ApprovalRequests": requests}
        return self._keep({**document, **waiting})

    def decide(self, entry: int, approved: bool) -> Row:
        """Approve or reject a draft that waits; the originator then saves it to a document."""
        row = self.row(entry)
        if row["AuthorizationStatus"] != "dasPending":
            raise not_supported()
        self._replace(row, {**row, "AuthorizationStatus": "dasApproved" if approved else "dasRejected"})
        return self.row(entry)

    def save_to_document(self, entry: int) -> Row:
        """Post the document of a draft; the draft is closed."""
        row = self.table.get(entry)
        if row is None:
            raise not_found()
        if row["AuthorizationStatus"] in ("dasPending", "dasRejected"):
            raise rule("Document draft is not approved", "ODRF.WddStatus")
        if row["DocumentStatus"] != "bost_Open":
            raise not_supported()
        target = BY_OBJECT[row["DocObjectCode"]]
        check.customer(self.company, target, row["CardCode"])
        check.dates(self.company, target, row)
        closed = {**row, "DocumentStatus": "bost_Close"}
        if row["AuthorizationStatus"] == "dasApproved":
            closed["AuthorizationStatus"] = "dasGenerated"
        self._replace(row, closed)
        document = {**row, "AuthorizationStatus": "dasWithout", "DraftKey": entry}
        return self.company.documents(target).post(document)

    def remove(self, row: Row) -> None:
        """Delete a draft."""
        self.table.remove(row["DocEntry"])

    def _keep(self, document: Row) -> Row:
        entry = self.company.figures.draw((self.name, "DocEntry"))
        number = self.company.series.upcoming(document["Series"])
        kept = {"DocEntry": entry, "DocNum": number, **document}
        self._sign_parts(kept)
        self.table.insert(entry, kept)
        self.company.note_document(DRAFTS.fact, kept)
        self.company.lag(self.table, entry)
        return kept
