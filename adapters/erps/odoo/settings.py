"""What a connection to Odoo is told in waybill.toml."""

from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from domain.durations import Duration
from domain.model import Strict
from domain.money import exact


class Protocol(StrEnum):
    """How the server is spoken to."""

    AUTO = "auto"
    XML_RPC = "xmlrpc"
    JSON_2 = "json2"


class OdooSettings(Strict):
    """One company of an Odoo database, and which of its records stand for what a store calls otherwise."""

    base_url: str = Field(min_length=1, description="The server, for example https://odoo.example.com.")
    database: str = Field(min_length=1, description="The database's name.")
    user: str = Field(min_length=1, description="The login of a user of its own.")
    key: SecretStr = Field(description="The user's API key (or password, over XML-RPC), by reference.")
    protocol: Protocol = Field(
        default=Protocol.AUTO, description="`auto` asks the server: `json2` from 19 on, `xmlrpc` before."
    )
    company: int | None = Field(default=None, description="The company's id; empty: the user's own.")
    connections: int = Field(default=3, ge=1, le=8, description="Requests at once; 2 to 4 are advised.")
    timeout: Duration = Field(
        default=timedelta(seconds=60),
        gt=timedelta(0),
        le=timedelta(minutes=5),
        description="How long one request may take.",
    )
    ca_file: str = Field(
        default="", description="The certificate authority of a server that signed its own certificate."
    )
    verify: bool = Field(default=True, description="False trusts any certificate; only for tests.")
    language: str = Field(default="en_US", description="The language that names are read and written in.")
    namespace: str = Field(
        default="__waybill__",
        pattern=r"^[a-z_][a-z0-9_]{2,40}$",
        description="The module part of the external ids that make each record exist once.",
    )

    taxes: dict[str, int] = Field(
        default_factory=dict,
        description='Tax rate in percent to the id of a sales tax: {"20" = 5}. Others are found by rate.',
    )
    tax_per_line: bool = Field(default=True, description="False where the company rounds tax globally.")
    price_digits: int = Field(
        default=2, ge=0, le=6, description="Decimals of the company's *Product Price* precision."
    )
    pricelists: dict[str, int] = Field(
        default_factory=dict,
        description="Currency to the id of the price list that orders get. Others are found by currency.",
    )
    price_lists: dict[str, int] = Field(
        default_factory=dict, description="Names of price lists of new customers, for rules, to their ids."
    )
    payment_terms: dict[str, int] = Field(
        default_factory=dict, description="The pair's terms to the id of the payment terms."
    )
    carriers: dict[str, int] = Field(
        default_factory=dict, description="The store's carrier code to the id of a delivery method."
    )
    warehouses: dict[str, str] = Field(
        default_factory=dict, description="The pair's warehouse to the short name there, if it differs."
    )
    shipping_item: str = Field(default="SHIPPING", description="The article that stands for shipping.")
    discount_item: str = Field(default="DISCOUNT", description="The article that stands for a discount.")
    rounding_item: str = Field(
        default="ROUNDING", description="The article that stands for a rounding difference."
    )
    wrapping_item: str = Field(default="WRAPPING", description="The article that stands for gift wrapping.")
    charges: dict[str, str] = Field(
        default_factory=dict, description="Names of charges, for lines that a mapping posts so, to articles."
    )
    refund_item: str = Field(
        default="", description="The article that stands for money given back; empty: `discount_item`."
    )

    overlap: Duration = Field(
        default=timedelta(minutes=10),
        ge=timedelta(minutes=1),
        le=timedelta(hours=12),
        description="How long after its own time stamp a change may become visible, at the most.",
    )
    follow_picking: bool = Field(default=True, description="Read what is picked of open deliveries.")
    payment_journal: str = Field(
        default="",
        description="The short code of the journal that money comes in on; empty: none is entered.",
    )
    payment_journals: dict[str, str] = Field(
        default_factory=dict, description="Another journal for a store's payment method."
    )
    supplier: str = Field(
        default="", description="Whom articles are requested from: reference, or # and the id of a contact."
    )
    restock_days: int = Field(
        default=7, ge=0, le=365, description="Requested articles are needed in so many days."
    )

    @field_validator("base_url")
    @classmethod
    def _an_address_without_a_path(cls, text: str) -> str:
        address = urlsplit(text.strip())
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("write the address with its scheme, for example https://odoo.example.com")
        if address.username is not None:
            raise ValueError("write the address without a user; user and key are settings of their own")
        if address.path.strip("/") or address.query:
            raise ValueError("write the address without a path: what comes behind the host is added")
        return f"{address.scheme}://{address.netloc}"

    @field_validator("taxes")
    @classmethod
    def _rates_are_numbers(cls, taxes: dict[str, int]) -> dict[str, int]:
        for rate in taxes:
            try:
                exact(rate)
            except ValueError:
                raise ValueError(f'write a rate as a number of percent, "20", not {rate!r}') from None
        return taxes

    @property
    def extra_items(self) -> dict[str, str]:
        """The articles that stand for what is no article, by what they stand for."""
        return {
            "shipping": self.shipping_item,
            "discount": self.discount_item,
            "rounding": self.rounding_item,
            "wrapping": self.wrapping_item,
        }
