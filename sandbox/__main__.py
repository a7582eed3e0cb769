"""`python -m sandbox NAME`: serve one sandbox until told to stop.

When it listens it prints one line of JSON with its addresses, and writes the same to the file that
`--announce` names, whole or not at all. `url` is where the system itself answers, `control` the door to
its faults and its ledger.
"""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from starlette.applications import Starlette

from sandbox.serving import serving

if TYPE_CHECKING:
    from sandbox.sap_business_one import Company

app = typer.Typer(help="Stand-ins of outside systems.", no_args_is_help=True, add_completion=False)


def known_zone(name: str) -> str:
    """Return the name of a time zone that exists."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise typer.BadParameter(f"there is no time zone {name!r}") from problem


def amount(text: str) -> Decimal:
    """Return an amount of money."""
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise typer.BadParameter(f"{text!r} is not an amount") from problem


Port = Annotated[int, typer.Option(help="Port of the web server; 0 is any free one.")]
SmtpPort = Annotated[int, typer.Option(help="Port of the SMTP server; 0 is any free one.")]
Announce = Annotated[Path | None, typer.Option(help="File that gets the line of JSON, too.")]
Latency = Annotated[float, typer.Option(min=0, help="Seconds that every call takes.")]
LoginLatency = Annotated[float, typer.Option(min=0, help="Seconds that a login takes on top.")]
Zone = Annotated[str, typer.Option(parser=known_zone, help="Time zone of the system's clock.")]
WebhookUrl = Annotated[str, typer.Option(help="Where webhooks are posted to; nowhere when empty.")]
WebhookSecret = Annotated[str, typer.Option(help="Key that signs webhooks; the sandbox's own when empty.")]
SocketMode = Annotated[bool, typer.Option(help="Send presses of buttons over the app's sockets.")]
InteractivityUrl = Annotated[str, typer.Option(help="Where presses of buttons are posted to.")]
RoundType = Annotated[int, typer.Option(min=1, max=3, help="Round 1 per item, 2 per line, 3 on the total.")]
EarlyHook = Annotated[bool, typer.Option(help="Post order.created before the first state is kept.")]
BasePath = Annotated[str, typer.Option(help="Sub-folder of the shop, such as /boutique.")]
PlainPermalinks = Annotated[bool, typer.Option(help="No /wp-json: the API is under /?rest_route=.")]
SessionMinutes = Annotated[int, typer.Option(min=1, help="Idle minutes after which a session ends.")]
MaxSessions = Annotated[int | None, typer.Option(help="Sessions at once; more are refused.")]
PageSize = Annotated[int, typer.Option(min=1, help="Records on a page of a list.")]
ApprovalAbove = Annotated[
    Decimal | None, typer.Option(parser=amount, help="Total above which an order becomes a draft.")
]
GatewayPort = Annotated[int, typer.Option(help="Port of the API Gateway, which prints; 0 is any free one.")]
CostBucket = Annotated[int, typer.Option(min=1, help="Points of query cost that the shop lends.")]
RestoreRate = Annotated[int, typer.Option(min=1, help="Points that come back each second.")]
OdooVersion = Annotated[int, typer.Option("--version", min=14, max=21, help="Odoo's main version.")]
EmptyBooks = Annotated[bool, typer.Option(help="Without articles and customers.")]
CreditLimit = Annotated[bool, typer.Option(help="Refuse orders above the customer's credit limit.")]


@app.command()
def prestashop(
    port: Port = 0,
    announce: Announce = None,
    webhook_url: WebhookUrl = "",
    webhook_secret: WebhookSecret = "",
    latency: Latency = 0,
    timezone: Zone = "Europe/Paris",
    round_type: RoundType = 2,
    early_hook: EarlyHook = False,
    base_path: BasePath = "",
) -> None:
    """A PrestaShop with its webservice, its checkout and a module that posts webhooks."""
    from sandbox.prestashop import DEFAULT_SIGNING_KEY, PrestaShop, Settings, create_app

    settings = Settings(
        webhook_url=webhook_url,
        webhook_secret=webhook_secret or DEFAULT_SIGNING_KEY,
        latency_seconds=latency,
        timezone=timezone,
        round_type=round_type,
        early_hook=early_hook,
        base_path=base_path,
    )
    folder = f"/{base_path.strip('/')}".rstrip("/")
    _serve_app(lambda: create_app(PrestaShop(settings)), port, announce, folder)


@app.command()
def woocommerce(
    port: Port = 0,
    announce: Announce = None,
    webhook_url: WebhookUrl = "",
    webhook_secret: WebhookSecret = "",
    latency: Latency = 0,
    timezone: Zone = "Europe/Paris",
    base_path: BasePath = "",
    plain_permalinks: PlainPermalinks = False,
) -> None:
    """A WooCommerce with its REST API, its checkout and webhooks that disable themselves."""
    from sandbox.woocommerce import DEFAULT_SIGNING_KEY, Settings, WooCommerce, create_app

    settings = Settings(
        latency_seconds=latency,
        timezone=timezone,
        base_path=base_path,
        plain_permalinks=plain_permalinks,
    )
    shop = WooCommerce(settings)
    if webhook_url:
        shop.subscribe(webhook_url, webhook_secret or DEFAULT_SIGNING_KEY)
    folder = f"/{base_path.strip('/')}".rstrip("/")
    _serve_app(lambda: create_app(shop), port, announce, folder)


@app.command()
def shopify(
    port: Port = 0,
    announce: Announce = None,
    webhook_url: WebhookUrl = "",
    webhook_secret: WebhookSecret = "",
    latency: Latency = 0,
    bucket: CostBucket = 2000,
    restore_rate: RestoreRate = 100,
) -> None:
    """A Shopify shop with its GraphQL Admin API, its checkout and its webhooks."""
    from sandbox.shopify import DEFAULT_SECRET, Settings, Shop, create_app

    settings = Settings(
        webhook_url=webhook_url,
        client_secret=webhook_secret or DEFAULT_SECRET,
        latency_seconds=latency,
        bucket=bucket,
        restore_rate=restore_rate,
    )
    _serve_app(lambda: create_app(Shop(settings)), port, announce)


@asynccontextmanager
async def _company_and_printer(
    company: "Company", port: int, gateway_port: int
) -> AsyncIterator[tuple[str, str]]:
    from sandbox.sap_business_one import create_app, create_gateway

    async with (
        serving(create_app(company), port) as url,
        serving(create_gateway(company), gateway_port) as printer,
    ):
        yield url, printer


def _sap_addresses(listening: tuple[str, str]) -> dict[str, Any]:
    url, printer = listening
    return {"url": url, "control": f"{url}/_sandbox", "gateway": printer}


@app.command()
def sap(
    port: Port = 0,
    announce: Announce = None,
    latency: Latency = 0,
    login_latency: LoginLatency = 0,
    timezone: Zone = "Europe/Paris",
    session_minutes: SessionMinutes = 30,
    max_sessions: MaxSessions = None,
    page_size: PageSize = 20,
    approval_above: ApprovalAbove = None,
    block_over_credit_limit: CreditLimit = False,
    gateway_port: GatewayPort = 0,
) -> None:
    """A SAP Business One company behind its Service Layer, and the API Gateway that prints for it."""
    from sandbox.sap_business_one import Company, Settings

    def local_now() -> datetime:
        return datetime.now(ZoneInfo(timezone)).replace(tzinfo=None)

    settings = Settings(
        clock=local_now,
        latency_seconds=latency,
        login_latency_seconds=login_latency,
        session_timeout_minutes=session_minutes,
        max_sessions=max_sessions,
        page_size=page_size,
        approval_above=approval_above,
        block_over_credit_limit=block_over_credit_limit,
    )
    company = Company(settings)

    _serve(lambda: _company_and_printer(company, port, gateway_port), _sap_addresses, announce)


@app.command()
def odoo(
    port: Port = 0,
    announce: Announce = None,
    latency: Latency = 0,
    odoo_version: OdooVersion = 14,
    empty: EmptyBooks = False,
) -> None:
    """An Odoo database, over XML-RPC and from version 19 on over JSON-2 too."""
    from sandbox.odoo import OdooDatabase, Settings, create_app

    settings = Settings(version=odoo_version, latency_seconds=latency, empty=empty)
    _serve_app(lambda: create_app(OdooDatabase(settings)), port, announce)


@app.command()
def mailbox(port: Port = 0, smtp_port: SmtpPort = 0, announce: Announce = None) -> None:
    """An SMTP server that keeps every mail, with a page to read them."""
    from sandbox.mailbox import Mailbox, mailbox_serving

    def addresses(listening: tuple[int, str]) -> dict[str, Any]:
        smtp, url = listening
        return {"url": url, "control": f"{url}/_sandbox", "smtp_port": smtp}

    _serve(lambda: mailbox_serving(Mailbox(), smtp_port, port), addresses, announce)


@app.command()
def easypost(port: Port = 0, announce: Announce = None) -> None:
    """An EasyPost account that prints return labels and charges nothing."""
    from sandbox.easypost import EasyPost, create_app

    _serve_app(lambda: create_app(EasyPost()), port, announce)


@app.command()
def sendcloud(port: Port = 0, announce: Announce = None) -> None:
    """A Sendcloud integration that prints return labels and announces nothing."""
    from sandbox.sendcloud import Sendcloud, create_app

    _serve_app(lambda: create_app(Sendcloud()), port, announce)


@app.command()
def twilio(port: Port = 0, announce: Announce = None) -> None:
    """A Twilio account that keeps every text and tells what becomes of it."""
    from sandbox.twilio import Twilio, create_app

    _serve_app(lambda: create_app(Twilio()), port, announce)


@app.command()
def slack(
    port: Port = 0,
    announce: Announce = None,
    interactivity_url: InteractivityUrl = "",
    socket_mode: SocketMode = False,
) -> None:
    """A Slack workspace with a page to press buttons on."""
    from sandbox.slack import Slack
    from sandbox.slack_app import create_app

    workspace = Slack(interactivity_url=interactivity_url)
    workspace.sockets.on = socket_mode
    _serve_app(lambda: create_app(workspace), port, announce)


@app.command()
def receiver(port: Port = 0, announce: Announce = None) -> None:
    """Somebody who receives webhooks, under /hook."""
    from sandbox.webhook_receiver import Receiver, create_app

    _serve_app(lambda: create_app(Receiver()), port, announce)


@app.command()
def channels(announce: Announce = None, interactivity_url: InteractivityUrl = "") -> None:
    """Twilio, Slack and the receiver of webhooks in one process."""
    from sandbox import slack_app, twilio, webhook_receiver
    from sandbox.slack import Slack

    @asynccontextmanager
    async def all_three() -> AsyncIterator[dict[str, str]]:
        async with (
            serving(twilio.create_app(twilio.Twilio())) as texts,
            serving(slack_app.create_app(Slack(interactivity_url=interactivity_url))) as chat,
            serving(webhook_receiver.create_app(webhook_receiver.Receiver())) as hooks,
        ):
            yield {"twilio": texts, "slack": chat, "receiver": hooks}

    _serve(all_three, dict, announce)


def _serve_app(create: Callable[[], Starlette], port: int, announce: Path | None, folder: str = "") -> None:
    def addresses(root: str) -> dict[str, Any]:
        return {"url": root + folder, "control": f"{root}/_sandbox"}

    _serve(lambda: serving(create(), port), addresses, announce)


def _serve(
    open_server: Callable[[], AbstractAsyncContextManager[Any]],
    addresses: Callable[[Any], dict[str, Any]],
    announce: Path | None,
) -> None:
    async def until_told_to_stop() -> None:
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        async with open_server() as listening:
            _announce(json.dumps(addresses(listening)), announce)
            await told.wait()

    asyncio.run(until_told_to_stop())


def _announce(line: str, file: Path | None) -> None:
    typer.echo(line)
    if file:
        whole = file.with_name(f"{file.name}.part")
        whole.write_text(line + "\n")
        whole.replace(file)


if __name__ == "__main__":
    app()
