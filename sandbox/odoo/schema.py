"""The models as far as they are here: each field with its type, what it points at, and its rules."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field. `inverse` is the field of the other model that makes a one-to-many."""

    type: str
    relation: str = ""
    inverse: str = ""
    required: bool = False
    computed: bool = False
    default: Any = False


Model = dict[str, Field]
_STAMPS = "create_date:datetime write_date:datetime display_name:char= "
_TEXTS: dict[str, str] = {
    "ir.model.data": "module:char! name:char! model:char! res_id:integer",
    "res.users": "name:char login:char! company_id:m2o/res.company",
    "res.company": "name:char! currency_id:m2o/res.currency! tax_calculation_rounding_method:char",
    "res.currency": "name:char! active:boolean+ rate:float",
    "res.country": "name:char! code:char!",
    "decimal.precision": "name:char! digits:integer",
    "res.partner": "name:char! ref:char is_company:boolean email:char phone:char vat:char active:boolean+"
    " parent_id:m2o/res.partner commercial_partner_id:m2o/res.partner= type:char street:char street2:char"
    " zip:char city:char country_id:m2o/res.country lang:char customer_rank:integer supplier_rank:integer"
    " company_id:m2o/res.company property_product_pricelist:m2o/product.pricelist sale_warn:char"
    " credit:float= credit_limit:float comment:char",
    "product.pricelist": "name:char! currency_id:m2o/res.currency! company_id:m2o/res.company"
    " active:boolean+",
    "uom.uom": "name:char!",
    "product.template": "name:char! active:boolean+",
    "product.product": "product_tmpl_id:m2o/product.template"
    " name:char! default_code:char active:boolean+ sale_ok:boolean+ purchase_ok:boolean+"
    " type:char uom_id:m2o/uom.uom lst_price:float invoice_policy:char taxes_id:m2m/account.tax"
    " qty_available:float= free_qty:float= outgoing_qty:float=",
    "account.tax": "name:char! amount:float! amount_type:char type_tax_use:char price_include:boolean"
    " company_id:m2o/res.company active:boolean+ sequence:integer",
    "account.journal": "name:char! code:char! type:char! company_id:m2o/res.company",
    "account.account": "name:char! code:char! reconcile:boolean",
    "account.payment.term": "name:char!",
    "stock.location": "name:char! usage:char!",
    "stock.warehouse": "name:char! code:char! company_id:m2o/res.company lot_stock_id:m2o/stock.location"
    " out_type_id:m2o/stock.picking.type in_type_id:m2o/stock.picking.type",
    "stock.picking.type": "name:char! code:char! return_picking_type_id:m2o/stock.picking.type"
    " default_location_src_id:m2o/stock.location default_location_dest_id:m2o/stock.location",
    "stock.quant": "product_id:m2o/product.product! location_id:m2o/stock.location! quantity:float"
    " inventory_quantity:float",
    "stock.warehouse.orderpoint": "product_id:m2o/product.product! warehouse_id:m2o/stock.warehouse"
    " location_id:m2o/stock.location product_min_qty:float product_max_qty:float"
    " trigger:char",
    "delivery.carrier": "name:char! product_id:m2o/product.product delivery_type:char",
    "sale.order": "name:char state:char partner_id:m2o/res.partner! partner_invoice_id:m2o/res.partner"
    " partner_shipping_id:m2o/res.partner client_order_ref:char origin:char date_order:datetime"
    " commitment_date:datetime company_id:m2o/res.company pricelist_id:m2o/product.pricelist"
    " currency_id:m2o/res.currency= currency_rate:float= payment_term_id:m2o/account.payment.term"
    " warehouse_id:m2o/stock.warehouse carrier_id:m2o/delivery.carrier note:char locked:boolean"
    " order_line:o2m/sale.order.line/order_id amount_untaxed:float= amount_tax:float= amount_total:float="
    " invoice_ids:m2m/account.move= invoice_status:char= picking_ids:o2m/stock.picking/sale_id"
    " access_token:char x_note:char",
    "sale.order.line": "order_id:m2o/sale.order! product_id:m2o/product.product name:char! sequence:integer"
    " product_uom_qty:float product_uom:m2o/uom.uom price_unit:float tax_id:m2m/account.tax"
    " price_subtotal:float= price_tax:float= price_total:float= qty_delivered:float= qty_invoiced:float="
    " qty_to_invoice:float= display_type:char x_gift:char",
    "stock.picking": "name:char state:char picking_type_id:m2o/stock.picking.type! picking_type_code:char="
    " partner_id:m2o/res.partner location_id:m2o/stock.location location_dest_id:m2o/stock.location"
    " origin:char sale_id:m2o/sale.order date_done:datetime scheduled_date:datetime"
    " move_lines:o2m/stock.move/picking_id backorder_id:m2o/stock.picking printed:boolean"
    " carrier_id:m2o/delivery.carrier carrier_tracking_ref:char",
    "stock.move": "name:char! picking_id:m2o/stock.picking product_id:m2o/product.product!"
    " product_uom:m2o/uom.uom product_uom_qty:float quantity_done:float state:char"
    " sale_line_id:m2o/sale.order.line location_id:m2o/stock.location location_dest_id:m2o/stock.location"
    " origin_returned_move_id:m2o/stock.move to_refund:boolean group_id:integer procure_method:char",
    "stock.move.line": "move_id:m2o/stock.move picking_id:m2o/stock.picking qty_done:float state:char=",
    "account.move": "name:char state:char move_type:char partner_id:m2o/res.partner"
    " currency_id:m2o/res.currency journal_id:m2o/account.journal invoice_date:date date:date ref:char"
    " invoice_origin:char reversed_entry_id:m2o/account.move"
    " invoice_line_ids:o2m/account.move.line/move_id line_ids:o2m/account.move.line/move_id"
    " amount_untaxed:float= amount_tax:float= amount_total:float= amount_residual:float= payment_state:char="
    " access_token:char posted_before:boolean",
    "account.move.line": "move_id:m2o/account.move! product_id:m2o/product.product name:char quantity:float"
    " product_uom_id:m2o/uom.uom partner_id:m2o/res.partner="
    " price_unit:float discount:float tax_ids:m2m/account.tax sale_line_ids:m2m/sale.order.line"
    " price_subtotal:float= price_total:float= account_id:m2o/account.account account_internal_type:char="
    " exclude_from_invoice_tab:boolean balance:float settled:float amount_residual:float="
    " reconciled:boolean=",
    "mail.activity": "res_model:char! res_id:integer! summary:char",
    "account.partial.reconcile": "debit_move_id:m2o/account.move.line! credit_move_id:m2o/account.move.line!"
    " amount:float",
    "account.payment": "name:char state:char payment_type:char! partner_type:char partner_id:m2o/res.partner"
    " amount:float currency_id:m2o/res.currency date:date ref:char journal_id:m2o/account.journal!"
    " move_id:m2o/account.move",
    "purchase.order": "name:char state:char partner_id:m2o/res.partner! origin:char"
    " picking_type_id:m2o/stock.picking.type order_line:o2m/purchase.order.line/order_id",
    "purchase.order.line": "order_id:m2o/purchase.order! product_id:m2o/product.product name:char!"
    " product_qty:float product_uom:m2o/uom.uom price_unit:float date_planned:datetime",
    "sale.advance.payment.inv": "advance_payment_method:char! sale_order_ids:m2m/sale.order",
    "account.move.reversal": "reason:char date:date refund_method:char journal_id:m2o/account.journal"
    " move_ids:m2m/account.move",
    "stock.return.picking": "picking_id:m2o/stock.picking"
    " product_return_moves:o2m/stock.return.picking.line/wizard_id",
    "stock.return.picking.line": "wizard_id:m2o/stock.return.picking product_id:m2o/product.product"
    " quantity:float move_id:m2o/stock.move to_refund:boolean",
}
_RENAMED_IN_19 = {
    "sale.order.line": {"tax_id": "tax_ids", "product_uom": "product_uom_id"},
    "purchase.order.line": {"product_uom": "product_uom_id"},
    "stock.move": {"quantity_done": "quantity"},
    "stock.picking": {"move_lines": "move_ids"},
    "stock.move.line": {"qty_done": "quantity"},
    "account.payment": {"ref": "memo"},
    "account.move.line": {"account_internal_type": "account_type"},
}
_KINDS = {"m2o": "many2one", "o2m": "one2many", "m2m": "many2many"}


def models(version: int) -> dict[str, Model]:
    """Return the models as a version has them, by its own names."""
    found = {}
    for model, text in _TEXTS.items():
        renamed = renames(version).get(model, {})
        fields = (_field(word) for word in (_STAMPS + text).split())
        found[model] = {renamed.get(name, name): field for name, field in fields}
    if version >= 17:
        found["stock.move"]["picked"] = Field("boolean")
    if version >= 18:
        found["product.product"]["is_storable"] = Field("boolean")
    if version < 17:
        del found["sale.order"]["locked"]
    return found


def renames(version: int) -> dict[str, dict[str, str]]:
    """Return the names that changed, by model: old to new."""
    return _RENAMED_IN_19 if version >= 19 else {}


def _field(word: str) -> tuple[str, Field]:
    name, _, said = word.partition(":")
    kind, *rest = said.rstrip("!=+").split("/")
    return name, Field(
        type=_KINDS.get(kind, kind),
        relation=rest[0] if rest else "",
        inverse=rest[1] if len(rest) > 1 else "",
        required="!" in said,
        computed="=" in said,
        default="+" in said,
    )
