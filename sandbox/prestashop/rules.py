"""What particular resources do when the webservice saves them; the others are saved as they are written."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.prestashop.cart_orders import order_cart
from sandbox.prestashop.errors import NOT_SAVED, ScriptStopped, WebserviceError, not_saved
from sandbox.prestashop.kinds import KINDS, leading_integer
from sandbox.prestashop.seed import hashed_password
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.status import (
    add_history,
    change_state,
    send_mail,
    send_state_mail,
    set_current_state,
)
from sandbox.prestashop.stock import add_stock_row, sum_stock
from sandbox.prestashop.tables import Row

Written = dict[str, Any]
Query = Mapping[str, str]
Setter = Callable[[ShopState, Row | None, Written, str], None]
SaveRule = Callable[[ShopState, Row | None, Written, Query], Row]

_UNIQUE_PRICE = (
    "id_product",
    "id_product_attribute",
    "id_customer",
    "id_cart",
    "from",
    "to",
    "id_shop",
    "id_shop_group",
    "id_currency",
    "id_country",
    "id_group",
    "from_quantity",
    "id_specific_price_rule",
)


def save_rule(resource: str) -> SaveRule:
    """Return how a resource is saved."""
    rule = _RULES.get(resource)
    if rule is not None:
        return rule
    return lambda state, row, written, _: save_plain(state, resource, row, written)


def save_plain(state: ShopState, resource: str, row: Row | None, written: Written) -> Row:
    """Add a row, or change one; the shop sets the dates itself."""
    values = {name: value for name, value in written.items() if name not in ("date_add", "date_upd")}
    if row is None:
        row = state.insert(resource, **values)
    else:
        if "date_add" in written:
            values["date_add"] = written["date_add"] or state.now()
        state.touch(resource, row, **values)
    state.ledger.write("write", resource=resource, id=row["id"], fields=sorted(written))
    return row


def _set_order_state(state: ShopState, row: Row | None, _: Written, text: str) -> None:
    """Run the change at once, while the body is still being read."""
    if row is not None:
        wanted = leading_integer(text)
        _known_state(state, wanted or row["current_state"])
        set_current_state(state, row, wanted, by="webservice")


def _set_shipping_number(state: ShopState, row: Row | None, _: Written, text: str) -> None:
    """The old door to the first parcel's tracking number."""
    parcels = state.tables["order_carriers"].find(id_order=row["id"]) if row else []
    if text and not KINDS["tracking"].accepts(text):
        raise WebserviceError(
            400, 85, 'Validation error: "Property OrderCarrier->tracking_number is not valid"'
        )
    for parcel in parcels[:1]:
        state.tables["order_carriers"].change(parcel, {"tracking_number": text})
        _note_tracking(state, parcel)


def _set_tracking_number(_: ShopState, __: Row | None, written: Written, text: str) -> None:
    if not text:
        raise WebserviceError(
            400, 85, 'Validation error: "Property OrderCarrier->tracking_number is not valid"'
        )
    written["tracking_number"] = text


def _set_password(state: ShopState, row: Row | None, written: Written, text: str) -> None:
    """Hash a new password; the hash itself, sent back, leaves it as it is."""
    kept = row["passwd"] if row is not None else ""
    written["passwd"] = text if text in ("", kept) else hashed_password(state)


SETTERS: dict[tuple[str, str], Setter] = {
    ("orders", "current_state"): _set_order_state,
    ("orders", "shipping_number"): _set_shipping_number,
    ("order_carriers", "tracking_number"): _set_tracking_number,
    ("customers", "passwd"): _set_password,
}
"""Fields that do something of their own when a body names them."""


def _save_order(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    if row is None:
        return order_cart(state, written)
    save_plain(state, "orders", row, written)
    if "note" in written:
        state.ledger.write("note", id_order=row["id"], note=row["note"])
    return row


def _save_history(state: ShopState, row: Row | None, written: Written, query: Query) -> Row:
    """Change the order's state, the same one again too. A mail that fails is told as a failed save."""
    if row is not None:
        return save_plain(state, "order_histories", row, written)
    order = state.tables.row("orders", leading_integer(written["id_order"]))
    wanted = leading_integer(written["id_order_state"])
    if order is None:
        raise ScriptStopped("Invalid new order status")
    _known_state(state, wanted)
    change_state(state, order, wanted, by="webservice")
    added = add_history(state, order, wanted, leading_integer(written["id_employee"]))
    if _asked(query, "sendemail") and not send_state_mail(state, order):
        raise WebserviceError(500, *NOT_SAVED)
    return added


def _save_parcel(state: ShopState, row: Row | None, written: Written, query: Query) -> Row:
    updated = row is not None
    parcel = save_plain(state, "order_carriers", row, written)
    if "tracking_number" in written:
        _note_tracking(state, parcel)
    order = state.tables.row("orders", parcel["id_order"])
    carrier = state.tables.row("carriers", parcel["id_carrier"])
    told = updated and _asked(query, "sendemail") and order is not None and carrier and carrier["url"]
    if told and order is not None and not send_mail(state, order, "in_transit"):
        raise WebserviceError(500, *NOT_SAVED)
    return parcel


def _save_customer(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    email = written.get("email", row["email"] if row else "")
    taken = [
        each
        for each in state.tables["customers"].find(email=email, is_guest=0)
        if row is None or each["id"] != row["id"]
    ]
    if taken:
        text = "The email is already used, please choose another one"
        raise not_saved(140 if row is None else 141, text)
    if row is None:
        shop = {name: written.get(name) or 1 for name in ("id_shop", "id_shop_group", "id_lang")}
        written = {**written, **shop, "secure_key": state.coin(), "last_passwd_gen": state.now()}
    return save_plain(state, "customers", row, written)


def _save_message(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    saved = save_plain(state, "messages", row, written)
    state.ledger.write(
        "message", id_order=saved["id_order"], message=saved["message"], private=saved["private"]
    )
    return saved


def _save_stock(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    """Save a quantity. What is written over a product's sum stays until one of its variants changes."""
    depends = written.get("depends_on_stock", row["depends_on_stock"] if row else 0)
    if leading_integer(str(depends)):
        raise not_saved(133, "You cannot update the available stock when it depends on stock.")
    saved = save_plain(state, "stock_availables", row, written)
    if saved["id_product_attribute"]:
        sum_stock(state, saved["id_product"])
    state.ledger.write(
        "stock",
        id_product=saved["id_product"],
        id_product_attribute=saved["id_product_attribute"],
        set=saved["quantity"],
        quantity=saved["quantity"],
    )
    return saved


def _save_product(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    saved = save_plain(state, "products", row, written)
    if row is None:
        add_stock_row(state, saved["id"], 0, 0)
    return saved


def _save_combination(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    saved = save_plain(state, "combinations", row, written)
    if row is None:
        add_stock_row(state, saved["id_product"], saved["id"], 0)
        sum_stock(state, saved["id_product"])
    return saved


def _save_price(state: ShopState, row: Row | None, written: Written, _: Query) -> Row:
    """Two prices for the same buyer, article, quantity and time: the database refuses the second."""
    table = state.tables["specific_prices"]
    fields = table.resource.fields
    current = row or table.blank()
    key = {name: table.cast(fields[name], written.get(name, current[name])) for name in _UNIQUE_PRICE}
    if any(row is None or each["id"] != row["id"] for each in table.find(**key)):
        raise WebserviceError(500, *NOT_SAVED)
    return save_plain(state, "specific_prices", row, written)


_RULES: dict[str, SaveRule] = {
    "orders": _save_order,
    "order_histories": _save_history,
    "order_carriers": _save_parcel,
    "customers": _save_customer,
    "messages": _save_message,
    "stock_availables": _save_stock,
    "products": _save_product,
    "combinations": _save_combination,
    "specific_prices": _save_price,
}


def _known_state(state: ShopState, id_order_state: int) -> None:
    """Stop as the shop does when a state does not exist: with a text, before anything changed."""
    if id_order_state not in state.tables["order_states"].rows:
        raise ScriptStopped("Invalid new order status")


def _asked(query: Query, name: str) -> bool:
    return query.get(name, "") not in ("", "0")


def _note_tracking(state: ShopState, parcel: Row) -> None:
    state.ledger.write("tracking", id_order=parcel["id_order"], tracking_number=parcel["tracking_number"])
