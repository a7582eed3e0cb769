"""SAP Business One passes the suite of what comes after the order, against its sandbox."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.erp_conformance_after import AfterTheOrder
from tests.adapters.sap_after_bench import SapAfterBench, sap_after_bench


class TestSapBusinessOneAfterTheOrder(AfterTheOrder):
    """The whole suite."""

    @pytest.fixture
    async def bench(self) -> AsyncIterator[SapAfterBench]:
        async with sap_after_bench() as bench:
            yield bench
