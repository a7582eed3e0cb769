"""Which machines can be started: each pair of kinds has its waybill.toml, and an unknown kind is refused."""

from pathlib import Path

import pytest

from starter.cli.running import MARK
from starter.composition import compose
from starter.demo.floors import FLOORS
from starter.demo.storefronts import STOREFRONTS
from starter.kinds import ERPS, STORES
from starter.stack import SIX_PAIRS, PairOfKinds, kinds
from starter.stack.settings import Addresses, Paces, write_settings
from tests.starter.configured import configuration_of
from tests.starter.terminal import Terminal

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("pair", SIX_PAIRS, ids=lambda pair: f"{pair.store}-{pair.erp}")
async def test_each_pair_is_configured_by_what_its_systems_can(pair: PairOfKinds, tmp_path: Path) -> None:
    addresses = Addresses(NOWHERE, NOWHERE, 25, NOWHERE, 8080, pdf_url=NOWHERE)

    waybill = compose(configuration_of(write_settings(tmp_path, addresses, Paces(), pair), pair))

    found = waybill.configuration.connections
    (main,) = waybill.configuration.pairs.values()
    assert (found[main.store].kind, found[main.erp].kind) == (pair.store, pair.erp)
    assert main.publish_stock
    await waybill.close()


def test_every_kind_that_a_machine_is_made_of_can_be_connected_and_played() -> None:
    assert set(kinds.STORES) == set(STOREFRONTS) <= set(STORES)
    assert set(kinds.ERPS) == set(FLOORS) <= set(ERPS)
    assert set(SIX_PAIRS) == {PairOfKinds(store, erp) for store in STOREFRONTS for erp in FLOORS}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("demo", "--store", "shopware"), "There are: prestashop, shopify, woocommerce."),
        (("up", "--erp", "sap"), "There are: sap_business_one, odoo."),
        (("demo", "--pairs", "--erp", "odoo"), "Leave --store and --erp away"),
    ],
)
def test_what_cannot_be_played_is_refused_before_anything_is_thrown_away(
    terminal: Terminal, tmp_path: Path, asked: tuple[str, ...], told: str
) -> None:
    kept = tmp_path / "state"
    kept.mkdir()
    (kept / MARK).write_text("")
    (kept / "waybill.db").write_text("precious")

    ran = terminal.run(*asked, "--folder", str(kept))

    assert ran.exit_code != 0
    assert told in f"{ran.output}{ran.exception}"
    assert (kept / "waybill.db").exists()
