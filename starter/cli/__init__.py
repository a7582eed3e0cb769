"""The command line: `waybill`."""

from starter.ending import run


def main() -> None:
    """Run the command line and end the process with its code."""
    from starter.cli.app import app

    run(app)
