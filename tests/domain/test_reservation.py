"""When a create may go out again: never while an earlier one may still land unseen."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.posting import Reservation
from tests.domain.specimens import NOON

SECONDS = st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds))
SETTLE = timedelta(seconds=60)


def _sent(lease: timedelta | None = None) -> Reservation:
    return Reservation(key="k", sent_at=NOON, lease_until=None if lease is None else NOON + lease)


@given(SECONDS, SECONDS)
def test_a_key_under_which_nothing_was_sent_is_free(later: timedelta, settle: timedelta) -> None:
    assert Reservation(key="k").may_send(NOON + later, settle)


def test_what_was_not_sent_has_no_time_to_settle() -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        Reservation(key="k").settles_at(SETTLE)


@given(later=SECONDS, settle=SECONDS, lease=st.none() | SECONDS)
def test_a_second_create_waits_until_the_first_has_settled(
    later: timedelta, settle: timedelta, lease: timedelta | None
) -> None:
    reservation = _sent(lease)

    assert reservation.may_send(NOON + later, settle) is (NOON + later >= reservation.settles_at(settle))


@given(settle=SECONDS, lease=SECONDS)
def test_neither_the_settle_time_nor_the_lease_is_cut_short(settle: timedelta, lease: timedelta) -> None:
    settled = _sent(lease).settles_at(settle)

    assert settled >= NOON + settle
    assert settled >= NOON + lease


def test_after_a_lost_answer_exactly_the_settle_time_is_waited() -> None:
    lost = _sent(timedelta(0))

    assert lost.settles_at(SETTLE) == NOON + SETTLE
    assert not lost.may_send(NOON + SETTLE - timedelta(microseconds=1), SETTLE)
    assert lost.may_send(NOON + SETTLE, SETTLE)


@given(settle=SECONDS, longer=SECONDS, lease=SECONDS, later=SECONDS)
def test_a_longer_settle_time_never_lets_a_create_out_earlier(
    settle: timedelta, longer: timedelta, lease: timedelta, later: timedelta
) -> None:
    now, reservation = NOON + later, _sent(lease)

    assert reservation.may_send(now, settle) or not reservation.may_send(now, settle + longer)
