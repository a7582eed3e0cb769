"""What the repositories promise, on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from domain.approvals.requests import ApprovalRequest, Standing
from domain.errors import BadConfiguration, Problem
from domain.life import Deed, Hold, OrderView
from domain.money import Money
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpState
from domain.stages import Stage
from records import tables
from records.cross_references import CrossReferences
from records.database import Database, DatabaseGone, database_url
from records.inbox import Delivery, Inbox, InboxState, Source
from records.incidents import Incidents
from records.migrate import migrate
from records.orders import Orders
from records.postings import Made, PostingKey, Postings
from records.sync_marks import SyncMarks

NOW = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)
LEASE, SETTLE = timedelta(seconds=30), timedelta(seconds=60)
KEY = PostingKey(key="shop:1042:order:1", erp="sap", store="shop", order_id="1042")
DOCUMENT = ErpDocument(
    kind=DocumentKind.ORDER,
    entry="501",
    number="2001",
    state=ErpState.OPEN,
    key=KEY.key,
    total=Money(Decimal("12345678901234.567891"), "EUR"),
)


def _delivery(number: int = 1, body: bytes = b"{}") -> Delivery:
    return Delivery(
        connection="shop",
        delivery=f"msg_{number}",
        source=Source.WEBHOOK,
        kind="order.created",
        order_id="1042",
        body=body,
    )


def _view(version: int = 1, **changed: object) -> OrderView:
    facts: dict[str, object] = {
        "version": version,
        "connection": "shop",
        "store_order_id": "1042",
        "erp": "sap",
        "number": "XKBKNABJK",
        "customer": "Bodega Sol SL",
        "stage": Stage.CHECKING,
        "since": NOW,
        "total": Money(Decimal("99999999999999.999999"), "EUR"),
    }
    return OrderView.model_validate(facts | changed)


def test_migrations_and_tables_say_the_same(address: str) -> None:
    migrate(address)

    engine = create_engine(database_url(address))
    with engine.connect() as connection:
        drift = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()

    assert drift == []
    assert tables.InboxRow.__tablename__ == "inbox"


def test_migrating_down_and_up_again_works(address: str) -> None:
    migrate(address)
    migrate(address, "base")
    migrate(address)
    migrate(address)


def test_a_database_made_by_a_newer_version_is_refused(address: str) -> None:
    migrate(address)
    engine = create_engine(database_url(address))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()

    with pytest.raises(BadConfiguration, match="newer Waybill"):
        migrate(address)


async def test_a_second_delivery_with_the_same_id_is_not_new(database: Database) -> None:
    inbox = Inbox(database)

    assert await inbox.accept(_delivery(), NOW)
    assert not await inbox.accept(_delivery(), NOW)

    assert len(await inbox.waiting()) == 1


async def test_a_hundred_equal_deliveries_at_once_leave_one_row(database: Database) -> None:
    inbox = Inbox(database)

    taken = await asyncio.gather(*(inbox.accept(_delivery(), NOW) for _ in range(100)))

    assert sum(taken) == 1
    assert await inbox.counts() == {"waiting": 1}


async def test_the_same_id_with_another_body_is_kept_as_refused(database: Database) -> None:
    inbox = Inbox(database)
    await inbox.accept(_delivery(), NOW)

    assert not await inbox.accept(_delivery(body=b'{"other": 1}'), NOW)

    assert await inbox.counts() == {"waiting": 1, "refused": 1}


async def test_settled_rows_no_longer_wait(database: Database) -> None:
    inbox = Inbox(database)
    for number in range(3):
        await inbox.accept(_delivery(number), NOW)
    first, second, third = await inbox.waiting()

    await inbox.settle([first.id, second.id], InboxState.STARTED)

    assert [row.delivery for row in await inbox.waiting()] == [third.delivery]


async def test_an_order_the_store_denies_refuses_its_deliveries(database: Database) -> None:
    inbox = Inbox(database)
    await inbox.accept(_delivery(), NOW)

    await inbox.deny_order("shop", "1042", "the store does not know the order")

    assert await inbox.counts() == {"denied": 1}
    assert await inbox.accept(_delivery(), NOW)
    assert await inbox.counts() == {"waiting": 1}


async def test_a_body_with_a_null_sign_is_kept(database: Database) -> None:
    assert await Inbox(database).accept(_delivery(body=b"a\x00b\xff"), NOW, InboxState.REFUSED, "not JSON")


async def test_only_one_of_two_workers_may_send_under_a_key(database: Database) -> None:
    postings = Postings(database)
    mine = await postings.reserve(KEY, NOW)

    answers = await asyncio.gather(*(postings.open_sending(mine, NOW, LEASE, SETTLE) for _ in range(2)))

    assert sorted(answers) == [False, True]


async def test_a_second_create_waits_for_lease_and_settle_time(database: Database) -> None:
    postings = Postings(database)
    mine = await postings.reserve(KEY, NOW)
    await postings.open_sending(mine, NOW, LEASE, SETTLE)

    early = await postings.open_sending(mine, NOW + LEASE + timedelta(seconds=59), LEASE, SETTLE)
    later = await postings.open_sending(mine, NOW + LEASE + timedelta(seconds=60), LEASE, SETTLE)

    assert (early, later) == (False, True)


async def test_after_a_lost_answer_only_the_settle_time_is_waited(database: Database) -> None:
    postings = Postings(database)
    mine = await postings.reserve(KEY, NOW)
    await postings.open_sending(mine, NOW, timedelta(hours=1), SETTLE)

    await postings.note_lost_answer(KEY.key, NOW, NOW)

    assert await postings.open_sending(mine, NOW + SETTLE / 2, LEASE, SETTLE) is False
    assert await postings.open_sending(mine, NOW + SETTLE, LEASE, SETTLE) is True


async def test_after_a_refusal_a_create_may_go_out_at_once(database: Database) -> None:
    postings = Postings(database)
    mine = await postings.reserve(KEY, NOW)
    await postings.open_sending(mine, NOW, LEASE, SETTLE)

    await postings.note_refusal(KEY.key, NOW, NOW)

    assert await postings.open_sending(mine, NOW, LEASE, SETTLE) is True


async def test_a_bound_key_is_bound_for_ever(database: Database) -> None:
    postings = Postings(database)
    mine = await postings.reserve(KEY, NOW)
    await postings.bind(KEY, Made.of(DOCUMENT), NOW)
    await postings.note_refusal(KEY.key, NOW, NOW)

    assert await postings.open_sending(mine, NOW + timedelta(days=99), LEASE, SETTLE) is False
    assert ErpDocument.model_validate((await postings.reserve(KEY, NOW)).bound) == DOCUMENT


async def test_an_attempt_that_another_has_taken_over_from_sends_nothing(database: Database) -> None:
    postings = Postings(database)
    slow = await postings.reserve(KEY, NOW)
    latest = await postings.reserve(KEY, NOW)

    assert await postings.open_sending(slow, NOW, LEASE, SETTLE) is False
    assert await postings.open_sending(latest, NOW, LEASE, SETTLE) is True


async def test_a_bound_document_is_found_by_each_of_its_names(database: Database) -> None:
    postings, references = Postings(database), CrossReferences(database)
    await postings.reserve(KEY, NOW)
    await postings.bind(KEY, Made.of(DOCUMENT), NOW)
    await postings.bind(KEY, Made.of(DOCUMENT), NOW)

    for name in ("shop:1042:order:1", "shop:1042", "order:501", "501", "2001"):
        (found,) = await references.find(name)
        assert (found.ours, found.theirs, found.label) == ("shop:1042:order:1", "order:501", "2001")
    assert await references.find("shop:104") == ()
    assert await references.find("%") == ()


async def test_an_older_view_never_overwrites_a_newer_one(database: Database) -> None:
    orders = Orders(database)
    await orders.record(_view(2, stage=Stage.POSTED, document=DOCUMENT), NOW)

    await orders.record(_view(1), NOW)

    kept = await orders.one("shop", "1042")
    assert kept is not None
    assert kept.stage is Stage.POSTED
    assert kept.total == Money(Decimal("99999999999999.999999"), "EUR")


async def test_a_hold_opens_and_ends_with_the_view(database: Database) -> None:
    orders = Orders(database)
    hold = Hold(number=1, code="sku_unknown", sentence="…", remedy="…", since=NOW, came_from=Stage.CHECKING)
    await orders.record(_view(1, stage=Stage.HELD, hold=hold), NOW)
    held = await orders.list(needs_person=True)

    await orders.record(_view(2), NOW)

    assert [view.store_order_id for view in held] == ["1042"]
    assert await orders.list(needs_person=True) == ()


async def test_an_approval_keeps_its_latest_standing(database: Database) -> None:
    orders = Orders(database)
    request = ApprovalRequest(
        number=1,
        revision="r",
        total=Money(Decimal(6000), "EUR"),
        role="director",
        because="…",
        asked=("d",),
        asked_at=NOW,
    )
    await orders.record(_view(1, approval=request), NOW)

    decided = request.model_copy(update={"standing": Standing.APPROVED, "decided_by": "d"})
    await orders.record(_view(2, approval=decided), NOW)

    kept = await orders.one("shop", "1042")
    assert kept is not None
    assert kept.approval == decided


async def test_the_audit_keeps_each_deed_once(database: Database) -> None:
    orders = Orders(database)
    deed = Deed(number=1, at=NOW, by="ana", what="corrected", detail="line.1.sku")

    await orders.record(_view(1, deeds=(deed,)), NOW)
    await orders.record(_view(1, deeds=(deed,)), NOW)

    assert [(row.by, row.what) for row in await orders.audit("shop", "1042")] == [("ana", "corrected")]


async def test_orders_are_found_by_either_number(database: Database) -> None:
    orders = Orders(database)
    await orders.record(_view(1, stage=Stage.POSTED, document=DOCUMENT), NOW)

    for name in ("shop:1042", "1042", "XKBKNABJK", "2001", "501"):
        assert [view.store_order_id for view in await orders.find(name)] == ["1042"]
    assert await orders.find("other:1042") == ()


async def test_parked_orders_come_back_oldest_first(database: Database) -> None:
    orders = Orders(database)
    trouble = Problem(
        code="connection_down",
        disposition="wait",
        sentence="…",
        remedy="…",
        connection="sap",
    )
    for number, placed in (("2", NOW), ("1", NOW - timedelta(hours=1)), ("3", NOW)):
        await orders.record(
            _view(1, store_order_id=number, placed_at=placed, trouble=trouble, waits_for=("sap", "shop")), NOW
        )

    assert await orders.waiting_for("sap") == (("shop", "1"), ("shop", "2"), ("shop", "3"))


async def test_a_cursor_is_kept_for_each_flow(database: Database) -> None:
    marks = SyncMarks(database)
    await marks.advance("shop", "orders", {"date_upd": "2026-01-05 10:29:00"}, NOW)
    await marks.advance("shop", "orders", {"date_upd": "2026-01-05 10:30:00"}, NOW)

    assert await marks.cursor("shop", "orders") == {"date_upd": "2026-01-05 10:30:00"}
    assert await marks.cursor("shop", "stock") == {}


async def test_a_connection_has_one_open_incident(database: Database) -> None:
    incidents = Incidents(database)
    problem = Problem(code="connection_down", disposition="wait", sentence="down", remedy="…")

    opened = await asyncio.gather(*(incidents.open("sap", problem, NOW) for _ in range(20)))

    assert sum(opened) == 1
    assert [incident.connection for incident in await incidents.open_ones()] == ["sap"]
    assert await incidents.end("sap", NOW)
    assert not await incidents.end("sap", NOW)
    assert await incidents.open("sap", problem, NOW)


async def test_a_database_that_is_gone_says_so() -> None:
    gone = Database("postgresql://nobody@127.0.0.1:9/none")

    with pytest.raises(DatabaseGone):
        await gone.answers()
    await gone.close()


async def test_a_database_that_cannot_write_says_so(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/waybill.db"
    migrate(address)
    database = Database(address)
    await database.write(lambda session: session.execute(text("pragma query_only = on")))

    with pytest.raises(DatabaseGone):
        await Inbox(database).accept(_delivery(), NOW)
    await database.close()


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="mysql"):
        database_url("mysql://root@localhost/x")
    with pytest.raises(BadConfiguration, match="cannot be read"):
        database_url("not an address")
