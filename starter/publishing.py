"""Publish sets: what is faulty is never published, and what was checked is what comes into force."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from domain.errors import FixData, NotFound
from domain.faults import Fault
from domain.model import Frozen
from records.published import Draft, PublishedSet, PublishedSets


class Findings(Frozen):
    """What was found in a set: with faults it is not published; warnings are said."""

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


Check = Callable[[Mapping[str, Any]], Awaitable[Findings]]
"""Looks through the body of one kind of set; some of it may be asked of an engine."""


class Faulty(FixData):
    """What was to be published is wrong; `faults` names each place."""

    code = "faulty"
    remedy = "Mend each place named, save the draft and publish again."

    def __init__(self, kind: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"the {kind} cannot be published: {faults[0]}", field=faults[0].place)
        self.faults = faults


class Publishing:
    """One kind of published set, with the check that it must pass."""

    def __init__(self, kind: str, sets: PublishedSets, check: Check) -> None:
        self.kind, self.sets, self._check = kind, sets, check

    async def lint(self, body: Mapping[str, Any]) -> Findings:
        """Return what is to be said of a body."""
        return await self._check(body)

    async def save(self, body: Mapping[str, Any], author: str, now: datetime) -> Draft:
        """Keep a draft, faulty or not. Raises `NotKept`."""
        return await self.sets.save_draft(self.kind, body, author, now)

    async def publish(self, author: str, note: str, now: datetime) -> PublishedSet:
        """Check the draft and publish it. Raises `Faulty`, `NotFound`, `PublishedMeanwhile`."""
        draft = await self.sets.draft(self.kind)
        if draft is None:
            raise NotFound(f"there is no draft of the {self.kind} to publish", remedy="Save a draft first.")
        await self._refuse(draft.body)
        return await self.sets.publish(self.kind, author, note, now, fingerprint=draft.fingerprint)

    async def roll_back(self, to: int, author: str, note: str, now: datetime) -> PublishedSet:
        """Publish an older version again, where it still passes the check: what it names may be gone.

        Raises `Faulty`, `NotFound`, `FixData`, `PublishedMeanwhile`.
        """
        await self._refuse((await self.sets.version(self.kind, to)).body)
        return await self.sets.roll_back(self.kind, to, author, note, now)

    async def _refuse(self, body: Mapping[str, Any]) -> None:
        if faults := (await self.lint(body)).faults:
            raise Faulty(self.kind, faults)
