"""Faults: what the host, the firewall, PHP and the network do, before the work and after it."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.prestashop import PlacedOrder, Settings
from sandbox.prestashop.visit import Visit, error_codes, open_shop

CART = {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75"}]}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


@pytest.fixture
def order(visit: Visit) -> PlacedOrder:
    return visit.shop.place_order(CART)[0]


async def ship(visit: Visit, order: PlacedOrder) -> httpx.Response:
    return await visit.send(
        "POST", "order_histories", "order_history", id_order=order.id_order, id_order_state=4
    )


def shipped(visit: Visit, order: PlacedOrder) -> bool:
    return bool(visit.shop.order(order.id_order)["current_state"] == 4)


async def test_reset_before_the_work_changes_nothing(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.faults.arm("reset_before", method="POST")

    with pytest.raises(httpx.TransportError):
        await ship(visit, order)

    assert not shipped(visit, order)


async def test_reset_after_commit_has_changed_the_state(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.faults.arm("reset_after_commit", path="/api/order_histories")

    with pytest.raises(httpx.TransportError):
        await ship(visit, order)

    assert shipped(visit, order)


async def test_error_500_before_changes_nothing(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.faults.arm("error_500_before")

    answer = await ship(visit, order)

    assert answer.status_code == 500
    assert not shipped(visit, order)


async def test_error_500_after_commit_answers_code_46(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.faults.arm("error_500_after_commit")

    answer = await ship(visit, order)

    assert (answer.status_code, error_codes(answer)) == (500, [46])
    assert "Unable to save resource" in answer.text
    assert shipped(visit, order)


async def test_slow_answer_after_commit_outlasts_the_callers_patience(
    visit: Visit, order: PlacedOrder
) -> None:
    visit.shop.faults.arm("slow_after_commit", seconds=30)

    with pytest.raises(httpx.ReadTimeout):
        async with httpx.AsyncClient(base_url=visit.base_url, auth=visit.http.auth, timeout=0.2) as hasty:
            await hasty.post(
                "/api/order_histories",
                content=f"<prestashop><order_history><id_order>{order.id_order}</id_order>"
                "<id_order_state>4</id_order_state></order_history></prestashop>",
            )

    assert shipped(visit, order)


async def test_firewall_and_maintenance_answer_in_html(visit: Visit) -> None:
    visit.shop.faults.arm("html_403")
    visit.shop.faults.arm("html_503")

    refused, down, right = [await visit.get("orders", output_format="JSON") for _ in range(3)]

    assert (refused.status_code, down.status_code, right.status_code) == (403, 503, 200)
    assert refused.text.startswith("<html>")
    assert down.headers["content-type"].startswith("text/html")


async def test_rate_limit_tells_when_to_come_back(visit: Visit) -> None:
    visit.shop.faults.arm("rate_limited_429", seconds=3)

    answer = await visit.get("orders")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"


async def test_php_notice_becomes_a_numbered_error_with_file_and_line(
    visit: Visit, order: PlacedOrder
) -> None:
    visit.shop.faults.arm("php_notice", times=2)

    answer = await ship(visit, order)
    as_json = await visit.get("orders", output_format="JSON")

    assert (answer.status_code, error_codes(answer)) == (500, [5])
    assert "carriertools.php, line 214" in answer.text
    assert as_json.json()["errors"][0]["code"] == 5
    assert not shipped(visit, order)


async def test_printed_notice_stands_before_the_right_answer(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.faults.arm("printed_notice")

    answer = await visit.get("orders", output_format="JSON")

    assert answer.status_code == 200
    assert answer.text.startswith("<br />")
    assert answer.text.endswith('{"orders":[{"id":1001}]}')


async def test_latency_delays_one_call_or_all() -> None:
    async with open_shop(Settings(latency_seconds=0.05)) as visit:
        visit.shop.faults.arm("latency", seconds=0.1)
        took = []
        for _ in range(2):
            started = time.perf_counter()
            await visit.get("countries")
            took.append(time.perf_counter() - started)

    assert took[0] >= 0.15
    assert took[1] >= 0.05


async def test_slow_calls_do_not_hold_up_others(visit: Visit) -> None:
    visit.shop.faults.arm("latency", seconds=0.5, path="/api/orders")
    slow = asyncio.create_task(visit.get("orders"))
    await asyncio.sleep(0)

    await visit.get("countries")

    assert not slow.done()
    await slow


async def test_fault_may_choose_verb_and_path(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.faults.arm("error_500_before", method="POST", path="/api/messages")

    assert (await visit.get("messages")).status_code == 200
    assert (await ship(visit, order)).status_code == 201
    assert (await visit.send("POST", "messages", "message", message="x")).status_code == 500


async def test_faults_are_armed_over_http(visit: Visit) -> None:
    armed = await visit.http.post("/_sandbox/faults", json={"kind": "html_503"})
    unknown = await visit.http.post("/_sandbox/faults", json={"kind": "flood"})

    assert (armed.status_code, unknown.status_code) == (201, 400)
    assert (await visit.get("orders")).status_code == 503


async def test_every_call_is_in_the_ledger(visit: Visit) -> None:
    visit.shop.faults.arm("html_503")
    await visit.get("orders", limit="5")
    await visit.get("orders/7")
    await visit.http.get("/shop/orders/7")

    requests = (await visit.http.get("/_sandbox/ledger?kind=request")).json()
    (visited,) = visit.shop.ledger.of("visit")

    seen = [(entry["method"], entry["path"], entry["query"], entry["status"]) for entry in requests]
    assert seen == [("GET", "/api/orders", "limit=5", 503), ("GET", "/api/orders/7", "", 404)]
    assert (visited["path"], visited["status"]) == ("/shop/orders/7", 404)


async def test_settings_change_while_the_shop_runs(visit: Visit) -> None:
    changed = await visit.http.patch("/_sandbox/settings", json={"early_hook": True, "round_type": 3})
    refused = await visit.http.patch("/_sandbox/settings", json={"timezone": "Europe/Rome"})
    wrong = await visit.http.patch("/_sandbox/settings", json={"round_type": 9})

    assert changed.json()["early_hook"] is True
    assert visit.shop.settings.round_type == 3
    assert (refused.status_code, wrong.status_code) == (400, 400)
