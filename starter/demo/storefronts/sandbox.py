"""What the sandboxes of all stores have in common at their doors."""

from collections.abc import Mapping
from decimal import Decimal

from starter.demo.carts import Trouble
from starter.demo.doors import Door


class SandboxFront:
    """A store's sandbox: what is for sale there, and what goes wrong with its webhooks."""

    webhook_twice = "webhook_twice"
    """What the sandbox calls the fault of sending each webhook twice."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def offered(self) -> Mapping[str, Decimal]:
        """Return how many pieces of each article are for sale."""
        products = await self._door.get("/shop/products")
        return {str(each["sku"]): Decimal(str(each["stock"])) for each in products}

    async def trouble(self, kind: Trouble) -> None:
        """Let webhooks go wrong from now on, or right again."""
        if kind is Trouble.NONE:
            await self._door.delete("/_sandbox/faults")
        else:
            fault = self.webhook_twice if kind is Trouble.TWICE else "webhook_lose"
            # A shop tells of an order more than once: it was created, and it has its first status.
            await self._door.post("/_sandbox/faults", {"kind": fault, "times": None})

    async def has_told(self) -> bool:
        """Whether no webhook waits to be sent."""
        hooks = await self._door.get("/_sandbox/webhooks")
        return all(hook["status"] != "waiting" for hook in hooks)

    async def close(self) -> None:
        """Close the connection."""
        await self._door.close()
