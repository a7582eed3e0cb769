"""Rules about connections: whom they tell, and which of them has the last word."""

from typing import Any

from domain.rules.connection_rules import notices_of_trouble
from tests.domain.rules.specimens import INSTALLATION, NOW, rule, rule_set


def down(name: str, **changed: Any) -> dict[str, Any]:
    """Return a rule that tells sales that a connection is down."""
    tell = [{"do": "notify", "audience": "sales", "to": "sales@x.example", "text": name}]
    return rule(id=name, when="connection_down", then=tell, **changed)


def told(*rules: dict[str, Any], connection: str = "shop") -> list[str]:
    """Return what is told when a connection is down, without the connection and the reason."""
    notices = notices_of_trouble(rule_set(*rules), connection, INSTALLATION.pairs, "it is down", NOW)
    return [notice.facts.reason.partition(":")[0] for notice in notices]


def test_once_a_rule_stops_no_later_one_tells() -> None:
    last = down("last", priority="50")
    first = down("first", priority="5", stop="yes")

    assert told(last, first) == ["first"]
    assert told(last, {**first, "stop": "no"}) == ["first", "last"]


def test_a_rule_that_does_not_concern_the_connection_stops_nothing() -> None:
    elsewhere = down("elsewhere", priority="5", stop="yes", pairs=["iberia"])

    assert told(down("here"), elsewhere) == ["here"]
