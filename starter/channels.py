"""Builds the channels from the configuration, and checks that each rule for notices has one to go over."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from activities.channels import Channels
from adapters.channel_ports import ChatPort, TextPort, WebhookPort
from adapters.channels.slack import Slack
from adapters.channels.slack_settings import SlackSettings
from adapters.channels.twilio_settings import TwilioSettings
from adapters.channels.webhook import Webhook, WebhookSettings
from adapters.ports import MailPort
from domain.errors import BadConfiguration
from domain.notices import Channel, NoticeRule
from starter.configuration import Configuration, settings_of


class ChannelKind(NamedTuple):
    """A kind of channel: what notices go over it, its settings and its adapter."""

    channel: Channel
    settings: type[BaseModel]
    build: Callable[[str, Any], TextPort | WebhookPort | ChatPort]


def _twilio(name: str, settings: TwilioSettings) -> TextPort:
    # Loading the SDK takes a quarter of a second, for those who have an account only.
    from adapters.channels.twilio_sms import TwilioSms

    return TwilioSms(name, settings)


CHANNELS: Mapping[str, ChannelKind] = {
    "twilio": ChannelKind(Channel.SMS, TwilioSettings, _twilio),
    "slack": ChannelKind(Channel.SLACK, SlackSettings, Slack),
    "webhook": ChannelKind(Channel.WEBHOOK, WebhookSettings, Webhook),
}


def channels_of(configuration: Configuration, mail: MailPort) -> Channels:
    """Build the channels. Raises `BadConfiguration` that names the key of waybill.toml."""
    built: dict[Channel, dict[str, Any]] = {kind.channel: {} for kind in CHANNELS.values()}
    for name, connection in configuration.connections.items():
        kind = CHANNELS.get(connection.kind)
        if kind:
            built[kind.channel][name] = kind.build(name, settings_of(name, connection, kind.settings))
    channels = Channels(
        mail=mail,
        texts=built[Channel.SMS],
        webhooks=built[Channel.WEBHOOK],
        chats=built[Channel.SLACK],
    )
    if any(person.slack for person in configuration.approvers):
        _check_approvals(configuration)
    for number, rule in enumerate(configuration.notices):
        _check(f"notices.{number}", rule, channels)
    return channels


def _check_approvals(configuration: Configuration) -> None:
    """Without them nobody could tell who pressed a button."""
    for name, connection in configuration.connections.items():
        for keys in (("signing_secrets", "app_token"), ("team",)) if connection.kind == "slack" else ():
            if not any(connection.settings.get(key) for key in keys):
                raise BadConfiguration(
                    f"waybill.toml, connections.{name}.{' or '.join(keys)}: needed, because approvers are"
                    " asked there",
                    field=f"connections.{name}.{keys[0]}",
                )


def _check(place: str, rule: NoticeRule, channels: Channels) -> None:
    try:
        if rule.channel is Channel.SMS:
            channels.text(rule.connection)
        elif rule.channel is Channel.SLACK:
            channels.chat(rule.connection)
        elif rule.channel is Channel.WEBHOOK:
            channels.webhook(rule.to)
    except BadConfiguration as problem:
        key = "to" if rule.channel is Channel.WEBHOOK else "connection"
        raise BadConfiguration(
            f"waybill.toml, {place}.{key}: {problem.problem.sentence}", field=f"{place}.{key}"
        ) from None
