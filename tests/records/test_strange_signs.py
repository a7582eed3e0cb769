"""A store, an ERP, a mail server and a person may all send signs that PostgreSQL has no place for."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.approvals.requests import ApprovalRequest, Standing
from domain.errors import Disposition, Problem
from domain.life import Deed, Hold, OrderView
from domain.money import Money
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpState
from domain.stages import Stage
from records.cross_references import CrossReferences
from records.database import Database
from records.inbox import Delivery, Inbox, InboxState, Source
from records.incidents import Incidents
from records.notices import Notices, NoticeState, NoticeTag
from records.orders import Orders
from records.postings import Made, PostingKey, Postings

NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)
ODD = "one\x00two\x1fthree\nfour"


def view() -> OrderView:
    """Return a view with odd signs wherever a text comes from outside."""
    total = Money(Decimal("98.50"), "EUR")
    hold = Hold(
        number=1, code="erp_refused", sentence=ODD, remedy="Correct it.", since=NOON, came_from=Stage.POSTING
    )
    request = ApprovalRequest(
        number=2,
        revision="r",
        total=total,
        role="director",
        because=ODD,
        asked=("dora",),
        asked_at=NOON,
        standing=Standing.REJECTED,
        reason=ODD,
    )
    return OrderView(
        version=3,
        connection="shop",
        store_order_id="1042",
        number=ODD,
        customer=ODD,
        stage=Stage.HELD,
        since=NOON,
        because=ODD,
        total=total,
        hold=hold.model_copy(update={"quote": ODD}),
        approval=request,
        warnings=(ODD,),
        deeds=(Deed(number=4, at=NOON, by=ODD, what="held", detail=ODD),),
    )


async def test_an_order_is_recorded_with_odd_signs_in_every_text(database: Database) -> None:
    orders = Orders(database)

    await orders.record(view(), NOON)

    kept = await orders.one("shop", "1042")
    assert kept is not None
    assert (kept.because, kept.warnings) == ("one two three\nfour", ("one two three\nfour",))
    (deed,) = await orders.audit("shop", "1042")
    assert (deed.by, deed.detail) == ("one two three\nfour", "one two three\nfour")


async def incident(database: Database) -> None:
    """Open an incident."""
    problem = Problem(
        code="connection_down", disposition=Disposition.WAIT, sentence=ODD, remedy="", quote=ODD
    )
    assert await Incidents(database).open("sap", problem, NOON)


async def notice(database: Database) -> None:
    """Note a mail server's answer."""
    notices = Notices(database)
    await notices.reserve(NoticeTag(key="k", connection="shop", about=ODD), NOON)
    await notices.note("k", NoticeState.SENT, NOON, answer=ODD, reference=ODD)


async def bound_document(database: Database) -> None:
    """Bind a document with an odd number."""
    postings, key = (
        Postings(database),
        PostingKey(key="shop:1:order:1", erp="sap", store="shop", order_id="1"),
    )
    await postings.reserve(key, NOON)
    document = ErpDocument(
        kind=DocumentKind.ORDER, entry="1", number=ODD, state=ErpState.OPEN, customer_code=ODD
    )
    await postings.bind(key, Made.of(document), NOON)


async def customer(database: Database) -> None:
    """Link a customer with an odd label."""
    await CrossReferences(database).link("sap", "customer", ours="shop:1", theirs="C1", label=ODD, now=NOON)


async def delivery(database: Database) -> None:
    """Keep a delivery with an odd body and settle it with an odd reason."""
    inbox = Inbox(database)
    kept = Delivery(
        connection="shop",
        delivery="d",
        source=Source.WEBHOOK,
        order_id="1",
        body=ODD.encode("utf-8", "replace"),
    )
    await inbox.accept(kept, NOON, InboxState.REFUSED, reason=ODD)
    await inbox.deny_order("shop", "1", ODD)


@pytest.mark.parametrize("write", [incident, notice, bound_document, customer, delivery])
async def test_a_record_is_written_with_odd_signs_in_its_texts(
    database: Database, write: Callable[[Database], Awaitable[None]]
) -> None:
    await write(database)
