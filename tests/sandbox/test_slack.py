"""The sandbox workspace, as its people and the system that they answer to see it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.serving import serving
from sandbox.slack import DEFAULT_TOKEN, Slack, sign
from sandbox.slack_app import create_app

LOGIN = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "<script>Order 7</script>"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "7",
                "text": {"type": "plain_text", "text": "Yes"},
            }
        ],
    },
]
VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Why?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "private_metadata": "7",
    "blocks": [{"type": "input", "block_id": "r", "element": {"type": "plain_text_input", "action_id": "t"}}],
}


@dataclass
class Ear:
    """Where presses of buttons are posted to."""

    secret: str
    payloads: list[dict[str, Any]] = field(default_factory=list)
    answer: int = 200

    async def hear(self, request: Request) -> Response:
        """Take an interaction that is signed."""
        body, stamp = await request.body(), request.headers["x-slack-request-timestamp"]
        assert request.headers["x-slack-signature"] == sign(self.secret, stamp, body)
        self.payloads.append(json.loads(parse_qs(body.decode())["payload"][0]))
        return Response(status_code=self.answer)


@dataclass
class Workspace:
    """A served workspace with a client of its API."""

    slack: Slack
    web: httpx.AsyncClient
    ear: Ear

    async def call(self, method: str, **content: Any) -> dict[str, Any]:
        """Call a method with JSON."""
        answer: dict[str, Any] = (await self.web.post(f"/api/{method}", json=content, headers=LOGIN)).json()
        return answer

    async def posted(self) -> dict[str, Any]:
        """Post a message with a button."""
        return await self.call("chat.postMessage", channel="C0SALES", text="Order 7", blocks=BUTTONS)

    async def press(self, message: dict[str, Any], user: str = "U0DORA") -> httpx.Response:
        """Press its button."""
        place = {"channel": message["channel"], "ts": message["ts"]}
        return await self.web.post("/_sandbox/click", json={**place, "action": "approve", "user": user})


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    slack = Slack()
    ear = Ear(slack.signing_secret)
    hooks = Starlette(routes=[Route("/hooks", ear.hear, methods=["POST"])])
    async with serving(create_app(slack)) as url, serving(hooks) as hooks_url:
        slack.interactivity_url = f"{hooks_url}/hooks"
        async with httpx.AsyncClient(base_url=url) as web:
            yield Workspace(slack, web, ear)


async def test_pressed_button_is_posted_signed_with_who_and_where(workspace: Workspace) -> None:
    message = await workspace.posted()

    answer = await workspace.press(message)

    (payload,) = workspace.ear.payloads
    assert answer.json() == {"status": 200}
    assert (payload["type"], payload["user"]["id"]) == ("block_actions", "U0DORA")
    assert payload["container"]["message_ts"] == message["ts"]
    assert payload["actions"][0]["value"] == "7"


async def test_dialog_opens_once_for_its_press_and_sends_off_its_text(workspace: Workspace) -> None:
    await workspace.press(await workspace.posted())
    trigger = workspace.ear.payloads[0]["trigger_id"]

    opened = await workspace.call("views.open", trigger_id=trigger, view=VIEW)
    again = await workspace.call("views.open", trigger_id=trigger, view=VIEW)
    sent = {"view": opened["view"]["id"], "value": "too dear", "user": "U0DORA"}
    await workspace.web.post("/_sandbox/submit", json=sent)

    assert (opened["ok"], again["error"]) == (True, "exchanged_trigger_id")
    submitted = workspace.ear.payloads[1]
    assert submitted["view"]["state"]["values"]["r"]["t"]["value"] == "too dear"
    assert submitted["view"]["private_metadata"] == "7"
    assert workspace.slack.dialogs == {}


async def test_private_answer_is_seen_by_who_pressed(workspace: Workspace) -> None:
    await workspace.press(await workspace.posted(), "U0OTTO")

    async with httpx.AsyncClient() as anyone:
        await anyone.post(workspace.ear.payloads[0]["response_url"], json={"text": "not you"})

    assert workspace.slack.private == [("U0OTTO", "not you")]


async def test_methods_that_read_take_no_json(workspace: Workspace) -> None:
    by_json = await workspace.call("users.lookupByEmail", email="dora@waybill.example")
    by_query = await workspace.web.get(
        "/api/users.lookupByEmail", params={"email": "dora@waybill.example"}, headers=LOGIN
    )
    stranger = await workspace.web.get("/api/users.info", params={"user": "U0NOBODY"}, headers=LOGIN)

    assert by_json["error"] == "users_not_found"
    assert by_query.json()["user"]["id"] == "U0DORA"
    assert stranger.json()["error"] == "user_not_found"


async def test_wrong_token_and_unknown_places_are_refused_with_200(workspace: Workspace) -> None:
    nobody = await workspace.web.post("/api/auth.test", json={})
    nowhere = await workspace.call("chat.update", channel="C0SALES", ts="1.0", text="x")
    nothing = await workspace.call("chat.postMessage", channel="C0SALES")
    missing = await workspace.press({"channel": "C0SALES", "ts": "1.0"})

    assert (nobody.status_code, nobody.json()["error"]) == (200, "invalid_auth")
    assert (nowhere["error"], nothing["error"]) == ("message_not_found", "no_text")
    assert missing.status_code == 404


async def test_page_shows_messages_and_runs_nothing(workspace: Workspace) -> None:
    message = await workspace.posted()

    page = (await workspace.web.get("/")).text
    form = {"channel": message["channel"], "ts": message["ts"], "action": "approve", "user": "U0CARL"}
    back = await workspace.web.post("/_sandbox/click", data=form)

    assert "<script>" not in page
    assert "Dora Director" in page
    assert (back.status_code, workspace.ear.payloads[0]["user"]["id"]) == (303, "U0CARL")
