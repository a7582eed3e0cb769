"""Asking the ERP to buy what an order took below its minimum, beside the order's life and once."""

import asyncio
from decimal import Decimal

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.checking import RestockRequest
    from workflows.life import OrderLife
    from workflows.steps import Doubt, Steps, Stopped


class Restocking:
    """What cannot be requested is a warning, not a hold."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a request is under way."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Request what is missing, unless that was done."""
        life = self._life
        if life.missing and self._task is None:
            missing, life.missing = life.missing, {}
            self._task = asyncio.create_task(self._request(missing))

    def end(self) -> None:
        """Stop."""
        if self._task:
            self._task.cancel()

    async def _request(self, missing: dict[str, Decimal]) -> None:
        life, pair = self._life, self._life.pair
        reference = f"{life.start.connection}:{life.start.store_order_id}"
        request = RestockRequest(erp=pair.erp, reference=reference, warehouse=pair.warehouse, missing=missing)
        try:
            number = await self._steps.request_restock(request)
        except (Stopped, Doubt) as stop:
            life.warnings = (*life.warnings, f"the restock could not be requested: {stop}")
        else:
            pieces = ", ".join(f"{count:f} × {sku}" for sku, count in missing.items())
            life.note("waybill", "requested a restock", f"{number}: {pieces}", workflow.now())
        await self._steps.record()
