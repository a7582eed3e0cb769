"""The ports of the channels beside mail: text messages, webhooks to others, chats.

As everywhere: only errors of `domain.errors`, and `InDoubt` when nobody knows whether a message was taken.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from adapters.ports import Finding
from domain.model import Frozen


class TextMessage(Frozen):
    """A text message to one number (`+33…`). What becomes of it is told to `callback`."""

    to: str
    text: str
    callback: str = ""


class TextEnd(StrEnum):
    """What became of a text message. `ON_ITS_WAY` is no end yet."""

    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class TextNews(Frozen):
    """What a channel tells of a message that it took; `sentence` says why it did not arrive."""

    message: str
    end: TextEnd
    sentence: str = ""


class TextPort(Protocol):
    """A way to send text messages."""

    @property
    def settle(self) -> timedelta:
        """How late a message that was taken may show when it is looked for."""

    async def test(self) -> tuple[Finding, ...]:
        """Look whether our login is taken."""

    async def send(self, message: TextMessage) -> str:
        """Hand over a message; return the channel's id of it."""

    async def find(self, message: TextMessage, since: datetime) -> str:
        """Look for a message that was taken since then; return its id, or nothing."""

    def read_news(self, url: str, body: bytes, signature: str) -> TextNews:
        """Check who sent the news about a message, and read it.

        `url` is the address as the channel was given it. Raises `SignatureRefused` or `BodyRefused`.
        """

    async def close(self) -> None:
        """Give back connections."""


class WebhookMessage(Frozen):
    """A webhook as it is signed and sent, the same at every attempt."""

    id: str
    body: str


class WebhookAnswer(Frozen):
    """What a receiver answered: its status, how long we are to wait, and how it began."""

    status: int
    retry_after: timedelta | None = None
    head: str = ""


class WebhookPort(Protocol):
    """One receiver of webhooks."""

    async def test(self) -> tuple[Finding, ...]:
        """Look whether the receiver's address may be connected to; nothing is sent."""

    async def deliver(self, message: WebhookMessage, now: datetime) -> WebhookAnswer:
        """Send a webhook once and return what came back, whatever its status.

        Raises `ConnectionDown` and `InDoubt` as all do, and `BadConfiguration` for an address that is not to
        be connected to.
        """

    async def close(self) -> None:
        """Give back connections."""


class ChatMessage(Frozen):
    """A message to a channel or a person. `key` is ours, and stays with it for a later look.

    `text` is plain text; `blocks` are as the chat draws them, with their values escaped already.
    """

    to: str
    text: str
    blocks: tuple[dict[str, Any], ...] = ()
    key: str


class ChatPost(Frozen):
    """Where a message stands: the channel as the chat names it, and the message in it."""

    channel: str
    message: str

    @property
    def reference(self) -> str:
        """Both as one text."""
        return f"{self.channel}:{self.message}"

    @classmethod
    def of(cls, reference: str) -> "ChatPost":
        """Read what `reference` wrote."""
        channel, _, message = reference.partition(":")
        return cls(channel=channel, message=message)


class ClickKind(StrEnum):
    """What a person did to a message of ours."""

    BUTTON = "button"
    DIALOG = "dialog"
    OTHER = "other"


class ChatClick(Frozen):
    """A button pressed, or a dialog sent off. `value` is what we put into it, `text` what the person wrote.

    `id` is the same however often one click is delivered. `trigger` opens a dialog for a moment;
    `answer_to` is where the person, and nobody else, is answered.
    """

    kind: ClickKind
    person: str
    id: str = ""
    action: str = ""
    value: str = ""
    text: str = ""
    trigger: str = ""
    answer_to: str = ""


TakeClick = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Takes a click as the chat words it; returns what to answer, within three seconds."""


class ChatSocket(Protocol):
    """A connection of ours that clicks come over, for sites that nobody can connect to."""

    async def hold(self) -> None:
        """Open it and return when it was lost, to be opened again; raise why it cannot be open."""

    async def close(self) -> None:
        """Let the clicks under way be acknowledged, and give it back."""


class ChatPort(Protocol):
    """A way to write to channels and people."""

    @property
    def settle(self) -> timedelta:
        """How late a message that was taken may show when it is looked for."""

    async def test(self) -> tuple[Finding, ...]:
        """Look whether our login is taken."""

    async def post(self, message: ChatMessage) -> ChatPost:
        """Post a message."""

    async def find(self, message: ChatMessage, since: datetime) -> ChatPost | None:
        """Look for a message of ours that was taken since then. Raises `NotPermitted` where we may not."""

    async def update(self, post: ChatPost, text: str, blocks: tuple[dict[str, Any], ...]) -> None:
        """Replace a message. Safe to repeat."""

    def read_click(self, headers: Mapping[str, str], body: bytes, now: datetime) -> ChatClick:
        """Check who sent a click, over its raw bytes, and read it. Header names are in lower case.

        Raises `SignatureRefused` for what is not from our workspace and app, or `BodyRefused`.
        """

    def read_socket_click(self, content: Mapping[str, Any]) -> ChatClick:
        """Read a click that came over our own socket. Raises as `read_click` does."""

    def socket(self, take: TakeClick) -> ChatSocket | None:
        """Return the socket that clicks are to come over, where one is set. Needs a running loop."""

    async def open_dialog(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a dialog for the person who just pressed a button. Safe to repeat."""

    async def answer_privately(self, url: str, text: str) -> None:
        """Tell one person something under a message, by the address that came with their click."""

    async def close(self) -> None:
        """Give back connections."""
