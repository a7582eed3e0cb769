"""The page about the sandboxes, made from what they declare: `python -m docs.sandbox_page`."""

import sys

from sandbox import easypost, sendcloud, shopify, slack, slack_sockets, twilio, webhook_receiver, woocommerce
from sandbox.catalogue import CHATS, STAFF
from sandbox.mailbox import FAULTS as MAILBOX_FAULTS
from sandbox.odoo import OdooDatabase
from sandbox.odoo import behaviours as odoo
from sandbox.prestashop import behaviours as prestashop
from sandbox.prestashop.settings import DEFAULT_KEY
from sandbox.prestashop.shop import PrestaShop
from sandbox.sap_business_one import behaviours as sap
from sandbox.sap_business_one.company import Company
from sandbox.shopify import behaviours as shopify_behaviours
from sandbox.woocommerce import behaviours as woo_behaviours

_INTRODUCTION = f"""\
# Sandboxes

Made by `make docs`. Each sandbox is a real HTTP server on loopback; `make up` starts those it needs.

    python -m sandbox prestashop --webhook-url http://127.0.0.1:8080/webhooks/shop
    python -m sandbox woocommerce --webhook-url http://127.0.0.1:8080/webhooks/shop
    python -m sandbox shopify --webhook-url http://127.0.0.1:8080/webhooks/shop
    python -m sandbox sap
    python -m sandbox odoo --version 19
    python -m sandbox mailbox
    python -m sandbox easypost
    python -m sandbox sendcloud
    python -m sandbox twilio
    python -m sandbox slack --interactivity-url http://127.0.0.1:8080/hooks/slack/chat
    python -m sandbox receiver
    python -m sandbox channels

The last is the three before it in one process. Each prints one line of JSON with its addresses. Under
`/_sandbox` are its faults (`POST /_sandbox/faults` with
`{{"kind": …, "times": 1, "path": …, "seconds": …}}`) and its ledger (`GET /_sandbox/ledger?kind=order`):
what was seen and written, in order. The shop's key is `{DEFAULT_KEY}`; the company is `SBODEMOFR`, user
`web`, password `web-secret`; `gateway` is its API Gateway, a server of its own that prints documents.

The numbers in the tables are sections of the fact sheets that the sandboxes were written after; the shop's
rows also name the vendor's source. Each row has a test that shows it.
"""
_SOCKETS = (
    f"With `--socket-mode` presses go over sockets: app-level token `{slack.DEFAULT_APP_TOKEN}`, an address"
    f" for one connection from `{slack.CONNECT}`, a greeting, envelopes to be acknowledged by their id"
    f" within three seconds, at most {slack_sockets.MOST_SOCKETS} sockets, each in its turn. What was not"
    " acknowledged when its socket was lost comes over another one with the same id: Slack says so of"
    """ events only, and here it goes for presses too. `POST /_sandbox/sockets` with `{"end": …}` ends"""
    f" the sockets ({', '.join(f'`{reason}`' for reason in slack_sockets.REASONS)}),"
    """ with `{"on": true}` it switches the mode."""
    f" Faults: {', '.join(f'`{kind}`' for kind in sorted(slack_sockets.FAULTS))}.\n"
)


def page() -> str:
    """Return the whole page."""
    return "\n".join((_INTRODUCTION, *_stores(), *_erps(), *_others()))


def _stores() -> tuple[str, ...]:
    shop_rows = [f"| {row.section} | {row.text} | {row.source} |" for row in prestashop.BEHAVIOURS]
    woo_rows = [f"| {row.section} | {row.text} |" for row in woo_behaviours.BEHAVIOURS]
    shopify_rows = [f"| {row.section} | {row.text} | {row.source} |" for row in shopify_behaviours.BEHAVIOURS]
    return (
        "## PrestaShop 8.2\n",
        f"Faults: {_names(PrestaShop().faults.kinds)}.\n",
        "| section | behaviour | vendor's source |\n| --- | --- | --- |\n" + "\n".join(shop_rows) + "\n",
        "## WooCommerce 10\n",
        f"Keys `{woocommerce.DEFAULT_KEY}` and `{woocommerce.DEFAULT_SECRET}`, webhooks signed with"
        f" `{woocommerce.DEFAULT_SIGNING_KEY}`. Faults: {_names(woocommerce.WooCommerce().faults.kinds)}.\n",
        "| section | behaviour |\n| --- | --- |\n" + "\n".join(woo_rows) + "\n",
        "## Shopify, Admin API 2026-07\n",
        f"The shop is `{shopify.DOMAIN}`, its token `{shopify.DEFAULT_TOKEN}`, the secret of its app"
        f" `{shopify.DEFAULT_SECRET}`. Faults: {_names(shopify.Shop().faults.kinds)}.\n",
        "| section | behaviour | vendor's page |\n| --- | --- | --- |\n" + "\n".join(shopify_rows) + "\n",
    )


def _erps() -> tuple[str, ...]:
    odoo_rows = [f"| {row.section} | {row.text} |" for row in odoo.BEHAVIOURS]
    sap_rows = [f"| {row.section} | {row.text} |" for row in sap.BEHAVIOURS]
    return (
        "## SAP Business One, Service Layer v2\n",
        f"Faults: {_names(Company().faults.kinds)}.\n",
        "| section | behaviour |\n| --- | --- |\n" + "\n".join(sap_rows) + "\n",
        "## Odoo 14 to 21\n",
        "The database is `demo`, user `web`, key `web-key`; `--version` says which Odoo it is (14 without),"
        " `--empty` leaves the articles and customers out."
        f" Faults: {_names(OdooDatabase().faults.kinds)}.\n",
        "| section | behaviour |\n| --- | --- |\n" + "\n".join(odoo_rows) + "\n",
    )


def _others() -> tuple[str, ...]:
    return (
        "## Mailbox\n",
        "An SMTP server that keeps every mail, with a page to read them."
        f" Faults: {_names(MAILBOX_FAULTS)}.\n",
        "## Twilio\n",
        f"An account that sends nothing: `{twilio.DEFAULT_ACCOUNT}`, token `{twilio.DEFAULT_TOKEN}`."
        " Texts are kept, shown on a page, and their status callbacks come signed; the vendor's test numbers"
        " refuse."
        f" Faults: {_names(twilio.FAULTS)}.\n",
        "## Slack\n",
        f"A workspace `{slack.TEAM}` with the app `{slack.APP}`, token `{slack.DEFAULT_TOKEN}`, signing"
        f" secret `{slack.DEFAULT_SIGNING_SECRET}`; its page shows the messages, whose buttons can be pressed"
        f" as anybody. People: {_people()}. Channels: {_names(frozenset(CHATS))}."
        f" Faults: {_names(slack.FAULTS)}.\n",
        _SOCKETS,
        "## Receiver of webhooks\n",
        f"Keeps what is posted to `/hook`, signed with `{webhook_receiver.DEFAULT_SECRET}`."
        f" Faults: {_names(webhook_receiver.FAULTS)}.\n",
        "## EasyPost\n",
        f"An account that buys nothing; key `{easypost.DEFAULT_KEY}`, the API under `/v2`. Labels are PDF"
        f" files. Faults: {_names(easypost.FAULTS)}.\n",
        "## Sendcloud\n",
        f"An integration that announces nothing; public key `{sendcloud.DEFAULT_PUBLIC_KEY}`, secret"
        f" `{sendcloud.DEFAULT_SECRET}`, the API under `/api/v3`. Return options:"
        f" {_names(sendcloud.OPTIONS)}. Faults: {_names(sendcloud.FAULTS)}.\n",
    )


def _people() -> str:
    return ", ".join(f"{person.name} `{person.slack}`" for person in STAFF)


def _names(kinds: frozenset[str]) -> str:
    return ", ".join(f"`{kind}`" for kind in sorted(kinds))


if __name__ == "__main__":
    sys.stdout.write(page())
