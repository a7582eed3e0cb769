"""What Waybill needs inside the company: a table of keys, and its own fields on documents and customers."""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass

from adapters.erps.sap_business_one.client import Object, ServiceLayer, literal
from adapters.erps.sap_business_one.refusals import KeyExists
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.ports import SetupStep
from domain.errors import BadConfiguration, InDoubt, NotFound, Passing, Refused

RESTART = "restart"
_KEY_SIZE = 50


@dataclass(frozen=True)
class _Thing:
    """One table or field: how it is defined, and the list that shows whether the API knows it, if one can."""

    name: str
    what: str
    entity: str
    body: Object
    shown_by: str


class SetUp:
    """The company's tables and fields for us. Adding one locks the big tables: not for working hours."""

    def __init__(self, layer: ServiceLayer, settings: SapBusinessOneSettings) -> None:
        self._layer, self._settings = layer, settings
        self._things = _things(settings)

    async def steps(self) -> tuple[SetupStep, ...]:
        """Tell of each thing whether it is defined, and whether the Service Layer knows all of them."""
        steps = [
            SetupStep(name=thing.name, what=thing.what, done=await self._is_defined(thing))
            for thing in self._things
        ]
        what = "the restart of the Service Layer, after which it knows new tables and fields"
        return (*steps, SetupStep(name=RESTART, what=what, done=not await self.unknown()))

    async def unknown(self) -> tuple[str, ...]:
        """Return what the Service Layer does not know: not defined, or defined since its last start."""
        return tuple([thing.name for thing in self._things if not await self._is_known(thing)])

    async def do(self, step: str) -> None:
        """Define one thing. Safe to repeat: what is there already is left alone."""
        if step == RESTART:
            await self._check_restarted()
            return
        thing = next((thing for thing in self._things if thing.name == step), None)
        if thing is None:
            names = ", ".join(each.name for each in self._things)
            raise BadConfiguration(f"there is no such step; there are {names} and {RESTART}")
        try:
            await self._layer.create(thing.entity, thing.body)
        except KeyExists:
            return
        except InDoubt as lost:
            raise Passing(
                "the step may have been carried out or not; it can be repeated",
                quote=lost.problem.quote,
                connection=self._layer.connection,
            ) from lost

    async def _is_defined(self, thing: _Thing) -> bool:
        if thing.entity == "UserTablesMD":
            return await self._has_table(str(thing.body["TableName"]))
        table, name = str(thing.body["TableName"]), str(thing.body["Name"])
        wanted = f"TableName eq {literal(table)} and Name eq {literal(name)}"
        return bool(await self._layer.rows("UserFieldsMD", "TableName,Name", wanted))

    async def _has_table(self, name: str) -> bool:
        try:
            await self._layer.read(f"UserTablesMD({literal(name)})?$select=TableName")
        except NotFound:
            return False
        return True

    async def missing_fields(self, header: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
        """Tell which fields of documents and lines cannot be filled: ours, or not known to the API."""
        ours = {self._settings.order_column, self._settings.line_column, self._settings.paper_column}
        found = [f"{name} is kept for Waybill's own keys" for name in (*header, *lines) if name in ours]
        found += [
            f"{name} is not on sales documents (ORDR), or new since the last restart"
            for name in header
            if name not in ours
            and not await self._knows(self._layer.read(f"Orders?$select=DocEntry,{name}&$top=1"))
        ]
        found += [
            f"{name} is not on document lines (RDR1), or new since the last restart"
            for name in lines
            if name not in ours and not await self._knows(self._name_line_field(name))
        ]
        return tuple(found)

    @staticmethod
    async def _knows(asking: Awaitable[object]) -> bool:
        try:
            await asking
        except BadConfiguration:
            return False
        return True

    async def _is_known(self, thing: _Thing) -> bool:
        if thing.shown_by:
            return await self._knows(self._layer.read(thing.shown_by))
        return await self._knows(self._name_line_field(self._settings.line_column))

    async def _name_line_field(self, name: str) -> None:
        """Name a field of the lines in a calculation: a list can select no property of a line."""
        with suppress(Refused):
            line = {name: None}
            await self._layer.ask("OrdersService_Preview", {"Document": {"DocumentLines": [line]}})

    async def _check_restarted(self) -> None:
        unknown = await self.unknown()
        if unknown:
            raise BadConfiguration(
                f"the Service Layer does not know yet: {', '.join(unknown)}",
                remedy="Restart the Service Layer by hand on its server, then run this step again.",
                connection=self._layer.connection,
            )


def _things(settings: SapBusinessOneSettings) -> tuple[_Thing, ...]:
    return (
        _key_table(settings),
        _Thing(
            "order-field",
            f"the field {settings.order_column} on sales documents, by which a document is found again",
            "UserFieldsMD",
            _field("ORDR", settings.order_field, "Web order"),
            f"Orders?$select=DocEntry,{settings.order_column}&$top=1",
        ),
        _Thing(
            "line-field",
            f"the field {settings.line_column} on document lines, because line numbers shift",
            "UserFieldsMD",
            _field("RDR1", settings.line_field, "Web order line"),
            "",
        ),
        _Thing(
            "paper-field",
            f"the field {settings.paper_column} on returns and credit notes, which carries their own key",
            "UserFieldsMD",
            _field("ORDR", settings.paper_field, "Web paper"),
            f"CreditNotes?$select=DocEntry,{settings.paper_column}&$top=1",
        ),
        *_payment_things(settings),
        _Thing(
            "customer-field",
            f"the field {settings.customer_column} on customers, by which a buyer is found again",
            "UserFieldsMD",
            _field("OCRD", settings.customer_field, "Web customer"),
            f"BusinessPartners?$select=CardCode,{settings.customer_column}&$top=1",
        ),
    )


def _key_table(settings: SapBusinessOneSettings) -> _Thing:
    table = {
        "TableName": settings.key_table,
        "TableDescription": "Waybill keys",
        "TableType": "bott_NoObject",
    }
    return _Thing(
        "key-table",
        f"the table {settings.key_table}, whose rows make each document exist once",
        "UserTablesMD",
        table,
        f"{settings.key_entity}?$select=Code&$top=1",
    )


def _payment_things(settings: SapBusinessOneSettings) -> tuple[_Thing, ...]:
    """Return the field on payments, which is only needed where payments are entered."""
    if not (settings.bank_account or settings.bank_accounts):
        return ()
    return (
        _Thing(
            "payment-field",
            f"the field {settings.paper_column} on incoming payments, which carries their key",
            "UserFieldsMD",
            _field("ORCT", settings.paper_field, "Web payment"),
            f"IncomingPayments?$select=DocEntry,{settings.paper_column}&$top=1",
        ),
    )


def _field(table: str, name: str, description: str) -> Object:
    return {
        "TableName": table,
        "Name": name,
        "Type": "db_Alpha",
        "SubType": "st_None",
        "Size": _KEY_SIZE,
        "Description": description,
    }
