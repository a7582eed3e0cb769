"""The composition root: builds adapters, repositories and activities from the configuration."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client

from activities.aftercare import Aftercare
from activities.alerts import Alerts
from activities.approval_links import ApprovalLinks
from activities.approvals import Approvals
from activities.capture import Capture
from activities.channels import Channels
from activities.checking import Checking
from activities.connections import Connections
from activities.document_links import DocumentLinks
from activities.documents import Papers
from activities.exchange import Exchange
from activities.experts import Experts
from activities.feed import Feed
from activities.fulfilment import Fulfilment
from activities.hooks import Hooks
from activities.intake import Intake
from activities.labels import ReturnLabels
from activities.mappings import Mappings
from activities.notices import NoticeDesk, Shelf
from activities.posting import Posting
from activities.progress import Recording
from activities.published_rules import PublishedRules
from activities.reconcile import Reconciling
from activities.refunds import StoreRefunds
from activities.returns import look_at_return
from activities.stock import Stocks
from activities.store_writes import StoreWrites
from activities.systems import Systems
from adapters.channels.smtp import Smtp
from adapters.expression_port import ExpressionPort
from adapters.expressions.zen import ZenExpressions
from adapters.hooks import InstalledHooks
from adapters.ports import ErpPort, MailPort, StorePort
from domain.capabilities import Role, asked_by
from domain.errors import BadConfiguration
from records.absences import Absences
from records.cross_references import CrossReferences
from records.database import Database
from records.documents import Documents, file_store
from records.inbox import Inbox
from records.incidents import Incidents
from records.notices import Notices
from records.orders import Orders
from records.postings import Postings
from records.published import PublishedSets
from records.recorded_cases import RecordedCases
from records.rule_decisions import RuleDecisions
from records.strays import Strays
from records.sync_marks import SyncMarks
from records.unmapped import UnmappedValues
from records.webhook_deliveries import WebhookDeliveries
from starter.channels import CHANNELS, channels_of
from starter.configuration import Configuration, settings_of
from starter.kinds import ERPS, STORES
from starter.labels import LABELS, labels_of


@dataclass(frozen=True)
class Waybill:
    """Everything that the configuration describes, built."""

    configuration: Configuration
    database: Database
    systems: Systems
    mail: MailPort
    channels: Channels
    links: ApprovalLinks
    inbox: Inbox
    orders: Orders
    postings: Postings
    references: CrossReferences
    incidents: Incidents
    notices: Notices
    deliveries: WebhookDeliveries
    marks: SyncMarks
    documents: Documents
    document_links: DocumentLinks
    strays: Strays
    experts: ExpressionPort
    hooks: InstalledHooks
    absences: Absences
    published: PublishedSets
    unmapped: UnmappedValues
    cases: RecordedCases
    decisions: RuleDecisions

    async def close(self) -> None:
        """Give back all connections."""
        await self.systems.close()
        await self.channels.close()
        await self.experts.close()
        await self.database.close()


def compose(configuration: Configuration) -> Waybill:
    """Build everything. Raises `BadConfiguration` that names the key of waybill.toml."""
    database = Database(configuration.database)
    mail = Smtp(configuration.mail)
    return Waybill(
        configuration=configuration,
        database=database,
        systems=_systems(configuration),
        mail=mail,
        channels=channels_of(configuration, mail),
        links=links_of(configuration),
        inbox=Inbox(database),
        orders=Orders(database),
        postings=Postings(database),
        references=CrossReferences(database),
        incidents=Incidents(database),
        notices=Notices(database),
        deliveries=WebhookDeliveries(database),
        marks=SyncMarks(database),
        documents=Documents(database, file_store(configuration.documents.store)),
        document_links=DocumentLinks(
            configuration.secret.get_secret_value(),
            configuration.public_url,
            configuration.documents.link_lifetime,
        ),
        strays=Strays(database),
        experts=ZenExpressions(),
        hooks=InstalledHooks(),
        absences=Absences(database),
        published=PublishedSets(database),
        unmapped=UnmappedValues(database),
        cases=RecordedCases(database),
        decisions=RuleDecisions(database),
    )


def links_of(configuration: Configuration) -> ApprovalLinks:
    """Return the maker of approval links and codes."""
    return ApprovalLinks(configuration.secret.get_secret_value(), configuration.public_url)


def _systems(configuration: Configuration) -> Systems:
    stores: dict[str, StorePort] = {}
    erps: dict[str, ErpPort] = {}
    for name, connection in configuration.connections.items():
        if connection.kind in STORES:
            store = STORES[connection.kind]
            stores[name] = store.build(name, settings_of(name, connection, store.settings))
        elif connection.kind in ERPS:
            erp = ERPS[connection.kind]
            erps[name] = erp.build(name, settings_of(name, connection, erp.settings))
        elif connection.kind not in {*CHANNELS, *LABELS}:
            known = ", ".join((*STORES, *ERPS, *CHANNELS, *LABELS))
            raise BadConfiguration(
                f"waybill.toml, connections.{name}.kind: there is no kind {connection.kind!r}",
                field=f"connections.{name}.kind",
                remedy=f"Write one of: {known}.",
            )
    pairs = configuration.pairs
    systems = Systems(
        stores=stores,
        erps=erps,
        pairs={pair.store: pair for pair in pairs.values() if not pair.by_rule},
        labels=labels_of(configuration),
        routes={name: pair for name, pair in pairs.items() if pair.by_rule},
    )
    _check_pairs(systems)
    _check_capabilities(configuration)
    return systems


def _check_pairs(systems: Systems) -> None:
    """Raise `BadConfiguration` for a pair that names what is not there, and for a store without a pair."""
    for pair in (*systems.pairs.values(), *systems.routes.values()):
        roles: tuple[tuple[str, str, Mapping[str, object]], ...] = (
            ("store", pair.store, systems.stores),
            ("erp", pair.erp, systems.erps),
            ("labels", pair.labels, systems.labels),
        )
        for role, wanted, there in roles:
            # Only labels may be left out.
            if wanted and wanted not in there:
                raise BadConfiguration(
                    f"waybill.toml, pairs.{pair.name}.{role}: {wanted} is not a connection of that role",
                    field=f"pairs.{pair.name}.{role}",
                )
    for name in systems.stores:
        if name not in systems.pairs:
            raise BadConfiguration(
                f"waybill.toml, connections.{name}: no pair names this store",
                field=f"connections.{name}",
                remedy=f'Add [pairs.NAME] with store = "{name}" and the ERP it feeds, or take it out.',
            )


def _check_capabilities(configuration: Configuration) -> None:
    """Raise `BadConfiguration` for a pair that asks for more than its systems can do."""
    for pair in configuration.pairs.values():
        store = STORES[configuration.connections[pair.store].kind]
        erp = ERPS[configuration.connections[pair.erp].kind]
        for key, role, capability in asked_by(pair):
            if capability not in (store.can if role is Role.STORE else erp.can):
                name = pair.store if role is Role.STORE else pair.erp
                kind, field = configuration.connections[name].kind, f"pairs.{pair.name}.{key}"
                raise BadConfiguration(
                    f"waybill.toml, {field}: {name} is a {kind}, which cannot {capability.value}",
                    field=field,
                    remedy="Take the key out; `waybill connect kinds` lists what each kind can do.",
                )


def intake_of(waybill: Waybill, client: Callable[[], Client]) -> Intake:
    """Return the intake that starts workflows through a client."""
    return Intake(waybill.inbox, waybill.orders, client, waybill.configuration.task_queue)


def activities_of(waybill: Waybill, client: Callable[[], Client]) -> list[Callable[..., Any]]:
    """Return all activities, bound to what they need."""
    return [
        *_until_posted(waybill),
        *_after_posting(waybill),
        *_to_people(waybill),
        *_beside(waybill, client),
    ]


def _until_posted(waybill: Waybill) -> Iterator[Callable[..., Any]]:
    systems = waybill.systems
    mappings = Mappings(waybill.published, waybill.unmapped)
    notices = waybill.configuration.notices
    capture = Capture(systems, waybill.inbox, notices, waybill.published, waybill.cases)
    checking = Checking(systems, waybill.references, waybill.cases, mappings)
    posting = Posting(systems, waybill.postings, mappings)
    yield from (capture.capture_order, capture.deny_intake)
    yield from (checking.check_order, checking.create_customer, checking.request_restock)
    yield from (posting.post_sales_order, posting.cancel_document)
    yield Experts(waybill.experts).judge
    yield Hooks(waybill.hooks).run_hook
    recording = Recording(waybill.orders)
    yield from (recording.record_progress, recording.recall_life)


def _after_posting(waybill: Waybill) -> Iterator[Callable[..., Any]]:
    systems = waybill.systems
    writes = StoreWrites(systems)
    aftercare = Aftercare(systems, waybill.postings)
    yield Exchange(systems).check_replacement
    labels = ReturnLabels(systems, waybill.postings, waybill.references, waybill.documents)
    yield from (writes.show_erp_number, writes.set_store_status, writes.set_tracking)
    yield from (aftercare.take_back, aftercare.register_payment)
    yield Stocks(systems, waybill.orders).publish_stock
    yield Fulfilment(systems).read_progress
    yield StoreRefunds(systems).read_refunds
    yield Papers(systems, waybill.documents).keep_paper
    yield labels.make_return_label
    yield look_at_return


def _to_people(waybill: Waybill) -> Iterator[Callable[..., Any]]:
    desk = NoticeDesk(
        waybill.configuration.notices,
        waybill.channels,
        waybill.notices,
        waybill.deliveries,
        Shelf(waybill.documents, waybill.document_links),
        Alerts(waybill.notices, waybill.mail, waybill.configuration.alert_to),
        waybill.configuration.public_url,
    )
    approvals = Approvals(waybill.links, waybill.mail, waybill.notices, waybill.absences)
    yield from (desk.plan, desk.send, approvals.approver_codes, approvals.ask_approver)
    yield approvals.plan_asking


def _beside(waybill: Waybill, client: Callable[[], Client]) -> Iterator[Callable[..., Any]]:
    systems = waybill.systems
    connections = Connections(
        systems,
        waybill.incidents,
        waybill.orders,
        Alerts(waybill.notices, waybill.mail, waybill.configuration.alert_to),
        PublishedRules(waybill.published),
    )
    intake = intake_of(waybill, client)
    reconciling = Reconciling(systems, waybill.inbox, waybill.orders, waybill.marks, lambda: intake)
    yield from (connections.report_trouble, connections.send_alert)
    yield from (connections.probe, connections.resume_waiting_orders)
    yield reconciling.take_in_missed_orders
    yield Feed(systems, waybill.marks, waybill.postings, waybill.orders, waybill.strays).watch_erp
