"""Undoing a sales document as far as its state allows."""

from adapters.erps.sap_business_one.client import ServiceLayer
from adapters.erps.sap_business_one.documents import Documents, path_of
from adapters.erps.sap_business_one.mapping import is_cancelled, is_delivered
from adapters.erps.sap_business_one.models import CLOSED, Document, read_as
from adapters.erps.sap_business_one.refusals import ChangedMeanwhile
from domain.errors import InDoubt, NotFound, Passing, Refused
from domain.policy import DocumentKind
from domain.posting import Cancellation, ChangeOutcome

_TRIES = 3
_CANCELLED = Cancellation(outcome=ChangeOutcome.CANCELLED)
_CLOSED = Cancellation(outcome=ChangeOutcome.CLOSED)


class Cancelling:
    """What ends documents."""

    def __init__(self, layer: ServiceLayer, documents: Documents) -> None:
        self._layer, self._documents = layer, documents

    async def cancel(self, kind: DocumentKind, entry: str) -> Cancellation:
        """Cancel an untouched document, close a partly delivered one, delete a draft.

        The state is read first, so that a repeat finds what the first attempt did. Raises `InDoubt` when
        the answer was lost and the document does not yet show what became of it.
        """
        for _ in range(_TRIES):
            try:
                document = await self._read(kind, entry)
            except NotFound:
                if kind is DocumentKind.DRAFT:
                    return _CANCELLED
                raise
            settled = _settled(document, kind)
            if settled:
                return settled
            try:
                return await self._end(document, kind, entry)
            except ChangedMeanwhile:
                continue
        raise Passing("somebody keeps changing the document", connection=self._layer.connection)

    async def _end(self, document: Document, kind: DocumentKind, entry: str) -> Cancellation:
        wanted = _CLOSED if is_delivered(document) and kind is not DocumentKind.DRAFT else _CANCELLED
        path = path_of(kind, entry, self._layer.connection)
        try:
            if kind is DocumentKind.DRAFT:
                # Posted documents are never deleted; a draft is not posted, and has no Cancel of its own.
                await self._layer.act("DELETE", path, document.etag)
            else:
                action = "Close" if wanted is _CLOSED else "Cancel"
                await self._layer.act("POST", f"{path}/{action}", document.etag)
        except InDoubt:
            if await self._is_done(kind, entry, wanted):
                return wanted
            raise
        except Refused as refused:
            return await self._after_refusal(kind, entry, wanted, refused)
        return wanted

    async def _is_done(self, kind: DocumentKind, entry: str, wanted: Cancellation) -> bool:
        """Whether the document shows the end that was asked for."""
        try:
            document = await self._read(kind, entry)
        except NotFound:
            return kind is DocumentKind.DRAFT
        return is_cancelled(document) or (wanted is _CLOSED and document.DocumentStatus == CLOSED)

    async def _after_refusal(
        self, kind: DocumentKind, entry: str, wanted: Cancellation, refused: Refused
    ) -> Cancellation:
        if await self._is_done(kind, entry, wanted):
            return wanted
        quote = refused.problem.quote
        return Cancellation(
            outcome=ChangeOutcome.IMPOSSIBLE, sentence=f"SAP Business One refuses to end it: {quote}"
        )

    async def _read(self, kind: DocumentKind, entry: str) -> Document:
        return read_as(Document, await self._documents.raw(kind, entry), self._layer.connection)


def _settled(document: Document, kind: DocumentKind) -> Cancellation | None:
    """Return the answer where nothing is left to do, None where the document is still open."""
    if is_cancelled(document):
        return _CANCELLED
    if document.DocumentStatus != CLOSED:
        return None
    if kind is DocumentKind.DRAFT:
        sentence = "a document was made of the draft already"
    elif is_delivered(document):
        # What is left of a part delivery stays open as a quantity when the document is closed.
        if any(line.RemainingOpenQuantity for line in document.DocumentLines):
            return _CLOSED
        sentence = "the document was delivered in full"
    else:
        sentence = "the document is closed already in SAP Business One"
    return Cancellation(outcome=ChangeOutcome.IMPOSSIBLE, sentence=sentence)
