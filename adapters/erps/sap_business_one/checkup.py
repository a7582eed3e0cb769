"""The connection test: what must be right before an order can be posted, and the fix where it is not."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from adapters.erps.sap_business_one.articles import Articles
from adapters.erps.sap_business_one.batch import Write
from adapters.erps.sap_business_one.client import Object, ServiceLayer, literal
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.models import YES
from adapters.erps.sap_business_one.printing import Printer
from adapters.erps.sap_business_one.refusals import KeyExists
from adapters.erps.sap_business_one.settings import PaperSource, SapBusinessOneSettings, TaxField
from adapters.erps.sap_business_one.setup import RESTART, SetUp
from adapters.erps.sap_business_one.writing import write_under_key
from adapters.ports import Finding
from domain.errors import ConnectionDown, NotFound, WaybillError
from domain.policy import PaperKind

_PROBE = "waybill:test"


class Checkup:
    """The test of one connection."""

    def __init__(
        self,
        layer: ServiceLayer,
        settings: SapBusinessOneSettings,
        codes: Codes,
        company: Company,
        printer: Printer,
    ) -> None:
        self._printer = printer
        self._layer, self._settings, self._codes, self._company = layer, settings, codes, company
        self._set_up, self._articles = SetUp(layer, settings), Articles(layer)

    async def findings(self) -> tuple[Finding, ...]:
        """Look at everything, as far as the first failure lets one see."""
        reachable = await self._reachable()
        if not reachable.ok:
            return (reachable,)
        company = await self._tried("the login, and the company's currency", self._currency)
        if not company.ok:
            return (reachable, company)
        found = [reachable, company, *await self._prepared()]
        if all(finding.ok for finding in found):
            found.append(await self._tried("a change set is made or refused as a whole", self._atomic))
        found += [finding async for finding in self._codes_exist()]
        found += [await self._prints(paper, layout) for paper, layout in self._layouts().items()]
        return tuple(found)

    async def _reachable(self) -> Finding:
        what = f"{self._settings.base_url} is reachable"
        try:
            await self._layer.ping()
        except ConnectionDown as down:
            fix = f"Start the Service Layer, or correct {self._field('base_url')} in waybill.toml."
            return Finding(what=f"{what} ({down.problem.quote})", ok=False, fix=fix)
        except WaybillError as problem:
            return _failed(what, problem)
        return Finding(what=what, ok=True)

    async def _currency(self) -> str:
        self._codes.iso_currency(await self._company.local_currency())
        return ""

    async def _prepared(self) -> list[Finding]:
        try:
            steps = await self._set_up.steps()
        except WaybillError as problem:
            return [_failed("the tables and fields Waybill needs", problem)]
        fix = f"Run `waybill setup {self._layer.connection}`."
        return [
            Finding(
                what=step.what,
                ok=step.done,
                fix="" if step.done else "Restart the Service Layer." if step.name == RESTART else fix,
            )
            for step in steps
        ]

    async def _atomic(self) -> str:
        """Try on the live company what exactly-once rests on; the vendor promises it for change sets.

        The same key is written twice in one set, so all of it must be refused and nothing stay.
        """
        row = Write(self._settings.key_entity, {"Code": _PROBE, "Name": _PROBE})
        try:
            await write_under_key(self._layer, self._settings, _PROBE, row)
        except KeyExists:
            pass
        else:
            return f"Make Code the unique key of {self._settings.key_table} in SAP Business One."
        try:
            await self._layer.read(f"{self._settings.key_entity}({literal(_PROBE)})")
        except NotFound:
            return ""
        return (
            f"Delete the row {_PROBE} of {self._settings.key_table} and test again; if it comes back,"
            " this version of the Service Layer cannot post exactly once: update it."
        )

    async def _codes_exist(self) -> AsyncIterator[Finding]:
        wanted = self._settings
        taxes = {*wanted.tax_codes.values(), *filter(None, [wanted.shipping_tax])}
        entity = "VatGroups" if wanted.tax_field is TaxField.VAT_GROUP else "SalesTaxCodes"
        yield await self._exist("tax codes", "tax_codes", entity, "Code", taxes)
        yield await self._exist(
            "the freight code of shipping",
            "shipping_expense",
            "AdditionalExpenses",
            "ExpensCode",
            [] if wanted.shipping_expense is None else [wanted.shipping_expense],
        )
        for name in ("discount_item", "rounding_item"):
            yield await self._tried(f"the article of {name}", self._item(name))
        if wanted.wrapping_item:
            yield await self._tried("the article of wrapping_item", self._item("wrapping_item"))
        yield await self._tried("customers' codes are given by Waybill", self._series)
        for what, name, entity, column, codes in self._optional():
            if codes:
                yield await self._exist(what, name, entity, column, codes)

    def _layouts(self) -> dict[PaperKind, str]:
        return self._settings.pdf_layouts if self._settings.papers is PaperSource.LAYOUT else {}

    async def _prints(self, paper: PaperKind, layout: str) -> Finding:
        async def look() -> str:
            if not self._settings.pdf_url:
                return f"Set {self._field('pdf_url')} in waybill.toml to the API Gateway's address."
            await self._printer.knows(layout)
            return ""

        return await self._tried(f"the layout for {paper.value.replace('_', ' ')}", look)

    def _optional(self) -> Iterable[tuple[str, str, str, str, list[str] | list[int]]]:
        wanted = self._settings
        carriers, terms = sorted(set(wanted.carriers.values())), sorted(set(wanted.payment_terms.values()))
        yield "shipping types", "carriers", "ShippingTypes", "Code", carriers
        yield "payment terms", "payment_terms", "PaymentTermsTypes", "GroupNumber", terms
        requester = [wanted.requester] if wanted.requester else []
        yield "the user who requests articles", "requester", "Users", "UserCode", requester

    async def _exist(
        self, what: str, name: str, entity: str, column: str, codes: Iterable[str | int]
    ) -> Finding:
        """Look whether the company has each of these codes; none at all is a finding too."""
        asked = sorted(codes, key=str)

        async def look() -> str:
            known = {str(row.get(column)) for row in await self._layer.rows(entity, column, "")}
            missing = ", ".join(str(code) for code in asked if str(code) not in known)
            if not asked:
                return f"Set {self._field(name)} in waybill.toml."
            return f"SAP has no {missing}: correct {self._field(name)} in waybill.toml." if missing else ""

        return await self._tried(what, look)

    def _item(self, name: str) -> Callable[[], Awaitable[str]]:
        code = str(getattr(self._settings, name))

        async def look() -> str:
            if not code:
                return f"Set {self._field(name)} in waybill.toml to an article that is not kept in stock."
            (item,) = await self._articles.stock((code,), "")
            if not item.known:
                return f"SAP has no article {code}: correct {self._field(name)} in waybill.toml."
            if item.blocked or item.stocked:
                return f"Make {code} in SAP an active article for sale that is not kept in stock."
            return ""

        return look

    async def _series(self) -> str:
        """Look whether the series of new customers takes our codes: that makes creating them repeatable."""
        wanted = {"DocumentTypeParams": {"Document": "2", "DocumentSubType": "C"}}
        number = self._settings.customer_series
        if number is None:
            return _unless_manual(
                await self._layer.ask("SeriesService_GetDefaultSeries", wanted),
                self._field("customer_series"),
            )
        listed = (await self._layer.ask("SeriesService_GetDocumentSeries", wanted)).get("value")
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        mine = next((row for row in rows if row.get("Series") == number), {})
        return _unless_manual(mine, self._field("customer_series"))

    async def _tried(self, what: str, look: Callable[[], Awaitable[str]]) -> Finding:
        """Return what looking brought: an empty text is fine, another says the fix."""
        try:
            fix = await look()
        except WaybillError as problem:
            return _failed(what, problem)
        return Finding(what=what, ok=not fix, fix=fix)

    def _field(self, name: str) -> str:
        return f"connections.{self._layer.connection}.{name}"


def _unless_manual(series: Object, field: str) -> str:
    if series.get("IsManual") == YES:
        return ""
    return f"Set {field} in waybill.toml to a series of customers that is manual in SAP."


def _failed(what: str, problem: WaybillError) -> Finding:
    found = problem.problem
    place = f" ({found.field})" if found.field else ""
    return Finding(what=f"{what}: {found.sentence}", ok=False, fix=f"{found.remedy}{place}")
