"""A return label is bought once and kept as a file, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore

from activities.labels import LabelAsked, ReturnLabels
from activities.systems import Systems
from adapters.label_port import LabelPort
from domain.errors import BadConfiguration, InDoubt, Passing, RateLimited, Refused, UnexpectedAnswer
from records.cross_references import CrossReferences
from records.database import Database
from records.documents import Documents
from records.migrate import migrate
from records.postings import Postings
from tests.adapters.label_conformance import REQUEST
from tests.adapters.label_stands import Stand, easypost_stand, sendcloud_stand

ASKED = LabelAsked(connection="shop", store_order_id="1042", labels="labels", request=REQUEST)


def moved(street: str) -> LabelAsked:
    """Return what is asked with another street of the customer."""
    customer = REQUEST.customer.model_copy(update={"street": street})
    return ASKED.model_copy(update={"request": REQUEST.model_copy(update={"customer": customer})})


@dataclass
class Desk:
    """Our books and files, and a service to print with."""

    stand: Stand
    database: Database
    files: MemoryStore

    def labels(self, port: LabelPort | None = None) -> ReturnLabels:
        """Return the activities, as a worker would have them."""
        systems = Systems(stores={}, erps={}, pairs={}, labels={"labels": port or self.stand.label})
        documents = Documents(self.database, self.files)
        return ReturnLabels(systems, Postings(self.database), CrossReferences(self.database), documents)

    async def kept_files(self) -> list[tuple[str, int]]:
        """Return the names and versions of the order's documents."""
        rows = await Documents(self.database, self.files).of_order("shop", "1042")
        return [(document.name, document.version) for _, document in rows]


@pytest.fixture(params=[easypost_stand, sendcloud_stand], ids=["easypost", "sendcloud"])
async def desk(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Desk]:
    opened: AbstractAsyncContextManager[Stand] = request.param()
    async with opened as stand:
        yield Desk(stand, database, MemoryStore())


@pytest.fixture
async def easypost(database: Database) -> AsyncIterator[Desk]:
    async with easypost_stand() as stand:
        yield Desk(stand, database, MemoryStore())


async def test_a_label_is_bought_and_its_file_kept(desk: Desk) -> None:
    kept = await desk.labels().make_return_label(ASKED)

    file = await Documents(desk.database, desk.files).read(kept.document.sha256)
    assert file.startswith(b"%PDF-")
    assert kept.tracking_number.encode() in file
    assert kept.document.name == "return-label-RMA-1042-1.pdf"
    assert kept.carrier
    assert kept.cost is not None


async def test_asked_again_the_same_label_comes_from_our_books(desk: Desk) -> None:
    first = await desk.labels().make_return_label(ASKED)
    for fault in ("server_error", "rate_limit"):
        desk.stand.arm(fault, times=None)

    assert await desk.labels().make_return_label(ASKED) == first
    assert await desk.labels().make_return_label(moved("1 rue Neuve")) == first
    assert desk.stand.made() == [REQUEST.reference]
    assert await desk.kept_files() == [("return-label-RMA-1042-1.pdf", 1)]


@pytest.mark.parametrize("fault", ["lose_answer", "error_after_write"])
async def test_a_label_whose_answer_was_lost_is_found_and_not_bought_again(desk: Desk, fault: str) -> None:
    desk.stand.arm(fault, path=desk.stand.making)

    with pytest.raises(InDoubt):
        await desk.labels().make_return_label(ASKED)
    kept = await desk.labels().make_return_label(ASKED)

    assert desk.stand.made() == [REQUEST.reference]
    assert kept.tracking_number


async def test_nothing_is_bought_while_an_earlier_purchase_may_still_land(desk: Desk) -> None:
    port = desk.stand.port(desk.stand.url, settle=timedelta(hours=1))
    # The service fails without doing it; we cannot know.
    desk.stand.arm("server_error", path=desk.stand.making)

    for _ in range(3):
        with pytest.raises(InDoubt):
            await desk.labels(port).make_return_label(ASKED)
    await port.close()
    assert desk.stand.made() == []

    # The time is over.
    assert await desk.labels().make_return_label(ASKED)
    assert desk.stand.made() == [REQUEST.reference]


@pytest.mark.parametrize(("fault", "error"), [("not_ready", Passing), ("garbage_label", UnexpectedAnswer)])
async def test_a_file_that_is_not_there_yet_buys_no_second_label(
    desk: Desk, fault: str, error: type[Exception]
) -> None:
    desk.stand.arm(fault, times=2)

    for _ in range(2):
        with pytest.raises(error):
            await desk.labels().make_return_label(ASKED)
    assert await desk.kept_files() == []

    await desk.labels().make_return_label(ASKED)
    assert desk.stand.made() == [REQUEST.reference]
    assert await desk.kept_files() == [("return-label-RMA-1042-1.pdf", 1)]


async def test_a_refused_label_is_made_after_the_address_was_corrected(desk: Desk) -> None:
    desk.stand.arm("refuse", path=desk.stand.making)
    with pytest.raises(Refused):
        await desk.labels().make_return_label(moved("1 rue Nulle Part"))

    kept = await desk.labels().make_return_label(ASKED)

    file = await Documents(desk.database, desk.files).read(kept.document.sha256)
    assert b"rue des Lilas" in file
    assert desk.stand.made() == [REQUEST.reference]


async def test_a_slower_pace_is_kept_and_leaves_no_doubt(desk: Desk) -> None:
    desk.stand.arm("rate_limit", path=desk.stand.making, seconds=3)
    port = desk.stand.port(desk.stand.url, settle=timedelta(hours=1))

    with pytest.raises(RateLimited):
        await desk.labels(port).make_return_label(ASKED)
    assert await desk.labels(port).make_return_label(ASKED)
    await port.close()


async def test_attempts_at_once_buy_one_label(desk: Desk) -> None:
    results = await asyncio.gather(
        *(desk.labels().make_return_label(ASKED) for _ in range(6)), return_exceptions=True
    )

    assert desk.stand.made() == [REQUEST.reference]
    assert [
        each for each in results if isinstance(each, BaseException) and not isinstance(each, InDoubt)
    ] == []
    assert (await desk.labels().make_return_label(ASKED)).tracking_number


async def test_each_parcel_has_a_label_of_its_own(desk: Desk) -> None:
    second = REQUEST.model_copy(update={"reference": "RMA-1042-2"})

    one = await desk.labels().make_return_label(ASKED)
    other = await desk.labels().make_return_label(ASKED.model_copy(update={"request": second}))

    assert one.tracking_number != other.tracking_number
    assert desk.stand.made() == ["RMA-1042-1", "RMA-1042-2"]


async def test_books_that_were_lost_today_buy_no_second_label(desk: Desk, tmp_path: Path) -> None:
    first = await desk.labels().make_return_label(ASKED)
    address = f"sqlite:///{tmp_path}/restored.db"
    await asyncio.to_thread(migrate, address)
    restored = Desk(desk.stand, Database(address), MemoryStore())

    again = await restored.labels().make_return_label(ASKED)
    await restored.database.close()

    assert again.tracking_number == first.tracking_number
    assert desk.stand.made() == [REQUEST.reference]


async def test_a_draft_outlives_a_crash_and_is_bought(easypost: Desk) -> None:
    # The worker died after the draft was kept, before the purchase was sent.
    easypost.stand.arm("server_error", path="/buy")
    with pytest.raises(InDoubt):
        await easypost.labels().make_return_label(ASKED)

    await easypost.labels().make_return_label(ASKED)

    assert len(easypost.stand.service.ledger.of("shipment")) == 1
    assert easypost.stand.made() == [REQUEST.reference]


async def test_a_draft_whose_answer_was_lost_costs_nothing(easypost: Desk) -> None:
    easypost.stand.arm("lose_answer", method="POST")

    with pytest.raises(Passing):
        await easypost.labels().make_return_label(ASKED)
    assert easypost.stand.made() == []

    await easypost.labels().make_return_label(ASKED)
    assert len(easypost.stand.service.ledger.of("shipment")) == 2
    assert easypost.stand.made() == [REQUEST.reference]


async def test_a_draft_with_the_wrong_address_is_not_bought(easypost: Desk) -> None:
    easypost.stand.arm("refuse", path="/buy")
    with pytest.raises(Refused):
        await easypost.labels().make_return_label(moved("1 rue Nulle Part"))

    kept = await easypost.labels().make_return_label(ASKED)

    shipments: list[dict[str, Any]] = easypost.stand.service.ledger.of("shipment")
    assert [each["asked"]["to_address"]["street1"] for each in shipments] == [
        "1 rue Nulle Part",
        "12 rue des Lilas",
    ]
    assert kept.provider_id == shipments[1]["id"]


async def test_a_label_service_that_nobody_set_up_is_named(desk: Desk) -> None:
    with pytest.raises(BadConfiguration, match="no label service post"):
        await desk.labels().make_return_label(ASKED.model_copy(update={"labels": "post"}))
