"""One piece of work beside an order's life: begun when it is due, never twice at once."""

import asyncio
from abc import ABC, abstractmethod


class Beside(ABC):
    """Whoever inherits says when it is due, and does it until nothing is."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    @abstractmethod
    def _is_due(self) -> bool:
        """Whether there is something to do."""

    @abstractmethod
    async def _work(self) -> None:
        """Do it."""

    @property
    def busy(self) -> bool:
        """Whether something is still to be done."""
        return (self._task is not None and not self._task.done()) or self._is_due

    def start(self) -> None:
        """Begin, if it is due and not under way."""
        if self._is_due and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._work())

    def end(self) -> None:
        """Stop."""
        if self._task:
            self._task.cancel()
