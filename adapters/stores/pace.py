"""How fast a store is asked: hosts of shops stand a few requests a second."""

import asyncio


class Pace:
    """Lets so many requests through each second; 0 is no limit."""

    def __init__(self, requests_per_second: int) -> None:
        self._gap = 1 / requests_per_second if requests_per_second else 0
        self._due = 0.0

    async def turn(self) -> None:
        """Wait until the pace allows a request: a second's worth may go at once, then evenly."""
        if not self._gap:
            return
        now = asyncio.get_running_loop().time()
        due = max(self._due, now)
        self._due = due + self._gap
        wait = self._due - now - 1
        if wait > 0:
            await asyncio.sleep(wait)
