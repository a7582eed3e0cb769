"""The waybill.toml of a machine where every outside system is a sandbox."""

import json
from dataclasses import dataclass
from pathlib import Path

from starter.stack.kinds import FIRST_PAIR, PairOfKinds

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

[connections.{store}]
kind = "{store_kind}"
{store_settings}
[connections.{erp}]
kind = "{erp_kind}"
{erp_settings}
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
store = "{store}"
erp = "{erp}"
settle = "{settle}"
restock = true
note = "{erp_title} order {{number}}"
publish_stock = true
register_payments = true
documents = ["delivery", "invoice", "credit_note"]
labels = "labels"
{store_pair}{erp_pair}
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

{store_tables}
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
    erp_url: str
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
    erp_timeout: str = "20s"
    settle: str = "5s"
    feed_every: str = "2s"


def write_settings(folder: Path, addresses: Addresses, paces: Paces, kinds: PairOfKinds = FIRST_PAIR) -> Path:
    """Write the waybill.toml and return where it is."""
    store, erp = kinds.systems
    chosen = {"folder": folder, **addresses.__dict__, **paces.__dict__}
    parts = {
        "store": store.connection,
        "store_kind": kinds.store,
        "store_settings": store.settings.format(**chosen),
        "store_pair": store.pair.format(**chosen),
        "store_tables": store.tables.format(**chosen),
        "erp": erp.connection,
        "erp_kind": kinds.erp,
        "erp_title": erp.title,
        "erp_settings": erp.settings.format(**chosen),
        "erp_pair": erp.pair.format(**chosen),
    }
    file = folder / "waybill.toml"
    file.write_text(TEMPLATE.format(**chosen, **parts), encoding="utf-8")
    return file


def announced(line: str) -> dict[str, str]:
    """Return the addresses that a sandbox announced."""
    found: dict[str, str] = json.loads(line)
    return found
