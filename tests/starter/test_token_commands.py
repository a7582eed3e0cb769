"""`waybill token`: made once, listed without its secret, revoked; the doctor names those that expire."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from domain.roles import Role
from records.database import Database
from records.tokens import NewToken, Tokens
from starter.cli.tokens import expiring_tokens
from tests.starter.terminal import Terminal


def test_a_token_is_shown_once_and_listed_without_its_secret(terminal: Terminal) -> None:
    made = terminal.run("token", "create", "order-desk", "--role", "operator", "--expires", "30d")

    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert secret.startswith("wb_")
    assert "only time it is shown" in made.stderr
    (listed,) = json.loads(terminal.run("token", "list", "--json").stdout)
    lifetime = datetime.fromisoformat(listed["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < lifetime <= timedelta(days=30)
    table = terminal.run("token", "list").stdout
    assert "order-desk  operator" in table
    assert secret not in table + str(listed)


def test_a_revoked_token_leaves_the_list_and_its_name(terminal: Terminal) -> None:
    create = ("token", "create", "order-desk", "--role", "viewer")
    assert terminal.run(*create).exit_code == 0
    taken = terminal.run(*create)
    assert taken.exit_code == 3
    assert "a token order-desk already. Revoke it first" in taken.stderr

    assert terminal.run("token", "revoke", "order-desk").exit_code == 0

    assert "no token" in terminal.run("token", "list").stdout
    assert terminal.run("token", "revoke", "order-desk").exit_code == 4
    assert terminal.run(*create).exit_code == 0


def test_a_token_is_bound_to_an_approver_whom_the_configuration_names(terminal: Terminal) -> None:
    unbound = terminal.run("token", "create", "phone", "--role", "approver")
    unknown = terminal.run("token", "create", "phone", "--role", "approver", "--person", "nobody")
    bound = terminal.run("token", "create", "phone", "--role", "approver", "--person", "dora", "--json")

    assert unbound.exit_code == 2
    assert "whose decisions" in unbound.stderr
    assert unknown.exit_code == 3
    assert "names no approver nobody. Those it names: dora" in unknown.stderr
    assert bound.exit_code == 0
    assert json.loads(bound.stdout)["secret"].startswith("wb_")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("desk", "--role", "viewer", "--expires", "soon"),
            "write a duration as 90s, 30m, 4h or 2d, or never",
        ),
        (("desk", "--role", "viewer", "--expires", "99999d"), "at most 3650d, or never"),
        (("desk", "--role", "viewer", "--expires", "0d"), "at most 3650d, or never"),
        (("Desk!", "--role", "viewer"), "small letters, digits, dots and dashes"),
        (("desk", "--role", "king"), "'king' is not one of"),
    ],
)
def test_what_is_not_right_is_told_so(terminal: Terminal, arguments: tuple[str, ...], sentence: str) -> None:
    ran = terminal.run("token", "create", *arguments)

    assert ran.exit_code == 2
    assert sentence in ran.stderr


def test_the_doctor_names_tokens_that_expire_soon(terminal: Terminal) -> None:
    now = datetime.now(UTC)

    async def make(database: Database) -> None:
        for name, days in (("soon", 3), ("later", 60), ("past", -1)):
            expires_at = now + timedelta(days=days)
            new = NewToken(name=name, role=Role.VIEWER, created_by="ada", expires_at=expires_at)
            await Tokens(database).create(new, now - timedelta(days=30))
        await Tokens(database).create(NewToken(name="ever", role=Role.VIEWER, created_by="ada"), now)
        (finding,) = await expiring_tokens(database, now)
        assert not finding.ok
        assert f"the API token soon expires on {now + timedelta(days=3):%Y-%m-%d}" == finding.what
        assert "waybill token revoke soon" in finding.fix

    terminal.fill(make)
