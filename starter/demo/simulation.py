"""Place many orders in a sandbox store, at a chosen pace."""

import asyncio
import random
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sandbox.catalogue import ARTICLES, CUSTOMERS
from starter.configuration import load
from starter.demo.world import Door
from starter.ending import Unable

_AT_ONCE = 8
_CHEAP = tuple(article.sku for article in ARTICLES if article.net < 100 and article.on_hand >= 500)


def random_cart(source: random.Random) -> dict[str, Any]:
    """Return a paid cart of one to five lines; one in ten has a voucher."""
    skus = source.sample(_CHEAP, source.randint(1, min(5, len(_CHEAP))))
    cart: dict[str, Any] = {
        "customer": source.choice(CUSTOMERS).email,
        "module": "stripe_official",
        "lines": [{"sku": sku, "quantity": source.randint(1, 3)} for sku in skus],
    }
    if source.random() < 0.1:
        cart["vouchers"] = [{"percent": source.choice(("5", "7.5", "10"))}]
    return cart


async def simulate_orders(n: int, rate: float, seed: int, console: Console) -> None:
    """Place `n` orders, `rate` a second, in the first PrestaShop that waybill.toml names."""
    stores = [found for found in load().connections.values() if found.kind == "prestashop"]
    if not stores:
        raise Unable("waybill.toml names no PrestaShop.\nStart one with `waybill up`.")
    door = Door("shop", str(stores[0].settings["base_url"]))
    source = random.Random(seed)  # noqa: S311 - carts, not secrets
    carts = [random_cart(source) for _ in range(n)]
    free = asyncio.Semaphore(_AT_ONCE)
    columns = (TextColumn("placing orders"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    began = time.monotonic()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("orders", total=n)

        async def place(number: int) -> None:
            if rate:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            async with free:
                await door.post("/shop/orders", carts[number])
            progress.advance(task)

        await asyncio.gather(*(place(number) for number in range(n)))
    await door.close()
    console.print(f"{n} orders placed in {time.monotonic() - began:.1f} s.")
