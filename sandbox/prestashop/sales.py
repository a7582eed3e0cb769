"""Fields of the resources a sale is made of: orders, their lines, payments, parcels, documents, carts.

Source: names, formats and required marks as the webservice's resource reference of PrestaShop 8 lists them.
`order_details` keeps `tax_rate` and `tax_name` to itself, as the shop does: the rate is behind the
association `taxes`.
"""

from sandbox.prestashop.fields import Resource, association, resource

_TAXED_TOTALS = """
total_discounts:price total_discounts_tax_incl:price total_discounts_tax_excl:price
total_paid:price* total_paid_tax_incl:price total_paid_tax_excl:price total_paid_real:price*
total_products:price* total_products_wt:price*
total_shipping:price total_shipping_tax_incl:price total_shipping_tax_excl:price carrier_tax_rate:rate
total_wrapping:price total_wrapping_tax_incl:price total_wrapping_tax_excl:price
"""

ORDERS = resource(
    "orders",
    "order",
    "Order",
    f"""
    id_address_delivery:id*>addresses id_address_invoice:id*>addresses id_cart:id*>carts
    id_currency:id*>currencies id_lang:id*>languages id_customer:id*>customers id_carrier:id*>carriers
    current_state:id>order_states module:module* invoice_number:num invoice_date:stamp
    delivery_number:num delivery_date:stamp valid:flag date_add:date date_upd:date
    shipping_number:tracking~ note:html id_shop_group:id id_shop:id secure_key:md5 payment:generic*
    recyclable:bool gift:bool gift_message:message mobile_theme:bool
    {_TAXED_TOTALS}
    round_mode:id round_type:id conversion_rate:float* reference:text
    """,
    association(
        "order_rows",
        "order_row",
        """
        id:id product_id:id>products product_attribute_id:id product_quantity:int product_name:text
        product_reference:text product_ean13:text product_isbn:text product_upc:text product_price:price
        id_customization:id>customizations unit_price_tax_incl:price unit_price_tax_excl:price
        """,
    ),
    description="The Customers orders",
)

ORDER_DETAILS = resource(
    "order_details",
    "order_detail",
    "OrderDetail",
    """
    id_order:id*>orders product_id:id>products product_attribute_id:id>combinations
    product_quantity_reinjected:uint group_reduction:percent discount_quantity_applied:int
    download_hash:generic download_deadline:moment id_order_invoice:id id_warehouse:id* id_shop:id*
    id_customization:id product_name:generic* product_quantity:int* product_quantity_in_stock:int
    product_quantity_return:uint product_quantity_refunded:uint product_price:price*
    reduction_percent:percent reduction_amount:price reduction_amount_tax_incl:price
    reduction_amount_tax_excl:price product_quantity_discount:float product_ean13:ean13
    product_isbn:isbn product_upc:upc product_mpn:mpn product_reference:reference
    product_supplier_reference:reference product_weight:float tax_computation_method:id
    id_tax_rules_group:int ecotax:float ecotax_tax_rate:rate download_nb:int
    unit_price_tax_incl:price unit_price_tax_excl:price total_price_tax_incl:price
    total_price_tax_excl:price total_shipping_price_tax_excl:price total_shipping_price_tax_incl:price
    purchase_supplier_price:price original_product_price:price original_wholesale_price:price
    total_refunded_tax_excl:price total_refunded_tax_incl:price
    """,
    association("taxes", "tax", api="taxes", settable=True),
    description="Details of an order",
)

ORDER_HISTORIES = resource(
    "order_histories",
    "order_history",
    "OrderHistory",
    "id_employee:id>employees id_order_state:id*>order_states id_order:id*>orders date_add:date",
    description="The Order histories",
)

ORDER_CARRIERS = resource(
    "order_carriers",
    "order_carrier",
    "OrderCarrier",
    """
    id_order:id*>orders id_carrier:id*>carriers id_order_invoice:id weight:float
    shipping_cost_tax_excl:float shipping_cost_tax_incl:float tracking_number:tracking<64 date_add:date
    """,
    description="The Order carriers",
)

ORDER_CART_RULES = resource(
    "order_cart_rules",
    "order_cart_rule",
    "OrderCartRule",
    """
    id_order:id*>orders id_cart_rule:id* id_order_invoice:id name:html* value:float*
    value_tax_excl:float* free_shipping:bool deleted:bool
    """,
    description="The Order cart rules",
)

ORDER_INVOICES = resource(
    "order_invoices",
    "order_invoice",
    "OrderInvoice",
    """
    id_order:id* number:id* delivery_number:id delivery_date:moment total_discount_tax_excl:price
    total_discount_tax_incl:price total_paid_tax_excl:price total_paid_tax_incl:price
    total_products:price total_products_wt:price total_shipping_tax_excl:price
    total_shipping_tax_incl:price shipping_tax_computation_method:num total_wrapping_tax_excl:price
    total_wrapping_tax_incl:price shop_address:html<1000 note:html<65000 date_add:date
    """,
    description="The Order invoices",
)

ORDER_PAYMENTS = resource(
    "order_payments",
    "order_payment",
    "OrderPayment",
    """
    order_reference:anything<9 id_currency:id*>currencies amount:price* payment_method:generic
    conversion_rate:float transaction_id:anything<254 card_number:anything<254 card_brand:anything<254
    card_expiration:anything<254 card_holder:anything<254 date_add:date
    """,
    description="The Order payments",
)

ORDER_SLIP = resource(
    "order_slip",
    "order_slip",
    "OrderSlip",
    """
    id_customer:id*>customers id_order:id*>orders conversion_rate:float* total_products_tax_excl:float*
    total_products_tax_incl:float* total_shipping_tax_excl:float* total_shipping_tax_incl:float*
    amount:float shipping_cost:num shipping_cost_amount:float partial:flag date_add:date date_upd:date
    order_slip_type:int
    """,
    association(
        "order_slip_details",
        "order_slip_detail",
        "id:id id_order_detail:id product_quantity:int amount_tax_excl:price amount_tax_incl:price",
    ),
    plural="order_slips",
    description="The Order slips",
)

ORDER_STATES = resource(
    "order_states",
    "order_state",
    "OrderState",
    """
    unremovable:bool delivery:bool hidden:bool send_email:bool module_name:module invoice:bool
    color:color logable:bool shipped:bool paid:bool pdf_delivery:bool pdf_invoice:bool deleted:bool
    name:generic*@<64 template:template@<64
    """,
    description="The Order statuses",
)

CARTS = resource(
    "carts",
    "cart",
    "Cart",
    """
    id_address_delivery:id>addresses id_address_invoice:id>addresses id_currency:id*>currencies
    id_customer:id>customers id_guest:id>guests id_lang:id*>languages id_shop_group:id id_shop:id
    id_carrier:id>carriers recyclable:bool gift:bool gift_message:message mobile_theme:bool
    delivery_option:text secure_key:text<32 allow_seperated_package:bool date_add:date date_upd:date
    """,
    association(
        "cart_rows",
        "cart_row",
        """
        id_product:id>products id_product_attribute:id>combinations id_address_delivery:id>addresses
        id_customization:id>customizations quantity:int
        """,
        settable=True,
    ),
    description="Customer's carts",
)

SALES: tuple[Resource, ...] = (
    ORDERS,
    ORDER_DETAILS,
    ORDER_HISTORIES,
    ORDER_CARRIERS,
    ORDER_CART_RULES,
    ORDER_INVOICES,
    ORDER_PAYMENTS,
    ORDER_SLIP,
    ORDER_STATES,
    CARTS,
)
