"""Place many orders in a sandbox store, at a chosen pace."""

import asyncio
import random
import time
from decimal import Decimal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sandbox.catalogue import ARTICLES, CUSTOMERS
from starter.configuration import load
from starter.demo.carts import Cart, Wanted, known_buyer
from starter.demo.doors import Door
from starter.demo.storefronts import STOREFRONTS
from starter.ending import Unable

_AT_ONCE = 8
_CHEAP = tuple(article.sku for article in ARTICLES if article.net < 100 and article.on_hand >= 500)


def random_cart(source: random.Random) -> Cart:
    """Return a paid cart of one to five lines; one in ten has a voucher."""
    skus = source.sample(_CHEAP, source.randint(1, min(5, len(_CHEAP))))
    buyer = known_buyer(source.choice(CUSTOMERS).email)
    lines = tuple(Wanted(sku, source.randint(1, 3)) for sku in skus)
    has_voucher = source.random() < 0.1
    return Cart(buyer, lines, Decimal(source.choice(("5", "7.5", "10"))) if has_voucher else Decimal(0))


async def simulate_orders(n: int, rate: float, seed: int, console: Console) -> None:
    """Place `n` orders, `rate` a second, in the first store that waybill.toml names."""
    stores = [found for found in load().connections.values() if found.kind in STOREFRONTS]
    if not stores:
        raise Unable("waybill.toml names no store.\nStart one with `waybill up`.")
    shop = STOREFRONTS[stores[0].kind](Door("shop", str(stores[0].settings["base_url"])))
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
                await shop.place(carts[number])
            progress.advance(task)

        await asyncio.gather(*(place(number) for number in range(n)))
    await shop.close()
    console.print(f"{n} orders placed in {time.monotonic() - began:.1f} s.")
