"""The waybill.toml of a machine where every outside system is a sandbox."""

import json
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = """\
# Written by `waybill up`: everything on this machine, every outside system a sandbox.
database = "sqlite:///{folder}/waybill.db"
public_url = "{gateway_url}"
secret = "env:WAYBILL_SECRET"
alert_to = "it@waybill.example"

[gateway]
port = {gateway_port}

[reconciler]
every = "{reconcile_every}"

[feed]
every = "{feed_every}"

[documents]
store = "{folder}/documents"

[telemetry]
prometheus = "{prometheus}"

[mail]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
sender = "Waybill <waybill@waybill.example>"

[connections.shop]
kind = "prestashop"
base_url = "{shop_url}"
key = "env:SHOP_KEY"
webhook_secrets = ["env:SHOP_WEBHOOK_SECRET"]
requests_per_second = 0
most_in_flight = 8

[connections.sap]
kind = "sap_business_one"
base_url = "{sap_url}"
company = "SBODEMOFR"
user = "web"
password = "env:SAP_PASSWORD"
sessions = 4
timeout = "{sap_timeout}"
tax_codes = {{ "20" = "A1", "5.5" = "A2", "0" = "A0" }}
shipping_expense = 1
discount_item = "DISCOUNT"
rounding_item = "ROUNDING"
wrapping_item = "WRAPPING"
requester = "web"
bank_account = "161000"
pdf_url = "{pdf_url}"
pdf_layouts = {{ delivery = "DLN20001", invoice = "INV20001", credit_note = "RIN20001", return = "RDN20001" }}

[connections.texts]
kind = "twilio"
account = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
auth_tokens = ["env:TWILIO_AUTH_TOKEN"]
sender = "+33755550006"
base_url = "{twilio_url}"

[connections.slack]
kind = "slack"
token = "env:SLACK_TOKEN"
signing_secrets = ["env:SLACK_SIGNING_SECRET"]
team = "T0SANDBOX"
base_url = "{slack_url}/api"

[connections.partner]
kind = "webhook"
url = "{receiver_url}/hook"
secrets = ["env:PARTNER_SECRET"]
allow_private = true

[connections.labels]
kind = "easypost"
key = "env:EASYPOST_KEY"
base_url = "{labels_url}/v2"

[[notices]]
event = ["shipped", "documents_ready", "return_registered", "credited", "cancelled"]
audience = "customer"

[[notices]]
event = "shipped"
audience = "customer"
channel = "sms"

[[notices]]
event = "held"
audience = "sales"
to = "sales@waybill.example"

[[notices]]
event = ["held", "promise_broken"]
audience = "sales"
channel = "slack"
to = "C0SALES"

[[notices]]
event = ["shipped", "invoiced", "cancelled", "credited"]
audience = "sales"
channel = "webhook"
to = "partner"

[pairs.main]
store = "shop"
erp = "sap"
warehouse = "01"
settle = "{settle}"
restock = true
note = "SAP Business One order {{number}}"
publish_stock = true
register_payments = true
documents = ["delivery", "invoice", "credit_note"]
labels = "labels"
# The sandbox shop's: 3 is Processing in progress, 4 Shipped, 6 Canceled.
status_when_picking = "3"
status_when_partly_shipped = "3"
status_when_shipped = "4"
status_when_cancelled = "6"

[pairs.main.carriers.Parcel]
name = "Parcel Express"
url = "https://parcel.example/track/{{number}}"

[pairs.main.return_address]
company = "Waybill Wines"
street = "5 quai Perrache"
postcode = "69002"
city = "Lyon"
country = "FR"
phone = "+33472000099"

[pairs.main.payments]
ps_wirepayment = {{ timing = "prepaid" }}
ps_checkpayment = {{ timing = "on_account" }}
ps_cashondelivery = {{ timing = "on_delivery" }}
stripe_official = {{ timing = "prepaid" }}

[pairs.main.approval]
limit = "5000 EUR"
role = "director"
remind_after = "4h"
deputy_after = "8h"
expire_after = "3d"

[[approvers]]
id = "dora"
name = "Dora Director"
email = "dora@waybill.example"
roles = ["director"]
deputy = "carl"
slack = "U0DORA"

[[approvers]]
id = "carl"
name = "Carl Chief"
email = "carl@waybill.example"
roles = ["finance"]
slack = "U0CARL"
"""


@dataclass(frozen=True)
class Addresses:
    """Where the pieces of one machine listen."""

    shop_url: str
    sap_url: str
    smtp_port: int
    gateway_url: str
    gateway_port: int
    prometheus: str = ""
    pdf_url: str = ""
    twilio_url: str = "http://127.0.0.1:9"
    slack_url: str = "http://127.0.0.1:9"
    receiver_url: str = "http://127.0.0.1:9"
    labels_url: str = "http://127.0.0.1:9"
    mailbox_url: str = ""


@dataclass(frozen=True)
class Paces:
    """How long things take, in waybill.toml's words."""

    reconcile_every: str = "10s"
    sap_timeout: str = "20s"
    settle: str = "5s"
    feed_every: str = "2s"


def write_settings(folder: Path, addresses: Addresses, paces: Paces) -> Path:
    """Write the waybill.toml and return where it is."""
    file = folder / "waybill.toml"
    file.write_text(TEMPLATE.format(folder=folder, **addresses.__dict__, **paces.__dict__), encoding="utf-8")
    return file


def announced(line: str) -> dict[str, str]:
    """Return the addresses that a sandbox announced."""
    found: dict[str, str] = json.loads(line)
    return found
