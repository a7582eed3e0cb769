"""What a connection to SAP Business One is told in waybill.toml."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from domain.durations import Duration
from domain.model import Strict
from domain.money import exact
from domain.policy import PaperKind


class TaxField(StrEnum):
    """Where a localisation keeps the tax of a line: VAT countries use groups, sales-tax countries codes."""

    VAT_GROUP = "VatGroup"
    TAX_CODE = "TaxCode"


class PaperSource(StrEnum):
    """Where a document's PDF comes from."""

    LAYOUT = "layout"
    ATTACHMENT = "attachment"


class SapBusinessOneSettings(Strict):
    """One company of SAP Business One, and which of its codes stand for what a store calls otherwise."""

    base_url: str = Field(
        min_length=1,
        description="The Service Layer without its path, for example https://b1.example.com:50000.",
    )
    company: str = Field(min_length=1, description="The company's database, as the log-in window names it.")
    user: str = Field(min_length=1, description="A user of its own, for whom no approval template holds.")
    password: SecretStr = Field(description="By reference: env:NAME or file:/path.")
    sessions: int = Field(
        default=3,
        ge=1,
        le=8,
        description="Logins held at once; each serves one request at a time. 2 to 4 are advised.",
    )
    timeout: Duration = Field(
        default=timedelta(seconds=60),
        gt=timedelta(0),
        le=timedelta(minutes=2),
        description="How long one request may take; large orders take 20 to 60 s.",
    )
    login_pause: Duration = Field(
        default=timedelta(minutes=5),
        description="After a refused login nothing is tried for so long: the server locks users out.",
    )
    ca_file: str = Field(
        default="", description="The certificate authority of a server that signed its own certificate."
    )
    verify: bool = Field(default=True, description="False trusts any certificate; only for tests.")
    case_insensitive: bool = Field(
        default=True, description="Compare e-mail addresses and VAT ids whatever their case (SAP HANA)."
    )

    tax_codes: dict[str, str] = Field(
        default_factory=dict, description='Tax rate in percent to the company\'s code: {"20" = "A1"}.'
    )
    tax_field: TaxField = Field(
        default=TaxField.VAT_GROUP, description="VatGroup in VAT countries, TaxCode in sales-tax countries."
    )
    tax_per_line: bool = Field(default=True, description="False where the company rounds tax once per rate.")
    price_digits: int = Field(default=6, ge=0, le=6, description="Decimals of a unit price in the company.")
    percent_digits: int = Field(default=6, ge=0, le=6, description="Decimals of a percentage in the company.")
    currencies: dict[str, str] = Field(
        default_factory=dict,
        description='ISO code to the company\'s own currency code where they differ: {USD = "$"}.',
    )

    shipping_expense: int | None = Field(default=None, description="The freight code for shipping.")
    shipping_tax: str = Field(default="", description="The tax code of freight, whatever the rate.")
    discount_item: str = Field(default="", description="The article that stands for a discount line.")
    rounding_item: str = Field(default="", description="The article that stands for a rounding difference.")
    wrapping_item: str = Field(default="", description="The article that stands for gift wrapping.")
    carriers: dict[str, int] = Field(
        default_factory=dict, description="The store's carrier code to the shipping type's code."
    )
    payment_terms: dict[str, int] = Field(
        default_factory=dict, description="The pair's terms to the payment terms' number (may be text)."
    )
    series: dict[str, int] = Field(
        default_factory=dict,
        description="Names of document series, for rules and mappings, to their numbers.",
    )
    expenses: dict[str, int] = Field(
        default_factory=dict,
        description="Names of freight codes, for lines that a mapping posts as a charge.",
    )
    price_lists: dict[str, int] = Field(
        default_factory=dict, description="Names of price lists, for rules, to their numbers."
    )
    send_state: bool = Field(
        default=False, description="Send an address's state; its code must be one of the company's."
    )
    branch: int | None = Field(default=None, description="The branch documents belong to.")
    sales_person: int | None = Field(default=None, description="The sales employee's code.")

    customer_prefix: str = Field(
        default="W", pattern=r"^[A-Z0-9]{1,4}$", description="Begins each code of a customer we create."
    )
    customer_group: int | None = Field(default=None, description="The group new customers belong to.")
    customer_currency: str = Field(
        default="##", description='The currency of new customers; "##" is all of them.'
    )
    customer_series: int | None = Field(
        default=None, description="The manual series of customer codes, where it is not the default."
    )
    price_list: int | None = Field(default=None, description="The price list of new customers.")

    key_table: str = Field(
        default="WEBORDKEYS",
        pattern=r"^[A-Z][A-Z0-9_]{0,18}$",
        description="The user table whose rows make each document exist once.",
    )
    order_field: str = Field(
        default="WebOrderId", pattern=r"^\w{1,50}$", description="The document field that carries our key."
    )
    line_field: str = Field(
        default="WebLineId",
        pattern=r"^\w{1,50}$",
        description="The line field that carries the store's line id.",
    )
    paper_field: str = Field(
        default="WebPaperId",
        pattern=r"^\w{1,50}$",
        description="The field of returns, credit notes and payments that carries their own key.",
    )
    refund_item: str = Field(
        default="", description="The article that stands for money given back; empty: `discount_item`."
    )
    bank_account: str = Field(
        default="", description="The ledger account of money that came in; empty: none is entered."
    )
    bank_accounts: dict[str, str] = Field(
        default_factory=dict,
        description="Another account for a store's payment method: {ps_wirepayment = …}.",
    )
    customer_field: str = Field(
        default="WebCustId",
        pattern=r"^\w{1,50}$",
        description="The customer field that carries the store's customer id.",
    )

    overlap: Duration = Field(
        default=timedelta(minutes=10),
        ge=timedelta(minutes=1),
        le=timedelta(hours=12),
        description="How long after its own time stamp a document may become visible, at the most.",
    )
    follow_picking: bool = Field(default=True, description="Read pick lists; the user needs a right to them.")
    tracking_field: str = Field(
        default="TrackingNumber",
        pattern=r"^\w{1,60}$",
        description="The delivery note's property with the parcels' tracking numbers, often a U_ field.",
    )

    papers: PaperSource = Field(
        default=PaperSource.LAYOUT,
        description="`layout`: the API Gateway prints; `attachment`: the company attaches its PDFs itself.",
    )
    pdf_url: str = Field(
        default="", description="The API Gateway, for example https://b1.example.com:60000; empty: no PDFs."
    )
    pdf_layouts: dict[PaperKind, str] = Field(
        default_factory=dict, description='The Crystal layout of each kind: {invoice = "INV20001"}.'
    )
    pdf_timeout: Duration = Field(
        default=timedelta(minutes=2),
        gt=timedelta(0),
        le=timedelta(minutes=10),
        description="How long one print may take.",
    )

    webhook_key: SecretStr | None = Field(
        default=None, description="The key of the company's own webhooks (10.0 FP 2602); by reference."
    )
    requester: str = Field(default="", description="The user code purchase requests are made by.")
    restock_days: int = Field(
        default=7, ge=0, le=365, description="A purchase request needs its goods in so many days."
    )

    @field_validator("base_url", "pdf_url")
    @classmethod
    def _an_address_without_a_path(cls, text: str) -> str:
        if not text:
            return text
        address = urlsplit(text.strip())
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("write the address with its scheme, for example https://b1.example.com:50000")
        if address.username is not None:
            raise ValueError("write the address without a user; user and password are keys of their own")
        if address.path.strip("/") or address.query:
            raise ValueError("write the address without a path: what comes behind the port is added")
        return f"{address.scheme}://{address.netloc}"

    @field_validator("tax_codes")
    @classmethod
    def _rates_are_numbers(cls, codes: dict[str, str]) -> dict[str, str]:
        rates: list[Decimal] = []
        for rate, code in codes.items():
            try:
                rates.append(exact(rate))
            except ValueError:
                raise ValueError(
                    f'write a rate as a number of percent, "20" or "5.5", not {rate!r}'
                ) from None
            if not code:
                raise ValueError(f"the rate {rate} has no code")
        if len(set(rates)) != len(rates):
            raise ValueError("a rate is named twice")
        return codes

    @field_validator("currencies")
    @classmethod
    def _currencies_are_iso_codes(cls, codes: dict[str, str]) -> dict[str, str]:
        for iso in codes:
            if len(iso) != 3 or not iso.isascii() or not iso.isupper():
                raise ValueError(f"write a currency as three capital letters, not {iso!r}")
        if len(set(codes.values())) != len(codes):
            raise ValueError("two currencies have the same code in the company")
        return codes

    @property
    def order_column(self) -> str:
        """The property of a document that carries our key."""
        return f"U_{self.order_field}"

    @property
    def paper_column(self) -> str:
        """The property of a return, credit note or payment that carries its own key."""
        return f"U_{self.paper_field}"

    @property
    def line_column(self) -> str:
        """The property of a line that carries the store's line id."""
        return f"U_{self.line_field}"

    @property
    def customer_column(self) -> str:
        """The property of a business partner that carries the store's customer id."""
        return f"U_{self.customer_field}"

    @property
    def key_entity(self) -> str:
        """The key table as the Service Layer names it."""
        return f"U_{self.key_table}"
