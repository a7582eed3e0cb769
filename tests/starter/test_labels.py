"""Label services in waybill.toml, and in the doctor's round."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import BadConfiguration
from sandbox import easypost, sendcloud
from sandbox.serving import serving
from starter.cli.systems import connections_tested
from starter.composition import activities_of, compose
from starter.configuration import parse
from tests.house import SECRETS, configuration

KEYS = {**SECRETS, "EASYPOST_KEY": easypost.DEFAULT_KEY, "SENDCLOUD_SECRET": sendcloud.DEFAULT_SECRET}


def raw(
    tmp_path: Path, post: str = "http://127.0.0.1:9", cloud: str = "http://127.0.0.1:9"
) -> dict[str, Any]:
    """Return a right configuration with both label services, parsed."""
    given = configuration(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2", 25, ("shop", "sap"))
    given["connections"]["post"] = {"kind": "easypost", "key": "env:EASYPOST_KEY", "base_url": f"{post}/v2"}
    given["connections"]["cloud"] = {
        "kind": "sendcloud",
        "public_key": sendcloud.DEFAULT_PUBLIC_KEY,
        "secret": "env:SENDCLOUD_SECRET",
        "shipping_option": "dpd:return/return",
        "base_url": f"{cloud}/api/v3",
    }
    return given


async def test_label_services_are_built_and_tested_by_the_doctor(tmp_path: Path) -> None:
    async with (
        serving(easypost.create_app(easypost.EasyPost())) as post,
        serving(sendcloud.create_app(sendcloud.Sendcloud())) as cloud,
    ):
        waybill = compose(parse(raw(tmp_path, post, cloud), KEYS))
        found = [(name, finding.ok) async for name, finding in connections_tested(waybill)]
        await waybill.close()

    assert set(waybill.systems.labels) == {"post", "cloud"}
    assert [each for each in found if each[0] in {"post", "cloud"}] == [
        ("post", True),
        ("post", True),
        ("cloud", True),
        ("cloud", True),
    ]


@pytest.mark.parametrize(
    ("name", "key", "value", "told"),
    [
        ("post", "key", None, "connections.post, key"),
        ("post", "carrier", "USPS", "carrier"),
        ("cloud", "shipping_option", "", "connections.cloud, shipping_option"),
        ("cloud", "paper", "a5", "connections.cloud, paper"),
        ("cloud", "secret", "plain", "connections.cloud.secret holds a secret in plain text"),
        ("cloud", "kind", "sendclouds", "connections.cloud.kind"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, key: str, value: str | None, told: str) -> None:
    given = raw(tmp_path)
    if value is None:
        del given["connections"][name][key]
    else:
        given["connections"][name][key] = value

    with pytest.raises(BadConfiguration) as refused:
        compose(parse(given, KEYS))

    assert told in str(refused.value)


async def test_the_worker_makes_return_labels(tmp_path: Path) -> None:
    waybill = compose(parse(raw(tmp_path), KEYS))

    names = {each.__name__ for each in activities_of(waybill, lambda: pytest.fail("no client is needed"))}
    await waybill.close()

    assert "make_return_label" in names
