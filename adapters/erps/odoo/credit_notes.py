"""Credit notes: what they say, and the invoices that they settle."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.records import many, number, one, text
from adapters.erps.odoo.settings import OdooSettings
from domain.errors import Refused
from domain.money import currency_digits, rounded
from domain.order import Charge
from domain.returns import TakeBack, TakenLine

_RECEIVABLE = ("receivable", "asset_receivable")


async def credit_values(
    wanted: TakeBack,
    order: Row,
    invoices: list[Row],
    lines: list[Row],
    catalogue: Catalogue,
    settings: OdooSettings,
) -> tuple[dict[str, Any], Decimal]:
    """Return the credit note as it is loaded, and what it is worth with tax."""
    if not invoices:
        raise Refused("nothing of the order was invoiced", code="more_than_invoiced")
    articles = await catalogue.skus(one(line, "product_id") for line in lines)
    currency = (await catalogue.currencies((one(order, "currency_id"),)))[one(order, "currency_id")]
    digits = currency_digits(currency)
    rows, worth = [], Decimal(0)
    for line in wanted.lines:
        sold = _sold(line, lines, {number_of: each.sku for number_of, each in articles.items()})
        rows.append(_goods(line, sold))
        worth += rounded(number(sold, "price_total") / number(sold, "quantity") * line.quantity, digits)
    charges = [(charge, settings.refund_item or settings.discount_item) for charge in wanted.amounts]
    charges += [(wanted.shipping, settings.shipping_item)] if wanted.shipping else []
    for charge, sku in charges:
        rows.append(await _charge(charge, sku, catalogue, digits))
        worth += rounded(charge.gross, digits)
    named = {f"invoice:{row['id']}" for row in invoices}
    bases = list(dict.fromkeys(line.base for line in wanted.lines)) or sorted(named)[:1]
    first = next((row for row in invoices if f"invoice:{row['id']}" in bases), invoices[0])
    values: dict[str, Any] = {
        "move_type": "out_refund",
        "partner_id/.id": one(first, "partner_id"),
        "currency_id/.id": one(first, "currency_id"),
        "journal_id/.id": one(first, "journal_id"),
        "invoice_date": wanted.on.isoformat(),
        "reversed_entry_id/.id": first["id"],
        "ref": f"{text(first, 'name')} {wanted.reason}".strip(),
        "invoice_origin": " ".join([text(order, "name"), *bases]),
        "invoice_line_ids": rows,
    }
    return values, worth


def _sold(line: TakenLine, lines: Iterable[Row], skus: dict[int, str]) -> Row:
    """Return the invoice line that tells the price: of the invoice named, else any of the article."""
    fits = [
        each
        for each in lines
        if skus.get(one(each, "product_id")) == line.sku and number(each, "quantity") > 0
    ]
    named = [each for each in fits if line.base == f"invoice:{one(each, 'move_id')}"]
    for each in named or fits:
        return each
    raise Refused(f"no invoice of the order has {line.sku}", code="more_than_left")


def _goods(line: TakenLine, sold: Row) -> dict[str, Any]:
    values = {
        "product_id/.id": one(sold, "product_id"),
        "name": f"{text(sold, 'name')} ⟵ {line.base}",
        "quantity": line.quantity,
        "price_unit": number(sold, "price_unit"),
        "discount": number(sold, "discount"),
        "product_uom_id/.id": one(sold, "product_uom_id") or None,
        "account_id/.id": one(sold, "account_id") or None,
        "tax_ids/.id": many(sold, "tax_ids"),
        "sale_line_ids/.id": many(sold, "sale_line_ids"),
    }
    return {name: value for name, value in values.items() if value is not None}


async def _charge(charge: Charge, sku: str, catalogue: Catalogue, digits: int) -> dict[str, Any]:
    """Return money without goods: with the tax in its price, so that it is worth what it says."""
    article = await catalogue.stand_in("refund", sku)
    rate = charge.tax_rate if charge.tax_rate is not None else Decimal(0)
    included = await catalogue.tax(rate, included=True) if rate else None
    tax = included or await catalogue.tax(rate, included=False)
    price = charge.gross if included or not rate else charge.net
    return {
        "product_id/.id": article.id,
        "name": charge.name or article.name,
        "quantity": Decimal(1),
        "product_uom_id/.id": article.unit,
        "price_unit": rounded(price, digits),
        "tax_ids/.id": [tax] if tax else [],
    }


async def settles(client: OdooClient, made: int, invoices: Iterable[Row]) -> None:
    """Set a posted credit note or payment off against its invoices, as far as they are open."""
    domain = [["move_id", "=", made], ["reconciled", "=", False], ["account_id.reconcile", "=", True]]
    kind = (
        "account_internal_type"
        if "account_internal_type" in await client.fields("account.move.line")
        else "account_type"
    )
    domain.append([kind, "in", list(_RECEIVABLE)])
    for invoice in invoices:
        for line in await client.rows("account.move.line", domain, ("amount_residual",)):
            fresh = await client.rows("account.move", [["id", "=", invoice["id"]]], ("amount_residual",))
            if fresh and number(fresh[0], "amount_residual") > 0:
                await client.call(
                    "account.move",
                    "js_assign_outstanding_line",
                    ids=[invoice["id"]],
                    writes=True,
                    line_id=line["id"],
                )
