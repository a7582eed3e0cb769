"""Files attached to documents, read by their name."""

from typing import TYPE_CHECKING

from sandbox.sap_business_one.document_kinds import DocumentKind
from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import not_found
from sandbox.sap_business_one.papers import printed
from sandbox.sap_business_one.wire import Row, day

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company


class Attachments(EntitySet):
    """The attachments: an entry holds several files. They are added by the staff, not over the wire."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "Attachments2", company.shapes["Attachments2"], "AbsoluteEntry")
        self._files: dict[tuple[int, str], bytes] = {}

    def attach(self, kind: DocumentKind, entry: int) -> int:
        """Print a document and attach it to itself; return the attachment's entry."""
        documents = self.company.documents(kind)
        document = documents.row(entry)
        number = self.company.figures.draw((self.name, "AbsoluteEntry"))
        name = f"{kind.fact}-{document['DocNum']}"
        line = {
            "AbsoluteEntry": number,
            "LineNum": 1,
            "FileName": name,
            "FileExtension": "pdf",
            "SourcePath": r"\\server\b1_shr\Attachments",
            "AttachmentDate": day(self.company.now()),
        }
        self.table.insert(number, {"AbsoluteEntry": number, "Attachments2_Lines": [line]})
        self._files[number, f"{name}.pdf"] = printed(self.company, kind, document)
        documents.restate(document, {**document, "AttachmentEntry": number})
        return number

    def content(self, row: Row, filename: str) -> bytes:
        """Return a file of an entry; the first one where none is named."""
        lines = row["Attachments2_Lines"]
        name = filename or f"{lines[0]['FileName']}.{lines[0]['FileExtension']}"
        found = self._files.get((row["AbsoluteEntry"], name))
        if found is None:
            raise not_found()
        return found
