"""`waybill up`, `waybill demo` and `waybill simulate`: run everything on this machine."""

import asyncio
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.output import out
from starter.ending import Unable

if TYPE_CHECKING:
    from starter.stack import PairOfKinds, Stack

# The machinery of a whole machine is imported late: no other command needs it.
simulate = typer.Typer(help="Make work for a sandbox.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option(help="Where the state goes; what is there is thrown away.")]
Store = Annotated[str, typer.Option(help="The store's kind: prestashop, shopify or woocommerce.")]
Erp = Annotated[str, typer.Option(help="The ERP's kind: sap_business_one or odoo.")]
_STORE, _ERP = "prestashop", "sap_business_one"

MARK = ".waybill-sandbox"
"""Lies in every folder that may be thrown away."""


def fresh(folder: Path) -> Path:
    """Return an empty folder, refusing to empty one that is not ours."""
    whole = folder.resolve()
    mark = whole / MARK
    if whole.exists() and any(whole.iterdir()) and not mark.exists():
        raise Unable(f"{whole} is not a folder that `waybill up` or `demo` made.\nName another folder.")
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir(parents=True)
    mark.write_text("Made by `waybill up` or `waybill demo`; thrown away at their next start.\n")
    return whole


def up(
    folder: Folder = Path("var/up"),
    latency: Annotated[float, typer.Option(min=0, help="Seconds each call to a sandbox takes.")] = 0,
    gateway_port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 0,
    store: Store = _STORE,
    erp: Erp = _ERP,
) -> None:
    """Start Temporal, the sandboxes, the gateway and a worker, and stay until Ctrl-C."""
    from starter.stack import PairOfKinds

    kinds = PairOfKinds(store, erp)
    asyncio.run(_stay_up(fresh(folder), kinds, latency, gateway_port))


async def _stay_up(folder: Path, kinds: "PairOfKinds", latency: float, gateway_port: int) -> None:
    from starter.stack import local_stack

    out.print("Starting …")
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with local_stack(folder, kinds=kinds, latency_seconds=latency, gateway_port=gateway_port) as stack:
        tell_places(stack)
        out.print(f"\nIn another terminal:  export WAYBILL_CONFIG={stack.settings_file} \\", markup=False)
        shown = {name: value for name, value in stack.environment.items() if name != "WAYBILL_CONFIG"}
        out.print(" \\\n  ".join(["", *(f"{name}={value}" for name, value in shown.items())]), markup=False)
        out.print("  waybill simulate orders --n 20\n\nCtrl-C stops everything.")
        await stop.wait()
        out.print("Stopping …")
    out.print("Stopped.")


def tell_places(stack: "Stack") -> None:
    """Print where to look."""
    store, erp = (system.title for system in stack.kinds.systems)
    places = {
        "Temporal's pages": stack.temporal.ui_url,
        f"store ({store})": f"{stack.addresses.shop_url}/shop/products",
        f"ERP ({erp})": f"{stack.addresses.erp_url}/_sandbox/ledger?kind=order",
        "mailbox": stack.addresses.mailbox_url,
        "labels (EasyPost)": f"{stack.addresses.labels_url}/_sandbox/ledger",
        "Slack": stack.addresses.slack_url,
        "texts (Twilio)": stack.addresses.twilio_url,
        "webhooks to others": stack.addresses.receiver_url,
        "gateway": f"{stack.addresses.gateway_url}/health/ready",
        "metrics": f"http://{stack.addresses.prometheus}/metrics",
        "kept documents": stack.folder / "documents",
        "state and logs": stack.folder,
    }
    for name, place in places.items():
        out.print(f"  {name:<24}{place}", markup=False)


def demo(
    folder: Folder = Path("var/demo"),
    store: Store = _STORE,
    erp: Erp = _ERP,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Every kind of store with every kind of ERP.")
    ] = False,
) -> None:
    """Run the main job before your eyes: orders of all kinds, and a worker killed on the way."""
    from starter.demo.pairs import play_pairs
    from starter.demo.run import run_demo
    from starter.stack import PairOfKinds

    kinds = PairOfKinds(store, erp)
    if pairs and (store, erp) != (_STORE, _ERP):
        raise Unable("--pairs plays all of them.\nLeave --store and --erp away.")
    played = play_pairs(fresh(folder), out) if pairs else run_demo(fresh(folder), out, kinds)
    raise typer.Exit(asyncio.run(played))


@simulate.callback()
def _simulate() -> None:
    """Make work for a sandbox."""


@simulate.command("orders")
def simulate_orders_command(
    n: Annotated[int, typer.Option("--n", min=1, max=100_000, help="How many.")] = 20,
    rate: Annotated[float, typer.Option(min=0, help="Orders a second; 0: as fast as they go.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed places the same orders.")] = 1,
) -> None:
    """Place orders of all kinds in the sandbox store that waybill.toml names."""
    from starter.demo.simulation import simulate_orders

    asyncio.run(simulate_orders(n, rate, seed, out))
