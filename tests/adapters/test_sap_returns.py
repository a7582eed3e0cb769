"""SAP Business One passes the suite of giving back, against its sandbox."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.erp_conformance_returns import Returning
from tests.adapters.sap_after_bench import SapAfterBench, sap_after_bench


class TestSapBusinessOneTakesBack(Returning):
    """The whole suite."""

    @pytest.fixture
    async def bench(self) -> AsyncIterator[SapAfterBench]:
        async with sap_after_bench() as bench:
            yield bench
