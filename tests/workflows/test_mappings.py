"""Orders through published mappings: what the document gets, what holds, which version an order keeps."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activities.mappings import MAPPING
from domain.life import Asked, OrderView
from domain.mapping.apply import CompiledMapping
from domain.mapping.check import checked
from domain.policy import Goods
from domain.returning import ENDED, ReturnAsked, ReturnedLine, ReturnStage
from domain.stages import Stage
from sandbox.sap_business_one.wire import Row
from starter.files import read_text
from starter.mapping_checkup import mapping_tested
from starter.mapping_preview import previewed
from starter.published_sets import published_of
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import erp_of, store_of
from tests.workflows.placing import place

FIELDS = """
    header:
      - {target: U_Channel, default: WEB}
      - target: U_Buyer
        source: [order.customer.last_name, order.customer.first_name]
        transforms: [{join: ", "}, upper]
      - {target: comment, source: order.number, transforms: [{replace: {old: "0", new: "O"}}]}
      - {target: carrier, source: order.shipping.code, table: carriers, missing: MISSING}
    lines:
      - {target: U_Ean, source: line.ean}
      - {target: unit, source: line.unit, default: bottle}
"""


async def publish(running: House, text: str) -> int:
    """Publish a mapping for the only pair."""
    publishing = published_of(running.waybill)[MAPPING]
    now = datetime.now(UTC)
    await publishing.save(read_text(text, "mapping.yaml").content, "irma", now)
    return (await publishing.publish("irma", "as agreed", now)).number


def add_user_field(running: House, table: str, name: str, **facts: Any) -> None:
    """Define a field of the company's own, known after a restart."""
    field = {"TableName": table, "Name": name, "Type": "db_Alpha", "Size": 40, **facts}
    running.company.set_of("UserFieldsMD").create(field)


def order_in_erp(running: House, entry: str) -> Row:
    """Return a sales order as the company keeps it."""
    found = running.company.orders.table.get(int(entry))
    assert found is not None
    return found


async def _posted(running: House, order_id: int) -> Row:
    view = await running.until(order_id, Stage.POSTED, Stage.HELD)
    assert view.stage is Stage.POSTED, view.because
    assert view.document is not None
    assert view.document.total == view.total
    return order_in_erp(running, view.document.entry)


async def test_a_document_gets_the_fields_of_the_mapping(running: House) -> None:
    for name in ("Channel", "Buyer"):
        add_user_field(running, "ORDR", name)
    add_user_field(running, "RDR1", "Ean")
    tables = 'tables: {carriers: {kind: carrier, values: {"1": "2", "2": "3", "3": "2"}}}\n'
    await publish(running, f"{tables}pairs:\n  main:{FIELDS.replace('MISSING', 'leave_out')}")

    document = await _posted(running, place(running))

    assert (document["U_Channel"], document["U_Buyer"]) == ("WEB", "MOREAU, ANNA")
    assert document["TransportationCode"] in (2, 3)
    (line,) = document["DocumentLines"]
    assert line["MeasureUnit"] == "bottle"
    assert line["U_WebLineId"]


async def test_a_value_that_no_table_has_holds_the_order_and_is_listed(running: House) -> None:
    text = 'tables: {carriers: {values: {nobody: "2"}}}\npairs:\n  main:\n    header:\n'
    text += "      - {target: carrier, source: order.shipping.code, table: carriers}\n"
    first = await publish(running, text)
    order_id = place(running)

    held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert (held.hold.code, held.hold.field) == ("value_not_mapped", "tables.carriers")
    (lacking,) = await running.waybill.unmapped.all("main")
    assert (lacking.value_table, lacking.count) == ("carriers", 1)
    assert lacking.example == f"{running.store}:{order_id}"

    second = await publish(running, text.replace("nobody", lacking.value))
    assert (first, second) == (1, 2)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    document = await _posted(running, order_id)
    assert document["TransportationCode"] == 2


async def test_an_order_keeps_the_version_it_was_captured_with(running: House) -> None:
    add_user_field(running, "ORDR", "Channel")
    text = "pairs:\n  main:\n    header:\n      - {target: U_Channel, default: OLD}\n"
    await publish(running, text)
    order_id = place(running, {"sku": "CELLAR-CABINET", "quantity": 3})
    waiting = await running.until(order_id, Stage.AWAITING_APPROVAL)

    await publish(running, text.replace("OLD", "NEW"))
    await running.update(order_id, "decide", running.decision(waiting))

    assert (await _posted(running, order_id))["U_Channel"] == "OLD"
    view = await running.view(order_id)
    assert view is not None
    assert view.mapping_version == 1
    assert (await _posted(running, place(running)))["U_Channel"] == "NEW"


BUNDLE = """
pairs:
  main:
    policies:
      bundles:
        WINE-CRATE-6:
          do: WAY
          parts: PARTS
"""
PARTS = (
    "[{sku: WINE-RED-75, quantity: 5}, {sku: CORKSCREW-STEEL, quantity: 1}, {sku: GLASS-SET-4, quantity: 1}]"
)


@pytest.mark.parametrize(
    ("way", "parts", "skus"),
    [
        ("explode", PARTS, ["CORKSCREW-STEEL", "GLASS-SET-4", "WINE-RED-75"]),
        ("parent", "[]", ["WINE-CRATE-6"]),
        ("parent_and_parts", PARTS, ["CORKSCREW-STEEL", "GLASS-SET-4", "WINE-CRATE-6", "WINE-RED-75"]),
    ],
)
async def test_a_bundle_is_written_as_the_policy_says_to_the_cent(
    running: House, way: str, parts: str, skus: list[str]
) -> None:
    await publish(running, BUNDLE.replace("WAY", way).replace("PARTS", parts))

    document = await _posted(
        running,
        place(running, {"sku": "WINE-CRATE-6", "quantity": 3}, {"sku": "OLIVE-OIL-50", "quantity": 7}),
    )

    lines = [line for line in document["DocumentLines"] if line["ItemCode"] != "OLIVE-OIL-50"]
    assert sorted(line["ItemCode"] for line in lines) == skus
    if way == "parent_and_parts":
        assert sum(line["LineTotal"] for line in lines if line["ItemCode"] != "WINE-CRATE-6") == 0
    if "WINE-RED-75" in skus:
        assert [line["Quantity"] for line in lines if line["ItemCode"] == "WINE-RED-75"] == [Decimal(15)]


async def test_a_refusal_names_the_stores_line_and_not_the_documents(running: House) -> None:
    await publish(running, BUNDLE.replace("WAY", "explode").replace("PARTS", PARTS))
    order_id = place(running, {"sku": "WINE-CRATE-6"}, {"sku": "CELLAR-CABINET", "quantity": 3})
    waiting = await running.until(order_id, Stage.AWAITING_APPROVAL)

    running.company.staff.freeze_item("CELLAR-CABINET", True)
    await running.update(order_id, "decide", running.decision(waiting))

    held = await running.until(order_id, Stage.HELD)
    assert held.hold is not None
    assert (held.hold.code, held.hold.field) == ("item_blocked", "line.2.sku")


async def test_with_a_returned_bundle_its_parts_come_back(running: House) -> None:
    await running.watch_erp()
    await publish(running, BUNDLE.replace("WAY", "explode").replace("PARTS", PARTS))
    order_id = place(running, {"sku": "WINE-CRATE-6", "quantity": 2})
    document, staff = await _posted(running, order_id), running.company.staff
    staff.invoice_delivery(staff.deliver(document["DocEntry"])["DocEntry"])
    await running.until(order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)
    before = staff.stock_of("WINE-RED-75")[0]
    goods, crate = Goods.BACK, ReturnedLine(sku="WINE-CRATE-6", quantity=Decimal(1))

    asked = ReturnAsked(reference="R1", lines=(crate,), goods=goods, by="olga", reason="one too many")
    await running.update(order_id, "ask_return", asked)

    def is_over(view: OrderView) -> bool:
        return any(each.stage in ENDED for each in view.returns)

    view = await running.until(order_id, *Stage, where=is_over)
    (ended,) = view.returns
    assert ended.stage is ReturnStage.COMPLETED
    (note,) = running.company.set_of("CreditNotes").table.rows()
    assert sorted((line["ItemCode"], line["Quantity"]) for line in note["DocumentLines"]) == [
        ("CORKSCREW-STEEL", 1),
        ("GLASS-SET-4", 1),
        ("WINE-RED-75", 5),
    ]
    assert staff.stock_of("WINE-RED-75")[0] == before + 5
    assert ended.credited is not None
    assert ended.credited.amount == Decimal("82.00")


async def test_an_article_the_erp_does_not_know_becomes_a_placeholder(running: House) -> None:
    running.company.items.create({"ItemCode": "MISC", "ItemName": "Anything", "InventoryItem": "tNO"})
    running.company.items.table.remove("GLASS-SET-4")
    await publish(running, "pairs: {main: {policies: {unknown_sku: {do: placeholder, item: MISC}}}}")

    document = await _posted(running, place(running, {"sku": "GLASS-SET-4", "quantity": 3}))

    (line,) = document["DocumentLines"]
    assert line["ItemCode"] == "MISC"
    assert line["ItemDescription"].startswith("GLASS-SET-4 ")


async def test_an_article_the_erp_does_not_know_becomes_a_charge(running: House) -> None:
    running.company.items.table.remove("GLASS-SET-4")
    await publish(running, "pairs: {main: {policies: {unknown_sku: {do: charge, item: 2}}}}")

    document = await _posted(
        running, place(running, {"sku": "GLASS-SET-4", "quantity": 3}, {"sku": "OLIVE-OIL-50", "quantity": 7})
    )

    assert [line["ItemCode"] for line in document["DocumentLines"]] == ["OLIVE-OIL-50"]
    (charge,) = [each for each in document["DocumentAdditionalExpenses"] if each["ExpenseCode"] == 2]
    assert (charge["LineTotal"], charge["VatGroup"]) == (Decimal("74.85"), "A1")
    assert charge["Remarks"].startswith("3 × GLASS-SET-4")


async def test_gift_cards_hold_until_a_person_releases_them(running: House) -> None:
    await publish(running, "pairs: {main: {policies: {gift_cards: {articles: [VOUCHER-*]}}}}")
    order_id = place(running, {"sku": "OLIVE-OIL-50"}, {"sku": "VOUCHER-BOX"})

    held = await running.until(order_id, Stage.HELD)
    assert held.hold is not None
    assert (held.hold.code, held.hold.field) == ("gift_card", "line.2.sku")
    await running.update(order_id, "release", Asked(by="olga"))

    document = await _posted(running, order_id)
    assert [line["ItemCode"] for line in document["DocumentLines"]] == ["OLIVE-OIL-50", "VOUCHER-BOX"]


async def test_a_gift_card_is_posted_as_the_article_of_its_liability(running: House) -> None:
    running.company.items.create({"ItemCode": "GIFT", "ItemName": "Gift cards", "InventoryItem": "tNO"})
    await publish(
        running,
        "pairs: {main: {policies: {gift_cards: {articles: [VOUCHER-BOX], do: placeholder, item: GIFT}}}}",
    )

    document = await _posted(running, place(running, {"sku": "VOUCHER-BOX", "quantity": 2}))

    (line,) = document["DocumentLines"]
    assert (line["ItemCode"], line["Quantity"]) == ("GIFT", Decimal(2))


async def test_a_preview_shows_what_is_posted_then(running: House) -> None:
    running.company.items.create({"ItemCode": "MISC", "ItemName": "Anything", "InventoryItem": "tNO"})
    running.company.items.table.remove("GLASS-SET-4")
    add_user_field(running, "ORDR", "Channel")
    text = BUNDLE.replace("WAY", "explode").replace("PARTS", PARTS.replace("GLASS-SET-4", "BOOK-CELLAR"))
    text += (
        "      unknown_sku: {do: placeholder, item: MISC}\n    header: [{target: U_Channel, default: WEB}]\n"
    )
    result = checked(read_text(text, "mapping.yaml").content, ["main"])
    assert result.found is not None, result.faults
    pair = running.waybill.configuration.pairs["main"]
    erp, store = erp_of(running), store_of(running)
    running.shop.settings.webhook_url = ""
    order_id = place(running, {"sku": "WINE-CRATE-6", "quantity": 2}, {"sku": "GLASS-SET-4", "quantity": 3})

    shown = await previewed(
        await store.read_order(str(order_id)), pair, erp, CompiledMapping.of(result.found, "main")
    )
    await publish(running, text)
    await running.start(order_id)
    posted = await _posted(running, order_id)

    assert shown.problem == ""
    assert (shown.document["U_Channel"], shown.document["NumAtCard"]) == ("WEB", posted["NumAtCard"])
    columns = ("ItemCode", "Quantity", "VatGroup", "U_WebLineId")
    assert [[line[name] for name in columns] for line in shown.document["DocumentLines"]] == [
        [line[name] for name in columns] for line in posted["DocumentLines"]
    ]


async def test_the_doctor_names_a_field_that_the_erp_does_not_have(running: House) -> None:
    assert [found async for found in mapping_tested(running.waybill)] == []
    await publish(running, "pairs: {main: {header: [{target: U_Channel, default: WEB}]}}")

    ((_, missing),) = [found async for found in mapping_tested(running.waybill)]
    add_user_field(running, "ORDR", "Channel")
    ((_, there),) = [found async for found in mapping_tested(running.waybill)]

    assert (missing.ok, there.ok) == (False, True)
    assert "U_Channel is not on sales documents" in missing.what
    assert f"Add the field to {running.erp}" in missing.fix


async def test_the_shop_is_told_what_is_left_of_a_bundles_parts(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["publish_stock"] = True

    async with house(temporal_server, tmp_path, change=choose) as running:
        await publish(running, BUNDLE.replace("WAY", "explode").replace("PARTS", PARTS))
        shop, staff = running.shop, running.company.staff
        before = shop.stock_of("WINE-RED-75")
        assert before is not None

        await _posted(running, place(running, {"sku": "WINE-CRATE-6", "quantity": 3}))

        async def is_told() -> bool | None:
            return shop.stock_of("WINE-RED-75") == before - 15 or None

        await eventually(is_told)
        on_hand, committed = staff.stock_of("WINE-RED-75")
        assert on_hand - committed == before - 15
