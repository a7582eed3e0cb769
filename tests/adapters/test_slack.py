"""Messages over Slack: posted once, replaced, and no click believed that Slack did not sign."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from adapters.channel_ports import ChatMessage, ChatPost
from adapters.channels.slack import Slack, error_of, escaped
from adapters.channels.slack_clicks import verify
from adapters.channels.slack_settings import SlackSettings
from adapters.ports import SignatureRefused
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    InDoubt,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)
from sandbox import slack as sandbox
from sandbox.serving import serving
from sandbox.slack_app import create_app

MESSAGE = ChatMessage(to="C0SALES", text="Order 7 is on hold", key="notice:1")


def settings(url: str, **changed: object) -> SlackSettings:
    facts = {"token": SecretStr(sandbox.DEFAULT_TOKEN), "team": sandbox.TEAM, "base_url": f"{url}/api"}
    return SlackSettings.model_validate(facts | changed)


@dataclass
class Workspace:
    """A sandbox workspace and our way to it."""

    slack: sandbox.Slack
    chat: Slack
    url: str

    @property
    def texts(self) -> list[str]:
        """What the messages say now."""
        return [message["text"] for message in self.slack.messages.values()]


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    slack = sandbox.Slack()
    async with serving(create_app(slack)) as url:
        slack.own_url = url
        chat = Slack("chat", settings(url))
        yield Workspace(slack, chat, url)
        await chat.close()


async def test_a_message_is_posted_found_and_replaced(workspace: Workspace) -> None:
    before = datetime.now(UTC)
    post = await workspace.chat.post(MESSAGE)
    other = await workspace.chat.post(MESSAGE.model_copy(update={"key": "notice:2", "text": "Order 8"}))

    assert await workspace.chat.find(MESSAGE, before) == post != other
    assert await workspace.chat.find(MESSAGE.model_copy(update={"key": "notice:3"}), before) is None

    await workspace.chat.update(post, "Order 7 goes on", ())
    assert workspace.texts == ["Order 7 goes on", "Order 8"]
    assert ChatPost.of(post.reference) == post


async def test_a_person_is_written_to_and_looked_for_in_their_own_channel(workspace: Workspace) -> None:
    message = MESSAGE.model_copy(update={"to": "U0DORA"})
    post = await workspace.chat.post(message)

    assert post.channel == "D0DORA"
    assert await workspace.chat.find(message, datetime.now(UTC)) == post


async def test_a_lost_answer_is_in_doubt_and_the_message_is_found(workspace: Workspace) -> None:
    workspace.slack.faults.arm("lose_answer")

    with pytest.raises(InDoubt):
        await workspace.chat.post(MESSAGE)

    found = await workspace.chat.find(MESSAGE, datetime.now(UTC))
    assert [found] == [ChatPost(channel=channel, message=ts) for channel, ts in workspace.slack.messages]


async def test_slowing_down_takes_as_long_as_slack_says(workspace: Workspace) -> None:
    workspace.slack.faults.arm("ratelimited", seconds=30)

    with pytest.raises(RateLimited) as slow:
        await workspace.chat.post(MESSAGE)

    assert slow.value.retry_after == timedelta(seconds=30)
    assert workspace.texts == []


@pytest.mark.parametrize(
    ("fault", "to", "error"),
    [
        ("internal_error", "C0SALES", InDoubt),
        ("missing_scope", "C0SALES", NotPermitted),
        ("", "C0NOWHERE", BadConfiguration),
    ],
)
async def test_what_slack_refuses_is_not_posted(
    workspace: Workspace, fault: str, to: str, error: type[WaybillError]
) -> None:
    if fault:
        workspace.slack.faults.arm(fault)

    with pytest.raises(error):
        await workspace.chat.post(MESSAGE.model_copy(update={"to": to}))

    assert workspace.texts == []


async def test_the_test_tells_a_wrong_token_and_a_wrong_workspace(workspace: Workspace) -> None:
    wrong_token = Slack("chat", settings(workspace.url, token=SecretStr("xoxb-other")))
    wrong_team = Slack("chat", settings(workspace.url, team="T0OTHER"))

    findings = [(await chat.test())[0] for chat in (workspace.chat, wrong_token, wrong_team)]
    for chat in (wrong_token, wrong_team):
        await chat.close()

    assert [finding.ok for finding in findings] == [True, False, False]
    assert findings[1].fix.startswith("connections.chat.token: invalid_auth")
    assert findings[2].fix.startswith("connections.chat.team: ")


async def test_a_slack_that_is_not_there_was_not_posted_to() -> None:
    chat = Slack("chat", settings("http://127.0.0.1:9"))

    with pytest.raises(ConnectionDown):
        await chat.post(MESSAGE)
    await chat.close()


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/actions/1", "http://hooks.slack.com/1", "https://hooks.slack.com.evil.example/"],
)
async def test_only_slack_is_answered_to(workspace: Workspace, url: str) -> None:
    with pytest.raises(Refused):
        await workspace.chat.answer_privately(url, "no")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ratelimited", RateLimited),
        ("fatal_error", InDoubt),
        ("invalid_auth", BadCredentials),
        ("token_revoked", BadCredentials),
        ("missing_scope", NotPermitted),
        ("ekm_access_denied", NotPermitted),
        ("not_in_channel", BadConfiguration),
        ("is_archived", BadConfiguration),
        ("invalid_blocks", Refused),
        ("message_not_found", Refused),
        ("", Refused),
    ],
)
def test_each_code_has_its_meaning(code: str, error: type[WaybillError]) -> None:
    assert type(error_of(code)) is error
    assert type(error_of("internal_error", writes=False)) is Passing


async def test_a_customers_name_calls_nobody(workspace: Workspace) -> None:
    post = await workspace.chat.post(MESSAGE.model_copy(update={"text": "<!channel> 7"}))
    posted = workspace.texts
    await workspace.chat.update(post, "<!here> 7", ())

    assert (posted, workspace.texts) == (["&lt;!channel&gt; 7"], ["&lt;!here&gt; 7"])
    assert escaped("<!channel> & <https://evil.example|me>") == (
        "&lt;!channel&gt; &amp; &lt;https://evil.example|me&gt;"
    )


# The example of the vendor's own client, slackapi/python-slack-sdk, tests/signature.
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
STAMP = "1531420618"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url="
    b"https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
HEADERS = {"x-slack-request-timestamp": STAMP, "x-slack-signature": SIGNATURE}
NOW = datetime.fromtimestamp(int(STAMP), UTC)


def test_the_vendors_example_is_believed_for_five_minutes() -> None:
    for late in (timedelta(minutes=-5), timedelta(0), timedelta(minutes=5)):
        verify(HEADERS, BODY, NOW + late, [SecretStr("another"), SecretStr(SECRET)])


@pytest.mark.parametrize(
    ("headers", "body", "now", "secret"),
    [
        (HEADERS, BODY, NOW + timedelta(minutes=6), SECRET),
        (HEADERS, BODY, NOW - timedelta(minutes=6), SECRET),
        (HEADERS, BODY + b"&more=1", NOW, SECRET),
        (HEADERS, BODY, NOW, "another"),
        ({}, BODY, NOW, SECRET),
        (HEADERS | {"x-slack-request-timestamp": "soon"}, BODY, NOW, SECRET),
        (HEADERS | {"x-slack-request-timestamp": "1" * 40}, BODY, NOW, SECRET),
        (HEADERS | {"x-slack-signature": "v0=é"}, BODY, NOW, SECRET),
    ],
)
def test_a_click_that_slack_did_not_sign_is_refused(
    headers: dict[str, str], body: bytes, now: datetime, secret: str
) -> None:
    with pytest.raises(SignatureRefused):
        verify(headers, body, now, [SecretStr(secret)])


async def test_waiting_for_the_workspace_ends_when_it_changed(workspace: Workspace) -> None:
    waiting = asyncio.create_task(workspace.slack.until(lambda slack: slack.messages))

    await workspace.chat.post(MESSAGE)

    await asyncio.wait_for(waiting, 10)
