"""A posted order: nothing that its store or a person did meanwhile is lost, or undone by us."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.corrections import Correction
from domain.errors import Refused
from domain.life import Asked, OrderView
from domain.order import Order
from domain.posting import Cancellation, ChangeOutcome, ErpDocument, SalesDocument
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import Create, around_create, erp_of, live, reads_as, until_read
from tests.workflows.placing import note_of, place

CANCELLED, PREPARING, SHIPPED = 6, 3, 4


async def told(running: House) -> tuple[int, OrderView]:
    """Place an order and wait until its store shows the ERP's number."""
    order_id = place(running)
    return order_id, await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)


async def held(running: House, order_id: int, code: str) -> OrderView:
    """Wait until an order is held for a cause."""
    return await running.until(
        order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold.code == code
    )


def pieces(running: House, order_id: int, count: int) -> None:
    """Change in the store how many bottles are ordered."""
    running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": count}]})


async def test_a_change_while_a_person_holds_the_order_is_shown_after_the_release(running: House) -> None:
    order_id, posted = await told(running)
    await running.update(order_id, "hold", Asked(by="olga", reason="look"))
    await held(running, order_id, "held_by_person")
    pieces(running, order_id, 60)
    await until_read(running, order_id, posted)

    await running.update(order_id, "release", Asked(by="olga"))
    changed = await held(running, order_id, "changed_after_posting")

    assert changed.hold is not None
    assert [row.asked for row in changed.hold.differences if "line" in row.what] == ["60 × WINE-RED-75"]


async def test_a_release_accepts_only_the_change_that_was_shown(running: House) -> None:
    order_id, _ = await told(running)
    pieces(running, order_id, 8)
    first = await held(running, order_id, "changed_after_posting")
    pieces(running, order_id, 80)
    await until_read(running, order_id, first)

    await running.update(order_id, "release", Asked(by="olga", reason="8 in the ERP now"))
    second = await running.until(
        order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold != first.hold
    )
    await running.update(order_id, "release", Asked(by="olga", reason="80 in the ERP now"))
    await running.until(order_id, Stage.POSTED)

    assert second.hold is not None
    assert second.hold.code == "changed_after_posting"
    assert [row.asked for row in second.hold.differences if "line" in row.what] == ["80 × WINE-RED-75"]


async def test_an_edit_of_the_customers_profile_is_no_change_of_the_order(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renamed(order: Order) -> Order:
        profile = {"email": "annie@example.com", "first_name": "Annie", "phone": "+33 1", "group": "VIP"}
        return order.model_copy(update={"customer": order.customer.model_copy(update=profile)})

    order_id, posted = await told(running)
    reads_as(monkeypatch, running, renamed)
    running.shop.set_state(order_id, PREPARING)

    view = await live(running, order_id, lambda view: "Annie" in view.customer)

    assert (view.stage, view.hold, view.revision) == (Stage.POSTED, None, posted.revision)


@pytest.fixture
async def telling(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house that sets a status in the store for posted orders."""

    def change(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["status_when_posted"] = str(PREPARING)

    async with house(temporal_server, tmp_path, change=change) as opened:
        yield opened


async def test_a_posted_order_gets_the_pairs_status_in_the_store(telling: House) -> None:
    order_id, _ = await told(telling)

    assert telling.shop.order(order_id)["current_state"] == PREPARING


@pytest.mark.parametrize("state", [SHIPPED, CANCELLED], ids=["shipped", "cancelled"])
async def test_a_status_that_the_store_gave_meanwhile_is_not_taken_back(
    telling: House, monkeypatch: pytest.MonkeyPatch, state: int
) -> None:
    async def store_goes_on(create: Create, document: SalesDocument) -> ErpDocument:
        made = await create(document)
        telling.shop.faults.arm("webhook_lose", times=None)
        telling.shop.set_state(int(document.key.split(":")[1]), state)
        return made

    around_create(monkeypatch, telling, store_goes_on)

    order_id, view = await told(telling)

    assert telling.shop.order(order_id)["current_state"] == state
    assert view.document is not None
    assert view.document.number in note_of(telling, order_id)


async def test_an_order_cancelled_in_the_store_while_it_is_posted_is_cancelled_in_the_erp_and_stays_so(
    telling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def store_cancels(create: Create, document: SalesDocument) -> ErpDocument:
        telling.shop.cancel(int(document.key.split(":")[1]))
        return await create(document)

    around_create(monkeypatch, telling, store_cancels)
    order_id = place(telling)

    await telling.until(order_id, Stage.CANCELLED)

    assert telling.shop.order(order_id)["current_state"] == CANCELLED
    assert len(telling.orders_in_erp(order_id)) == len(telling.company.ledger.of("cancel"))


async def test_an_order_that_was_kept_is_cancelled_when_its_store_really_cancels_it(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, _ = await told(running)
    with monkeypatch.context() as picking:

        async def impossible(kind: object, entry: str) -> Cancellation:
            return Cancellation(outcome=ChangeOutcome.IMPOSSIBLE, sentence="picking is under way")

        picking.setattr(erp_of(running), "cancel_document", impossible)
        await running.update(order_id, "cancel", Asked(by="olga", reason="the wrong order"))
        await held(running, order_id, "cannot_be_cancelled")
        await running.update(order_id, "release", Asked(by="olga", reason="keep it"))
        await running.until(order_id, Stage.POSTED)

    running.shop.cancel(order_id)
    await running.until(order_id, Stage.CANCELLED)

    assert len(running.company.ledger.of("cancel")) == 1


async def test_a_customer_that_a_refused_post_names_is_corrected_and_taken(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def inactive(create: Create, document: SalesDocument) -> ErpDocument:
        if document.customer_code == "C20000":
            raise Refused("the customer is inactive", code="customer_blocked", field="customer.code")
        return await create(document)

    other = {"CardCode": "C29999", "CardName": "Anna Moreau at work", "CardType": "cCustomer"}
    running.company.partners.create(other)
    around_create(monkeypatch, running, inactive)
    order_id = place(running)
    blocked = await held(running, order_id, "customer_blocked")

    await running.update(order_id, "correct", Correction(by="olga", fields={"customer.code": "C29999"}))
    await running.update(order_id, "continue_order", Asked(by="olga"))
    posted = await running.until(order_id, Stage.POSTED)

    assert blocked.hold is not None
    assert blocked.hold.field == "customer.code"
    assert posted.document is not None
    assert posted.document.customer_code == "C29999"


async def test_corrections_are_kept_through_an_edit_but_not_over_what_the_store_changed(
    running: House,
) -> None:
    order_id = place(
        running,
        {"sku": "GLASS-SET-4", "quantity": 1},
        {"sku": "BOOK-CELLAR", "quantity": 1, "raw": {"product_reference": "NO-SUCH"}},
        {"sku": "OLIVE-OIL-50", "quantity": 1},
    )
    stopped = await held(running, order_id, "sku_unknown")
    fields = {"line.2.sku": "BOOK-CELLAR", "delivery.city": "Lille"}
    await running.update(order_id, "correct", Correction(by="olga", fields=fields))

    street = {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"}
    running.shop.edit(order_id, {"lines": [{"sku": "GLASS-SET-4", "quantity": 0}], "address": street})
    posted = await running.until(order_id, Stage.POSTED)

    assert stopped.hold is not None
    assert posted.document is not None
    assert sorted(line.sku for line in posted.document.lines) == ["BOOK-CELLAR", "OLIVE-OIL-50"]
    sent = running.company.orders.row(int(posted.document.entry))["AddressExtension"]
    assert sent["ShipToCity"] == "Paris"
