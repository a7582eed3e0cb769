"""A whole Waybill whose approvers read Slack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.approvals.requests import Standing
from domain.life import OrderView
from sandbox.serving import serving
from sandbox.slack import DEFAULT_APP_TOKEN, DEFAULT_SIGNING_SECRET, DEFAULT_TOKEN, TEAM, Slack
from sandbox.slack_app import create_app
from starter.temporal_server import TemporalServer
from tests.house import SECRETS, House, eventually, house
from tests.workflows.placing import CABINET, place

PATIENCE = 30


@dataclass
class Workspace:
    """A house whose approvers read Slack."""

    running: House
    slack: Slack

    def message(self, channel: str) -> dict[str, Any]:
        """Return the only message of a channel."""
        (found,) = [message for message in self.slack.messages.values() if message["channel"] == channel]
        return found

    async def asked(self, *channels: str) -> None:
        """Wait until each of the channels has a message."""
        wanted = set(channels or ("D0DORA", "D0CARL"))

        def all_there(slack: Slack) -> bool:
            return wanted <= {channel for channel, _ in slack.messages}

        await asyncio.wait_for(self.slack.until(all_there), PATIENCE)

    async def says(self, text: str) -> None:
        """Wait until every message says something."""

        def all_say(slack: Slack) -> bool:
            return all(text in message["text"] for message in slack.messages.values())

        await asyncio.wait_for(self.slack.until(all_say), PATIENCE)

    async def told(self, user: str, text: str) -> None:
        """Wait until somebody was told something that others do not see."""

        def was_told(slack: Slack) -> bool:
            return any(who == user and text in said for who, said in slack.private)

        await asyncio.wait_for(self.slack.until(was_told), PATIENCE)

    async def press(self, action: str, user: str, channel: str) -> httpx.Response:
        """Press a button of the message in a channel."""
        return await self.slack.click(channel, self.message(channel)["ts"], action, user)

    async def place(self) -> int:
        """Place an order that waits for an approval, and wait until all were asked."""
        order_id = place(self.running, CABINET)
        await self.asked()
        return order_id

    async def standing(self, order_id: int, standing: Standing) -> OrderView:
        """Wait until the order's request stands so."""

        async def look() -> OrderView | None:
            view = await self.running.view(order_id)
            return view if view and view.approval and view.approval.standing is standing else None

        return await eventually(look)


def in_slack(url: str, unknown: str = "", by_socket: bool = False, **policy: Any) -> Any:
    """Return the change of a configuration that asks approvers over Slack."""
    way: dict[str, Any] = {"signing_secrets": ["env:SLACK_SIGNING"]}

    def change(raw: dict[str, Any]) -> None:
        raw["connections"]["chat"] = {
            "kind": "slack",
            "token": "env:SLACK_TOKEN",
            **({"app_token": "env:SLACK_APP_TOKEN"} if by_socket else way),
            "team": TEAM,
            "base_url": f"{url}/api",
            "settle": "1s",
        }
        raw["pairs"]["main"]["approval"] |= policy
        for person in raw["approvers"]:
            person["slack"] = "U0NOBODY" if person["id"] == unknown else f"U0{person['id'].upper()}"

    return change


@asynccontextmanager
async def workspace(
    server: TemporalServer,
    folder: Path,
    patch: pytest.MonkeyPatch,
    unknown: str = "",
    by_socket: bool = False,
    **policy: Any,
) -> AsyncIterator[Workspace]:
    """Run a house with a workspace beside it; over a socket, nothing is ever posted to the house."""
    patch.setitem(SECRETS, "SLACK_TOKEN", DEFAULT_TOKEN)
    patch.setitem(SECRETS, "SLACK_SIGNING", DEFAULT_SIGNING_SECRET)
    patch.setitem(SECRETS, "SLACK_APP_TOKEN", DEFAULT_APP_TOKEN)
    patch.setattr("starter.gateway.slack_questions._EVERY_SECONDS", 0.1)
    patch.setattr("starter.gateway.slack_questions._TROUBLE_SECONDS", 0.1)
    slack = Slack()
    slack.sockets.on = by_socket
    async with AsyncExitStack() as stack:
        slack.own_url = await stack.enter_async_context(serving(create_app(slack)))
        running = await stack.enter_async_context(
            house(server, folder, change=in_slack(slack.own_url, unknown, by_socket, **policy))
        )
        if not by_socket:
            slack.interactivity_url = f"{running.gateway_url}/hooks/slack/chat"
        yield Workspace(running, slack)
