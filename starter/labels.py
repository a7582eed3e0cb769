"""Builds the label services from the configuration."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from adapters.label_port import LabelPort
from adapters.labels.easypost.adapter import EasyPost
from adapters.labels.easypost.settings import EasyPostSettings
from adapters.labels.sendcloud.adapter import Sendcloud
from adapters.labels.sendcloud.settings import SendcloudSettings
from starter.configuration import Configuration, settings_of


class LabelKind(NamedTuple):
    """A kind of label service: its settings and its adapter."""

    settings: type[BaseModel]
    build: Callable[[str, Any], LabelPort]


LABELS: Mapping[str, LabelKind] = {
    "easypost": LabelKind(EasyPostSettings, EasyPost),
    "sendcloud": LabelKind(SendcloudSettings, Sendcloud),
}


def labels_of(configuration: Configuration) -> dict[str, LabelPort]:
    """Build the label services. Raises `BadConfiguration` that names the key of waybill.toml."""
    return {
        name: LABELS[connection.kind].build(
            name, settings_of(name, connection, LABELS[connection.kind].settings)
        )
        for name, connection in configuration.connections.items()
        if connection.kind in LABELS
    }
