"""Tokens of the API. Only a hash of each is kept: who loses one makes another."""

import hashlib
import re
import secrets
from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.errors import FixData
from domain.model import Frozen
from domain.roles import Role
from records.database import Database
from records.tables import ApiTokenRow

NAME_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,39}$"
_SECRET = re.compile(r"wb_([A-Za-z0-9_-]{43})([0-9a-f]{6})")


class NewToken(Frozen):
    """What a token is to be. `person` is the approver whose decisions are taken with it, if any."""

    name: str = Field(pattern=NAME_PATTERN)
    role: Role
    person: str = ""
    created_by: str
    expires_at: datetime | None = None


class Token(NewToken):
    """A token as it is kept."""

    id: int
    created_at: datetime
    last_used_on: date | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Tokens:
    """Who may use the API. Of those that are not revoked each has a name of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, wanted: NewToken, now: datetime) -> str:
        """Make a token and return its secret, which nobody can read again. Raises `FixData`."""
        core = secrets.token_urlsafe(32)
        secret = f"wb_{core}{_check_digits(core)}"
        row = {
            **wanted.model_dump(),
            "role": wanted.role.value,
            "live_name": wanted.name,
            "secret_hash": _hash(secret),
            "created_at": now,
        }
        if not await self._database.write(
            lambda session: self._database.add_if_new(session, ApiTokenRow, row)
        ):
            raise FixData(
                f"there is a token {wanted.name} already",
                field="name",
                remedy="Revoke it first, or choose another name.",
            )
        return secret

    async def find(self, secret: str) -> Token | None:
        """Return the token of a secret, good or not; one that cannot be ours is not looked for."""
        if not is_well_formed(secret):
            return None
        found = await self._read(select(ApiTokenRow).where(col(ApiTokenRow.secret_hash) == _hash(secret)))
        return found[0] if found else None

    async def note_use(self, token: Token, day: date) -> None:
        """Note the day on which a token was used last: at most one write a day."""
        if token.last_used_on == day:
            return
        change = update(ApiTokenRow).where(col(ApiTokenRow.id) == token.id).values(last_used_on=day)
        await self._database.write(lambda session: session.execute(change))

    async def all(self) -> tuple[Token, ...]:
        """Return those that are not revoked, by name."""
        query = (
            select(ApiTokenRow).where(col(ApiTokenRow.revoked_at).is_(None)).order_by(col(ApiTokenRow.name))
        )
        return await self._read(query)

    async def revoke(self, name: str, now: datetime) -> bool:
        """Make a token open nothing from now on; False when there is none of the name."""
        change = (
            update(ApiTokenRow)
            .where(col(ApiTokenRow.live_name) == name)
            .values(live_name=None, revoked_at=now)
            .returning(col(ApiTokenRow.id))
        )
        return await self._database.write(lambda session: session.execute(change).first() is not None)

    async def _read(self, query: Select[Any]) -> tuple[Token, ...]:
        def read(session: Session) -> tuple[Token, ...]:
            return tuple(Token.model_validate(row.model_dump()) for row in session.scalars(query))

        return await self._database.read(read)


def is_well_formed(secret: str) -> bool:
    """Whether a text could be the secret of a token: its last six signs follow from the others."""
    parts = _SECRET.fullmatch(secret)
    return parts is not None and parts[2] == _check_digits(parts[1])


def _check_digits(core: str) -> str:
    return hashlib.sha256(f"waybill token {core}".encode()).hexdigest()[:6]


def _hash(secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing.
    return hashlib.sha256(secret.encode()).hexdigest()
