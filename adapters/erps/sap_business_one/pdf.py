"""Documents as PDF files: printed by the API Gateway, or attached by the company itself."""

from urllib.parse import quote

from adapters.erps.sap_business_one.client import Object, ServiceLayer
from adapters.erps.sap_business_one.kinds import BY_PAPER
from adapters.erps.sap_business_one.printing import Printer
from adapters.erps.sap_business_one.settings import PaperSource, SapBusinessOneSettings
from domain.errors import BadConfiguration, NotFound, UnexpectedAnswer
from domain.policy import PaperKind

_BEGINS = b"%PDF-"


class PaperFiles:
    """The company's documents as files."""

    def __init__(self, layer: ServiceLayer, settings: SapBusinessOneSettings, printer: Printer) -> None:
        self._layer, self._settings, self._printer = layer, settings, printer

    async def read(self, paper: PaperKind, entry: str) -> bytes:
        """Return a document as PDF. Raises `NotFound`, `BadConfiguration` or `UnexpectedAnswer`."""
        kind = BY_PAPER[paper]
        if not (entry.isascii() and entry.isdecimal() and len(entry) < 12):
            raise NotFound(
                "no document of SAP Business One has such an id", connection=self._layer.connection
            )
        attached = self._settings.papers is PaperSource.ATTACHMENT
        layout = "" if attached else self._layout(paper)
        # Printing a document that is not there has no answer of its own.
        row = await self._layer.read(f"{kind.entity}({entry})?$select=DocEntry,AttachmentEntry")
        if attached:
            data = await self._attached(row)
        else:
            data = await self._printer.printed(layout, kind.number, int(entry))
        if not data.startswith(_BEGINS):
            raise UnexpectedAnswer("the document came as no PDF", connection=self._layer.connection)
        return data

    def _layout(self, paper: PaperKind) -> str:
        for name, value in (("pdf_url", self._settings.pdf_url), ("pdf_layouts", self._settings.pdf_layouts)):
            if not value or (name == "pdf_layouts" and paper not in self._settings.pdf_layouts):
                field = f"connections.{self._layer.connection}.{name}"
                raise BadConfiguration(
                    f"no layout is set for a {paper.value.replace('_', ' ')}",
                    field=field,
                    remedy=f'Set {field} in waybill.toml, or papers = "attachment".',
                    connection=self._layer.connection,
                )
        return self._settings.pdf_layouts[paper]

    async def _attached(self, row: Object) -> bytes:
        """Return the PDF that was attached last."""
        number = row.get("AttachmentEntry")
        if not isinstance(number, int):
            raise self._none()
        lines = (await self._layer.read(f"Attachments2({number})")).get("Attachments2_Lines") or []
        names = [
            f"{line.get('FileName')}.{line.get('FileExtension')}"
            for line in lines
            if isinstance(line, dict) and str(line.get("FileExtension")).lower() == "pdf"
        ]
        if not names:
            raise self._none()
        name = names[-1].replace("'", "''")
        return await self._layer.file(f"Attachments2({number})/$value?filename='{quote(name, safe='')}'")

    def _none(self) -> NotFound:
        return NotFound(
            "no PDF is attached to the document in SAP Business One", connection=self._layer.connection
        )
