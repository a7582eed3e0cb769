"""Money that came in: entered once under its key, set off against its invoice."""

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.credit_notes import settles
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.partners import Partners
from adapters.erps.odoo.records import one, text
from adapters.erps.odoo.settings import OdooSettings
from domain.errors import BadConfiguration, InDoubt, Refused
from domain.returns import IncomingPayment, PaymentEntry

_PAYMENTS, _KIND = "account.payment", "payment"
_FIELDS = ("name", "state", "move_id", "amount")


class Payments:
    """The company's incoming payments."""

    def __init__(
        self,
        client: OdooClient,
        settings: OdooSettings,
        catalogue: Catalogue,
        ids: ExternalIds,
        partners: Partners,
    ) -> None:
        self._client, self._settings, self._catalogue = client, settings, catalogue
        self._ids, self._partners = ids, partners

    async def register(self, payment: IncomingPayment) -> PaymentEntry | None:
        """Enter a payment, or return the one that is there."""
        if not payment.amount.amount:
            return None
        found = await self.find(payment.key)
        if found is not None:
            if not found.cancelled:
                # The attempt before may have ended between entering it and setting it off.
                await self._set_off(payment, await self._row(int(found.entry)))
            return found
        values = await self._values(payment)
        made = await self._ids.load(_KIND, payment.key, _PAYMENTS, values)
        await self._client.call(_PAYMENTS, "action_post", ids=[made], writes=True)
        row = await self._row(made)
        if row is None or text(row, "state") == "draft":
            raise InDoubt("the payment was not posted", connection=self._client.connection)
        await self._set_off(payment, row)
        return _entry(row)

    async def _set_off(self, payment: IncomingPayment, row: Row | None) -> None:
        if payment.invoice and row is not None and one(row, "move_id"):
            await settles(self._client, one(row, "move_id"), [{"id": int(payment.invoice)}])

    async def find(self, key: str) -> PaymentEntry | None:
        """Look for the payment under a key. A draft counts as not there."""
        found = await self._ids.find(_KIND, key, _PAYMENTS)
        row = await self._row(found) if found else None
        return None if row is None or text(row, "state") == "draft" else _entry(row)

    async def _row(self, number_of: int) -> Row | None:
        rows = await self._client.rows(_PAYMENTS, [["id", "=", number_of]], _FIELDS)
        return rows[0] if rows else None

    async def _values(self, payment: IncomingPayment) -> dict[str, object]:
        await self._check_currency(payment)
        if payment.invoice and not (payment.invoice.isascii() and payment.invoice.isdecimal()):
            raise Refused("no invoice of Odoo has such an id", connection=self._client.connection)
        partner = await self._partners.named(payment.customer_code)
        note = await self._client.first_of(_PAYMENTS, "ref", "memo")
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id/.id": partner["id"],
            "amount": payment.amount.amount,
            "currency_id/.id": await self._catalogue.currency(payment.amount.currency),
            "date": payment.received_on.isoformat(),
            note: payment.reference or payment.key,
            "journal_id/.id": await self._catalogue.journal(self._journal(payment.method)),
        }

    async def _check_currency(self, payment: IncomingPayment) -> None:
        order = await self._ids.find("order", payment.order_key, "sale.order")
        rows = await self._client.rows("sale.order", [["id", "=", order]], ("currency_id",)) if order else []
        if not rows:
            return
        currency = (await self._catalogue.currencies((one(rows[0], "currency_id"),)))[
            one(rows[0], "currency_id")
        ]
        if currency != payment.amount.currency:
            raise Refused(
                f"the order is in {currency}, the money came in {payment.amount.currency}",
                connection=self._client.connection,
            )

    def _journal(self, method: str) -> str:
        code = self._settings.payment_journals.get(method, self._settings.payment_journal)
        if not code:
            field = f"connections.{self._client.connection}.payment_journal"
            raise BadConfiguration(
                "no journal is named that money comes in on",
                field=field,
                remedy=f"Set {field} in waybill.toml to the short code of a bank journal.",
                connection=self._client.connection,
            )
        return code


def _entry(row: Row) -> PaymentEntry:
    cancelled = text(row, "state") in ("cancel", "canceled", "rejected")
    return PaymentEntry(entry=str(row["id"]), number=text(row, "name"), cancelled=cancelled)
