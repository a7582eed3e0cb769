"""Published sets: what people publish as a whole (rules, mappings), version by version."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.errors import FixData, NotFound
from domain.model import Frozen
from domain.texts import plain
from records.database import Database
from records.tables import DraftRow, PublishedSetRow

_DEEPEST = 100
# Built once, like the statements that each order needs: to build one costs more than to run it.
_IN_FORCE = select(col(PublishedSetRow.kind), func.max(col(PublishedSetRow.number))).group_by(
    col(PublishedSetRow.kind)
)


class PublishedMeanwhile(FixData):
    """Somebody else published or changed the draft in the same moment."""

    code = "published_meanwhile"
    remedy = "Look at the version that is in force now and at the draft, then publish again."


class NotKept(FixData):
    """A draft holds something that cannot be kept exactly as it is."""

    code = "not_kept"


class Draft(Frozen):
    """What is being written, until it is published."""

    kind: str
    body: dict[str, Any]
    author: str
    saved_at: datetime

    @property
    def fingerprint(self) -> str:
        """Return what tells this body from any other: 64 hexadecimal digits."""
        text = json.dumps(self.body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Publication(Frozen):
    """One line of the history: who published which version, when and why."""

    kind: str
    number: int
    author: str
    note: str
    at: datetime
    rolled_back_to: int | None = None
    """The older version whose body this one has, where it was rolled back."""


class PublishedSet(Publication):
    """One published version. It never changes."""

    body: dict[str, Any]


class PublishedSets:
    """Drafts, and the versions published of them: 1, 2, 3 … for each kind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save_draft(self, kind: str, body: Mapping[str, Any], author: str, now: datetime) -> Draft:
        """Keep the draft of a kind in place of the one before. Amounts inside are text.

        Raises `NotKept` with the place of a number that is not whole, of a control character, or of
        something nested too deep.
        """
        refuse_what_cannot_be_kept(body)
        draft = Draft(kind=kind, body=dict(body), author=author[:80], saved_at=now)
        row = draft.model_dump()
        await self._database.write(lambda session: self._database.put(session, DraftRow, row))
        return draft

    async def draft(self, kind: str) -> Draft | None:
        """Return what is being written, if anything is."""
        row = await self._database.read(lambda session: session.get(DraftRow, kind))
        return Draft.model_validate(row.model_dump()) if row else None

    async def drop_draft(self, kind: str) -> bool:
        """Throw the draft away; False when there is none."""
        dropping = delete(DraftRow).where(col(DraftRow.kind) == kind).returning(col(DraftRow.kind))
        return await self._database.write(lambda session: session.execute(dropping).first() is not None)

    async def publish(
        self, kind: str, author: str, note: str, now: datetime, *, fingerprint: str = ""
    ) -> PublishedSet:
        """Make the draft the next version. From then on there is no draft.

        With a fingerprint only the draft that has it is published: what was checked is what comes into force.
        Raises `NotFound` without a draft and `PublishedMeanwhile` when somebody else was quicker.
        """
        taking = delete(DraftRow).where(col(DraftRow.kind) == kind).returning(DraftRow)

        def make_next(session: Session) -> PublishedSet:
            row = session.scalars(taking).one_or_none()
            if row is None:
                raise NotFound(
                    f"there is no draft of the {kind} to publish",
                    remedy="Save a draft first, or look whether somebody else has just published it.",
                )
            draft = Draft.model_validate(row.model_dump())
            if fingerprint and draft.fingerprint != fingerprint:
                raise PublishedMeanwhile(f"the draft of the {kind} was changed since it was checked")
            return self._append(session, kind, draft.body, author, note, now)

        return await self._database.write(make_next)

    async def roll_back(self, kind: str, to: int, author: str, note: str, now: datetime) -> PublishedSet:
        """Publish an older version's body again, as the next version. A draft stays as it is.

        Raises `NotFound`, `FixData` for the version in force, `PublishedMeanwhile`.
        """

        def make_next(session: Session) -> PublishedSet:
            older = session.get(PublishedSetRow, (kind, to))
            if older is None:
                raise NotFound(f"there is no version {to} of the {kind}")
            if to == _last(session, kind):
                raise FixData(
                    f"version {to} of the {kind} is the one in force",
                    remedy="Name an older version to roll back to.",
                )
            return self._append(session, kind, older.body, author, note, now, rolled_back_to=to)

        return await self._database.write(make_next)

    async def current(self, kind: str) -> PublishedSet | None:
        """Return the version in force; None before the first."""
        query = (
            select(PublishedSetRow)
            .where(col(PublishedSetRow.kind) == kind)
            .order_by(col(PublishedSetRow.number).desc())
            .limit(1)
        )
        row = await self._database.read(lambda session: session.scalars(query).one_or_none())
        return PublishedSet.model_validate(row.model_dump()) if row else None

    async def in_force(self) -> dict[str, int]:
        """Return the numbers of the versions in force, by their kinds, of those that have one."""
        rows = await self._database.read(lambda session: session.execute(_IN_FORCE).all())
        return {str(kind): int(number) for kind, number in rows}

    async def version(self, kind: str, number: int) -> PublishedSet:
        """Return one version. Raises `NotFound`."""
        row = await self._database.read(lambda session: session.get(PublishedSetRow, (kind, number)))
        if row is None:
            raise NotFound(f"there is no version {number} of the {kind}")
        return PublishedSet.model_validate(row.model_dump())

    async def history(self, kind: str, limit: int = 1000) -> tuple[Publication, ...]:
        """Return who published what, the latest first."""
        columns = (col(getattr(PublishedSetRow, name)) for name in Publication.model_fields)
        query = (
            select(*columns)
            .where(col(PublishedSetRow.kind) == kind)
            .order_by(col(PublishedSetRow.number).desc())
            .limit(limit)
        )
        rows = await self._database.read(lambda session: session.execute(query).all())
        return tuple(Publication.model_validate(row._asdict()) for row in rows)

    def _append(
        self,
        session: Session,
        kind: str,
        body: dict[str, Any],
        author: str,
        note: str,
        now: datetime,
        rolled_back_to: int | None = None,
    ) -> PublishedSet:
        made = PublishedSet(
            kind=kind,
            number=_last(session, kind) + 1,
            author=author[:80],
            note=note[:500],
            at=now,
            rolled_back_to=rolled_back_to,
            body=body,
        )
        if not self._database.add_if_new(session, PublishedSetRow, made.model_dump()):
            raise PublishedMeanwhile(f"version {made.number} of the {kind} was published in the same moment")
        return made


def _last(session: Session, kind: str) -> int:
    query = select(func.max(col(PublishedSetRow.number))).where(col(PublishedSetRow.kind) == kind)
    return session.scalar(query) or 0


def refuse_what_cannot_be_kept(body: Mapping[str, Any]) -> None:
    """Raise `NotKept` with the place of what no draft keeps."""
    left: list[tuple[tuple[str, ...], Any]] = [((), body)]
    while left:
        place, value = left.pop()
        if len(place) > _DEEPEST:
            raise NotKept("it is nested too deep", field=".".join(place[:3]))
        if isinstance(value, Mapping):
            left += [((*place, plain(str(key))), inner) for key, inner in value.items()]
            left += [((*place, plain(str(key))), str(key)) for key in value]
        elif isinstance(value, list | tuple):
            left += [((*place, str(index)), inner) for index, inner in enumerate(value)]
        else:
            _refuse_value(".".join(place), value)


def _refuse_value(place: str, value: object) -> None:
    if isinstance(value, float):
        raise NotKept(
            f"{place} is {value}, a number that is not whole",
            field=place,
            remedy='Write an amount as text in quotes: "5000.00".',
        )
    if isinstance(value, str) and plain(value) != value:
        raise NotKept(f"{place} has a control character in it", field=place, remedy="Take it out.")
