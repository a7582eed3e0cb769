"""The systems that a machine is made of: how each one's sandbox is started, what waybill.toml says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox import prestashop, shopify, woocommerce
from starter.ending import Unable

SAP_PASSWORD = "web-secret"  # noqa: S105 - the sandbox's own
ODOO_KEY = "web-key"
STORE = "shop"
"""What the store's connection is called, whatever its kind."""


@dataclass(frozen=True)
class System:
    """One kind of system. The texts are parts of a waybill.toml with addresses and paces to be filled in.

    `connection` is what its connection is called, `sandbox` how its sandbox is started, `settings` the
    connection's keys, `pair` what its pair says because of it, `tables` the pair's tables because of it.
    """

    title: str
    connection: str
    sandbox: tuple[str, ...]
    secrets: Mapping[str, str]
    settings: str
    pair: str
    tables: str = ""


_PRESTASHOP = System(
    title="PrestaShop",
    connection=STORE,
    sandbox=("prestashop",),
    secrets={"SHOP_KEY": prestashop.DEFAULT_KEY, "SHOP_WEBHOOK_SECRET": prestashop.DEFAULT_SIGNING_KEY},
    settings="""\
base_url = "{shop_url}"
key = "env:SHOP_KEY"
webhook_secrets = ["env:SHOP_WEBHOOK_SECRET"]
requests_per_second = 0
most_in_flight = 8
""",
    pair="""\
# The sandbox shop's: 3 is Processing in progress, 4 Shipped, 6 Canceled.
status_when_picking = "3"
status_when_partly_shipped = "3"
status_when_shipped = "4"
status_when_cancelled = "6"
""",
    tables="""\
[pairs.main.payments]
ps_wirepayment = {{ timing = "prepaid" }}
ps_checkpayment = {{ timing = "on_account" }}
ps_cashondelivery = {{ timing = "on_delivery" }}
stripe_official = {{ timing = "prepaid" }}
""",
)
_SHOPIFY = System(
    title="Shopify",
    connection=STORE,
    # What the largest plan gives: a demo has more orders in a minute than a small shop in a day.
    sandbox=("shopify", "--bucket", "20000", "--restore-rate", "1000"),
    secrets={"SHOP_TOKEN": shopify.DEFAULT_TOKEN, "SHOP_WEBHOOK_SECRET": shopify.DEFAULT_SECRET},
    settings=f"""\
shop = "{shopify.DOMAIN}"
base_url = "{{shop_url}}"
access_token = "env:SHOP_TOKEN"
webhook_secrets = ["env:SHOP_WEBHOOK_SECRET"]
amounts = "buyer"
most_in_flight = 8
""",
    pair="""\
# The shop has no other statuses that are written, and a cancellation there would give money back at once.
status_when_picking = "IN_PROGRESS"
status_when_shipped = "FULFILLED"
""",
    tables="""\
[pairs.main.payments]
shopify_payments = {{ timing = "prepaid" }}
manual = {{ timing = "on_account" }}
""",
)
_WOOCOMMERCE = System(
    title="WooCommerce",
    connection=STORE,
    sandbox=("woocommerce",),
    secrets={
        "SHOP_KEY": woocommerce.DEFAULT_KEY,
        "SHOP_KEY_SECRET": woocommerce.DEFAULT_SECRET,
        "SHOP_WEBHOOK_SECRET": woocommerce.DEFAULT_SIGNING_KEY,
    },
    settings="""\
base_url = "{shop_url}"
consumer_key = "env:SHOP_KEY"
consumer_secret = "env:SHOP_KEY_SECRET"
webhook_secrets = ["env:SHOP_WEBHOOK_SECRET"]
rate_field = "_currency_rate"
requests_per_second = 0
most_in_flight = 8
""",
    pair="""\
# The core has no status between processing and completed.
status_when_shipped = "completed"
status_when_cancelled = "cancelled"
""",
    tables="""\
[pairs.main.payments]
bacs = {{ timing = "prepaid" }}
cheque = {{ timing = "on_account" }}
cod = {{ timing = "on_delivery" }}
stripe = {{ timing = "prepaid" }}
""",
)
_SAP_BUSINESS_ONE = System(
    title="SAP Business One",
    connection="sap",
    sandbox=("sap",),
    secrets={"SAP_PASSWORD": SAP_PASSWORD},
    settings="""\
base_url = "{erp_url}"
company = "SBODEMOFR"
user = "web"
password = "env:SAP_PASSWORD"
sessions = 4
timeout = "{erp_timeout}"
tax_codes = {{ "20" = "A1", "5.5" = "A2", "0" = "A0" }}
shipping_expense = 1
discount_item = "DISCOUNT"
rounding_item = "ROUNDING"
wrapping_item = "WRAPPING"
requester = "web"
bank_account = "161000"
pdf_url = "{pdf_url}"
pdf_layouts = {{ delivery = "DLN20001", invoice = "INV20001", credit_note = "RIN20001", return = "RDN20001" }}
""",
    pair='warehouse = "01"\n',
)
_ODOO = System(
    title="Odoo",
    connection="odoo",
    # The oldest that speaks JSON-2; before 15 delivery slips are not shown to a program.
    sandbox=("odoo", "--version", "19"),
    secrets={"ODOO_KEY": ODOO_KEY},
    settings="""\
base_url = "{erp_url}"
database = "demo"
user = "web"
key = "env:ODOO_KEY"
connections = 4
timeout = "{erp_timeout}"
price_digits = 6
payment_journal = "BNK1"
supplier = "V10000"
""",
    pair='warehouse = "WH"\n',
)

STORES: Mapping[str, System] = {
    "prestashop": _PRESTASHOP,
    "shopify": _SHOPIFY,
    "woocommerce": _WOOCOMMERCE,
}
ERPS: Mapping[str, System] = {"sap_business_one": _SAP_BUSINESS_ONE, "odoo": _ODOO}


@dataclass(frozen=True)
class PairOfKinds:
    """Which kind of store feeds which kind of ERP."""

    store: str = "prestashop"
    erp: str = "sap_business_one"

    def __post_init__(self) -> None:
        for kind, known, role in ((self.store, STORES, "store"), (self.erp, ERPS, "ERP")):
            if kind not in known:
                raise Unable(
                    f"There is no sandbox of a {role} of kind {kind}.\nThere are: {', '.join(known)}."
                )

    @property
    def systems(self) -> tuple[System, System]:
        """The store and the ERP."""
        return STORES[self.store], ERPS[self.erp]

    @property
    def title(self) -> str:
        """Both by their own names."""
        return " → ".join(system.title for system in self.systems)


FIRST_PAIR = PairOfKinds()
SIX_PAIRS = tuple(PairOfKinds(store, erp) for erp in ERPS for store in STORES)
