"""What stops an order, and how it goes on: corrected, continued, released, paid."""

from decimal import Decimal
from typing import Any

import pytest

from domain.corrections import Correction
from domain.life import Asked
from domain.stages import Stage
from starter.order_desk import Declined
from tests.house import House
from tests.workflows.placing import ANNA, WEINHAUS, cart, place

ADDRESS = {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"}

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "empty reference": (
        cart({"sku": "WINE-RED-75", "raw": {"product_reference": "", "product_ean13": ""}}),
        "sku_missing",
        "line.1.sku",
    ),
    "unknown article": (
        cart({"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}}),
        "sku_unknown",
        "line.1.sku",
    ),
    "no quantity": (
        cart({"sku": "WINE-RED-75", "raw": {"product_quantity": "0"}}),
        "quantity_wrong",
        "line.1.quantity",
    ),
    "negative quantity": (
        cart({"sku": "WINE-RED-75", "raw": {"product_quantity": "-1"}}),
        "quantity_wrong",
        "line.1.quantity",
    ),
    "no country": (
        cart(address={**ADDRESS, "raw": {"id_country": "0"}}),
        "country_missing",
        "delivery.country",
    ),
    "VAT id with blanks": (
        cart(address={**ADDRESS, "company": "Bodega", "vat_id": "ES B123 456 74"}),
        "vat_id_malformed",
        "customer.vat_id",
    ),
    "two thousand lines": (
        cart(*({"sku": "PUMP-SEAL-17"},) * 2000),
        "too_many_lines",
        "lines",
    ),
    "payment unknown to the pair": (cart(module="mystery_pay"), "payment_method_unknown", "payment.method"),
    "total that does not add up": (
        cart(raw={"total_paid_tax_incl": "999.990000", "total_paid": "999.990000"}),
        "order_does_not_add_up",
        "",
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_data_holds_with_line_field_and_remedy(running: House, name: str) -> None:
    wanted, code, field = WRONG[name]
    (placed,) = running.shop.place_order(wanted)

    view = await running.until(placed.id_order, Stage.HELD)

    assert view.hold is not None
    assert code in view.hold.codes
    fields = {finding.field for finding in view.hold.findings if finding.code == code}
    assert field in fields
    assert view.hold.remedy
    assert running.orders_in_erp(placed.id_order) == []


async def test_a_corrected_order_goes_on_where_it_stopped(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    await running.until(order_id, Stage.HELD)

    correction = Correction(by="olga", reason="typo", fields={"line.1.sku": "WINE-RED-75"})
    await running.update(order_id, "correct", correction)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    assert len(running.orders_in_erp(order_id)) == 1
    audit = await running.waybill.orders.audit(running.store, str(order_id))
    assert [(row.by, row.what) for row in audit] == [("olga", "corrected"), ("olga", "continued")]


async def test_a_correction_that_does_not_fit_is_refused_with_its_place(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    await running.until(order_id, Stage.HELD)

    with pytest.raises(Declined) as refused:
        await running.update(order_id, "correct", Correction(by="olga", fields={"line.7.sku": "X"}))

    assert "line.7.sku: lines are numbered from 1 to 1" in str(refused.value)


async def test_continuing_without_mending_holds_again(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    first = await running.until(order_id, Stage.HELD)

    await running.update(order_id, "continue_order", Asked(by="olga"))
    again = await running.until(order_id, Stage.HELD, where=lambda view: view.hold != first.hold)

    assert first.hold is not None
    assert again.hold is not None
    assert again.hold.code == first.hold.code


async def test_a_data_hold_cannot_be_released(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    await running.until(order_id, Stage.HELD)

    with pytest.raises(Declined) as refused:
        await running.update(order_id, "release", Asked(by="olga"))

    assert "cannot be overruled" in str(refused.value)


async def test_too_little_stock_holds_until_stock_comes(running: House) -> None:
    order_id = place(running, {"sku": "DECANTER-RARE", "quantity": 2})
    await running.until(order_id, Stage.POSTED)
    short = place_short(running)
    held = await running.until(short, Stage.HELD)

    running.company.staff.set_stock("DECANTER-RARE", Decimal(20))
    await running.update(short, "continue_order", Asked(by="olga"))
    await running.until(short, Stage.POSTED)

    assert held.hold is not None
    assert held.hold.code == "out_of_stock"


def place_short(running: House) -> int:
    """Place an order for a decanter that the shop has and the ERP has not."""
    running.shop.restock("DECANTER-RARE", 5)
    return place(running, {"sku": "DECANTER-RARE", "quantity": 1})


async def test_credit_beyond_the_limit_holds_and_may_be_released(running: House) -> None:
    order_id = place(running, customer=WEINHAUS, module="ps_checkpayment")
    held = await running.until(order_id, Stage.HELD)

    await running.update(order_id, "release", Asked(by="fritz", reason="pays tomorrow"))
    await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert held.hold.code == "credit_exceeded"


async def test_an_unpaid_order_goes_on_when_the_store_says_paid(running: House) -> None:
    order_id = place(running, module="ps_wirepayment")
    held = await running.until(order_id, Stage.HELD)

    running.shop.pay(order_id)
    await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert held.hold.code == "payment_pending"
    assert not held.needs_person


async def test_cash_on_delivery_does_not_wait_for_money(running: House) -> None:
    order_id = place(running, module="ps_cashondelivery")

    await running.until(order_id, Stage.POSTED)


async def test_two_customers_that_fit_are_a_question(running: House) -> None:
    running.company.partners.create(
        {"CardCode": "C29999", "CardName": "Anna Moreau", "CardType": "cCustomer", "EmailAddress": ANNA}
    )
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)

    await running.update(order_id, "correct", Correction(by="olga", fields={"customer.code": "C20000"}))
    await running.update(order_id, "continue_order", Asked(by="olga"))
    view = await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert held.hold.code == "customer_ambiguous"
    assert view.document is not None
    assert view.document.customer_code == "C20000"


async def test_a_blocked_customer_holds(running: House) -> None:
    running.company.staff.freeze_partner("C20000")
    order_id = place(running)

    held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "customer_blocked"


async def test_a_person_stops_an_order_before_it_is_posted(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    await running.until(order_id, Stage.HELD)
    await running.update(order_id, "correct", Correction(by="olga", fields={"line.1.sku": "WINE-RED-75"}))

    with pytest.raises(Declined):
        await running.update(order_id, "hold", Asked(by="olga", reason="wait"))
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    held = await running.update(order_id, "hold", Asked(by="olga", reason="look at it"))
    view = await running.until(order_id, Stage.HELD)
    assert held.store_order_id == str(order_id)
    assert view.hold is not None
    assert (view.hold.code, view.hold.by) == ("held_by_person", "olga")
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)


async def test_an_order_without_trouble_cannot_be_continued(running: House) -> None:
    order_id = place(running)
    await running.until(order_id, Stage.POSTED)

    with pytest.raises(Declined) as refused:
        await running.update(order_id, "continue_order", Asked(by="olga"))

    assert "nothing to continue" in str(refused.value)
