"""Notices beside an order's life: told once, never in its way, and no order kept open or parked for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.failures import FailuresAndHeartbeats
from domain.errors import BadConfiguration
from domain.life import Captured, OrderStart
from domain.notices import NoticeEvent, NoticeFacts
from records.notices import Notice, NoticeState
from sandbox import webhook_receiver
from sandbox.serving import serving
from starter.composition import activities_of, compose
from starter.configuration import parse
from starter.temporal_server import TemporalServer
from tests.domain.specimens import order, pair
from tests.house import SECRETS, House, configuration, eventually, house
from tests.workflows.short_life import ShortLife
from workflows.noticing import TellNotices


@dataclass
class Teller:
    """A house with rules for notices, a receiver of webhooks, and an order that tells."""

    running: House
    receiver: webhook_receiver.Receiver
    handle: WorkflowHandle[Any, Any]

    async def tell(self, about: str = "delivery:1", **facts: Any) -> None:
        """Have the order tell that it was shipped."""
        await self.handle.signal(
            ShortLife.tell, args=[NoticeEvent.SHIPPED, NoticeFacts(about=about, **facts)]
        )

    async def notices(self) -> tuple[Notice, ...]:
        """What the records say of the order's notices."""
        return await self.running.waybill.notices.of_order(self.running.store, "1042")

    async def hooks(self) -> list[dict[str, Any]]:
        """Wait for webhooks."""

        async def look() -> list[dict[str, Any]] | None:
            return self.receiver.deliveries or None

        return await eventually(look)

    async def mails(self, count: int = 1) -> list[str]:
        """Wait for mails and return their subjects."""
        async with asyncio.timeout(30):
            return [mail.subject for mail in await self.running.mailbox.arrived(count)]


@asynccontextmanager
async def teller(server: TemporalServer, folder: Path) -> AsyncIterator[Teller]:
    """Run a teller."""
    receiver = webhook_receiver.Receiver()
    async with serving(webhook_receiver.create_app(receiver)) as url:

        def with_rules(raw: dict[str, Any]) -> None:
            raw["connections"]["partner"] = {
                "kind": "webhook",
                "url": f"{url}/hook",
                "secrets": ["env:HOOK"],
                "allow_private": True,
            }
            raw["notices"] = [
                {"event": "shipped", "audience": "customer"},
                {"event": "shipped", "audience": "sales", "channel": "webhook", "to": "partner"},
            ]

        receiver.secret = SECRETS["HOOK"]
        async with house(server, folder, change=with_rules, with_worker=False) as running:
            start = OrderStart(connection=running.store, store_order_id="1042")
            captured = Captured(
                order=order(connection=running.store), pair=pair(), notices=tuple(NoticeEvent)
            )
            handle = await running.client.start_workflow(
                ShortLife.run,
                args=[start, captured],
                id=f"order:{running.store}:1042",
                task_queue=running.waybill.configuration.task_queue,
            )
            async with Worker(
                running.client,
                task_queue=running.waybill.configuration.task_queue,
                workflows=[ShortLife, TellNotices],
                activities=activities_of(running.waybill, lambda: running.client),
                interceptors=[FailuresAndHeartbeats()],
                workflow_runner=SandboxedWorkflowRunner(),
            ):
                yield Teller(running, receiver, handle)
                with contextlib.suppress(RPCError):  # it may have ended
                    await handle.terminate()


@pytest.fixture
async def telling(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Teller]:
    async with teller(temporal_server, tmp_path) as opened:
        yield opened


async def test_an_event_is_told_over_each_channel_with_what_the_order_knows(telling: Teller) -> None:
    await telling.tell(tracking=("JD0001",), carrier="DHL")

    assert await telling.mails() == ["Your order XKBKNABJK is on its way"]

    (hook,) = await telling.hooks()
    assert hook["body"]["data"]["tracking"] == ["JD0001"]
    assert telling.running.mailbox.mails[0].to == ("anna@example.com",)
    assert not await telling.handle.query(ShortLife.warnings)


async def test_an_event_told_again_is_told_once_and_another_thing_anew(telling: Teller) -> None:
    for about in ("delivery:1", "delivery:1", "delivery:2"):
        await telling.tell(about)
    await telling.mails(2)

    await telling.tell("delivery:1")
    await telling.tell("delivery:3")

    assert len(await telling.mails(3)) == 3
    assert len({mail.message_id for mail in telling.running.mailbox.mails}) == 3


async def test_a_channel_that_is_down_delays_no_other_and_not_the_end(telling: Teller) -> None:
    telling.running.mailbox.faults.arm("greylist", times=None)
    await telling.tell()

    await telling.hooks()
    await telling.handle.signal(ShortLife.end)
    async with asyncio.timeout(20):
        await telling.handle.result()
    telling.running.mailbox.faults.clear()

    # The mail goes out although the order's workflow is over.
    assert await telling.mails() == ["Your order XKBKNABJK is on its way"]


async def test_what_is_told_last_goes_out_after_the_end(telling: Teller) -> None:
    await telling.tell()
    await telling.handle.signal(ShortLife.end)
    await telling.handle.result()

    assert await telling.mails() == ["Your order XKBKNABJK is on its way"]
    replayer = Replayer(workflows=[ShortLife], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(await telling.handle.fetch_history())


async def test_a_refused_mail_is_a_warning_on_the_order_and_nothing_more(telling: Teller) -> None:
    telling.running.mailbox.faults.arm("refuse_recipient")
    await telling.tell()

    async def warned() -> list[str] | None:
        return list(await telling.handle.query(ShortLife.warnings)) or None

    (warning,) = await eventually(warned)
    states = {notice.channel: notice.state for notice in await telling.notices()}

    assert warning == "mail to customer about shipped was not sent: the mail server does not take the mail"
    assert states == {"mail": NoticeState.REFUSED, "webhook": NoticeState.SENT}
    view = await telling.running.waybill.orders.one(telling.running.store, "1042")
    assert view is not None
    assert view.warnings == (warning,)
    assert view.waits_for == ()


async def test_what_is_refused_after_the_order_was_carried_into_a_new_run_is_a_warning_too(
    telling: Teller,
) -> None:
    telling.running.mailbox.faults.arm("greylist", times=None)
    await telling.tell()
    await telling.hooks()

    first = (await telling.handle.describe()).run_id
    await telling.handle.signal(ShortLife.carry)

    async def carried() -> bool | None:
        return (await telling.handle.describe()).run_id != first or None

    await eventually(carried)
    telling.running.mailbox.faults.clear()
    telling.running.mailbox.faults.arm("refuse_recipient", times=None)

    async def warned() -> list[str] | None:
        return list(await telling.handle.query(ShortLife.warnings)) or None

    (warning,) = await eventually(warned)

    assert "the mail server does not take the mail" in warning


async def test_an_event_nobody_is_told_of_starts_nothing(telling: Teller) -> None:
    await telling.handle.signal(ShortLife.tell, args=[NoticeEvent.DELIVERED, NoticeFacts()])
    await telling.handle.signal(ShortLife.end)
    await telling.handle.result()

    history = await telling.handle.fetch_history()
    assert not any(
        event.HasField("start_child_workflow_execution_initiated_event_attributes")
        for event in history.events
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": "nobody", "channel": "webhook"}, "notices.0.to"),
        ({"to": "+33612345678", "channel": "sms"}, "notices.0.connection"),
        ({"to": "C0SALES", "channel": "slack"}, "notices.0.connection"),
    ],
)
def test_a_rule_without_its_channel_is_named_at_the_start(
    tmp_path: Path, change: dict[str, str], field: str
) -> None:
    raw = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    raw["notices"] = [{"event": "held", "audience": "sales", **change}]

    with pytest.raises(BadConfiguration) as wrong:
        compose(parse(raw, SECRETS))

    assert wrong.value.problem.field == field
