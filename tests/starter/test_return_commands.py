"""What `waybill return` does before anything is asked of an order."""

import pytest
from typer.testing import CliRunner

from starter.cli.app import app
from starter.cli.codes import Code


@pytest.mark.parametrize("line", ["WINE-RED-75", "=2"])
def test_articles_are_written_with_their_number(line: str) -> None:
    ran = CliRunner().invoke(app, ["return", "ask", "shop:1042", line])

    assert ran.exit_code == Code.USAGE
    assert "WINE-RED-75=2" in ran.stderr
