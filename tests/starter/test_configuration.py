"""waybill.toml: each wrong thing is answered with its key and the fix."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import BadConfiguration
from starter.composition import compose
from starter.configuration import load, parse
from tests.house import SECRETS, configuration


def raw(tmp_path: Path) -> dict[str, Any]:
    """Return a right configuration, parsed."""
    return configuration(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2", 25, ("shop", "sap"))


def wrong(tmp_path: Path, *path: str, value: Any) -> BadConfiguration:
    """Build with one value changed and return the refusal."""
    given = raw(tmp_path)
    place: Any = given
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(BadConfiguration) as refused:
        compose(parse(given, SECRETS))
    return refused.value


def test_a_right_configuration_is_built(tmp_path: Path) -> None:
    waybill = compose(parse(raw(tmp_path), SECRETS))

    assert set(waybill.systems.stores) == {"shop"}
    assert waybill.systems.pair_of("shop").people["dora"].name == "Dora Director"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("connections", "sap", "kind"), "sap_business_two", "connections.sap.kind"),
        (("connections", "sap", "base_url"), "b1.example.com", "connections.sap"),
        (("connections", "sap", "compnay"), "X", "compnay"),
        (("connections", "shop", "most_in_flight"), 0, "most_in_flight"),
        (("pairs", "main", "erp"), "sapp", "pairs.main.erp"),
        (("pairs", "main", "store"), "sap", "pairs.main.store"),
        (("pairs", "main", "approval", "limit"), "5000", "with its currency"),
        (("pairs", "main", "approval", "limit"), "5000 USD", "base currency"),
        (("pairs", "main", "settle"), "soon", "90s, 30m, 4h or 2d"),
        (("pairs", "main", "note"), "SAP order", "{number}"),
        (("pairs", "main", "payments", "cod"), {"timing": "sometimes"}, "payments.cod.timing"),
        (("approvers", 0, "deputy"), "nobody", "not an approver"),
        (("database",), "mysql://x", "mysql"),
        (("gateway",), {"prot": 1}, "gateway.prot"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_each_wrong_key_is_named(tmp_path: Path, path: tuple[Any, ...], value: Any, told: str) -> None:
    assert told in wrong(tmp_path, *path, value=value).problem.sentence


def test_a_secret_in_plain_text_is_refused_and_not_repeated(tmp_path: Path) -> None:
    problem = wrong(tmp_path, "connections", "sap", "password", value="hunter2").problem

    assert "connections.sap.password" in problem.sentence
    assert "env:NAME" in problem.remedy
    assert "hunter2" not in f"{problem}"


def test_a_secret_that_is_not_there_is_named_with_where_to_put_it(tmp_path: Path) -> None:
    variable = wrong(tmp_path, "connections", "shop", "key", value="env:NOT_SET").problem
    file = wrong(tmp_path, "connections", "shop", "key", value=f"file:{tmp_path}/none").problem

    assert (variable.field, "NOT_SET" in variable.remedy) == ("connections.shop.key", True)
    assert f"{tmp_path}/none" in file.remedy


def test_a_secret_from_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRETS["KEY"] + "\n")
    given = raw(tmp_path)
    given["connections"]["shop"]["key"] = f"file:{tmp_path}/key"

    found = parse(given, SECRETS).connections["shop"].settings["key"]
    assert found.get_secret_value() == SECRETS["KEY"]


def test_secrets_do_not_show_when_the_configuration_is_printed(tmp_path: Path) -> None:
    waybill = compose(parse(raw(tmp_path), SECRETS))

    printed = f"{waybill.configuration!r} {waybill!r}"
    assert [name for name, secret in SECRETS.items() if secret in printed] == []


def test_a_missing_or_broken_file_is_told_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("database = ")
    with pytest.raises(BadConfiguration, match="is not TOML"):
        load(tmp_path / "broken.toml")
