"""Fields of the resources that tell what is sold: products, their variants, stock and prices.

Source: names, formats and required marks as the webservice's resource reference of PrestaShop 8 lists them.
A product's own `quantity` is always 0 here and cannot be written: stock is in `stock_availables`.
"""

from sandbox.prestashop.fields import Resource, association, resource

PRODUCTS = resource(
    "products",
    "product",
    "Product",
    """
    id_manufacturer:id>manufacturers id_supplier:id>suppliers id_category_default:id>categories new:text
    cache_default_attribute:num id_default_image:num~ id_default_combination:num~>combinations
    id_tax_rules_group:id>tax_rule_groups position_in_category:num~ manufacturer_name:text!~ quantity:num!~
    type:text~ id_shop_default:id reference:reference<64 supplier_reference:reference<64
    location:text<255 width:ufloat height:ufloat depth:ufloat weight:ufloat quantity_discount:bool
    ean13:ean13<13 isbn:isbn<32 upc:upc<12 mpn:mpn<40 cache_is_pack:bool cache_has_attachments:bool
    is_virtual:bool state:id additional_delivery_times:id delivery_in_stock:generic@<255
    delivery_out_stock:generic@<255 product_type:text on_sale:bool online_only:bool ecotax:price
    minimal_quantity:uint low_stock_threshold:int low_stock_alert:bool price:price*
    wholesale_price:price unity:text unit_price_ratio:float additional_shipping_cost:price
    customizable:uint text_fields:uint uploadable_files:uint active:bool redirect_type:text
    id_type_redirected:id available_for_order:bool available_date:day show_condition:bool
    condition:generic show_price:bool indexed:bool visibility:text advanced_stock_management:bool
    date_add:date date_upd:date pack_stock_type:uint meta_description:generic@<512
    meta_keywords:generic@<255 meta_title:generic@<255 link_rewrite:rewrite*@<128 name:catalog*@<128
    description:html@ description_short:html@ available_now:generic@<255 available_later:generic@<255
    """,
    association("categories", "category", api="categories", settable=True),
    association("images", "image", api="images"),
    association("combinations", "combination", api="combinations"),
    association("product_option_values", "product_option_value", api="product_option_values"),
    association("product_features", "product_feature", "id:id id_feature_value:id", api="product_features"),
    association("tags", "tag", api="tags"),
    association(
        "stock_availables", "stock_available", "id:id id_product_attribute:id", api="stock_availables"
    ),
    association("attachments", "attachment", api="attachments"),
    association("accessories", "product", api="products"),
    association("product_bundle", "product", "id:id id_product_attribute:id quantity:int", api="products"),
    description="The products",
)

COMBINATIONS = resource(
    "combinations",
    "combination",
    "Combination",
    """
    id_product:id*>products location:text<255 ean13:ean13<13 isbn:isbn<32 upc:upc<12 mpn:mpn<40
    quantity:int reference:reference<64 supplier_reference:reference<64 wholesale_price:nprice
    price:nprice ecotax:price weight:float unit_price_impact:nprice minimal_quantity:id*
    low_stock_threshold:int low_stock_alert:bool default_on:bool available_date:day
    """,
    association("product_option_values", "product_option_value", api="product_option_values", settable=True),
    association("images", "image", api="images/products"),
    description="The product combinations",
)

PRODUCT_OPTIONS = resource(
    "product_options",
    "product_option",
    "AttributeGroup",
    "is_color_group:bool group_type:text* position:int name:generic*@<128 public_name:generic*@<64",
    association("product_option_values", "product_option_value", api="product_option_values"),
    description="The product options",
)

PRODUCT_OPTION_VALUES = resource(
    "product_option_values",
    "product_option_value",
    "ProductAttribute",
    "id_attribute_group:id*>product_options color:color position:int name:generic*@<128",
    description="The product options value",
)

STOCK_AVAILABLES = resource(
    "stock_availables",
    "stock_available",
    "StockAvailable",
    """
    id_product:id*>products id_product_attribute:id*>combinations id_shop:id>shops
    id_shop_group:id>shop_groups quantity:int*<10 depends_on_stock:bool* out_of_stock:int*
    location:text<255
    """,
    forbidden=("POST", "DELETE"),
    description="Available quantities",
)

SPECIFIC_PRICES = resource(
    "specific_prices",
    "specific_price",
    "SpecificPrice",
    """
    id_shop_group:id>shop_groups id_shop:id*>shops id_cart:id*>carts id_product:id*>products
    id_product_attribute:id>product_attributes id_currency:id*>currencies id_country:id*>countries
    id_group:id*>groups id_customer:id*>customers id_specific_price_rule:id price:nprice*
    from_quantity:uint* reduction:price* reduction_tax:bool* reduction_type:reduction* from:moment*
    to:moment*
    """,
    description="Specific price management",
)

GOODS: tuple[Resource, ...] = (
    PRODUCTS,
    COMBINATIONS,
    PRODUCT_OPTIONS,
    PRODUCT_OPTION_VALUES,
    STOCK_AVAILABLES,
    SPECIFIC_PRICES,
)
