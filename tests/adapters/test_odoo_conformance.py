"""Odoo passes the ERP conformance suites against its sandbox, over both wires."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.adapters.erp_conformance import ErpConformance
from tests.adapters.erp_conformance_after import AfterTheOrder
from tests.adapters.erp_conformance_returns import Returning
from tests.adapters.odoo_bench import OdooBench, SandboxBenches, sandbox_benches


@pytest.fixture(scope="module")
def odoo_14() -> Iterator[SandboxBenches]:
    with sandbox_benches(14) as benches:
        yield benches


@pytest.fixture(scope="module")
def odoo_19() -> Iterator[SandboxBenches]:
    with sandbox_benches(19) as benches:
        yield benches


class _OverXmlRpc:
    """Odoo 14."""

    @pytest.fixture
    async def bench(self, odoo_14: SandboxBenches) -> AsyncIterator[OdooBench]:
        async with odoo_14.bench() as bench:
            yield bench


class _OverJson2:
    """Odoo 19."""

    @pytest.fixture
    async def bench(self, odoo_19: SandboxBenches) -> AsyncIterator[OdooBench]:
        async with odoo_19.bench() as bench:
            yield bench


class TestOdoo14(_OverXmlRpc, ErpConformance):
    """The whole suite."""


class TestOdoo19(_OverJson2, ErpConformance):
    """The whole suite."""


class TestOdoo14AfterTheOrder(_OverXmlRpc, AfterTheOrder):
    """The whole suite."""


class TestOdoo19AfterTheOrder(_OverJson2, AfterTheOrder):
    """The whole suite."""


class TestOdoo14TakesBack(_OverXmlRpc, Returning):
    """The whole suite."""


class TestOdoo19TakesBack(_OverJson2, Returning):
    """The whole suite."""
