"""Published sets, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.errors import FixData, NotFound
from records.database import Database
from records.published import NotKept, PublishedMeanwhile, PublishedSets

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def body(limit: str) -> dict[str, Any]:
    """Return a small set with an amount inside, and its keys in no order of the alphabet."""
    return {"rules": [{"name": "director", "if": {"total": limit}}], "about": "Größer als"}


async def publish(sets: PublishedSets, limit: str, minutes: int = 0) -> None:
    """Publish a set of one rule."""
    await sets.save_draft("rules", body(limit), "ines", NOON + timedelta(minutes=minutes))
    await sets.publish("rules", "ines", f"to {limit}", NOON + timedelta(minutes=minutes))


async def test_a_draft_becomes_the_next_version_and_is_gone(database: Database) -> None:
    sets = PublishedSets(database)
    assert await sets.current("rules") is None
    assert await sets.draft("rules") is None

    await sets.save_draft("rules", body("5000 EUR"), "tom", NOON)
    await sets.save_draft("rules", body("6000 EUR"), "ines", NOON)
    made = await sets.publish("rules", "dora", "because of autumn", NOON)

    assert (made.number, made.author, made.note, made.at) == (1, "dora", "because of autumn", NOON)
    assert made.body == body("6000 EUR")
    assert list(made.body) == ["rules", "about"]
    assert await sets.current("rules") == made == await sets.version("rules", 1)
    assert await sets.draft("rules") is None
    assert await sets.current("mapping") is None


async def test_publishing_without_a_draft_and_an_unknown_version_are_said(database: Database) -> None:
    sets = PublishedSets(database)

    with pytest.raises(NotFound, match="no draft of the rules"):
        await sets.publish("rules", "dora", "", NOON)
    with pytest.raises(NotFound, match="no version 3 of the rules"):
        await sets.version("rules", 3)
    with pytest.raises(NotFound, match="no version 3 of the rules"):
        await sets.roll_back("rules", 3, "dora", "", NOON)


async def test_a_version_never_changes_and_the_history_names_all_of_them(database: Database) -> None:
    sets = PublishedSets(database)
    for number, limit in enumerate(("5000 EUR", "6000 EUR")):
        await publish(sets, limit, number)
    await sets.save_draft("rules", body("9000 EUR"), "tom", NOON)

    back = await sets.roll_back("rules", 1, "dora", "too many orders waited", NOON + timedelta(hours=1))

    assert (back.number, back.rolled_back_to, back.body) == (3, 1, body("5000 EUR"))
    assert await sets.current("rules") == back
    assert (await sets.version("rules", 2)).body == body("6000 EUR")
    draft = await sets.draft("rules")
    assert draft is not None
    assert draft.body == body("9000 EUR")
    assert [(each.number, each.note, each.rolled_back_to) for each in await sets.history("rules")] == [
        (3, "too many orders waited", 1),
        (2, "to 6000 EUR", None),
        (1, "to 5000 EUR", None),
    ]
    assert await sets.history("mapping") == ()


async def test_nobody_rolls_back_to_the_version_in_force(database: Database) -> None:
    sets = PublishedSets(database)
    await publish(sets, "5000 EUR")

    with pytest.raises(FixData, match="version 1 of the rules is the one in force"):
        await sets.roll_back("rules", 1, "dora", "", NOON)


async def test_of_many_publishers_at_once_one_publishes_and_the_others_are_told(database: Database) -> None:
    sets = PublishedSets(database)
    await publish(sets, "5000 EUR")
    await sets.save_draft("rules", body("6000 EUR"), "ines", NOON)

    ends = await asyncio.gather(
        *(sets.publish("rules", name, "", NOON) for name in ("dora", "ines", "tom")), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["NotFound", "NotFound", "PublishedSet"]
    assert [each.number for each in await sets.history("rules")] == [2, 1]


async def test_of_many_who_roll_back_at_once_each_makes_a_version_or_is_told(database: Database) -> None:
    sets = PublishedSets(database)
    for limit in ("5000 EUR", "6000 EUR"):
        await publish(sets, limit)

    ends = await asyncio.gather(
        *(sets.roll_back("rules", 1, "dora", "", NOON) for _ in range(4)), return_exceptions=True
    )

    told = [end for end in ends if isinstance(end, PublishedMeanwhile)]
    assert not [end for end in ends if isinstance(end, BaseException) and end not in told]
    numbers = [each.number for each in await sets.history("rules")]
    assert numbers == list(range(2 + len(ends) - len(told), 0, -1))


async def test_only_the_draft_that_was_checked_is_published(database: Database) -> None:
    sets = PublishedSets(database)
    seen = await sets.save_draft("rules", body("5000 EUR"), "ines", NOON)
    await sets.save_draft("rules", body("1 EUR"), "tom", NOON)

    with pytest.raises(PublishedMeanwhile, match="changed since it was checked"):
        await sets.publish("rules", "ines", "", NOON, fingerprint=seen.fingerprint)

    now = await sets.draft("rules")
    assert now is not None
    assert now.body == body("1 EUR")
    made = await sets.publish("rules", "ines", "", NOON, fingerprint=now.fingerprint)
    assert made.body == body("1 EUR")


async def test_a_number_that_is_not_whole_is_refused_with_its_place(database: Database) -> None:
    sets = PublishedSets(database)

    with pytest.raises(NotKept, match=r"rules\.0\.limit is 0\.1") as refused:
        await sets.save_draft("rules", {"rules": [{"limit": 0.1}]}, "ines", NOON)

    assert refused.value.problem.field == "rules.0.limit"
    assert await sets.draft("rules") is None


@pytest.mark.parametrize("odd", [{"note": "a\x00b"}, {"note": ["\ud800"]}, {"na\x07me": 1}])
async def test_a_text_that_no_page_could_show_is_refused(database: Database, odd: dict[str, Any]) -> None:
    with pytest.raises(NotKept, match="control character"):
        await PublishedSets(database).save_draft("rules", {"rules": odd}, "ines", NOON)


async def test_what_is_nested_too_deep_is_refused(database: Database) -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"all": [deep]}

    with pytest.raises(NotKept, match="nested too deep"):
        await PublishedSets(database).save_draft("rules", deep, "ines", NOON)


async def test_a_draft_can_be_thrown_away(database: Database) -> None:
    sets = PublishedSets(database)
    await sets.save_draft("rules", body("5000 EUR"), "ines", NOON)

    assert await sets.drop_draft("rules")
    assert not await sets.drop_draft("rules")
    assert await sets.draft("rules") is None
