"""Fields of the resources that tell who buys: customers, their groups, addresses and messages.

Source: names, formats and required marks as the webservice's resource reference of PrestaShop 8 lists them.
"""

from sandbox.prestashop.fields import Resource, association, resource

CUSTOMERS = resource(
    "customers",
    "customer",
    "Customer",
    """
    id_default_group:num>groups id_lang:id>languages newsletter_date_add:stamp
    ip_registration_newsletter:text last_passwd_gen:stamp! secure_key:md5! deleted:bool
    passwd:passwd*<255 lastname:customer*<255 firstname:customer*<255 email:email*<255 id_gender:id
    birthday:birth newsletter:bool optin:bool website:url company:generic siret:siret ape:ape
    outstanding_allow_amount:float show_public_prices:bool id_risk:uint max_payment_days:uint
    active:bool note:html<65000 is_guest:bool id_shop:id id_shop_group:id date_add:date date_upd:date
    reset_password_token:sha1<40 reset_password_validity:stamp
    """,
    association("groups", "group", api="groups", settable=True),
    description="The e-shop's customers",
)

ADDRESSES = resource(
    "addresses",
    "address",
    "Address",
    """
    id_customer:id>customers id_manufacturer:id>manufacturers id_supplier:id>suppliers
    id_warehouse:id>warehouse id_country:id*>countries id_state:id>states alias:generic*<32
    company:generic<255 lastname:name*<255 firstname:name*<255 vat_number:generic
    address1:address*<128 address2:address<128 postcode:postcode<12 city:city*<64 other:message<300
    phone:phone<32 phone_mobile:phone<32 dni:dni<16 deleted:bool date_add:date date_upd:date
    """,
    description="The Customer, Brand and Customer addresses",
)

GROUPS = resource(
    "groups",
    "group",
    "Group",
    """
    reduction:percent price_display_method:num* show_prices:bool date_add:date date_upd:date
    name:generic*@<32
    """,
    description="The customer's groups",
)

MESSAGES = resource(
    "messages",
    "message",
    "Message",
    """
    id_cart:id>carts id_order:id>orders id_customer:id>customers id_employee:id message:html*<1600
    private:bool date_add:date
    """,
    description="The Messages",
)

CUSTOMER_THREADS = resource(
    "customer_threads",
    "customer_thread",
    "CustomerThread",
    """
    id_lang:id*>languages id_shop:id>shops id_customer:id>customers id_order:id>orders
    id_product:id>products id_contact:id*>contacts email:email<255 token:generic* status:text
    date_add:date date_upd:date
    """,
    association("customer_messages", "customer_message", api="customer_messages"),
    description="Customer services threads",
)

CUSTOMER_MESSAGES = resource(
    "customer_messages",
    "customer_message",
    "CustomerMessage",
    """
    id_employee:id>employees id_customer_thread:num>customer_threads ip_address:text message:html*
    file_name:text user_agent:text private:bool date_add:date date_upd:date read:bool
    """,
    description="Customer services messages",
)

PEOPLE: tuple[Resource, ...] = (
    CUSTOMERS,
    ADDRESSES,
    GROUPS,
    MESSAGES,
    CUSTOMER_THREADS,
    CUSTOMER_MESSAGES,
)
