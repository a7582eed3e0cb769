"""What the sandbox Odoo does as Odoo does it."""

import re
import xmlrpc.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from sandbox.odoo import OdooDatabase, Settings, create_app
from sandbox.odoo.behaviours import BEHAVIOURS
from tests.adapters.odoo_bench import served
from tests.adapters.odoo_staff import OdooStaff

KEY = "web-key"


@pytest.fixture(scope="module")
def url_14() -> Iterator[str]:
    with served(create_app(OdooDatabase(Settings(version=14)))) as (url,):
        yield url


@pytest.fixture(scope="module")
def url_19() -> Iterator[str]:
    with served(create_app(OdooDatabase(Settings(version=19)))) as (url,):
        yield url


@pytest.fixture
def staff(url_14: str) -> Iterator[OdooStaff]:
    staff = OdooStaff(url_14, "demo", "web", KEY)
    yield staff
    staff.close_connection()


def json_2(url: str, path: str, key: str = KEY, **body: object) -> httpx.Response:
    return httpx.post(f"{url}/json/2/{path}", json=body, headers={"Authorization": f"bearer {key}"})


def order(staff: OdooStaff, pieces: float = 2) -> int:
    line = {"product_id": staff.product("WINE-RED-75"), "name": "Wine", "product_uom_qty": pieces}
    partner = staff.rows("res.partner", [["ref", "=", "C20000"]], "id")[0]["id"]
    return staff.create("sale.order", partner_id=partner, order_line=[[0, 0, {**line, "price_unit": 12.5}]])


def test_each_behaviour_has_its_test() -> None:
    written = set(re.findall(r"^def (test_\w+)", Path(__file__).read_text("utf-8"), re.M))

    assert {behaviour.proof for behaviour in BEHAVIOURS} == written - {"test_each_behaviour_has_its_test"}


def test_json_2_is_there_from_19_on(url_14: str, url_19: str) -> None:
    assert json_2(url_14, "res.users/search_read", domain=[]).status_code == 404
    assert json_2(url_19, "res.users/search_read", domain=[]).status_code == 200


def test_the_version_is_told(staff: OdooStaff, url_19: str) -> None:
    assert staff.version == 14
    assert httpx.get(f"{url_19}/web/version").json()["version_info"][0] == 19


def test_a_wrong_key_is_refused(url_14: str, url_19: str) -> None:
    stranger = OdooStaff(url_14, "demo", "web", "wrong")

    assert stranger.uid is False
    assert json_2(url_19, "res.users/search_read", key="wrong", domain=[]).status_code == 401
    stranger.close_connection()


def test_empty_fields_are_false(staff: OdooStaff) -> None:
    (row,) = staff.rows("sale.order", [["id", "=", order(staff)]], "client_order_ref", "partner_id")

    assert row["client_order_ref"] is False
    assert row["partner_id"][1] == "Anna Moreau"


def test_only_a_quotation_is_confirmed(staff: OdooStaff) -> None:
    made = order(staff)
    staff.call("sale.order", "action_confirm", [made])

    with pytest.raises(xmlrpc.client.Fault) as refused:
        staff.call("sale.order", "action_confirm", [made])
    assert refused.value.faultCode == 2


def test_fields_are_renamed_in_19(staff: OdooStaff, url_19: str) -> None:
    new = json_2(url_19, "sale.order.line/fields_get").json()

    assert "tax_id" in staff.fields("sale.order.line")
    assert "tax_ids" in new
    assert "tax_id" not in new


def test_a_load_makes_a_record_once(staff: OdooStaff) -> None:
    row = ["__test__.customer.1", "Twice"]

    first = staff.call("res.partner", "load", fields=["id", "name"], data=[row])
    second = staff.call("res.partner", "load", fields=["id", "name"], data=[row])

    assert first["ids"] == second["ids"]
    assert len(staff.rows("res.partner", [["name", "=", "Twice"]], "id")) == 1


def test_a_load_is_made_whole_or_not_at_all(staff: OdooStaff) -> None:
    rows = [["__test__.whole.1", "Whole", ""], ["__test__.whole.2", "Whole", "4711"]]

    found = staff.call("res.partner", "load", fields=["id", "name", "country_id/.id"], data=rows)

    assert found["ids"] is False
    assert found["messages"][0]["type"] == "error"
    assert staff.rows("res.partner", [["name", "=", "Whole"]], "id") == []


def test_a_load_tells_what_was_raised(staff: OdooStaff) -> None:
    found = staff.call("res.partner", "load", fields=["id", "name"], data=[["__test__.nameless.1", ""]])

    assert found["messages"][0]["message"].startswith(
        "Unknown error during import: <class 'odoo.exceptions.ValidationError'>: "
    )


def test_of_two_loads_at_once_one_fails(url_14: str) -> None:
    people = [OdooStaff(url_14, "demo", "web", KEY) for _ in range(2)]
    row = ["__test__.hurried.1", "Hurried"]

    def load(staff: OdooStaff) -> object:
        return staff.call("res.partner", "load", fields=["id", "name"], data=[row])["ids"]

    with ThreadPoolExecutor(2) as pool:
        meetings = (list(pool.map(load, people)) for _ in range(200))
        met = next(ends for ends in meetings if False in ends)
    assert sum(end is not False for end in met) == 1
    for each in people:
        each.close_connection()


def test_archived_records_hide(staff: OdooStaff) -> None:
    made = staff.create("res.partner", name="Archived")
    staff.write("res.partner", made, active=False)

    assert staff.rows("res.partner", [["id", "=", made]], "id") == []
    assert staff.rows("res.partner", [["id", "=", made]], "id", context={"active_test": False})


def test_a_part_delivery_leaves_a_backorder(staff: OdooStaff) -> None:
    made = order(staff, 3)
    staff.call("sale.order", "action_confirm", [made])

    first = staff.ship(made, {0: Decimal(1)})

    (waiting,) = staff.rows(
        "stock.picking", [["sale_id", "=", made], ["state", "!=", "done"]], "backorder_id"
    )
    assert waiting["backorder_id"][0] == first
    assert [move["product_uom_qty"] for move in staff.open_moves(made)] == [2]


def delivered(staff: OdooStaff) -> tuple[int, int]:
    made = order(staff)
    staff.call("sale.order", "action_confirm", [made])
    return made, staff.ship(made)


def test_a_posted_invoice_is_not_deleted(staff: OdooStaff) -> None:
    invoice = staff.invoice(delivered(staff)[0])
    staff.call("account.move", "button_draft", [invoice])

    with pytest.raises(xmlrpc.client.Fault, match="posted once"):
        staff.call("account.move", "unlink", [invoice])
    assert staff.call("account.move", "unlink", [invoice], context={"force_delete": True})


def test_an_invoice_in_draft_is_set_off_no_more(staff: OdooStaff) -> None:
    invoice = staff.invoice(made := delivered(staff)[0])
    credit = staff.credit(invoice, made)
    open_of = [["id", "=", credit]]
    assert staff.rows("account.move", open_of, "amount_residual")[0]["amount_residual"] == 0

    staff.call("account.move", "button_draft", [invoice])

    assert staff.rows("account.move", open_of, "amount_residual")[0]["amount_residual"] == 30


def test_a_transfer_carried_out_is_not_deleted(staff: OdooStaff) -> None:
    _, transfer = delivered(staff)

    with pytest.raises(xmlrpc.client.Fault, match="draft moves"):
        staff.call("stock.picking", "unlink", [transfer])


def test_the_dialogue_for_returns_is_empty(staff: OdooStaff) -> None:
    _, transfer = delivered(staff)
    context = {"active_model": "stock.picking", "active_id": transfer}

    made = staff.call("stock.return.picking", "create", {"picking_id": transfer}, context=context)

    assert staff.rows("stock.return.picking.line", [["wizard_id", "=", made]], "id") == []


def test_articles_are_counted_in_one_step(staff: OdooStaff) -> None:
    (quant,) = staff.rows("stock.quant", [["product_id", "=", staff.product("SHIRT-BLK-S")]], "quantity")
    count = {"inventory_quantity": 7.0}
    staff.call("stock.quant", "write", [quant["id"]], count)
    assert staff.on_hand("SHIRT-BLK-S") == 500

    staff.call("stock.quant", "write", [quant["id"]], count, context={"inventory_mode": True})

    assert staff.on_hand("SHIRT-BLK-S") == 7


def test_portal_links_need_their_token(staff: OdooStaff, url_14: str) -> None:
    made = order(staff)
    link = staff.call("sale.order", "get_portal_url", [made], report_type="pdf", download=True)

    assert httpx.get(url_14 + link).content.startswith(b"%PDF-")
    away = httpx.get(f"{url_14}/my/orders/{made}?access_token=wrong")
    assert (away.status_code, away.headers["location"]) == (303, "/my")


@pytest.mark.parametrize(
    ("model", "method", "named"),
    [
        ("no.such.model", "search_read", {"domain": []}),
        ("sale.order", "no_such_method", {}),
        ("sale.order", "_private", {}),
        ("sale.order", "search_read", {"domain": [["no_such_field", "=", 1]]}),
        ("sale.order", "search_read", {"domain": [["name", "near", 1]]}),
        ("sale.order", "search_read", {"domain": [], "fields": ["no_such_field"]}),
    ],
)
def test_what_is_unknown_is_refused(
    staff: OdooStaff, model: str, method: str, named: dict[str, object]
) -> None:
    order(staff)

    with pytest.raises(xmlrpc.client.Fault):
        staff.call(model, method, **named)


def test_json_2_errors_name_their_exception(url_19: str) -> None:
    answer = json_2(url_19, "sale.order/unlink", ids=[4711])

    assert answer.status_code == 404
    assert answer.json()["name"] == "odoo.exceptions.MissingError"


def test_no_value_fails_after_the_commit(staff: OdooStaff) -> None:
    made = order(staff)
    proxy = xmlrpc.client.ServerProxy(f"{staff.url}/xmlrpc/2/object")

    with pytest.raises(xmlrpc.client.Fault, match="cannot marshal None"):
        proxy.execute_kw("demo", staff.uid, KEY, "sale.order", "action_unlock", [[made]], {})
    proxy("close")()
    assert staff.rows("sale.order", [["id", "=", made]], "state")[0]["state"] == "sale"
