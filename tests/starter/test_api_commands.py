"""Commands over the API to orders that live: decisions of bound tokens, keys that count once, refusals."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.returning import ReturnStage
from domain.roles import Role
from domain.stages import Stage
from records.tokens import NewToken, Tokens
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.starter.test_api_access import said
from tests.workflows.placing import CABINET, place
from tests.workflows.test_returns import RED, sold


@dataclass
class Desk:
    """A house, asked over its API."""

    house: House
    http: httpx.AsyncClient

    async def token(self, name: str, role: Role, person: str = "") -> str:
        """Make a token and return its secret."""
        new = NewToken(name=name, role=role, person=person, created_by="ada")
        return await Tokens(self.house.waybill.database).create(new, datetime.now(UTC))

    async def post(
        self, secret: str, order_id: int, command: str, body: dict[str, Any], key: str = ""
    ) -> httpx.Response:
        """Give a command to an order."""
        headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
        path = f"/api/v1/orders/{self.house.store}/{order_id}/{command}"
        return await self.http.post(path, json=body, headers=headers)

    async def asked(self, secret: str, order_id: int) -> dict[str, Any]:
        """Wait until the order waits for a decision, and return what a decision on it names."""
        await self.house.until(order_id, Stage.AWAITING_APPROVAL)
        headers = {"Authorization": f"Bearer {secret}"}
        (waiting,) = (await self.http.get("/api/v1/approvals", headers=headers)).json()
        assert waiting["order"]["store_order_id"] == str(order_id)
        return {"request": waiting["approval"]["number"], "revision": waiting["approval"]["revision"]}


@pytest.fixture
async def desk(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        house(temporal_server, tmp_path) as running,
        httpx.AsyncClient(base_url=running.gateway_url, timeout=30) as http,
    ):
        yield Desk(running, http)


def place_wrong(running: House) -> int:
    """Place an order for an article that the ERP does not know."""
    return place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})


async def test_an_approver_s_token_approves_in_the_approver_s_name(desk: Desk) -> None:
    order_id = place(desk.house, CABINET)
    dora = await desk.token("dora", Role.APPROVER, "dora")
    decision = await desk.asked(dora, order_id)

    answer = await desk.post(dora, order_id, "approve", {**decision, "reason": "as agreed"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["approval"]["decided_by"] == "dora"
    await desk.house.until(order_id, Stage.POSTED)
    assert len(desk.house.orders_in_erp(order_id)) == 1
    again = await desk.post(dora, order_id, "reject", {**decision, "reason": "no"})
    assert "already approved by Dora Director" in said(again, 409)


async def test_the_one_judge_judges_decisions_of_the_api_too(desk: Desk) -> None:
    order_id = place(desk.house, {"sku": "CELLAR-CABINET", "quantity": 4})
    carl = await desk.token("carl", Role.APPROVER, "carl")
    ada = await desk.token("ada", Role.ADMIN)
    decision = await desk.asked(carl, order_id)

    assert "carl may not decide" in said(await desk.post(carl, order_id, "approve", decision), 409)
    assert "bound to no approver" in said(await desk.post(ada, order_id, "approve", decision), 403)
    dora = await desk.token("dora", Role.APPROVER, "dora")
    stale = {**decision, "revision": "0" * 16}
    assert "changed since" in said(await desk.post(dora, order_id, "approve", stale), 409)
    assert "needs a reason" in said(await desk.post(dora, order_id, "reject", decision), 409)
    assert desk.house.orders_in_erp(order_id) == []


async def test_who_corrected_an_order_by_the_api_does_not_approve_it(desk: Desk) -> None:
    order_id = place(desk.house, CABINET)
    dora = await desk.token("dora", Role.APPROVER, "dora")
    first = await desk.asked(dora, order_id)
    corrected = await desk.post(dora, order_id, "correct", {"fields": {"delivery.street": "2 rue Neuve"}})
    assert corrected.status_code == 200, corrected.text
    await desk.house.until(
        order_id,
        Stage.AWAITING_APPROVAL,
        where=lambda view: view.approval is not None and view.approval.number > first["request"],
    )

    answer = await desk.post(dora, order_id, "approve", await desk.asked(dora, order_id))

    assert "nobody approves an order they placed or corrected themselves" in said(answer, 409)


async def test_a_corrected_order_goes_on_and_the_audit_names_the_token(desk: Desk) -> None:
    order_id = place_wrong(desk.house)
    clerk = await desk.token("clerk", Role.OPERATOR)
    await desk.house.until(order_id, Stage.HELD)

    wrong = await desk.post(clerk, order_id, "correct", {"fields": {"line.7.sku": "X"}})
    assert "line.7.sku: lines are numbered from 1 to 1" in said(wrong, 409)
    for command, body in (("correct", {"fields": {"line.1.sku": "WINE-RED-75"}}), ("continue", {})):
        answer = await desk.post(clerk, order_id, command, {**body, "reason": "typo"})
        assert answer.status_code == 200, answer.text
    await desk.house.until(order_id, Stage.POSTED)

    audit = await desk.house.waybill.orders.audit(desk.house.store, str(order_id))
    assert [(row.by, row.what) for row in audit] == [
        ("token clerk", "corrected"),
        ("token clerk", "continued"),
    ]


async def test_a_command_with_a_key_counts_once_and_is_answered_the_same(desk: Desk) -> None:
    order_id = place_wrong(desk.house)
    clerk = await desk.token("clerk", Role.OPERATOR)
    await desk.house.until(order_id, Stage.HELD)
    body = {"fields": {"delivery.city": "Lyon"}}

    answers = [await desk.post(clerk, order_id, "correct", body, key="first") for _ in range(3)]
    other = await desk.post(clerk, order_id, "correct", body, key="second")

    assert [answer.status_code for answer in (*answers, other)] == [200] * 4
    assert answers[0].json() == answers[1].json() == answers[2].json()
    audit = await desk.house.waybill.orders.audit(desk.house.store, str(order_id))
    assert [row.what for row in audit] == ["corrected", "corrected"]


async def test_a_key_is_good_for_one_command_only(desk: Desk) -> None:
    order_id, other_id = place_wrong(desk.house), place_wrong(desk.house)
    clerk, other_clerk = [await desk.token(name, Role.OPERATOR) for name in ("clerk", "carla")]
    for each in (order_id, other_id):
        await desk.house.until(each, Stage.HELD)
    lyon, paris = ({"fields": {"delivery.city": city}} for city in ("Lyon", "Paris"))

    first = await desk.post(clerk, order_id, "correct", lyon, key="one")
    refused = [
        await desk.post(clerk, order_id, "correct", paris, key="one"),
        await desk.post(clerk, order_id, "cancel", {}, key="one"),
        await desk.post(clerk, other_id, "correct", lyon, key="one"),
    ]
    again = await desk.post(clerk, order_id, "correct", lyon, key="one")
    hers = await desk.post(other_clerk, order_id, "correct", paris, key="one")

    for answer in refused:
        assert "given with another command before; take another key" in said(answer, 409)
    assert (first.status_code, again.json(), hers.status_code) == (200, first.json(), 200)
    audit = await desk.house.waybill.orders.audit(desk.house.store, str(order_id))
    assert [row.detail for row in audit] == ["delivery.city=Lyon", "delivery.city=Paris"]


async def test_what_a_buyer_has_is_noted_as_delivered(desk: Desk) -> None:
    await desk.house.watch_erp()
    order = await sold(desk.house)
    clerk = await desk.token("clerk", Role.OPERATOR)

    answer = await desk.post(clerk, order.order_id, "delivered", {"reason": "the carrier said so"})

    assert answer.json()["stage"] == "delivered"
    again = await desk.post(clerk, order.order_id, "delivered", {})
    assert "only a shipped order can be delivered; this one is delivered" in said(again, 409)


async def test_a_return_is_registered_and_told_what_becomes_of_it(desk: Desk) -> None:
    await desk.house.watch_erp()
    order = await sold(desk.house)
    clerk = await desk.token("clerk", Role.OPERATOR)

    two, others = ({"lines": [{"sku": sku, "quantity": "2"}]} for sku in (RED, "NO-SUCH"))
    asked = await desk.post(clerk, order.order_id, "returns", {**two, "reference": "R1"})
    strange = await desk.post(clerk, order.order_id, "returns", {**others, "reference": "R2"})
    assert asked.status_code == 200, asked.text
    assert "the order has no line NO-SUCH" in said(strange, 409)
    await order.until(ReturnStage.WAITING_FOR_GOODS)
    told = await desk.post(clerk, order.order_id, "returns/R1/give-up", {"reason": "she keeps them"})
    view = await order.until(ReturnStage.REFUSED)

    assert told.status_code == 204
    assert view.because == "given up by token clerk: she keeps them"


async def test_a_return_without_a_name_is_named_once_for_its_key_and_never_too_large(desk: Desk) -> None:
    await desk.house.watch_erp()
    order = await sold(desk.house)
    clerk = await desk.token("clerk", Role.OPERATOR)

    two, seven = ({"lines": [{"sku": RED, "quantity": count}]} for count in ("2", "7"))
    named = [await desk.post(clerk, order.order_id, "returns", two, key=key) for key in ("a", "a", "b")]
    too_many = await desk.post(clerk, order.order_id, "returns", seven)

    assert [answer.json()["registered"] for answer in named] == ["R1", "R1", "R2"]
    assert f"7 × {RED} are to come back" in said(too_many, 409)


async def test_what_an_order_declines_is_said_in_its_words(desk: Desk) -> None:
    order_id = place_wrong(desk.house)
    clerk = await desk.token("clerk", Role.OPERATOR)
    await desk.house.until(order_id, Stage.HELD)

    assert said(await desk.post(clerk, order_id, "release", {}), 409)
    assert "no open return R9" in said(await desk.post(clerk, order_id, "returns/R9/arrived", {}), 409)
    assert "no order 99" in said(await desk.post(clerk, 99, "hold", {}), 404)
    headers = {"Authorization": f"Bearer {clerk}"}
    tried = await desk.http.post(f"/api/v1/connections/{desk.house.erp}/try", headers=headers)
    assert f"no orders wait for {desk.house.erp}" in said(tried, 409)
