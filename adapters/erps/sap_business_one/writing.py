"""Writing something under a key that makes it exist once.

The company's user table has one row for each key, and the row is written in one change set with the
document: a second attempt fails on the row, and takes its document with it.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from adapters.erps.sap_business_one.batch import Part, Write
from adapters.erps.sap_business_one.client import ServiceLayer
from adapters.erps.sap_business_one.errors import problem
from adapters.erps.sap_business_one.refusals import KeyExists, refusal
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.errors import ConnectionDown, InDoubt, Passing

Found = TypeVar("Found")


async def write_under_key(
    layer: ServiceLayer, settings: SapBusinessOneSettings, key: str, write: Write
) -> Any:
    """Write the key's row and something else as one; return what was said to the latter.

    Raises `KeyExists` when the key was used before, another error of ours for another no, and `InDoubt`
    for whatever is neither a yes to both nor one clear no.
    """
    row = Write(settings.key_entity, {"Code": key, "Name": key})
    parts = await layer.change_set((row, write))
    for part in parts:
        if part.status >= 400:
            raise _refused(part, layer.connection)
    if len(parts) != 2 or any(not 200 <= part.status < 300 for part in parts):
        raise InDoubt("the answer to a write is not complete", connection=layer.connection)
    return _of_the_write(parts).body


async def found_after(
    refused: KeyExists, find: Callable[[], Awaitable[Found | None]], connection: str
) -> Found:
    """Return what is under a key that was refused as taken. Raises `InDoubt` while it cannot be read."""
    try:
        found = await find()
    except (Passing, ConnectionDown) as lost:
        raise InDoubt(
            "something is there under the key, and could not be read",
            quote=lost.problem.quote,
            connection=connection,
        ) from lost
    if found is None:
        raise InDoubt(
            "the key is taken in SAP Business One, but its document cannot be read yet",
            quote=refused.problem.quote,
            connection=connection,
        ) from refused
    return found


def _refused(part: Part, connection: str) -> Exception:
    found = refusal(part.status, part.body)
    if found is None:
        return InDoubt("the refusal of a write cannot be read", connection=connection)
    return problem(found, connection, writes=True)


def _of_the_write(parts: tuple[Part, ...]) -> Part:
    """Return the second write's part, by its number or, where the server names none, by its place."""
    return next((part for part in parts if part.content_id == "2"), parts[1])
