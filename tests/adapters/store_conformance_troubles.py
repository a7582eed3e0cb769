"""A store's troubles become our errors, and a connection test names the fix."""

import pytest

from domain.errors import (
    BadCredentials,
    ConnectionDown,
    Disposition,
    Passing,
    RateLimited,
    WaybillError,
)
from tests.adapters.store_conformance_stand import StoreStand, Trouble


class Troubles:
    """A store's troubles become our errors, and a connection test names the fix."""

    @pytest.mark.parametrize(
        ("trouble", "error"),
        [
            (Trouble.GONE, ConnectionDown),
            (Trouble.MAINTENANCE, ConnectionDown),
            (Trouble.FIREWALL, Passing),
            (Trouble.TOO_MANY, RateLimited),
            (Trouble.CUT_BEFORE, Passing),
            (Trouble.CUT_AFTER, Passing),
            (Trouble.FAILS_AFTER, Passing),
            (Trouble.GARBLED, Passing),
        ],
    )
    async def test_trouble_on_a_read_becomes_one_of_our_errors(
        self, stand: StoreStand, trouble: Trouble, error: type[WaybillError]
    ) -> None:
        sold = await stand.sell()
        await stand.cause(trouble)

        with pytest.raises(error) as caught:
            await stand.store.read_order(sold.order_id)

        assert caught.value.problem.disposition is not Disposition.BUG
        assert caught.value.problem.connection

    async def test_rate_limit_tells_how_long_to_wait(self, stand: StoreStand) -> None:
        sold = await stand.sell()
        await stand.cause(Trouble.TOO_MANY)

        with pytest.raises(RateLimited) as caught:
            await stand.store.read_order(sold.order_id)

        assert caught.value.retry_after

    async def test_wrong_key_is_a_matter_of_credentials(self, stand: StoreStand) -> None:
        with pytest.raises(BadCredentials):
            await stand.with_wrong_key().read_order("1042")

    async def test_sound_connection_has_nothing_to_fix(self, stand: StoreStand) -> None:
        await stand.sell()

        findings = await stand.store.test()

        assert findings
        assert all(finding.ok for finding in findings)

    async def test_broken_connection_names_the_fix(self, stand: StoreStand) -> None:
        findings = await stand.with_wrong_key().test()

        broken = [finding for finding in findings if not finding.ok]
        assert broken
        assert all(finding.fix for finding in broken)
