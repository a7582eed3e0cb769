"""Status changes: two doors, what the flags set off, and what is not safe to repeat."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest

from sandbox.prestashop import PlacedOrder, Settings
from sandbox.prestashop.order_states import OrderState
from sandbox.prestashop.visit import Visit, error_codes, open_shop

CART = {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75", "quantity": 6}]}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


@pytest.fixture
def order(visit: Visit) -> PlacedOrder:
    return visit.shop.place_order(CART)[0]


async def post_state(visit: Visit, order: PlacedOrder, state: int, query: str = "") -> httpx.Response:
    return await visit.send(
        "POST",
        f"order_histories{query}",
        "order_history",
        id_order=order.id_order,
        id_order_state=state,
        id_employee=0,
    )


async def patch_state(visit: Visit, order: PlacedOrder, state: int, **more: object) -> httpx.Response:
    return await visit.send(
        "PATCH", f"orders/{order.id_order}", "order", id=order.id_order, current_state=state, **more
    )


async def history(visit: Visit, order: PlacedOrder) -> list[str]:
    rows = await visit.listed("order_histories", id_order=f"[{order.id_order}]")
    return [row["id_order_state"] for row in rows]


async def test_default_states_have_the_default_flags(visit: Visit) -> None:
    flags = ("invoice", "logable", "paid", "shipped", "delivery")

    states = await visit.listed("order_states")

    told = {state["id"]: "".join(state[flag] for flag in flags) for state in states}
    assert told == {
        1: "00000",
        2: "11100",
        3: "11101",
        4: "11111",
        5: "11111",
        6: "00000",
        7: "10000",
        8: "00000",
        9: "10100",
        10: "00000",
        11: "11100",
        12: "00000",
        13: "00000",
    }


async def test_constants_name_the_states(visit: Visit) -> None:
    (shipping,) = await visit.listed("configurations", name="[PS_OS_SHIPPING]")

    assert shipping["value"] == "4"


async def test_order_histories_post_is_not_idempotent(visit: Visit, order: PlacedOrder) -> None:
    for _ in range(2):
        answer = await post_state(visit, order, 4)
        assert answer.status_code == 201

    assert await history(visit, order) == ["10", "4", "4"]


async def test_patch_of_the_same_state_does_nothing(visit: Visit, order: PlacedOrder) -> None:
    await patch_state(visit, order, 4)
    answer = await patch_state(visit, order, 4)

    assert answer.status_code == 200
    assert await history(visit, order) == ["10", "4"]


async def test_invoice_flag_numbers_an_invoice(visit: Visit, order: PlacedOrder) -> None:
    await post_state(visit, order, 2)

    (invoice,) = await visit.listed("order_invoices", id_order=f"[{order.id_order}]")
    row = visit.shop.order(order.id_order)
    assert row["invoice_number"] == int(invoice["number"]) == 1
    assert row["invoice_date"] == invoice["date_add"]
    assert invoice["total_paid_tax_incl"] == "98.500000"
    assert visit.shop.rows("order_details")[0]["id_order_invoice"] == invoice["id"]


async def test_delivery_flag_numbers_a_delivery_slip(visit: Visit, order: PlacedOrder) -> None:
    await post_state(visit, order, 3)

    row = visit.shop.order(order.id_order)
    assert row["delivery_number"] == 1
    assert row["delivery_date"] != "0000-00-00 00:00:00"


async def test_shop_without_invoicing_numbers_none() -> None:
    async with open_shop(Settings(invoicing=False)) as visit:
        order = visit.shop.place_order(CART)[0]
        await post_state(visit, order, 2)

        assert visit.shop.order(order.id_order)["invoice_number"] == 0


async def test_paid_flag_records_the_unpaid_rest(visit: Visit, order: PlacedOrder) -> None:
    await post_state(visit, order, 2)
    await post_state(visit, order, 3)

    (payment,) = await visit.listed("order_payments", order_reference=f"[{order.reference}]")
    assert (payment["amount"], payment["payment_method"]) == ("98.500000", "Bank wire")
    assert visit.shop.order(order.id_order)["total_paid_real"] == Decimal("98.5")


async def test_history_post_doubles_total_paid_real_of_an_order_paid_before(
    visit: Visit, order: PlacedOrder
) -> None:
    visit.shop.pay(order.id_order, {"record_only": True})

    await post_state(visit, order, 2)

    payments = await visit.listed("order_payments", order_reference=f"[{order.reference}]")
    assert len(payments) == 2
    assert visit.shop.order(order.id_order)["total_paid_real"] == Decimal(197)


async def test_patched_state_reuses_the_payment_of_an_order_paid_before(
    visit: Visit, order: PlacedOrder
) -> None:
    visit.shop.pay(order.id_order, {"record_only": True})

    await patch_state(visit, order, 2)

    payments = await visit.listed("order_payments", order_reference=f"[{order.reference}]")
    assert len(payments) == 1
    assert visit.shop.order(order.id_order)["total_paid_real"] == Decimal("98.5")


@pytest.mark.parametrize(("state", "left"), [(6, 500), (8, 500), (7, 494)])
async def test_stock_comes_back_on_cancel_and_error_but_not_on_refund(
    visit: Visit, order: PlacedOrder, state: int, left: int
) -> None:
    assert visit.shop.stock_of("WINE-RED-75") == 494

    await post_state(visit, order, state)

    assert visit.shop.stock_of("WINE-RED-75") == left


async def test_cancelling_twice_gives_the_stock_back_once(visit: Visit, order: PlacedOrder) -> None:
    await post_state(visit, order, 6)
    await post_state(visit, order, 6)

    assert visit.shop.stock_of("WINE-RED-75") == 500


async def test_payment_after_cancellation_takes_the_stock_again(visit: Visit, order: PlacedOrder) -> None:
    await post_state(visit, order, 6)
    await post_state(visit, order, 2)

    assert visit.shop.stock_of("WINE-RED-75") == 494


async def test_state_changes_although_another_field_is_refused(visit: Visit, order: PlacedOrder) -> None:
    answer = await patch_state(visit, order, 4, module="not a module!")

    assert (answer.status_code, error_codes(answer)) == (400, [85])
    assert visit.shop.order(order.id_order)["current_state"] == 4


async def test_unknown_state_stops_the_script_and_changes_nothing(visit: Visit, order: PlacedOrder) -> None:
    posted = await post_state(visit, order, 99)
    patched = await patch_state(visit, order, 99)

    assert (posted.status_code, patched.status_code) == (500, 500)
    assert "Invalid new order status" in posted.text
    assert await history(visit, order) == ["10"]


async def test_patched_state_always_mails_and_posted_state_only_when_asked(
    visit: Visit, order: PlacedOrder
) -> None:
    visit.shop.ledger.clear()

    await post_state(visit, order, 2)
    await post_state(visit, order, 2, "?sendmail=1")
    assert visit.shop.ledger.of("mail") == []

    await post_state(visit, order, 3, "?sendemail=1")
    await patch_state(visit, order, 4)
    assert [mail["template"] for mail in visit.shop.ledger.of("mail")] == ["preparation", "shipped"]


async def test_failed_mail_answers_500_code_46_although_the_state_changed(
    visit: Visit, order: PlacedOrder
) -> None:
    visit.shop.faults.arm("mail_fails")

    answer = await post_state(visit, order, 4, "?sendemail=1")

    assert (answer.status_code, error_codes(answer)) == (500, [46])
    assert visit.shop.order(order.id_order)["current_state"] == 4
    assert await history(visit, order) == ["10", "4"]


async def test_merchants_own_states_work_by_their_flags(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.add_state(OrderState(27, "Picked", "", "#FFFFFF", logable=True, paid=True, delivery=True))

    await post_state(visit, order, 27)

    row = visit.shop.order(order.id_order)
    assert (row["current_state"], row["valid"], row["invoice_number"]) == (27, 1, 0)


async def test_tracking_is_written_to_the_parcel_and_seen_on_the_order(
    visit: Visit, order: PlacedOrder
) -> None:
    (parcel,) = await visit.listed("order_carriers", id_order=f"[{order.id_order}]")

    answer = await visit.send(
        "PATCH",
        f"order_carriers/{parcel['id']}?sendemail=1",
        "order_carrier",
        id=parcel["id"],
        tracking_number="1Z999AA10123456784",
    )

    (record,) = await visit.listed("orders")
    assert answer.status_code == 200
    assert record["shipping_number"] == "1Z999AA10123456784"
    assert visit.shop.ledger.of("mail", template="in_transit")
    assert visit.shop.ledger.of("tracking", id_order=order.id_order)


@pytest.mark.parametrize("number", ["", "1Z|999", "Nº 7", "a\\b"])
async def test_tracking_number_with_other_characters_is_refused(
    visit: Visit, order: PlacedOrder, number: str
) -> None:
    (parcel,) = visit.shop.rows("order_carriers", id_order=order.id_order)

    answer = await visit.send(
        "PATCH", "order_carriers", "order_carrier", id=parcel["id"], tracking_number=number
    )

    assert (answer.status_code, error_codes(answer)) == (400, [85])
    assert "Property OrderCarrier->tracking_number is not valid" in answer.text


async def test_in_transit_mail_needs_a_carrier_with_a_tracking_url(visit: Visit) -> None:
    (order,) = visit.shop.place_order({**CART, "carrier": "Pallet"})
    (parcel,) = visit.shop.rows("order_carriers", id_order=order.id_order)

    await visit.send(
        "PATCH", "order_carriers?sendemail=1", "order_carrier", id=parcel["id"], tracking_number="7"
    )

    assert visit.shop.ledger.of("mail", template="in_transit") == []


async def test_several_parcels_are_rows_of_their_own(visit: Visit, order: PlacedOrder) -> None:
    await visit.send(
        "POST", "order_carriers", "order_carrier", id_order=order.id_order, id_carrier=2, tracking_number="B2"
    )

    page = await visit.http.get(f"/shop/orders/{order.id_order}")
    assert [parcel["number"] for parcel in page.json()["tracking"]] == ["", "B2"]
