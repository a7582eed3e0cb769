"""Publishing: what is faulty never comes into force."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import NotFound
from domain.faults import Fault
from records.database import Database
from records.migrate import migrate
from records.published import PublishedMeanwhile, PublishedSets
from starter.publishing import Faulty, Findings, Publishing

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD, BAD = {"limit": "5000 EUR"}, {"limit": "much"}


async def check(body: Mapping[str, Any]) -> Findings:
    """Find everything wrong but a limit in euros."""
    if str(body.get("limit", "")).endswith(" EUR"):
        return Findings()
    return Findings(faults=(Fault(place="limit", sentence="write an amount with its currency"),))


@pytest.fixture
async def sets(tmp_path: Path) -> AsyncIterator[PublishedSets]:
    migrate(address := f"sqlite:///{tmp_path}/waybill.db")
    database = Database(address)
    yield PublishedSets(database)
    await database.close()


async def test_a_faulty_draft_is_kept_but_not_published(sets: PublishedSets) -> None:
    rules = Publishing("rules", sets, check)
    await rules.save(BAD, "ines", NOON)

    with pytest.raises(Faulty, match="limit: write an amount with its currency") as refused:
        await rules.publish("ines", "", NOON)

    assert refused.value.faults == (await check(BAD)).faults
    assert await sets.current("rules") is None
    draft = await sets.draft("rules")
    assert draft is not None
    assert draft.body == BAD


async def test_a_good_draft_is_published(sets: PublishedSets) -> None:
    rules = Publishing("rules", sets, check)
    with pytest.raises(NotFound, match="no draft"):
        await rules.publish("ines", "", NOON)
    await rules.save(GOOD, "ines", NOON)

    assert (await rules.publish("dora", "first", NOON)).body == GOOD


async def test_a_version_that_would_be_refused_today_is_not_rolled_back_to(sets: PublishedSets) -> None:
    for body in (BAD, GOOD):
        await sets.save_draft("rules", body, "ines", NOON)
        await sets.publish("rules", "ines", "", NOON)

    with pytest.raises(Faulty):
        await Publishing("rules", sets, check).roll_back(1, "dora", "", NOON)

    assert [each.number for each in await sets.history("rules")] == [2, 1]


async def test_a_draft_that_is_saved_during_the_check_is_not_published_unchecked(
    sets: PublishedSets, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Publishing("rules", sets, check)
    seen = await rules.save(GOOD, "ines", NOON)
    await rules.save(BAD, "tom", NOON)

    async def seen_before(_: str) -> object:
        return seen

    monkeypatch.setattr(sets, "draft", seen_before)
    with pytest.raises(PublishedMeanwhile):
        await rules.publish("ines", "", NOON)
