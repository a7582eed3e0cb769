"""One sandbox company: its entity sets, its figures, what happened to it, and what it does wrong next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.sap_business_one.attachments import Attachments
from sandbox.sap_business_one.document_kinds import (
    DELIVERIES,
    DRAFTS,
    INVOICES,
    ORDERS,
    PURCHASE_REQUESTS,
    SALES_KINDS,
    DocumentKind,
)
from sandbox.sap_business_one.documents import Documents
from sandbox.sap_business_one.drafts import Drafts
from sandbox.sap_business_one.entities import EntitySet, ReferenceData
from sandbox.sap_business_one.errors import bad_request
from sandbox.sap_business_one.fault_kinds import FAULT_KINDS
from sandbox.sap_business_one.items import Items
from sandbox.sap_business_one.numbering import Rates, Series
from sandbox.sap_business_one.opening import TAX_GROUPS, open_company, reference_sets, standing_rates
from sandbox.sap_business_one.partners import Partners
from sandbox.sap_business_one.pick_lists import PickLists
from sandbox.sap_business_one.properties import Shapes
from sandbox.sap_business_one.sessions import Sessions
from sandbox.sap_business_one.settings import Settings
from sandbox.sap_business_one.settlement import IncomingPayments
from sandbox.sap_business_one.sql_queries import SqlQueries
from sandbox.sap_business_one.staff import Staff
from sandbox.sap_business_one.storage import Figures, Journal, Key, Table
from sandbox.sap_business_one.user_metadata import UserFields, UserTables
from sandbox.sap_business_one.wire import Row

S = TypeVar("S", bound=EntitySet)
Fact = tuple[str, dict[str, Any]]


class Company:
    """The company a sandbox serves; tests build it in process and look into it."""

    country = "FR"
    default_warehouse = "01"
    default_tax_group = TAX_GROUPS["standard"]

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.ledger = Ledger()
        self.faults = FaultBoard(FAULT_KINDS)
        self.sessions = Sessions(self.settings)
        self.closed_before: date | None = self.settings.closed_before
        self.commits = 0
        """How many writes were ever committed."""
        self.target = ("POST", "")
        """Verb and path of the request under way, for faults that strike inside a rule."""
        self.journal = Journal()
        self.figures = Figures(self.journal)
        self.shapes = Shapes()
        self.series = Series(self.figures)
        standing = standing_rates(self.settings.local_currency) if self.settings.standing_rates else {}
        self.rates = Rates(self.journal, standing)
        self._sets: dict[str, EntitySet] = {}
        self._facts: list[Fact] = []
        self._in_transaction = False
        self._lag_seconds: float | None = 0
        self._late_seconds: float | None = 0
        self._waiting_for_restart: list[Callable[[], object]] = []
        self._create_sets()
        self.staff: Staff = Staff(self)
        open_company(self)
        self._facts.clear()
        self.journal.clear()

    def _create_sets(self) -> None:
        self.items = self.add_set(Items(self))
        self.partners = self.add_set(Partners(self))
        for kind in (*SALES_KINDS, PURCHASE_REQUESTS):
            self.add_set(Documents(self, kind))
        self.drafts = self.add_set(Drafts(self, DRAFTS))
        self.pick_lists = self.add_set(PickLists(self))
        self.attachments = self.add_set(Attachments(self))
        self.payments = self.add_set(IncomingPayments(self))
        self.add_set(UserTables(self))
        self.add_set(UserFields(self))
        self.add_set(SqlQueries(self))
        for name, (shape, key, rows) in reference_sets().items():
            data = self.add_set(ReferenceData(self, name, self.shapes[shape], *key))
            for row in rows:
                data.table.insert(data.key_of(row), dict(row))
        users = self.add_set(ReferenceData(self, "Users", self.shapes["User"], "UserCode"))
        for number, code in enumerate(self.settings.passwords, 1):
            users.table.insert(code, {"InternalKey": number, "UserCode": code, "UserName": code})

    def add_set(self, entity_set: S) -> S:
        """Serve one more entity set."""
        self._sets[entity_set.name] = entity_set
        return entity_set

    def set_of(self, name: str) -> EntitySet:
        """Return an entity set, or refuse the name as the service does."""
        found = self._sets.get(name)
        if found is None:
            raise bad_request("Unrecognized resource path.")
        return found

    def documents(self, kind: DocumentKind) -> Documents:
        """Return the documents of one kind."""
        found = self._sets[kind.name]
        if not isinstance(found, Documents):
            raise TypeError(f"{kind.name} are not documents")
        return found

    def documents_named(self, name: str) -> Documents:
        """Return the documents of one entity set."""
        return self.documents(next(kind for kind in SALES_KINDS if kind.name == name))

    @property
    def orders(self) -> Documents:
        """The sales orders."""
        return self.documents(ORDERS)

    @property
    def deliveries(self) -> Documents:
        """The delivery notes."""
        return self.documents(DELIVERIES)

    @property
    def invoices(self) -> Documents:
        """The invoices."""
        return self.documents(INVOICES)

    def now(self) -> datetime:
        """Return the server's local time."""
        return self.settings.clock()

    def warehouses(self) -> list[str]:
        """Return the codes of all warehouses."""
        return [row["WarehouseCode"] for row in self.set_of("Warehouses").table.rows()]

    def tax_rates(self) -> dict[str, Decimal]:
        """Return the percentage of each output tax group in use."""
        return {
            row["Code"]: row["VatGroups_Lines"][-1]["Rate"]
            for row in self.set_of("VatGroups").table.rows()
            if row.get("Category") == "bovcOutputTax" and row.get("Inactive") != "tYES"
        }

    @contextmanager
    def transaction(self) -> Iterator[list[Fact]]:
        """Make the changes inside stay or go as one; yields the list of what was written.

        A transaction within another is part of it.
        """
        if self._in_transaction:
            yield self._facts
            return
        self._in_transaction = True
        self._lag_seconds = self._late_seconds = None
        self.journal.clear()
        facts: list[Fact] = []
        self._facts = facts
        try:
            yield facts
        except BaseException:
            self.journal.roll_back()
            facts.clear()
            raise
        finally:
            self._in_transaction = False
            self.commits += len(facts)
            for kind, details in facts:
                self.ledger.write(kind, **details)

    def note(self, kind: str, **facts: Any) -> None:
        """Remember a write, to enter it in the ledger once it is committed."""
        self._facts.append((kind, facts))

    def note_document(self, kind: str, document: Row) -> None:
        """Remember a document that was written or ended."""
        facts = {
            "object": document["DocObjectCode"],
            "DocEntry": document["DocEntry"],
            "DocNum": document["DocNum"],
            "CardCode": document.get("CardCode"),
            "NumAtCard": document.get("NumAtCard"),
            "U_WebOrderId": document.get("U_WebOrderId"),
            "DocTotal": str(document["DocTotal"]),
            "DocTotalFc": str(document["DocTotalFc"]),
            "currency": document["DocCurrency"],
        }
        self.note(kind, **facts)

    def lag(self, table: Table, key: Key) -> None:
        """Keep a new row from readers for a while, where a fault says so of this transaction."""
        if self._lag_seconds is None:
            fault = self.faults.take("read_lag", *self.target)
            self._lag_seconds = fault.seconds if fault else 0
        if self._lag_seconds:
            table.hide(key, self._lag_seconds)

    def commit_late(self, table: Table, key: Key, before: Row | None) -> None:
        """Keep a document's new state from readers, as if its transaction had ended long after its stamp."""
        if self._late_seconds is None:
            fault = self.faults.take("late_commit", *self.target)
            self._late_seconds = fault.seconds if fault else 0
        if self._late_seconds:
            table.hide(key, self._late_seconds, before)

    def struck(self, kind: str) -> bool:
        """Tell whether a fault of this kind hits the request under way."""
        return self.faults.take(kind, *self.target) is not None

    def needs_approval(self, document: Row) -> bool:
        """Tell whether the approval template matches a sales order."""
        return self.struck("approval_procedure") or self._over_approval_limit(document)

    def would_need_approval(self, document: Row) -> bool:
        """Tell the same of an order that is not posted yet; an armed fault is not used up."""
        armed = any(fault.kind == "approval_procedure" for fault in self.faults.armed())
        return armed or self._over_approval_limit(document)

    def _over_approval_limit(self, document: Row) -> bool:
        above = self.settings.approval_above
        return above is not None and bool(document["DocTotal"] > above)

    def after_restart(self, step: Callable[[], object]) -> None:
        """Do something with the Service Layer's metadata now, or at its restart where it needs one."""
        if self.settings.restart_needed:
            self._waiting_for_restart.append(step)
        else:
            step()

    def restart(self) -> None:
        """Restart the Service Layer: every session ends, new user fields and tables become usable."""
        self.sessions.end_all()
        waiting, self._waiting_for_restart = self._waiting_for_restart, []
        for step in waiting:
            step()
