"""Whatever happens to an attempt, a message goes out once, or twice at most where nobody can tell."""

from datetime import datetime, timedelta

import pytest

from activities.sending import Receipt, Way, send_once
from domain.errors import ConnectionDown, InDoubt, NotPermitted, Passing, Refused, WaybillError
from records.database import Database
from records.notices import Notices, NoticeState, NoticeTag

TAG = NoticeTag(key="notice:1", connection="shop", order_id="1042")
AT_ONCE = timedelta(0)


class Wire:
    """A channel that fails as told; `taken` counts what really went out."""

    def __init__(self, *endings: WaybillError | None, lost: int = 0) -> None:
        self._endings = list(endings)
        self.taken = lost

    async def send(self) -> Receipt:
        """Send, or fail as told; a doubtful end took the message."""
        ending = self._endings.pop(0) if self._endings else None
        if ending is None or isinstance(ending, InDoubt):
            self.taken += 1
        if ending is not None:
            raise ending
        return Receipt("taken", f"SM{self.taken}")

    async def find(self, _since: datetime) -> Receipt | None:
        """Find what was taken."""
        return Receipt("found", f"SM{self.taken}") if self.taken else None


async def _attempts(notices: Notices, way: Way, most: int = 6) -> list[str]:
    """Repeat as Temporal would, and tell how each attempt ended."""
    ends = []
    for _ in range(most):
        try:
            ends.append((await send_once(notices, TAG, way)).value)
        except Passing as trouble:
            ends.append(trouble.code)
    return ends


async def _state(notices: Notices) -> NoticeState:
    (notice,) = await notices.of_order("shop", "1042")
    return notice.state


async def test_a_message_that_was_taken_is_never_sent_again(database: Database) -> None:
    notices, wire = Notices(database), Wire()

    ends = await _attempts(notices, Way(wire.send), 3)

    assert (ends, wire.taken) == (["sent", "sent", "sent"], 1)


async def test_without_a_look_up_a_doubt_is_repeated_once_and_then_left(database: Database) -> None:
    notices = Notices(database)
    wire = Wire(InDoubt("lost"), InDoubt("lost"), InDoubt("lost"))

    ends = await _attempts(notices, Way(wire.send))

    assert ends == ["passing_trouble", *["possibly_sent"] * 5]
    assert wire.taken == 2


async def test_with_a_look_up_a_doubt_is_settled_without_a_second_message(database: Database) -> None:
    notices, wire = Notices(database), Wire(InDoubt("lost"))

    ends = await _attempts(notices, Way(wire.send, wire.find, AT_ONCE), 3)

    assert (ends, wire.taken) == (["passing_trouble", "sent", "sent"], 1)
    (notice,) = await notices.of_order("shop", "1042")
    assert notice.reference == "SM1"


async def test_the_look_up_waits_until_a_message_would_show(database: Database) -> None:
    notices, wire = Notices(database), Wire(InDoubt("lost"))
    way = Way(wire.send, wire.find, timedelta(hours=1))

    with pytest.raises(Passing):
        await send_once(notices, TAG, way)
    with pytest.raises(Passing) as early:
        await send_once(notices, TAG, way)

    assert early.value.retry_after is not None
    assert timedelta(minutes=59) < early.value.retry_after <= timedelta(hours=1)
    assert wire.taken == 1


async def test_after_a_crash_the_channel_is_asked_before_anything_is_sent(database: Database) -> None:
    notices, wire = Notices(database), Wire(lost=1)
    # An earlier attempt reserved, sent, and died.
    await notices.reserve(TAG, datetime.now().astimezone())

    ends = await _attempts(notices, Way(wire.send, wire.find, AT_ONCE), 1)

    assert (ends, wire.taken) == (["sent"], 1)


async def test_a_refusal_is_final(database: Database) -> None:
    notices, wire = Notices(database), Wire(Refused("no such number", quote="21211"))

    with pytest.raises(Refused):
        await send_once(notices, TAG, Way(wire.send))

    assert await _attempts(notices, Way(wire.send), 2) == ["refused", "refused"]
    assert wire.taken == 0


async def test_a_channel_that_is_down_is_tried_again_without_a_look_up(database: Database) -> None:
    notices, wire = Notices(database), Wire(ConnectionDown("gone"))
    way = Way(wire.send, wire.find, timedelta(hours=1))

    with pytest.raises(ConnectionDown):
        await send_once(notices, TAG, way)
    assert await _state(notices) is NoticeState.WAITING

    assert (await _attempts(notices, way, 2), wire.taken) == (["sent", "sent"], 1)


async def test_trouble_after_a_doubt_keeps_the_doubt(database: Database) -> None:
    notices = Notices(database)
    wire = Wire(InDoubt("lost"), Passing("busy"), InDoubt("lost"))

    ends = await _attempts(notices, Way(wire.send), 4)

    assert ends == ["passing_trouble", "passing_trouble", "possibly_sent", "possibly_sent"]


async def test_where_nobody_may_look_a_doubt_is_left(database: Database) -> None:
    notices, wire = Notices(database), Wire(InDoubt("lost"))

    async def blind(_since: datetime) -> Receipt | None:
        raise NotPermitted("no right to look")

    ends = await _attempts(notices, Way(wire.send, blind, AT_ONCE), 3)

    assert ends == ["passing_trouble", "possibly_sent", "possibly_sent"]
    assert wire.taken == 1
