"""Send something once over a channel that cannot promise that: reserved before, marked after.

A mail repeated after a doubt keeps its Message-ID, so that most mailboxes show one. Where doubles cannot
be told, the channel is asked first whether it has the message already. In doubt twice is left at that.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from adapters.ports import Mail, MailPort
from domain.errors import FixData, InDoubt, NotPermitted, Passing, WaybillError
from records.notices import Notices, NoticeState, NoticeTag, Reservation

_DOUBT_PAUSE = timedelta(minutes=1)


class Receipt(NamedTuple):
    """What a channel says of a message that it took: its answer, and the name it gave the message."""

    answer: str
    reference: str = ""


class Way(NamedTuple):
    """How to send one message; `find` looks for it, where the channel can, not before `settle` is over."""

    send: Callable[[], Awaitable[Receipt]]
    find: Callable[[datetime], Awaitable[Receipt | None]] | None = None
    settle: timedelta = _DOUBT_PAUSE


def mailing(port: MailPort, mail: Mail) -> Way:
    """Return the way to send one mail: its Message-ID is what the channel will call it."""

    async def send() -> Receipt:
        return Receipt(await port.send(mail), mail.message_id)

    return Way(send)


def message_id(key: str) -> str:
    """Return the Message-ID of a notice: the same for every attempt to send it."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@waybill>"


async def send_once(notices: Notices, tag: NoticeTag, way: Way) -> NoticeState:
    """Send a message unless it went out already, and return what became of it.

    Raises what is in the way: `FixData` is final, all else is to be tried again.
    """
    found = await notices.reserve(tag, _now())
    if found.is_settled:
        return found.state
    if found.may_have_gone and way.find:
        known = await _look(notices, tag.key, found, way)
        if known:
            return known
    return await _send(notices, tag.key, found, way)


async def _look(notices: Notices, key: str, found: Reservation, way: Way) -> NoticeState | None:
    """Look whether an earlier attempt sent the message; None when it did not."""
    left = way.settle - found.age(_now())
    if left > timedelta(0):
        raise Passing("an earlier attempt may be about to show", retry_after=left)
    try:
        known = await way.find(found.since) if way.find else None
    except NotPermitted as refusal:
        # Better once too few than twice.
        await notices.note(key, NoticeState.POSSIBLY_SENT, _now(), answer=refusal.problem.quote)
        return NoticeState.POSSIBLY_SENT
    if known is None:
        # The next look waits for what is sent now.
        await notices.note(key, found.state, _now())
        return None
    await notices.note(key, NoticeState.SENT, _now(), answer=known.answer, reference=known.reference)
    return NoticeState.SENT


async def _send(notices: Notices, key: str, found: Reservation, way: Way) -> NoticeState:
    try:
        receipt = await way.send()
    except InDoubt as doubt:
        again = found.state is NoticeState.IN_DOUBT
        state = NoticeState.POSSIBLY_SENT if again else NoticeState.IN_DOUBT
        await notices.note(key, state, _now(), answer=doubt.problem.quote)
        if again:
            return state
        raise Passing(doubt.problem.sentence, quote=doubt.problem.quote, retry_after=way.settle) from None
    except FixData as refusal:
        said = refusal.problem.quote or refusal.problem.sentence
        await notices.note(key, NoticeState.REFUSED, _now(), answer=said)
        raise
    except WaybillError as trouble:
        if found.state is not NoticeState.IN_DOUBT:
            said = trouble.problem.quote or trouble.problem.sentence
            await notices.note(key, NoticeState.WAITING, _now(), answer=said)
        raise
    await notices.note(key, NoticeState.SENT, _now(), answer=receipt.answer, reference=receipt.reference)
    return NoticeState.SENT


def _now() -> datetime:
    return datetime.now(UTC)
