"""Papers of the ERP as files: fetched, checked, kept by their content."""

import re
from datetime import UTC, datetime

from temporalio import activity

from activities.systems import Systems
from domain.documents import KeptDocument
from domain.errors import UnexpectedAnswer
from domain.model import Frozen
from domain.policy import PaperKind
from records.documents import Documents, Subject

MOST_BYTES = 20 * 1024 * 1024


class PaperRequest(Frozen):
    """A paper of an order: which store's order, which ERP's document."""

    connection: str
    store_order_id: str
    erp: str
    kind: PaperKind
    entry: str
    number: str


class Papers:
    """Fetches papers into the document store."""

    def __init__(self, systems: Systems, documents: Documents) -> None:
        self._systems, self._documents = systems, documents

    @activity.defn
    async def keep_paper(self, request: PaperRequest) -> KeptDocument:
        """Fetch a paper as PDF and keep it. Safe to run twice: the same content is kept once.

        Only its address and name come back: a file never enters a history. Raises `UnexpectedAnswer` for
        what is no PDF or too large.
        """
        data = await self._systems.erp(request.erp).paper_pdf(request.kind, request.entry)
        check_pdf(data, f"{request.kind.value} {request.number}", request.erp)
        subject = Subject(
            connection=request.connection,
            order_id=request.store_order_id,
            origin=request.erp,
            kind=request.kind.value,
            entry=request.entry,
        )
        name = file_name(request.kind, request.number)
        return await self._documents.keep(subject, name, data, datetime.now(UTC))


def file_name(kind: PaperKind, number: str) -> str:
    """Return what a paper's file is called: an ERP's number may have slashes, a file's name may not."""
    return f"{kind.value.replace('_', '-')}-{re.sub(r'[^0-9A-Za-z._-]+', '-', number)}.pdf"


def check_pdf(data: bytes, what: str, connection: str) -> None:
    """Raise `UnexpectedAnswer` for a file that is no PDF, or too large to keep."""
    if not data.startswith(b"%PDF-") or len(data) > MOST_BYTES:
        raise UnexpectedAnswer(
            f"{what} came as something else than a PDF of at most 20 MB", connection=connection
        )
