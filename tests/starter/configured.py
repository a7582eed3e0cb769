"""What the programs of a sandbox machine read from its waybill.toml."""

import tomllib
from pathlib import Path

from starter.configuration import Configuration, parse
from starter.stack import PairOfKinds
from tests.starter.terminal import SECRETS


def configuration_of(settings_file: Path, kinds: PairOfKinds) -> Configuration:
    """Return the configuration of a machine of these kinds, with the secrets of its sandboxes."""
    secrets = dict(SECRETS)
    for system in kinds.systems:
        secrets.update(system.secrets)
    return parse(tomllib.loads(settings_file.read_text("utf-8")), secrets)
