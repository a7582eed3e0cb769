"""Odoo behind the ERP port."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adapters.erps.facade import ErpFacade
from adapters.erps.odoo.aftercare import Aftercare
from adapters.erps.odoo.articles import Articles
from adapters.erps.odoo.cancelling import Cancelling
from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.checkup import Checkup
from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.documents import Documents
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.feed import Feed
from adapters.erps.odoo.mapping import document_body
from adapters.erps.odoo.papers import PaperFiles
from adapters.erps.odoo.partners import Partners
from adapters.erps.odoo.payments import Payments
from adapters.erps.odoo.progress import ProgressOf
from adapters.erps.odoo.restock import Restock
from adapters.erps.odoo.settings import OdooSettings
from adapters.erps.odoo.setup import SetUp
from adapters.ports import SignatureRefused
from domain.policy import DocumentKind
from domain.posting import Cancellation, SalesDocument
from domain.totals import Arithmetic

_REQUESTS_OF_A_WRITE = 4
"""A document is made in steps: its header, its lines, its confirmation, and it is read back."""


class Odoo(ErpFacade):
    """One company of an Odoo database. Implements `ErpPort`."""

    def __init__(self, connection: str, settings: OdooSettings) -> None:
        self._connection, self._settings = connection, settings
        self._client = client = OdooClient(connection, settings)
        self._catalogue = catalogue = Catalogue(client, settings)
        self._ids = ids = ExternalIds(client, settings.namespace)
        self._partners = Partners(client, settings, catalogue, ids)
        self._documents = Documents(client, settings, catalogue, ids, self._partners)
        self._articles = Articles(client, catalogue)
        self._cancelling = Cancelling(client, self._documents)
        self._restock = Restock(client, settings, catalogue, ids, self._partners)
        self._feed = Feed(client, settings, ids)
        self._progress = ProgressOf(client, catalogue, ids, self._documents)
        self._aftercare = Aftercare(client, settings, catalogue, ids, self._documents, self._progress)
        self._payments = Payments(client, settings, catalogue, ids, self._partners)
        self._papers = PaperFiles(client)
        self._set_up = SetUp(client, settings, catalogue)
        self._checkup = Checkup(client, settings, catalogue)

    @property
    def arithmetic(self) -> Arithmetic:
        """How the company calculates a document."""
        return Arithmetic(
            price_digits=self._settings.price_digits,
            tax_per_line=self._settings.tax_per_line,
            # What a price includes is what is left of it, however the company rounds.
            gross_tax_per_line=True,
            header_discount=False,
        )

    @property
    def write_timeout(self) -> timedelta:
        """How long a write may be under way before we give up on its answer."""
        return self._settings.timeout * _REQUESTS_OF_A_WRITE

    async def answers(self) -> None:
        """Return when the database answers and takes our key; raise what is in the way."""
        await self._client.rows("res.users", [["login", "=", self._settings.user]], ("company_id",), limit=1)

    def written(self, document: SalesDocument) -> dict[str, Any]:
        """Return the document as it would be sent, before articles and taxes become ids."""
        return document_body(document, self._settings, self._connection)

    async def cancel_document(self, kind: DocumentKind, entry: str) -> Cancellation:
        """Cancel what is untouched, close what is partly delivered, say why when neither is possible."""
        del kind  # quotations and drafts are orders that nobody confirmed
        return await self._cancelling.cancel(entry)

    def answer_handshake(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Refuse: Odoo's own webhooks have no handshake."""
        del headers
        raise SignatureRefused("Odoo sends no handshake")

    def verify_event(self, headers: Mapping[str, str], body: bytes) -> None:
        """Refuse: Odoo's own webhooks carry no signature, so that none is taken."""
        del headers, body
        raise SignatureRefused("Odoo signs no webhook")

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
