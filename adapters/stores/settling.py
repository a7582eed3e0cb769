"""What became of a write whose answer does not tell: the store itself is asked."""

from collections.abc import Awaitable, Callable

from domain.errors import InDoubt, Passing, WaybillError


class SaveFailed(InDoubt):
    """The store ended a write with an error, and reading tells whether it was saved. Stays in adapters."""


class NotSaved(Passing):
    """The store said that it failed, and reading shows that it did not save."""


async def settled(write: Awaitable[None], is_done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a write; where its answer does not tell, let the store itself tell.

    Raises `InDoubt` for what may still come, `NotSaved` for what certainly does not.
    """
    try:
        await write
    except InDoubt as doubt:
        outcome = await _outcome(doubt, is_done)
        if outcome is not None:
            raise outcome from None


async def _outcome(doubt: InDoubt, is_done: Callable[[], Awaitable[bool]]) -> WaybillError | None:
    said = doubt.problem
    try:
        if await is_done():
            return None
    except WaybillError:
        return InDoubt(said.sentence, quote=said.quote, connection=said.connection)
    if not isinstance(doubt, SaveFailed):
        return doubt
    return NotSaved(said.sentence, quote=said.quote, remedy=said.remedy, connection=said.connection)
