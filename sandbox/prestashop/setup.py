"""Fields of the resources a merchant sets up once: countries, taxes, carriers, currencies, settings.

Source: names, formats and required marks as the webservice's resource reference of PrestaShop 8 lists them.
`OTHER_RESOURCES` are names the real shop knows too; no key of this sandbox has rights on them.
"""

from sandbox.prestashop.fields import Resource, resource

CARRIERS = resource(
    "carriers",
    "carrier",
    "Carrier",
    """
    deleted:bool is_module:bool id_tax_rules_group:num~>tax_rule_groups id_reference:num name:carrier*<64
    active:bool* is_free:bool url:absurl shipping_handling:bool shipping_external:flag
    range_behavior:bool shipping_method:uint max_width:uint max_height:uint max_depth:uint
    max_weight:float grade:uint external_module_name:text<64 need_range:flag position:num
    delay:generic*@<512
    """,
    description="The Carriers",
)

COUNTRIES = resource(
    "countries",
    "country",
    "Country",
    """
    id_zone:id*>zones id_currency:id>currencies call_prefix:int iso_code:iso*<3 active:bool
    contains_states:bool* need_identification_number:bool* need_zip_code:bool zip_code_format:text
    display_tax_label:bool* name:generic*@<64
    """,
    description="The countries",
)

STATES = resource(
    "states",
    "state",
    "State",
    "id_zone:id*>zones id_country:id*>countries iso_code:state_iso*<7 name:generic*<32 active:bool",
    description="The available states of countries",
)

CURRENCIES = resource(
    "currencies",
    "currency",
    "Currency",
    """
    names:text@ name:generic*~<255 symbol:text@<255 iso_code:iso*<3 numeric_iso_code:text<3 precision:int
    conversion_rate:ufloat* deleted:bool active:bool unofficial:bool modified:bool pattern:text@<255
    """,
    description="The currencies",
)

LANGUAGES = resource(
    "languages",
    "language",
    "Language",
    """
    name:generic*<32 iso_code:iso*<2 locale:text<5 language_code:text<5 active:bool is_rtl:bool
    date_format_lite:text*<32 date_format_full:text*<32
    """,
    description="Shop languages",
)

SHOPS = resource(
    "shops",
    "shop",
    "Shop",
    """
    id_shop_group:num*>shop_groups id_category:num* active:bool deleted:bool name:generic*<64
    color:color theme_name:text
    """,
    description="Shops from multi-shop feature",
)

TAXES = resource(
    "taxes", "tax", "Tax", "rate:rate* active:flag deleted:flag name:generic*@<32", description="The tax rate"
)

TAX_RULES = resource(
    "tax_rules",
    "tax_rule",
    "TaxRule",
    """
    id_tax_rules_group:id*>tax_rule_groups id_state:id>states id_country:id*>countries
    zipcode_from:postcode zipcode_to:postcode id_tax:id*>taxes behavior:uint description:text
    """,
    description="Tax rules entity",
)

TAX_RULE_GROUPS = resource(
    "tax_rule_groups",
    "tax_rule_group",
    "TaxRulesGroup",
    "name:generic*<64 active:bool deleted:bool date_add:date date_upd:date",
    description="Tax rule groups",
)

CONFIGURATIONS = resource(
    "configurations",
    "configuration",
    "Configuration",
    "value:text name:config*<254 id_shop_group:id id_shop:id date_add:date date_upd:date",
    description="Shop configuration",
)

SETUP: tuple[Resource, ...] = (
    CARRIERS,
    COUNTRIES,
    STATES,
    CURRENCIES,
    LANGUAGES,
    SHOPS,
    TAXES,
    TAX_RULES,
    TAX_RULE_GROUPS,
    CONFIGURATIONS,
)

OTHER_RESOURCES: tuple[str, ...] = (
    "attachments",
    "cart_rules",
    "categories",
    "contacts",
    "content_management_system",
    "customizations",
    "deliveries",
    "employees",
    "guests",
    "image_types",
    "images",
    "manufacturers",
    "price_ranges",
    "product_customization_fields",
    "product_feature_values",
    "product_features",
    "product_suppliers",
    "search",
    "shop_groups",
    "shop_urls",
    "specific_price_rules",
    "stock_movement_reasons",
    "stock_movements",
    "stocks",
    "stores",
    "suppliers",
    "supply_order_details",
    "supply_order_histories",
    "supply_order_receipt_histories",
    "supply_order_states",
    "supply_orders",
    "tags",
    "translated_configurations",
    "warehouse_product_locations",
    "warehouses",
    "weight_ranges",
    "zones",
)
