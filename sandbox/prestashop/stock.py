"""Sellable stock: one row per product and per combination, and the computed sum of the combinations.

A row counts only while it belongs to the shop, or to its group where the group's shops share their stock: a
PUT that forgets `id_shop` sets it to 0 and the article is gone from the shop's sight.
"""

from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

DENY, ALLOW = 0, 1


def add_stock_row(state: ShopState, id_product: int, id_combination: int, quantity: int) -> Row:
    """Add the stock row of a product or of one of its combinations."""
    return state.insert(
        "stock_availables",
        id_product=id_product,
        id_product_attribute=id_combination,
        id_shop=1,
        quantity=quantity,
        out_of_stock=2,
    )


def belongs_to_shop(row: Row) -> bool:
    """Tell whether a row is of this shop or of its group."""
    return bool(row["id_shop"] or row["id_shop_group"])


def sum_stock(state: ShopState, id_product: int) -> None:
    """Write the sum of a product's combinations into its own row, as the shop does after every change."""
    stock = state.tables["stock_availables"]
    rows = [row for row in stock.find(id_product=id_product) if belongs_to_shop(row)]
    parts = [row for row in rows if row["id_product_attribute"]]
    for row in rows:
        if parts and not row["id_product_attribute"]:
            stock.change(row, {"quantity": sum(part["quantity"] for part in parts)})


def stock_row(state: ShopState, id_product: int, id_combination: int) -> Row | None:
    """Return the row the shop sells from, or None when it sees none."""
    rows = state.tables["stock_availables"].find(id_product=id_product, id_product_attribute=id_combination)
    return next((row for row in rows if belongs_to_shop(row)), None)


def may_sell(state: ShopState, row: Row | None, quantity: int) -> bool:
    """Tell whether the shop lets a buyer order that many."""
    if row is not None and row["quantity"] >= quantity:
        return True
    if row is None or row["out_of_stock"] == DENY:
        return False
    return bool(row["out_of_stock"] == ALLOW or state.settings.allow_backorders)


def move_stock(state: ShopState, id_product: int, id_combination: int, pieces: int) -> None:
    """Add pieces to an article's sellable stock (take them, when negative) and renew the sum."""
    row = stock_row(state, id_product, id_combination)
    if row is None or not pieces:
        return
    quantity = row["quantity"] + pieces
    state.tables["stock_availables"].change(row, {"quantity": quantity})
    sum_stock(state, id_product)
    state.ledger.write(
        "stock", id_product=id_product, id_product_attribute=id_combination, moved=pieces, quantity=quantity
    )
