"""A terminal for the tests of commands: a folder with a waybill.toml and a database that a test may fill."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from typer.testing import CliRunner, Result

from records.database import Database
from records.migrate import migrate
from starter.cli.app import app

Fill = Callable[[Database], Awaitable[object]]
SECRETS = {
    "WAYBILL_SECRET": "s" * 32,
    "SHOP_KEY": "K" * 32,
    "SHOP_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "SAP_PASSWORD": "secret",
    "TWILIO_AUTH_TOKEN": "token",
    "EASYPOST_KEY": "EZTK",
    "SLACK_TOKEN": "xoxb",
    "SLACK_SIGNING_SECRET": "secret",
    "PARTNER_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


class Terminal:
    """A terminal on a machine whose database a test may fill."""

    def __init__(self, folder: Path) -> None:
        self._address = f"sqlite:///{folder}/waybill.db"
        migrate(self._address)

    def fill(self, *fills: Fill) -> None:
        """Put something into the database."""

        async def fill() -> None:
            database = Database(self._address)
            for each in fills:
                await each(database)
            await database.close()

        asyncio.run(fill())

    def run(self, *arguments: str, given: bytes = b"") -> Result:
        """Run a command."""
        return CliRunner().invoke(app, list(arguments), input=given, env={"COLUMNS": "200", "NO_COLOR": "1"})
