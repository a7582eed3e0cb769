"""What is written into the shop, on 8 and on 1.7, and what the shop makes of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from adapters.ports import STATUS_WENT_ON
from domain.errors import InDoubt, NotPermitted, Passing, Refused
from sandbox.prestashop import DEFAULT_KEY, ApiKey, Settings
from sandbox.prestashop.settings import ADAPTER_RIGHTS
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

TEXT = "SAP B1 order 12345"
PROCESSING, SHIPPED, PAID, CANCELED, WAITING = "3", "4", "2", "6", 10


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        yield ready


@pytest.fixture
async def old() -> AsyncIterator[PrestaShopStand]:
    """A shop on 1.7, which has no PATCH."""
    async with opened(Settings(version="1.7.8.11")) as ready:
        yield ready


def verbs(stand: PrestaShopStand) -> list[tuple[str, str]]:
    seen = stand.shop.ledger.of("request")
    return [(each["method"], each["path"].removeprefix("/api/")) for each in seen if each["method"] != "GET"]


def row(stand: PrestaShopStand, resource: str, order_id: str) -> dict[str, Any]:
    (found,) = stand.shop.rows(resource, id_order=int(order_id))
    return found


async def test_number_is_added_below_what_the_merchant_noted(stand: PrestaShopStand) -> None:
    order_id = stand.place(raw={"note": "Call before delivery"})

    await stand.store.show_erp_number(order_id, TEXT)

    assert stand.shop.order(int(order_id))["note"] == f"Call before delivery\n{TEXT}"
    assert verbs(stand) == [("PATCH", f"orders/{order_id}")]


async def test_number_is_found_in_a_note_that_the_shop_escaped(stand: PrestaShopStand) -> None:
    order_id = stand.place(raw={"note": "R&amp;D: order 7"})

    await stand.store.show_erp_number(order_id, "R&D: order 7")

    assert verbs(stand) == []


async def test_note_takes_no_tags_and_no_control_characters(stand: PrestaShopStand) -> None:
    order_id = stand.place()

    await stand.store.show_erp_number(order_id, "SAP <b>1</b>\0\n\x1b & co ]]>")

    assert stand.shop.order(int(order_id))["note"] == "SAP b 1 /b & co ]]"


async def test_prefix_comes_before_the_number(stand: PrestaShopStand) -> None:
    order_id = stand.place()

    await stand.port(note_prefix="SAP: ").show_erp_number(order_id, "12345")

    assert stand.shop.order(int(order_id))["note"] == "SAP: 12345"


async def test_note_that_the_shop_refuses_names_the_field() -> None:
    async with opened() as stand:
        order_id = stand.place(raw={"note": "<script>"})
        with pytest.raises(Refused) as caught:
            await stand.store.show_erp_number(order_id, TEXT)

    assert caught.value.problem.field == "note"


async def test_old_shop_gets_a_private_message(old: PrestaShopStand) -> None:
    order_id = old.place()

    await old.store.show_erp_number(order_id, TEXT)
    await old.store.show_erp_number(order_id, TEXT)

    assert row(old, "messages", order_id)["private"] == 1
    assert row(old, "messages", order_id)["message"] == TEXT
    assert verbs(old) == [("POST", "messages")]
    assert (await old.store.read_order(order_id)).comment == ""


async def test_message_whose_answer_was_lost_is_not_written_twice(old: PrestaShopStand) -> None:
    order_id = old.place()
    old.shop.faults.arm("reset_after_commit", method="POST")

    await old.store.show_erp_number(order_id, TEXT)

    assert row(old, "messages", order_id)["message"] == TEXT


async def test_state_without_money_is_set_by_a_history_row(stand: PrestaShopStand) -> None:
    order_id = stand.place()

    await stand.store.set_status(order_id, SHIPPED)

    assert verbs(stand) == [("POST", "order_histories")]
    assert stand.shop.order(int(order_id))["current_state"] == int(SHIPPED)


async def test_first_invoice_of_a_paid_order_does_not_pay_it_twice(stand: PrestaShopStand) -> None:
    order_id = stand.place(paid=False)
    stand.shop.pay(int(order_id), {"record_only": True})

    await stand.store.set_status(order_id, PAID)

    order = stand.shop.order(int(order_id))
    assert verbs(stand) == [("PATCH", f"orders/{order_id}")]
    assert len(stand.shop.rows("order_payments", order_reference=order["reference"])) == 1
    assert order["total_paid_real"] == order["total_paid"]
    assert order["invoice_number"]


async def test_first_invoice_of_an_unpaid_order_is_a_history_row(stand: PrestaShopStand) -> None:
    order_id = stand.place(paid=False)

    await stand.store.set_status(order_id, PAID)

    assert verbs(stand) == [("POST", "order_histories")]


async def test_old_shop_is_spared_a_second_payment(old: PrestaShopStand) -> None:
    order_id = old.place(paid=False)
    old.shop.pay(int(order_id), {"record_only": True})

    with pytest.raises(Refused) as caught:
        await old.store.set_status(order_id, PAID)

    assert caught.value.problem.field == "status"
    assert verbs(old) == []


async def test_status_counts_although_the_shops_mail_failed(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    stand.shop.faults.arm("mail_fails")

    await stand.port(mail_customer=True).set_status(order_id, SHIPPED)

    assert stand.statuses(order_id)[-1] == SHIPPED
    assert stand.statuses(order_id).count(SHIPPED) == 1


@pytest.mark.parametrize(("mail_customer", "mails"), [(True, 1), (False, 0)])
async def test_buyer_is_mailed_only_when_asked_for(
    stand: PrestaShopStand, mail_customer: bool, mails: int
) -> None:
    order_id = stand.place()
    before = len(stand.shop.ledger.of("mail"))

    await stand.port(mail_customer=mail_customer).set_status(order_id, SHIPPED)

    assert len(stand.shop.ledger.of("mail")) - before == mails


async def test_error_of_the_shop_that_saved_nothing_passes(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    stand.shop.faults.arm("php_notice", method="POST")

    with pytest.raises(Passing) as caught:
        await stand.store.set_status(order_id, SHIPPED)

    assert not isinstance(caught.value, InDoubt)
    assert "carriertools" in caught.value.problem.quote


async def test_error_that_cannot_be_looked_into_stays_in_doubt(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    stand.shop.faults.arm("error_500_after_commit", method="POST")
    stand.shop.faults.arm("html_503", method="GET", path="orders", skip=1)

    with pytest.raises(InDoubt) as caught:
        await stand.store.set_status(order_id, SHIPPED)

    assert type(caught.value) is InDoubt


async def test_slow_write_is_looked_for(stand: PrestaShopStand) -> None:
    store, order_id = stand.port(timeout="0.5s"), stand.place()
    stand.shop.faults.arm("slow_after_commit", method="POST", seconds=1)

    await store.set_status(order_id, SHIPPED)

    assert stand.statuses(order_id).count(SHIPPED) == 1


async def test_printed_notice_before_an_answer_does_not_undo_the_write(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    stand.shop.faults.arm("printed_notice", method="PATCH")

    await stand.store.show_erp_number(order_id, TEXT)

    assert stand.times_shown(order_id, TEXT) == 1


async def test_page_instead_of_the_shops_answer_leaves_a_write_in_doubt() -> None:
    async def page(request: Request, shop: RequestResponseEndpoint) -> Response:
        return HTMLResponse("<html>One moment</html>") if request.method != "GET" else await shop(request)

    async with opened(front=page) as stand:
        with pytest.raises(InDoubt):
            await stand.store.show_erp_number(stand.place(), TEXT)


async def test_host_that_blocks_patch_gets_a_post_that_means_it(stand: PrestaShopStand) -> None:
    order_id = stand.place()

    await stand.port(verbs_by_post=True).show_erp_number(order_id, TEXT)

    assert stand.times_shown(order_id, TEXT) == 1
    assert "ps_method=PATCH" in stand.shop.ledger.of("request")[-1]["query"]


async def test_put_mode_never_patches(stand: PrestaShopStand) -> None:
    store, order_id = stand.port(write_mode="put"), stand.place()

    await store.show_erp_number(order_id, TEXT)
    await store.set_tracking(order_id, ("1Z999",))

    assert [verb for verb, _ in verbs(stand)] == ["POST", "PUT"]


async def test_missing_tick_for_a_write_is_named() -> None:
    rights = {**ADAPTER_RIGHTS, "order_histories": frozenset({"GET"})}

    async with opened(Settings(keys=(ApiKey(key=DEFAULT_KEY, rights=rights),))) as stand:
        with pytest.raises(NotPermitted) as caught:
            await stand.store.set_status(stand.place(), SHIPPED)

    assert "tick POST for order_histories" in caught.value.problem.remedy


async def test_writes_one_after_another_stay_one_each(stand: PrestaShopStand) -> None:
    order_id = stand.place()

    for _ in range(2):
        await stand.store.show_erp_number(order_id, TEXT)
        await stand.store.set_tracking(order_id, ("1Z999",))
        await stand.store.set_status(order_id, SHIPPED)

    assert stand.writes() == 3


async def test_what_the_shop_decides_while_a_status_is_written_is_put_back(
    stand: PrestaShopStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our reading and our writing somebody cancels the order."""
    order_id = stand.place()
    client = stand.store._client  # type: ignore[attr-defined]  # between its reading and its writing
    write = client.write

    async def late(*asked: Any) -> None:
        monkeypatch.setattr(client, "write", write)
        stand.shop.cancel(int(order_id))
        await write(*asked)

    monkeypatch.setattr(client, "write", late)
    with pytest.raises(Refused) as caught:
        await stand.store.set_status(order_id, SHIPPED, only_from=(PAID,))

    assert caught.value.problem.code == STATUS_WENT_ON
    assert stand.statuses(order_id)[-3:] == [CANCELED, SHIPPED, CANCELED]
    assert stand.shop.order(int(order_id))["current_state"] == int(CANCELED)
