"""The connection test: server, login, modules, rights, and each record that the settings name."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from functools import partial

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.records import number
from adapters.erps.odoo.settings import OdooSettings
from adapters.ports import Finding
from domain.errors import ConnectionDown, FixSetup, Passing, WaybillError

_MODULES = {
    "sale.order": "Sales", "stock.picking": "Inventory", "account.move": "Invoicing",
    "purchase.order": "Purchase",
}  # fmt: skip
_RIGHTS = (
    ("sale.order", "create", "Sales: Administrator"),
    ("sale.order", "unlink", "Sales: Administrator"),
    ("res.partner", "create", "Contact Creation"),
    ("ir.model.data", "read", "Settings: Access Rights, or a group that may read external ids"),
    ("stock.picking", "create", "Inventory: User"),
    ("account.move", "create", "Invoicing: Billing"),
)


class Checkup:
    """What is looked at."""

    def __init__(self, client: OdooClient, settings: OdooSettings, catalogue: Catalogue) -> None:
        self._client, self._settings, self._catalogue = client, settings, catalogue

    async def findings(self) -> tuple[Finding, ...]:
        """Look at everything; what keeps the rest from being looked at ends the list."""
        try:
            version = await self._client.version()
            company = await self._catalogue.company()
        except (FixSetup, Passing, ConnectionDown) as problem:
            return (_wrong(problem),)
        wire = "JSON-2" if await self._client.speaks_json() else "XML-RPC"
        found = [
            Finding(
                what=f"Odoo {version} answers over {wire}",
                ok=version >= 14,
                fix="Odoo 14 or later is needed.",
            ),
            Finding(what=f"company {company.name} in {company.currency}", ok=True),
        ]
        found += [each async for each in self._modules()]
        if all(each.ok for each in found):
            found += [each async for each in self._rights()]
            found += [each async for each in self._records()]
            found.append(self._rounding(company.rounds_globally))
            found.append(await self._precision())
        return tuple(found)

    async def _modules(self) -> AsyncIterator[Finding]:
        for model, module in _MODULES.items():
            yield await self._tried(
                f"module {module}",
                partial(self._client.fields, model),
                f"Install {module} in Odoo.",
            )

    async def _rights(self) -> AsyncIterator[Finding]:
        for model, operation, group in _RIGHTS:
            may = await self._may(model, operation)
            yield Finding(
                what=f"the user may {operation} {model}",
                ok=bool(may),
                fix=f"Give the user the right: {group}.",
            )

    async def _may(self, model: str, operation: str) -> object:
        # The question changed its name in 18.
        if await self._client.version() >= 18:
            return await self._client.call(model, "has_access", ids=[], writes=False, operation=operation)
        return await self._client.call(
            model, "check_access_rights", writes=False, operation=operation, raise_exception=False
        )

    async def _records(self) -> AsyncIterator[Finding]:
        for use, sku in self._settings.extra_items.items():
            if sku:
                yield await self._tried(
                    f"article {sku} for {use}",
                    partial(self._catalogue.stand_in, use, sku),
                    f"Run `waybill setup {self._client.connection}`.",
                )
        for rate in self._settings.taxes:
            yield await self._tried(
                f"sales tax of {rate} percent",
                partial(self._catalogue.tax, Decimal(rate), included=False),
                f"Correct connections.{self._client.connection}.taxes.",
            )
        for code in (self._settings.payment_journal, *self._settings.payment_journals.values()):
            if code:
                yield await self._tried(
                    f"journal {code}",
                    partial(self._catalogue.journal, code),
                    f"Correct connections.{self._client.connection}.payment_journal.",
                )

    def _rounding(self, rounds_globally: bool) -> Finding:
        field = f"connections.{self._client.connection}.tax_per_line"
        right = not rounds_globally
        return Finding(
            what=f"tax is rounded {'globally' if rounds_globally else 'per line'}",
            ok=self._settings.tax_per_line is right,
            fix=f"Set {field} = {str(right).lower()}.",
        )

    async def _precision(self) -> Finding:
        rows = await self._client.rows("decimal.precision", [["name", "=", "Product Price"]], ("digits",))
        digits = int(number(rows[0], "digits")) if rows else 2
        field = f"connections.{self._client.connection}.price_digits"
        return Finding(
            what=f"prices have {digits} decimals",
            ok=digits >= self._settings.price_digits,
            fix=f"Set {field} = {digits}, or raise the precision of Product Price in Odoo.",
        )

    async def _tried(self, what: str, look: Callable[[], Awaitable[object]], fix: str) -> Finding:
        try:
            await look()
        except WaybillError as problem:
            return Finding(what=f"{what}: {problem.problem.sentence}", ok=False, fix=fix)
        return Finding(what=what, ok=True)


def _wrong(problem: WaybillError) -> Finding:
    return Finding(what=problem.problem.sentence, ok=False, fix=problem.problem.remedy)
