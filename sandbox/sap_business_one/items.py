"""Items with their prices, and their stock in every warehouse."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one.entities import EntitySet, merge_rows
from sandbox.sap_business_one.errors import already_exists, cannot_change, rule
from sandbox.sap_business_one.wire import Row, day, second

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company


class Items(EntitySet):
    """The item master data."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "Items", company.shapes["Item"], "ItemCode")

    def present(self, row: Row) -> Row:
        """Return an item with its stock of this moment; stock movements do not touch its update date."""
        stock = self.stock(row)
        return {
            **row,
            "QuantityOnStock": sum((each["InStock"] for each in stock), Decimal(0)),
            "QuantityOrderedByCustomers": sum((each["Committed"] for each in stock), Decimal(0)),
            "ItemWarehouseInfoCollection": stock,
        }

    def stock(self, row: Row) -> list[Row]:
        """Return the stock rows of an item, one for each warehouse."""
        code, figures = row["ItemCode"], self.company.figures
        own = {each["WarehouseCode"]: each for each in row.get("ItemWarehouseInfoCollection") or ()}
        return [
            {
                **own.get(warehouse, {}),
                "WarehouseCode": warehouse,
                "ItemCode": code,
                "InStock": figures.amount(("on_hand", code, warehouse)),
                "Committed": figures.amount(("committed", code, warehouse)),
                "Ordered": Decimal(0),
            }
            for warehouse in self.company.warehouses()
        ]

    def create(self, body: Row) -> Row:
        """Add an item."""
        given = self.shape.read(body)
        code = given.get("ItemCode")
        if not code:
            raise rule("Enter item code", "OITM.ItemCode")
        if self.table.get(code) is not None:
            raise already_exists()
        now = self.company.now()
        usual = {
            "ItemCode": code,
            "Valid": "tYES",
            "Frozen": "tNO",
            "InventoryItem": "tYES",
            "SalesVATGroup": self.company.default_tax_group,
            "DefaultWarehouse": self.company.default_warehouse,
            "CreateDate": day(now),
            "CreateTime": second(now),
        }
        self._put({**usual, "ItemPrices": [], "ItemWarehouseInfoCollection": [], **given})
        self.company.note("item", ItemCode=code)
        return self.present(self.row(code))

    def change(self, row: Row, body: Row) -> None:
        """Change an item; prices merge by price list, stock rows by warehouse."""
        given = self.shape.read(body)
        if given.get("ItemCode", row["ItemCode"]) != row["ItemCode"]:
            raise cannot_change("OITM.ItemCode")
        after = {**row, **given}
        for name, key in (("ItemPrices", "PriceList"), ("ItemWarehouseInfoCollection", "WarehouseCode")):
            after[name] = _merged(row.get(name) or [], given.get(name, []), key)
        self._put(after, new=False)
        self.company.note("item_change", ItemCode=row["ItemCode"], properties=sorted(given))

    def _put(self, row: Row, new: bool = True) -> None:
        now = self.company.now()
        row.update(UpdateDate=day(now), UpdateTime=second(now))
        if new:
            self.table.insert(row["ItemCode"], row)
        else:
            self.table.replace(row["ItemCode"], row)


def _merged(kept: list[Row], sent: list[Row], key: str) -> list[Row]:
    pairs, _ = merge_rows(kept, sent, lambda old, new: old[key] == new.get(key))
    return [{**(old or {}), **new} for old, new in pairs]
