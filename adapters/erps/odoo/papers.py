"""Documents as PDF files, over the portal's links: no session is needed, the link carries a token."""

from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.records import one, text
from domain.errors import NotFound, UnexpectedAnswer
from domain.policy import PaperKind

_INVOICES = frozenset({PaperKind.INVOICE, PaperKind.CREDIT_NOTE})


class PaperFiles:
    """Invoices and credit notes by their own links, delivery slips by their order's."""

    def __init__(self, client: OdooClient) -> None:
        self._client = client

    async def read(self, kind: PaperKind, entry: str) -> bytes:
        """Return the file. Raises `NotFound` for no such document, or one that the portal does not show."""
        if not (entry.isascii() and entry.isdecimal() and len(entry) < 10):
            raise NotFound("no document of Odoo has such an id", connection=self._client.connection)
        path = await (self._invoice(entry) if kind in _INVOICES else self._slip(entry))
        answer = await self._client.get(path)
        if answer.status in (403, 404):
            raise NotFound("Odoo shows no such document", connection=self._client.connection)
        if answer.status != 200 or not answer.body.startswith(b"%PDF-"):
            raise UnexpectedAnswer("what Odoo sent is no PDF", connection=self._client.connection)
        return answer.body

    async def _invoice(self, entry: str) -> str:
        await self._there("account.move", entry)
        return await self._link("account.move", int(entry), "pdf")

    async def _slip(self, entry: str) -> str:
        """Return the link of a delivery slip (15 and later); the token that counts is the order's."""
        picking = await self._there("stock.picking", entry)
        order = one(picking, "sale_id")
        await self._link("sale.order", order, "pdf")
        rows = await self._client.rows("sale.order", [["id", "=", order]], ("access_token",))
        token = text(rows[0], "access_token") if rows else ""
        return f"/my/picking/pdf/{entry}?access_token={token}"

    async def _there(self, model: str, entry: str) -> dict[str, object]:
        rows = await self._client.rows(model, [["id", "=", int(entry)]], ("name", "sale_id"))
        if not rows:
            raise NotFound("Odoo has no such document", connection=self._client.connection)
        return rows[0]

    async def _link(self, model: str, entry: int, report: str) -> str:
        # It makes the token of the link where there is none yet; made twice it stays the same.
        found = await self._client.call(
            model, "get_portal_url", ids=[entry], writes=False, report_type=report, download=True
        )
        if not isinstance(found, str) or not found.startswith("/"):
            raise UnexpectedAnswer("Odoo names no link", connection=self._client.connection)
        return found
