"""The channels by the names that the configuration gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from adapters.channel_ports import ChatPort, TextPort, WebhookPort
from adapters.ports import MailPort
from domain.errors import BadConfiguration
from domain.notices import Channel

Port = TypeVar("Port")


@dataclass(frozen=True)
class Channels:
    """All ways to tell somebody something. Each lookup raises `BadConfiguration` for an unknown name."""

    mail: MailPort
    texts: Mapping[str, TextPort] = field(default_factory=dict)
    webhooks: Mapping[str, WebhookPort] = field(default_factory=dict)
    chats: Mapping[str, ChatPort] = field(default_factory=dict)

    def text(self, name: str) -> tuple[str, TextPort]:
        """Return a text channel and its name; the only one when none is named."""
        return _chosen(self.texts, name, "twilio")

    def chat(self, name: str) -> tuple[str, ChatPort]:
        """Return a chat and its name; the only one when none is named."""
        return _chosen(self.chats, name, "slack")

    def webhook(self, name: str) -> WebhookPort:
        """Return a receiver of webhooks."""
        return _chosen(self.webhooks, name, "webhook")[1]

    def kinds(self) -> dict[str, Channel]:
        """Return over which channel each connection tells."""
        texts = dict.fromkeys(self.texts, Channel.SMS)
        webhooks = dict.fromkeys(self.webhooks, Channel.WEBHOOK)
        return {**texts, **webhooks, **dict.fromkeys(self.chats, Channel.SLACK)}

    async def close(self) -> None:
        """Give back all connections."""
        ports: list[TextPort | WebhookPort | ChatPort] = [*self.texts.values(), *self.webhooks.values()]
        for port in (*ports, *self.chats.values()):
            await port.close()


def _chosen(ports: Mapping[str, Port], name: str, kind: str) -> tuple[str, Port]:
    if name in ports:
        return name, ports[name]
    if not name and len(ports) == 1:
        return next(iter(ports.items()))
    which = f"named {name}" if name else "that is the only one"
    raise BadConfiguration(
        f"there is no connection of kind {kind} {which} in waybill.toml", field="connection"
    )
