"""The ERP conformance suites against a real Odoo: `make test-odoo URL=… DB=… USER=… KEY=…`.

The user needs the rights of an administrator: the people of the tests ship, invoice and count stock.
"""

import os
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest

from domain.errors import WaybillError
from domain.policy import PaperKind
from tests.adapters.erp_conformance import ErpConformance
from tests.adapters.erp_conformance_after import AfterTheOrder, posted
from tests.adapters.erp_conformance_returns import Returning
from tests.adapters.odoo_bench import CANNOT, OdooBench, bench_of, fresh_namespace
from tests.adapters.odoo_staff import OdooStaff
from tests.live.odoo_books import OdooBooks, Unfit

_NEEDED = ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_KEY")
Books = tuple[OdooBooks, dict[str, object]]


class _Left:
    """Says at the end what had to stay."""

    def __init__(self, text: str) -> None:
        self._text = text

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write it."""
        terminalreporter.section("left in the database")
        terminalreporter.write_line(self._text)


@pytest.fixture(scope="session")
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """Make the test's own records, and clear them away."""
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if missing:
        pytest.exit(f"say which Odoo: {', '.join(missing)}", 2)
    url, database, user, key = (os.environ[name] for name in _NEEDED)
    url = url.rstrip("/")
    staff = OdooStaff(url, database, user, key)
    if not staff.uid:
        pytest.exit("Odoo refuses the login", 2)
    try:
        made = OdooBooks(staff)
    except Unfit as unfit:
        pytest.exit(str(unfit), 2)
    login = {"database": database, "user": user, "key": key, "base_url": url}
    try:
        yield made, {**login, **made.settings()}
    finally:
        made.clear()
        staff.close_connection()
        request.config.pluginmanager.register(_Left(made.clearing.report()))


class _Live:
    """One database for all; each test has external ids and customers of its own."""

    @pytest.fixture
    async def bench(self, books: Books) -> AsyncIterator[OdooBench]:
        made, settings = books
        namespace = fresh_namespace()
        lists = settings["pricelists"]
        assert isinstance(lists, dict)
        made.open(lists)
        try:
            async with bench_of(str(settings["base_url"]), {**settings, "namespace": namespace}) as bench:
                if "carrier_tracking_ref" not in made.staff.fields("stock.picking"):
                    bench.cannot = {**CANNOT, "tracking": "no delivery methods are installed"}
                elif not made.staff.rows("delivery.carrier", [["name", "=", "Parcel"]], "id"):
                    bench.cannot = {**CANNOT, "tracking": "no delivery method is called Parcel"}
                bench.least_patience = 15.0
                yield bench
        finally:
            made.close(namespace)


class TestLiveOdoo(_Live, ErpConformance):
    """The whole suite."""


class TestLiveOdooAfterTheOrder(_Live, AfterTheOrder):
    """The whole suite."""


class TestLiveOdooTakesBack(_Live, Returning):
    """The whole suite."""


class TestLiveOdooPrints(_Live):
    """Papers over the portal."""

    async def test_invoice_is_printed(self, bench: OdooBench) -> None:
        made = await posted(bench)
        invoice = bench.invoice(bench.ship(made.entry, {0: Decimal(1)}))

        try:
            file = await bench.after.paper_pdf(PaperKind.INVOICE, invoice)
        except WaybillError:
            if reason := bench.staff.why_no_pdf():
                pytest.skip(reason)
            raise

        assert file.startswith(b"%PDF-")
