"""A sales document in Odoo's words, articles and taxes still by our names, and its orders in ours. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from adapters.erps.odoo.catalogue import Article
from adapters.erps.odoo.records import Row, many, number, one, text
from adapters.erps.odoo.settings import OdooSettings
from domain.errors import BadConfiguration
from domain.mapping.values import FieldValue
from domain.money import Money
from domain.order import Basis, Charge
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpLine, ErpState, LineDetails, SalesDocument
from domain.totals import Adjustment, PricedLine

ORDER_FIELDS = (
    "name", "state", "locked", "partner_id", "currency_id", "amount_untaxed", "amount_tax", "amount_total",
    "origin", "order_line", "invoice_ids", "company_id", "warehouse_id",
)  # fmt: skip
LINE_FIELDS = (
    "order_id", "product_id", "product_uom_qty", "qty_delivered", "qty_invoiced", "display_type", "name",
    "price_unit", "price_subtotal", "price_total", "tax_id", "tax_ids", "product_uom", "product_uom_id",
)  # fmt: skip
MOVE_FIELDS = (
    "picking_id", "sale_line_id", "product_id", "product_uom", "product_uom_qty", "quantity_done", "quantity",
    "picked", "state", "origin_returned_move_id", "location_id", "location_dest_id", "group_id",
)  # fmt: skip
DRAFT_STATES = frozenset({"draft", "sent"})


def document_body(document: SalesDocument, settings: OdooSettings, connection: str) -> dict[str, Any]:
    """Return the document; `order_line` names articles by SKU and taxes by their rate."""
    if document.pricing.discount_percent:
        raise BadConfiguration("Odoo has no discount on a whole order", connection=connection)
    body: dict[str, Any] = {
        **{name: own_field(field.value) for name, field in document.fields.items()},
        "partner": document.customer_code,
        "client_order_ref": document.order_number,
        "origin": document.key,
        "date_order": f"{document.ordered_on.isoformat()} 00:00:00",
        "commitment_date": f"{max(document.deliver_on, document.ordered_on).isoformat()} 12:00:00",
        "currency": document.currency,
        "note": document.comment,
        "warehouse": document.warehouse,
        "payment_term": _named(settings.payment_terms, document.terms, "payment_terms", connection),
        "carrier": _carrier(document, settings, connection),
        "order_line": list(_lines(document, settings, connection)),
    }
    return {name: value for name, value in body.items() if value not in ("", None)}


def _lines(document: SalesDocument, settings: OdooSettings, connection: str) -> Iterator[dict[str, Any]]:
    texts = list(document.texts)
    for place, line in enumerate(document.pricing.lines):
        yield from ({"text": each.text} for each in texts if each.after == place)
        yield _line(line, document.details.get(line.line_id, LineDetails()))
    yield from ({"text": each.text} for each in texts if each.after >= len(document.pricing.lines))
    for extra in document.pricing.adjustments:
        yield _extra(extra, settings)
    if document.pricing.shipping.net:
        yield _charge_line(document.pricing.shipping, settings.shipping_item, "shipping")
    for charge in document.pricing.charges:
        sku = settings.charges.get(charge.code, "")
        if not sku:
            raise BadConfiguration(
                f"the charge {charge.code!r} stands for no article of Odoo",
                field=f"connections.{connection}.charges",
                connection=connection,
            )
        yield _charge_line(charge, sku, "charge")


def _line(line: PricedLine, said: LineDetails) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sku": line.sku,
        "line_id": line.line_id,
        "quantity": line.quantity,
        "price": line.price,
        "rate": line.tax_rate,
        "gross": line.basis is Basis.GROSS,
        "name": said.description,
        "tax": said.tax_code,
        "fields": {name: own_field(field.value) for name, field in said.fields.items()},
    }
    return {name: value for name, value in found.items() if value not in ("", {})}


def _extra(extra: Adjustment, settings: OdooSettings) -> dict[str, Any]:
    found = {
        "sku": settings.extra_items[extra.kind.value],
        "use": extra.kind.value,
        "quantity": Decimal(1),
        "price": extra.amount,
        "rate": extra.tax_rate,
        "gross": extra.basis is Basis.GROSS,
        "name": extra.name,
    }
    return {name: value for name, value in found.items() if value != ""}


def _charge_line(charge: Charge, sku: str, use: str) -> dict[str, Any]:
    """Return shipping, or another charge, as a line; its amount is net."""
    found = {
        "sku": sku,
        "use": use,
        "quantity": Decimal(1),
        "price": charge.net,
        "rate": charge.tax_rate if charge.tax_rate is not None else Decimal(0),
        "gross": False,
        "name": charge.name,
    }
    return {name: value for name, value in found.items() if value != ""}


def own_field(value: FieldValue) -> object:
    """Return a value as a cell of an import holds it: moments in UTC, and without saying so."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


def _carrier(document: SalesDocument, settings: OdooSettings, connection: str) -> int | None:
    if document.carrier:
        return _named(settings.carriers, document.carrier, "carriers", connection)
    return settings.carriers.get(document.pricing.shipping.code)


def _named(ids: Mapping[str, int], name: str, setting: str, connection: str) -> int | None:
    if not name:
        return None
    if name in ids:
        return ids[name]
    if name.isascii() and name.isdecimal():
        return int(name)
    raise BadConfiguration(
        f"{name!r} stands for nothing in Odoo",
        field=f"connections.{connection}.{setting}",
        connection=connection,
    )


def amounts(order: Row, currency: str) -> tuple[Money, Money]:
    """Return an order's total and its tax."""
    total = Money(number(order, "amount_total"), currency).rounded()
    return total, Money(number(order, "amount_tax"), currency).rounded()


def erp_document(
    order: Row,
    lines: list[Row],
    articles: Mapping[int, Article],
    *,
    kind: DocumentKind,
    key: str,
    customer: str,
    currency: str,
    charges: frozenset[str],
    moves: list[Row],
) -> ErpDocument:
    """Return an order as the domain knows it. `moves` are what goes out for it,
    `charges` the articles whose lines are no lines of the document."""
    total, tax = amounts(order, currency)
    goods = [line for line in lines if one(line, "product_id") and not text(line, "display_type")]
    goods = [line for line in goods if articles[one(line, "product_id")].sku not in charges]
    return ErpDocument(
        kind=kind,
        entry=str(order["id"]),
        number=text(order, "name"),
        state=_state(order, kind, moves),
        key=key,
        customer_code=customer,
        total=total,
        tax=tax,
        lines=tuple(_erp_lines(goods, articles, _shipped(moves))),
    )


def done(move: Row) -> Decimal:
    """Return how much of a move is done; the field changed its name in 17."""
    return number(move, "quantity_done" if "quantity_done" in move else "quantity")


def _shipped(moves: list[Row]) -> dict[int, Decimal]:
    """Return what went out, by order line; what came back does not make it less."""
    found: dict[int, Decimal] = {}
    for move in moves:
        if text(move, "state") == "done":
            line = one(move, "sale_line_id")
            found[line] = found.get(line, Decimal(0)) + done(move)
    return found


def _erp_lines(
    lines: list[Row], articles: Mapping[int, Article], shipped: Mapping[int, Decimal]
) -> Iterator[ErpLine]:
    """Yield the lines. A service beside goods is open as long as they are: it goes with them."""
    left = {
        line["id"]: number(line, "product_uom_qty")
        - max(number(line, "qty_delivered"), shipped.get(line["id"], Decimal(0)))
        for line in lines
    }
    goods = [line["id"] for line in lines if not articles[one(line, "product_id")].service]
    open_goods = any(left[line] > 0 for line in goods)
    for line in lines:
        article, ordered = articles[one(line, "product_id")], number(line, "product_uom_qty")
        rest = left[line["id"]]
        if article.service and goods:
            rest = ordered if open_goods else Decimal(0)
        yield ErpLine(sku=article.sku, quantity=ordered, open_quantity=max(rest, Decimal(0)))


def _state(order: Row, kind: DocumentKind, moves: list[Row]) -> ErpState:
    if text(order, "state") == "cancel":
        return ErpState.CANCELLED
    if text(order, "state") in DRAFT_STATES:
        return ErpState.DRAFT if kind is DocumentKind.DRAFT else ErpState.OPEN
    over = bool(moves) and all(text(move, "state") in ("done", "cancel") for move in moves)
    return ErpState.CLOSED if over else ErpState.OPEN


def is_unfinished(order: Row, kind: DocumentKind) -> bool:
    """Whether an order is one that an earlier attempt left half made: without lines, or not confirmed."""
    if text(order, "state") not in DRAFT_STATES:
        return False
    return kind is DocumentKind.ORDER or not many(order, "order_line")
