"""Turn inbox rows into workflows in the background, at once and again after every trouble."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from activities.intake import Intake, TemporalGone
from records.database import DatabaseGone
from records.inbox import Inbox, InboxState

_LOG = structlog.get_logger("waybill.gateway")
_IDLE_SECONDS = 5
_TROUBLE_SECONDS = 1
_STOP_SECONDS = 10


class Draining:
    """Runs the intake whenever a row came in, and now and then for rows that another process left."""

    def __init__(self, intake: Intake, inbox: Inbox, most_waiting: int) -> None:
        self._intake, self._inbox, self._most_waiting = intake, inbox, most_waiting
        self._wake = asyncio.Event()
        self._stopping = False
        self._work: asyncio.Task[None] | None = None
        self.waiting = 0
        self.temporal_answers = True

    def wake(self) -> None:
        """A row came in."""
        self._wake.set()

    @property
    def crowded(self) -> bool:
        """Whether so many rows wait that no more should be taken."""
        return self.waiting >= self._most_waiting

    @property
    def works(self) -> bool:
        """Whether the background work goes on; it ends early only by a defect of ours."""
        return self._work is None or not self._work.done()

    @contextlib.asynccontextmanager
    async def in_background(self) -> AsyncIterator[None]:
        """Drain for as long as the context is open; a round under way is let finish."""
        self._work = asyncio.create_task(self._run())
        yield
        self._stopping = True
        self._wake.set()
        await asyncio.wait({self._work}, timeout=_STOP_SECONDS)
        self._work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._work

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            pause = _IDLE_SECONDS
            try:
                drained = await self._intake.drain()
                self.waiting, self.temporal_answers = 0, True
                if drained.late:
                    _LOG.info("late deliveries", late=drained.late)
            except (TemporalGone, DatabaseGone) as trouble:
                pause = _TROUBLE_SECONDS
                await self._look(trouble)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    async def _look(self, trouble: Exception) -> None:
        if self.temporal_answers:
            _LOG.warning("deliveries wait", error=type(trouble).__name__)
        self.temporal_answers = not isinstance(trouble, TemporalGone)
        try:
            self.waiting = (await self._inbox.counts()).get(InboxState.WAITING.value, 0)
        except DatabaseGone:
            return
