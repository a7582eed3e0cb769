"""The connection test and the set-up of SAP Business One: each thing wrong is named with its fix."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.ports import Finding
from domain.errors import BadConfiguration, Passing
from sandbox.sap_business_one import Company, Settings, create_app, open_desk
from sandbox.serving import serving
from tests.adapters.test_sap_conformance import SapBench, sap, sap_bench


@pytest.fixture
async def bench() -> AsyncIterator[SapBench]:
    async with sap_bench() as bench:
        yield bench


async def wrong(bench: SapBench, **changes: Any) -> list[Finding]:
    """Return what the test finds wrong under changed settings."""
    async with sap(bench.url, **changes) as erp:
        return [finding for finding in await erp.test() if not finding.ok]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "connections.sap.password"),
        ({"user": "nobody"}, "connections.sap.password"),
        ({"company": "OTHER"}, "connections.sap.company"),
        ({"tax_codes": {"20": "A1", "19": "ZZ"}}, "SAP has no ZZ: correct connections.sap.tax_codes"),
        ({"tax_codes": {}}, "Set connections.sap.tax_codes"),
        ({"shipping_tax": "YY"}, "SAP has no YY"),
        ({"shipping_expense": None}, "Set connections.sap.shipping_expense"),
        ({"shipping_expense": 99}, "SAP has no 99"),
        ({"discount_item": ""}, "Set connections.sap.discount_item"),
        ({"rounding_item": "NOPE"}, "SAP has no article NOPE"),
        ({"wrapping_item": "WINE-RED-75"}, "not kept in stock"),
        ({"carriers": {"dpd": 77}}, "correct connections.sap.carriers"),
        ({"payment_terms": {"net90": 90}}, "correct connections.sap.payment_terms"),
        ({"requester": "ghost"}, "correct connections.sap.requester"),
        ({"customer_series": 70}, "connections.sap.customer_series"),
        ({"customer_series": 71}, "connections.sap.customer_series"),
        ({"key_table": "OTHERKEYS"}, "waybill setup sap"),
        ({"order_field": "OtherId"}, "waybill setup sap"),
        ({"line_field": "OtherLine"}, "waybill setup sap"),
        ({"customer_field": "OtherCust"}, "waybill setup sap"),
    ],
)
async def test_wrong_setting_is_named_with_its_fix(
    bench: SapBench, changes: dict[str, Any], words: str
) -> None:
    findings = await wrong(bench, **changes)

    assert any(words in finding.fix for finding in findings)


async def test_wrong_host_is_told_from_a_wrong_login() -> None:
    async with serving(create_app(Company())) as url:
        pass
    async with sap(url) as erp:
        (finding,) = await erp.test()

    assert not finding.ok
    assert "connections.sap.base_url" in finding.fix


async def test_blocked_article_is_found(bench: SapBench) -> None:
    bench.block_item("DISCOUNT")

    (finding,) = await wrong(bench)

    assert "DISCOUNT" in finding.fix


async def test_probe_of_the_change_set_leaves_nothing(bench: SapBench) -> None:
    await bench.erp.test()

    assert bench.company.ledger.of("key") == []


async def test_change_set_that_is_not_taken_back_is_found(bench: SapBench) -> None:
    async with open_desk(bench.company) as desk:
        await desk.post("U_WEBORDKEYS", {"Code": "waybill:test"})

    (finding,) = await wrong(bench)

    assert "cannot post exactly once" in finding.fix


async def test_set_up_makes_a_new_company_ready() -> None:
    company = Company()
    async with serving(create_app(company)) as url, sap(url) as erp:
        steps = await erp.setup_steps()
        assert [step.done for step in steps] == [False] * 6
        for step in steps:
            await erp.set_up(step.name)

        assert all(step.done for step in await erp.setup_steps())
        assert all(finding.ok for finding in await erp.test())


async def test_new_fields_wait_for_the_restart() -> None:
    company = Company(Settings(restart_needed=True))
    async with serving(create_app(company)) as url, sap(url) as erp:
        *things, restart = [step.name for step in await erp.setup_steps()]
        for name in things:
            await erp.set_up(name)
        assert [step.done for step in await erp.setup_steps()] == [True] * 5 + [False]
        with pytest.raises(BadConfiguration) as caught:
            await erp.set_up(restart)
        assert "Restart the Service Layer" in caught.value.problem.remedy

        company.restart()

        await erp.set_up(restart)
        assert all(step.done for step in await erp.setup_steps())


async def test_lost_answer_to_a_step_is_safe_to_repeat() -> None:
    company = Company()
    async with serving(create_app(company)) as url, sap(url) as erp:
        company.faults.arm("reset_after_commit")
        with pytest.raises(Passing):
            await erp.set_up("key-table")

        await erp.set_up("key-table")

        assert len(company.ledger.of("user_table")) == 1


async def test_unknown_step_names_the_known_ones(bench: SapBench) -> None:
    with pytest.raises(BadConfiguration, match="key-table"):
        await bench.erp.set_up("everything")


async def test_restock_without_a_requester_names_the_setting(bench: SapBench) -> None:
    async with sap(bench.url, requester="") as erp:
        with pytest.raises(BadConfiguration) as caught:
            await erp.request_restock("shop:1", (), "01")

    assert caught.value.problem.field == "connections.sap.requester"
