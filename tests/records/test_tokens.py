"""Tokens of the API, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.errors import FixData
from domain.roles import Role
from records.database import Database
from records.tokens import NewToken, Tokens, is_well_formed

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DESK = NewToken(name="desk", role=Role.OPERATOR, created_by="ada")


async def test_a_token_is_found_by_its_secret_of_which_only_a_hash_is_kept(database: Database) -> None:
    tokens = Tokens(database)

    secret = await tokens.create(DESK, NOON)

    token = await tokens.find(secret)
    assert token is not None
    assert (token.name, token.role, token.person, token.created_by) == ("desk", Role.OPERATOR, "", "ada")
    assert token.is_good(NOON)
    kept = await database.read(lambda session: session.execute(text("select * from api_token")).one())
    assert secret not in str(kept)
    assert secret.removeprefix("wb_")[:20] not in str(kept)


async def test_what_cannot_be_a_token_is_not_even_looked_for(database: Database) -> None:
    secret = await Tokens(database).create(DESK, NOON)
    mistyped = secret[:-7] + ("A" if secret[-7] != "A" else "B") + secret[-6:]
    await database.write(lambda session: session.execute(text("drop table api_token")))

    for wrong in ("", "wb_", "hello", secret.lower() + "x", mistyped, secret + "\n", "wb_" + "ä" * 49):
        assert not is_well_formed(wrong)
        assert await Tokens(database).find(wrong) is None


async def test_an_expired_or_revoked_token_is_no_longer_good(database: Database) -> None:
    tokens = Tokens(database)
    secret = await tokens.create(DESK.model_copy(update={"expires_at": NOON + timedelta(days=1)}), NOON)
    token = await tokens.find(secret)
    assert token is not None
    assert token.is_good(NOON + timedelta(hours=23))
    assert not token.is_good(NOON + timedelta(days=1))

    assert await tokens.revoke("desk", NOON)
    assert not await tokens.revoke("desk", NOON)

    token = await tokens.find(secret)
    assert token is not None
    assert not token.is_good(NOON)
    assert await tokens.all() == ()


async def test_a_name_is_taken_until_its_token_is_revoked(database: Database) -> None:
    tokens = Tokens(database)
    first = await tokens.create(DESK, NOON)

    with pytest.raises(FixData, match="a token desk already"):
        await tokens.create(DESK, NOON)

    await tokens.revoke("desk", NOON)
    second = await tokens.create(DESK, NOON)
    assert first != second
    assert [token.name for token in await tokens.all()] == ["desk"]


async def test_the_day_of_the_last_use_is_kept(database: Database) -> None:
    tokens = Tokens(database)
    secret = await tokens.create(DESK, NOON)
    token = await tokens.find(secret)
    assert token is not None
    assert token.last_used_on is None

    await tokens.note_use(token, NOON.date())

    token = await tokens.find(secret)
    assert token is not None
    assert token.last_used_on == NOON.date()
