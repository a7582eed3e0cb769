"""Pick lists: what the warehouse is told to take from the shelves for orders, and what it has taken."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one.document_kinds import ORDERS
from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import no_such_reference, not_supported, rule
from sandbox.sap_business_one.wire import Row, day

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_ZERO = Decimal(0)
_NOT_PICKED = "dlps_NotPicked"
_ON_ORDER = {
    "ps_Released": "dlps_ReleasedForPicking",
    "ps_PartiallyPicked": "dlps_PartiallyPicked",
    "ps_Picked": "dlps_Picked",
    "ps_PartiallyDelivered": "dlps_PartiallyPicked",
    "ps_Closed": _NOT_PICKED,
}
"""A pick list line's state → the state it gives the order's line."""
_HEADER = ("Name", "OwnerCode", "PickDate", "Remarks")


class PickLists(EntitySet):
    """The pick lists. They carry no time of their last change, and an order does not tell of it either."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "PickLists", company.shapes["PickList"], "Absoluteentry")

    def create(self, body: Row) -> Row:
        """Release lines of orders for picking."""
        given = self.shape.read(body)
        sent = given.get("PickListsLines") or []
        if not sent:
            raise rule("Pick list must have at least one line", "PKL1.OrderEntry")
        entry = self.company.figures.draw((self.name, "Absoluteentry"))
        lines = [self._released(line, entry, number) for number, line in enumerate(sent)]
        row = {"Absoluteentry": entry, "Name": "manager", "PickDate": day(self.company.now()), **given}
        row |= {"ObjectType": "156", "Status": "ps_Released", "PickListsLines": lines}
        self.table.insert(entry, row)
        self._show_on_orders(row)
        self.company.note("pick_list", Absoluteentry=entry, orders=[line["OrderEntry"] for line in lines])
        return row

    def change(self, row: Row, body: Row) -> None:
        """Change the header; lines are changed with PUT alone."""
        given = self.shape.read(body)
        if "PickListsLines" in given:
            raise not_supported()
        after = {**row, **{name: given[name] for name in _HEADER if name in given}}
        self.table.replace(row["Absoluteentry"], after)

    def put(self, row: Row, body: Row) -> None:
        """Enter what was picked of each line that is named, by its LineNumber."""
        if row["Status"] == "ps_Closed":
            raise not_supported()
        given = self.shape.read(body)
        picked = {line.get("LineNumber"): line for line in given.get("PickListsLines") or []}
        lines = [
            _picked(line, picked[line["LineNumber"]]) if line["LineNumber"] in picked else line
            for line in row["PickListsLines"]
        ]
        header = {name: given[name] for name in _HEADER if given.get(name) is not None}
        self._replace({**row, **header, "PickListsLines": lines})
        self.company.note("pick", Absoluteentry=row["Absoluteentry"])

    def close(self, entry: int) -> None:
        """Close a list: what was not delivered of it is free to be released again."""
        row = self.row(entry)
        lines = [{**line, "PickStatus": "ps_Closed"} for line in row["PickListsLines"]]
        self._replace({**row, "PickListsLines": lines})
        self.company.note("pick_list_closed", Absoluteentry=entry)

    def open_of(self, order: int) -> Row | None:
        """Return the list that is still open for an order."""
        for row in self.table.rows():
            if row["Status"] != "ps_Closed" and any(
                line["OrderEntry"] == order for line in row["PickListsLines"]
            ):
                return row
        return None

    def delivered(self, order: int, line_number: int, quantity: Decimal) -> None:
        """Tell the list of an order's line that so much of it was delivered, or came back when below zero."""
        row = self.open_of(order)
        if row is None:
            return
        lines = [
            self._delivered(line, quantity)
            if (line["OrderEntry"], line["OrderRowID"]) == (order, line_number)
            else line
            for line in row["PickListsLines"]
        ]
        self._replace({**row, "PickListsLines": lines})

    def _delivered(self, line: Row, quantity: Decimal) -> Row:
        name = ("delivered", line["AbsoluteEntry"], line["LineNumber"])
        self.company.figures.add(name, quantity)
        gone = self.company.figures.amount(name)
        if gone <= 0:
            return line
        whole = gone >= line["PreviouslyReleasedQuantity"]
        return {**line, "PickStatus": "ps_Closed" if whole else "ps_PartiallyDelivered"}

    def _released(self, sent: Row, entry: int, number: int) -> Row:
        order = self.company.orders.table.get(sent.get("OrderEntry"))
        found = order and [
            each for each in order["DocumentLines"] if each["LineNum"] == sent.get("OrderRowID")
        ]
        if sent.get("BaseObjectType", ORDERS.number) != ORDERS.number or not found:
            raise no_such_reference()
        wanted, line = sent.get("ReleasedQuantity", _ZERO), found[0]
        if line["LineStatus"] != "bost_Open" or line["PickStatusEx"] != _NOT_PICKED:
            raise rule("Order line is closed or released already", "PKL1.OrderLine", number)
        if not 0 < wanted <= line["RemainingOpenQuantity"]:
            raise rule("Released quantity exceeds the open quantity", "PKL1.RelQtty", number)
        return {
            "AbsoluteEntry": entry,
            "LineNumber": number,
            "OrderEntry": sent["OrderEntry"],
            "OrderRowID": sent["OrderRowID"],
            "BaseObjectType": ORDERS.number,
            "ReleasedQuantity": wanted,
            "PreviouslyReleasedQuantity": wanted,
            "PickedQuantity": _ZERO,
            "PickStatus": "ps_Released",
        }

    def _replace(self, row: Row) -> None:
        after = {**row, "Status": _status_of([line["PickStatus"] for line in row["PickListsLines"]])}
        self.table.replace(row["Absoluteentry"], after)
        self._show_on_orders(after)

    def _show_on_orders(self, row: Row) -> None:
        """Write the state on the orders' lines; the orders' update date stays as it was."""
        by_order: dict[int, dict[int, Row]] = {}
        for line in row["PickListsLines"]:
            by_order.setdefault(line["OrderEntry"], {})[line["OrderRowID"]] = line
        table = self.company.orders.table
        for entry, picked in by_order.items():
            order = self.company.orders.row(entry)
            lines = [
                {**line, **_on_order(picked[line["LineNum"]])} if line["LineNum"] in picked else line
                for line in order["DocumentLines"]
            ]
            any_picked = any(
                line["PickStatusEx"] in ("dlps_Picked", "dlps_PartiallyPicked") for line in lines
            )
            state = "tYES" if any_picked else "tNO"
            table.replace(entry, {**order, "PickStatus": state, "DocumentLines": lines})


def _picked(line: Row, sent: Row) -> Row:
    whole: Decimal = line["PreviouslyReleasedQuantity"]
    picked: Decimal = sent["PickedQuantity"] if "PickedQuantity" in sent else line["PickedQuantity"]
    if not 0 <= picked <= whole:
        raise rule("Picked quantity exceeds the released quantity", "PKL1.PickQtty", line["LineNumber"])
    status = "ps_Picked" if picked == whole else "ps_PartiallyPicked" if picked else "ps_Released"
    return {**line, "PickedQuantity": picked, "ReleasedQuantity": whole - picked, "PickStatus": status}


def _on_order(line: Row) -> Row:
    state = _ON_ORDER[line["PickStatus"]]
    listed = None if state == _NOT_PICKED else line["AbsoluteEntry"]
    return {"PickStatusEx": state, "PickQuantity": line["PickedQuantity"], "PickListIdNumber": listed}


def _status_of(states: list[str]) -> str:
    found = set(states)
    if len(found) == 1:
        return found.pop()
    if found & {"ps_Closed", "ps_PartiallyDelivered"}:
        return "ps_PartiallyDelivered"
    return "ps_PartiallyPicked"
