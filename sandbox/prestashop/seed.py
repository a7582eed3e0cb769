"""Fill a new shop: languages, money, taxes, carriers, states, and the merchant's articles and customers."""

from sandbox.catalogue import COUNTRIES, CURRENCIES, TAXES, Customer
from sandbox.prestashop.order_states import DEFAULT_STATES, STATE_CONSTANTS, OrderState
from sandbox.prestashop.seed_goods import HOME_CATEGORY, seed_articles
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

GUEST_GROUP, CUSTOMER_GROUP = 2, 3
COUNTRY_IDS = {"DE": 1, "BE": 3, "ES": 6, "FR": 8, "GB": 17, "US": 21}
_LANGUAGE_NAMES = {"fr": "Français (French)", "en": "English (English)", "de": "Deutsch (German)"}
_CURRENCY_FACTS = {
    "EUR": ("Euro", "€", "978"),
    "USD": ("US Dollar", "$", "840"),
    "GBP": ("Pound", "£", "826"),
}
_US_STATES = {"CA": "California", "FL": "Florida", "NY": "New York"}


def seed_shop(state: ShopState) -> None:
    """Fill every table of a new shop."""
    _seed_languages_and_money(state)
    _seed_places(state)
    _seed_taxes(state)
    _seed_groups(state)
    _seed_carriers(state)
    for each in DEFAULT_STATES:
        add_order_state(state, each)
    _seed_configuration(state)
    seed_articles(state, state.settings.articles)
    for customer in state.settings.customers:
        add_customer(state, customer)


def add_order_state(state: ShopState, wanted: OrderState) -> Row:
    """Add an order state, as an install or a module does."""
    return state.insert(
        "order_states",
        id=wanted.id,
        name=wanted.name,
        template=wanted.template,
        color=wanted.color,
        module_name=wanted.module,
        unremovable=1,
        **{
            flag: int(getattr(wanted, flag))
            for flag in ("invoice", "logable", "paid", "shipped", "delivery", "send_email", "pdf_invoice")
        },
    )


def add_customer(state: ShopState, customer: Customer) -> Row:
    """Add a customer with an account and one address."""
    place = customer.place
    row = state.insert(
        "customers",
        email=customer.email,
        firstname=customer.first_name,
        lastname=customer.last_name,
        company=place.company,
        passwd=hashed_password(state),
        secure_key=state.coin(),
        last_passwd_gen=state.now(),
        id_default_group=CUSTOMER_GROUP,
        id_lang=1,
        active=1,
        id_shop=1,
        id_shop_group=1,
        _groups=[CUSTOMER_GROUP],
    )
    state.insert(
        "addresses",
        id_customer=row["id"],
        id_country=country_id(state, place.country),
        alias="My address",
        company=place.company,
        firstname=customer.first_name,
        lastname=customer.last_name,
        vat_number=place.vat_id,
        address1=place.street,
        postcode=place.postcode,
        city=place.city,
        phone=place.phone,
    )
    return row


def hashed_password(state: ShopState) -> str:
    """Return what a kept password looks like: 60 characters, of no use to anybody."""
    return "$2y$10$" + (state.coin() + state.coin())[:53]


def country_id(state: ShopState, iso_code: str) -> int:
    """Return the shop's id of a country; ValueError when it does not sell there."""
    row = state.tables["countries"].first(iso_code=iso_code)
    if row is None:
        raise ValueError(f"this shop does not know the country {iso_code!r}")
    return int(row["id"])


def _seed_languages_and_money(state: ShopState) -> None:
    for code in state.settings.languages:
        state.insert(
            "languages",
            name=_LANGUAGE_NAMES.get(code, code),
            iso_code=code,
            locale=f"{code}-{'US' if code == 'en' else code.upper()}",
            language_code=f"{code}-{'us' if code == 'en' else code}",
            active=1,
            date_format_lite="d/m/Y",
            date_format_full="d/m/Y H:i:s",
        )
    for code, rate in CURRENCIES.items():
        name, symbol, number = _CURRENCY_FACTS.get(code, (code, code, ""))
        state.insert(
            "currencies",
            names=name,
            name=name,
            symbol=symbol,
            iso_code=code,
            numeric_iso_code=number,
            precision=2,
            conversion_rate=rate,
            active=1,
        )
    state.insert("shops", id_shop_group=1, id_category=HOME_CATEGORY, active=1, name=state.settings.shop_name)


def _seed_places(state: ShopState) -> None:
    for code, name in COUNTRIES.items():
        state.insert(
            "countries",
            id=COUNTRY_IDS.get(code, 0),
            id_zone=2 if code == "US" else 1,
            iso_code=code,
            name=name,
            active=1,
            contains_states=int(code == "US"),
            need_zip_code=1,
            display_tax_label=1,
        )
    for code, name in _US_STATES.items():
        state.insert("states", id_zone=2, id_country=COUNTRY_IDS["US"], iso_code=code, name=name, active=1)


def _seed_taxes(state: ShopState) -> None:
    """One group per rate, with a rule for each country in which the shop charges tax."""
    for label, rate in TAXES.items():
        tax = state.insert("taxes", rate=rate, active=1, name=f"TVA {rate}%")
        group = state.insert("tax_rule_groups", name=label, active=1)
        for code in sorted(set(COUNTRIES) - state.settings.untaxed_countries):
            state.insert(
                "tax_rules",
                id_tax_rules_group=group["id"],
                id_country=country_id(state, code),
                id_tax=tax["id"],
            )


def _seed_groups(state: ShopState) -> None:
    for name in ("Visitor", "Guest", "Customer"):
        state.insert("groups", name=name, show_prices=1)


def _seed_carriers(state: ShopState) -> None:
    """Collected, by parcel, on a pallet. What they cost is in `cart.CARRIER_PRICES`."""
    parcels = {"Parcel": "https://track.example/?n=@", "Pallet": ""}
    add_carrier(state, name="Click and collect", delay="Pick up in-store", is_free=1)
    for name, url in parcels.items():
        add_carrier(state, name=name, delay="Delivery next day", url=url, id_tax_rules_group=1)


def add_carrier(state: ShopState, **fields: object) -> Row:
    """Add a carrier; one that takes the place of an edited carrier brings its `id_reference`."""
    row = state.insert("carriers", **{"active": 1, "shipping_handling": 1, "shipping_method": 1, **fields})
    if not row["id_reference"]:
        state.tables["carriers"].change(row, {"id_reference": row["id"]})
    return row


def _seed_configuration(state: ShopState) -> None:
    settings = state.settings
    values: dict[str, object] = {
        "PS_TIMEZONE": settings.timezone,
        "PS_SHOP_NAME": settings.shop_name,
        "PS_CURRENCY_DEFAULT": 1,
        "PS_LANG_DEFAULT": 1,
        "PS_COUNTRY_DEFAULT": COUNTRY_IDS["FR"],
        "PS_WEBSERVICE": 1,
        "PS_INVOICE": int(settings.invoicing),
        "PS_INVOICE_PREFIX": "#FA",
        "PS_DELIVERY_PREFIX": "#LI",
        "PS_ROUND_TYPE": settings.round_type,
        "PS_PRICE_ROUND_MODE": settings.round_mode,
        "PS_STOCK_MANAGEMENT": 1,
        "PS_ORDER_OUT_OF_STOCK": int(settings.allow_backorders),
        "PS_GUEST_CHECKOUT_ENABLED": 1,
        "PS_B2B_ENABLE": 1,
        "PS_CUSTOMER_GROUP": CUSTOMER_GROUP,
        "PS_GUEST_GROUP": GUEST_GROUP,
        "PS_WEIGHT_UNIT": "kg",
        **STATE_CONSTANTS,
    }
    for name, value in values.items():
        state.insert("configurations", name=name, value=str(value))
