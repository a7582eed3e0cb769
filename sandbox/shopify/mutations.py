"""What the API writes, with the shop's own refusals."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError, value_from_ast_untyped

from sandbox.shopify.pages import Info
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import Packing, Parcels, Sale
from sandbox.shopify.subscriptions import Subscriptions
from sandbox.shopify.views import Tree, gid, numbered

_MOST_METAFIELDS, _MOST_ROWS, _LARGEST = 25, 250, 1_000_000_000
_REASONS = {"correction", "cycle_count_available", "damaged", "other", "received", "restock", "shrinkage"}


class Mutations:
    """The fields of the mutation root."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._seen: dict[str, tuple[Any, Tree]] = {}

    def fields(self) -> Tree:
        """Return them by name."""
        return {
            "metafieldsSet": self.set_metafields,
            "fulfillmentCreate": self.fulfil,
            "fulfillmentTrackingInfoUpdate": self.set_tracking,
            "fulfillmentOrderReportProgress": self.report_progress,
            "inventorySetQuantities": self.set_quantities,
            **Subscriptions(self._shop).writes(),
        }

    def set_metafields(self, _: Info, metafields: Sequence[Mapping[str, Any]]) -> Tree:
        """Write fields of orders, all or none of them."""
        errors = [error for place, each in enumerate(metafields) for error in self._wrong(place, each)]
        if len(metafields) > _MOST_METAFIELDS:
            errors.append(
                _error(["metafields"], "Exceeded the maximum metafields input limit of 25.", "INVALID")
            )
        if errors:
            return {"metafields": [], "userErrors": errors}
        shown = []
        for each in metafields:
            sale = self._shop.sale(numbered("Order", each["ownerId"]))
            namespace, key = each.get("namespace", "custom"), each["key"]
            sale.metafields[namespace, key] = each["value"]
            self._shop.ledger.write(
                "metafield", order=sale.number, key=f"{namespace}.{key}", value=each["value"]
            )
            self._shop.changed(sale)
            shown.append(self._shop.views.metafield(sale, namespace, key))
        return {"metafields": shown, "userErrors": []}

    def _wrong(self, place: int, given: Mapping[str, Any]) -> list[Tree]:
        path = ["metafields", str(place)]
        errors = []
        if numbered("Order", given["ownerId"]) not in self._shop.sales:
            errors.append(_error([*path, "ownerId"], "Owner does not exist.", "INVALID"))
        if given.get("type") != "single_line_text_field":
            errors.append(_error([*path, "type"], "Type is not included in the list", "INVALID_TYPE"))
        if not given["value"] or "\n" in given["value"]:
            errors.append(_error([*path, "value"], "Value can't be blank.", "BLANK"))
        return [{**error, "elementIndex": place} for error in errors]

    def fulfil(self, _: Info, fulfillment: Mapping[str, Any], **__: object) -> Tree:
        """Send what fulfilment orders have open: of one order and one location."""
        wanted = [
            self._packing(numbered("FulfillmentOrder", each["fulfillmentOrderId"]))
            for each in fulfillment["lineItemsByFulfillmentOrder"]
        ]
        found = [each for each in wanted if each is not None]
        wrong = self._unfit(found) if len(found) == len(wanted) else "Fulfillment order does not exist."
        chosen = [] if wrong else _chosen(fulfillment["lineItemsByFulfillmentOrder"], found)
        if None in chosen:
            wrong = "Invalid fulfillment order line item quantity requested."
        if wrong:
            return {"fulfillment": None, "userErrors": [{"field": ["fulfillment"], "message": wrong}]}
        numbers, company = _tracking(fulfillment.get("trackingInfo") or {})
        only = {number: pieces for row in chosen if row for number, pieces in row.items()}
        made = self._shop.ship(found[0][0], [packing for _, packing in found], numbers, company, only)
        return {"fulfillment": self._shop.views.parcels(made), "userErrors": []}

    def _unfit(self, found: Sequence[tuple[Sale, Packing]]) -> str:
        if len({sale.number for sale, _ in found}) > 1:
            return "All fulfillment orders must belong to the same order."
        if len({packing.location for _, packing in found}) > 1:
            return (
                "All fulfillment orders must be assigned to a single location,"
                " and the location must be active."
            )
        for sale, packing in found:
            status = self._shop.views.packing(sale, packing)["status"].lower()
            if status not in {"open", "in_progress"}:
                return f"Fulfillment order {packing.number} has an unfulfillable status= {status}."
        return "" if found else "Line items by fulfillment order can't be blank"

    def set_tracking(
        self,
        _: Info,
        fulfillmentId: str,  # noqa: N803
        trackingInfoInput: Mapping[str, Any],  # noqa: N803
        **__: object,
    ) -> Tree:
        """Give a fulfilment other parcels."""
        for sale in self._shop.sales.values():
            for made in sale.parcels:
                if made.number == numbered("Fulfillment", fulfillmentId):
                    return self._tracked(sale, made, trackingInfoInput)
        wrong = {"field": ["fulfillmentId"], "message": "Fulfillment does not exist."}
        return {"fulfillment": None, "userErrors": [wrong]}

    def _tracked(self, sale: Sale, made: Parcels, given: Mapping[str, Any]) -> Tree:
        made.numbers, made.company = _tracking(given)
        self._shop.ledger.write("tracking", order=sale.number, numbers=made.numbers)
        self._shop.changed(sale)
        return {"fulfillment": self._shop.views.parcels(made), "userErrors": []}

    def report_progress(self, _: Info, id: str, **__: object) -> Tree:  # noqa: A002
        """Say that somebody is packing."""
        found = self._packing(numbered("FulfillmentOrder", id))
        if found is None or not found[0].open_at(found[1]) or found[1].on_hold:
            wrong = {"field": ["id"], "message": "Fulfillment order is not in a state to report progress."}
            return {"fulfillmentOrder": None, "userErrors": [wrong]}
        sale, packing = found
        packing.in_progress = True
        self._shop.ledger.write("progress", order=sale.number)
        self._shop.changed(sale)
        return {"fulfillmentOrder": self._shop.views.packing(sale, packing), "userErrors": []}

    def _packing(self, number: int) -> tuple[Sale, Packing] | None:
        for sale in self._shop.sales.values():
            for packing in sale.packings:
                if packing.number == number:
                    return sale, packing
        return None

    def set_quantities(self, info: Info, input: Mapping[str, Any]) -> Tree:  # noqa: A002
        """Set stock, all rows or none; the same key does the same thing once."""
        key = _idempotency_key(info)
        if any("changeFromQuantity" not in row for row in input["quantities"]):
            raise GraphQLError(
                "InventoryQuantityInput must include the following argument: changeFromQuantity.",
                extensions={"code": "INVALID_FIELD_ARGUMENTS"},
            )
        if key in self._seen:
            asked, known = self._seen[key]
            wrong = _error(None, "The key was used for other values.", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
            return known if asked == input else {"inventoryAdjustmentGroup": None, "userErrors": [wrong]}
        if self._shop.faults.take("sold_meanwhile"):
            self._sell_one(input["quantities"][0])
        errors = self._unfit_levels(input)
        answer: Tree = {"inventoryAdjustmentGroup": None, "userErrors": errors}
        if not errors:
            for row in input["quantities"]:
                self._set(row)
            number = self._shop.number()
            answer["inventoryAdjustmentGroup"] = {
                "id": gid("InventoryAdjustmentGroup", number),
                "reason": input["reason"],
            }
        self._seen[key] = (input, answer)
        return answer

    def _sell_one(self, row: Mapping[str, Any]) -> None:
        variant = self._shop.variants[numbered("InventoryItem", row["inventoryItemId"])]
        variant.stock[numbered("Location", row["locationId"])] -= 1

    def _set(self, row: Mapping[str, Any]) -> None:
        variant = self._shop.variants[numbered("InventoryItem", row["inventoryItemId"])]
        variant.stock[numbered("Location", row["locationId"])] = row["quantity"]
        self._shop.ledger.write("stock", sku=variant.sku, quantity=row["quantity"])

    def _unfit_levels(self, given: Mapping[str, Any]) -> list[Tree]:
        errors = []
        if given["name"] not in {"available", "on_hand"}:
            message = "The quantity name must be either 'available' or 'on_hand'."
            errors.append(_error(["input", "name"], message, "INVALID_NAME"))
        if given["reason"] not in _REASONS:
            errors.append(_error(["input", "reason"], "The specified reason is invalid.", "INVALID_REASON"))
        pairs = [(row["inventoryItemId"], row["locationId"]) for row in given["quantities"]]
        for place, row in enumerate(given["quantities"]):
            path = ["input", "quantities", str(place)]
            if pairs.count(pairs[place]) > 1:
                message = "The combination of inventoryItemId and locationId must be unique."
                code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
                errors.append(_error([*path, "locationId"], message, code))
            else:
                errors += self._unfit_level(path, row)
        return errors

    def _unfit_level(self, path: list[str], row: Mapping[str, Any]) -> list[Tree]:
        variant = self._shop.variants.get(numbered("InventoryItem", row["inventoryItemId"]))
        place = numbered("Location", row["locationId"])
        if variant is None:
            message = "The specified inventory item could not be found."
            return [_error([*path, "inventoryItemId"], message, "INVALID_INVENTORY_ITEM")]
        if place not in self._shop.locations:
            message = "The specified location could not be found."
            return [_error([*path, "locationId"], message, "INVALID_LOCATION")]
        if place not in variant.stock:
            message = "The specified inventory item is not stocked at the location."
            return [_error([*path, "locationId"], message, "ITEM_NOT_STOCKED_AT_LOCATION")]
        if row["quantity"] < 0:
            return [
                _error([*path, "quantity"], "The quantity can't be negative.", "INVALID_QUANTITY_NEGATIVE")
            ]
        if row["quantity"] > _LARGEST:
            return [_error([*path, "quantity"], "The quantity is too high.", "INVALID_QUANTITY_TOO_HIGH")]
        if row["changeFromQuantity"] not in {None, variant.stock[place]}:
            message = "The changeFromQuantity value does not match the current quantity."
            return [_error([*path, "changeFromQuantity"], message, "CHANGE_FROM_QUANTITY_STALE")]
        return []


def _idempotency_key(info: Info) -> str:
    for directive in info.field_nodes[0].directives or ():
        if directive.name.value == "idempotent":
            (value,) = (each.value for each in directive.arguments or ())
            return str(value_from_ast_untyped(value, info.context))
    raise GraphQLError(
        "The @idempotent directive is required for this mutation but was not provided.",
        extensions={"code": "BAD_REQUEST"},
    )


def _chosen(
    given: Sequence[Mapping[str, Any]], found: Sequence[tuple[Sale, Packing]]
) -> list[dict[int, int] | None]:
    """Return for each fulfilment order how many pieces of which lines; None for more than there are."""
    rows: list[dict[int, int] | None] = []
    for asked, (sale, packing) in zip(given, found, strict=True):
        left = {line.number: line.open for line in sale.open_at(packing)}
        lines = asked.get("fulfillmentOrderLineItems")
        wanted = left if lines is None else {_line_number(each): int(each["quantity"]) for each in lines}
        fits = all(0 < pieces <= left.get(number, 0) for number, pieces in wanted.items())
        rows.append(wanted if fits and wanted else None)
    return rows


def _line_number(given: Mapping[str, Any]) -> int:
    return numbered("FulfillmentOrderLineItem", given["id"])


def _tracking(given: Mapping[str, Any]) -> tuple[list[str], str]:
    one = [given["number"]] if given.get("number") else []
    return [*one, *(given.get("numbers") or [])], given.get("company") or ""


def _error(field: list[str] | None, message: str, code: str) -> Tree:
    return {"field": field, "message": message, "code": code}
