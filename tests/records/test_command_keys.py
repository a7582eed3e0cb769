"""Keys of commands, on both databases."""

from datetime import UTC, datetime

from records.command_keys import CommandKeys
from records.database import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_a_key_belongs_to_the_command_that_it_was_first_given_with(database: Database) -> None:
    keys = CommandKeys(database)

    claimed = [await keys.claim("1:a", what, NOON) for what in ("hold", "hold", "release", "hold")]

    assert claimed == [True, True, False, True]
    assert await keys.claim("2:a", "release", NOON)
