"""The merchant both sandboxes belong to: its articles, customers, taxes and currencies.

The store's and the ERP's sandboxes start from the same facts, so that an order placed in one can be
posted in the other; what only one of them knows (a store's wording, an ERP's card code) stays with it.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Article:
    """One SKU. `net` is the price without tax in EUR; `tax` names a rate in TAXES; stock counts pieces."""

    sku: str
    name: str
    net: Decimal
    tax: str = "standard"
    on_hand: int = 500
    minimum: int = 10
    ean13: str = ""
    weight_kg: Decimal = Decimal("0.5")


@dataclass(frozen=True)
class Place:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    street: str
    postcode: str
    city: str
    country: str
    company: str = ""
    vat_id: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Customer:
    """A customer. `card_code` is None where only the store knows them; `credit_limit` 0 means no limit."""

    email: str
    first_name: str
    last_name: str
    place: Place
    card_code: str | None
    credit_limit: Decimal = Decimal(0)
    balance: Decimal = Decimal(0)


TAXES: dict[str, Decimal] = {"standard": Decimal("20"), "reduced": Decimal("5.5"), "zero": Decimal(0)}
CURRENCIES: dict[str, Decimal] = {"EUR": Decimal(1), "USD": Decimal("1.10"), "GBP": Decimal("0.85")}
"""Units of the currency for one EUR."""
COUNTRIES: dict[str, str] = {
    "FR": "France",
    "ES": "Spain",
    "DE": "Germany",
    "BE": "Belgium",
    "GB": "United Kingdom",
    "US": "United States",
}

ARTICLES: tuple[Article, ...] = (
    Article("WINE-RED-75", "Red wine, 75 cl", Decimal("12.50"), minimum=24),
    Article("WINE-WHITE-75", "White wine, 75 cl", Decimal("9.90"), minimum=24),
    Article("WINE-CRATE-6", "Crate of six red wines", Decimal("68.333333")),
    Article("GLASS-SET-4", "Set of four glasses", Decimal("24.95")),
    Article("CORKSCREW-STEEL", "Corkscrew, steel", Decimal("7.4917")),
    Article("OLIVE-OIL-50", "Olive oil, 50 cl", Decimal("8.05"), tax="reduced"),
    Article("BOOK-CELLAR", "Book: the good cellar", Decimal("18.96"), tax="reduced"),
    Article("VOUCHER-BOX", "Tasting voucher in a box", Decimal("50.00"), tax="zero"),
    Article("CELLAR-CABINET", "Climate cabinet, 180 bottles", Decimal("1890.00"), on_hand=12, minimum=2),
    Article("PUMP-SEAL-17", "Pump seal, 17 mm", Decimal("0.0833"), on_hand=20000, minimum=1000),
    Article("DECANTER-RARE", "Decanter, hand blown", Decimal("149.00"), on_hand=2, minimum=5),
    Article("SHIRT-BLK-S", "Shirt, black, S", Decimal("19.1667")),
    Article("SHIRT-BLK-M", "Shirt, black, M", Decimal("19.1667")),
)

CUSTOMERS: tuple[Customer, ...] = (
    Customer(
        "anna.moreau@example.com",
        "Anna",
        "Moreau",
        Place("12 rue des Lilas", "69003", "Lyon", "FR", phone="+33 4 72 00 00 01"),
        "C20000",
        Decimal(10000),
    ),
    Customer(
        "compras@bodega-sol.example",
        "Luis",
        "Ortega",
        Place("Calle Mayor 8", "28013", "Madrid", "ES", "Bodega Sol SL", "ESB12345674"),
        "C20001",
        Decimal(50000),
        Decimal(1200),
    ),
    Customer(
        "einkauf@weinhaus-nord.example",
        "Greta",
        "Klein",
        Place("Hafenstrasse 3", "20457", "Hamburg", "DE", "Weinhaus Nord GmbH", "DE123456788"),
        "C20002",
        Decimal(2000),
        Decimal(1950),
    ),
    Customer(
        "desk@hotel-bruxelles.example",
        "Tom",
        "Peeters",
        Place("Rue de la Loi 16", "1000", "Bruxelles", "BE", "Hotel Bruxelles NV", "BE0123456749"),
        "C20003",
        Decimal(20000),
    ),
    Customer(
        "buyer@harbour-inn.example",
        "Joan",
        "Baker",
        Place("4 Quay Street", "BS1 4RN", "Bristol", "GB", "Harbour Inn Ltd", "GB123456782"),
        "C20004",
        Decimal(20000),
    ),
)


@dataclass(frozen=True)
class Colleague:
    """Somebody who works for the merchant; `slack` is their user id in the sandbox workspace."""

    name: str
    email: str
    slack: str
    phone: str = ""


STAFF: tuple[Colleague, ...] = (
    Colleague("Dora Director", "dora@waybill.example", "U0DORA", "+33755550001"),
    Colleague("Carl Chief", "carl@waybill.example", "U0CARL"),
    Colleague("Wanda Warehouse", "wanda@waybill.example", "U0WANDA", "+33755550002"),
    Colleague("Otto Other", "otto@waybill.example", "U0OTTO"),
)
CHATS: dict[str, str] = {"C0SALES": "sales", "C0WAREHOUSE": "warehouse"}
"""Channels of the sandbox workspace, by id."""
WAREHOUSE = Place("5 quai Perrache", "69002", "Lyon", "FR", "Waybill Wines", phone="+33 4 72 00 00 99")
"""Where returns go to."""
