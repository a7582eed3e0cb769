"""What `waybill return` does before anything is asked of an order."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from domain.returning import ReturnStage, ReturnView
from starter.cli.app import app
from starter.cli.codes import Code
from starter.order_desk import next_reference


def views(*references: str) -> tuple[ReturnView, ...]:
    now = datetime.now(UTC)
    return tuple(ReturnView(reference=each, stage=ReturnStage.COMPLETED, since=now) for each in references)


@pytest.mark.parametrize(
    ("taken", "free"), [((), "R1"), (("R1",), "R2"), (("R2", "slip-7"), "R1"), (("R1", "R2", "R3"), "R4")]
)
def test_the_next_free_reference_is_made(taken: tuple[str, ...], free: str) -> None:
    assert next_reference(views(*taken)) == free


@pytest.mark.parametrize("line", ["WINE-RED-75", "=2"])
def test_articles_are_written_with_their_number(line: str) -> None:
    ran = CliRunner().invoke(app, ["return", "ask", "shop:1042", line])

    assert ran.exit_code == Code.USAGE
    assert "WINE-RED-75=2" in ran.stderr
