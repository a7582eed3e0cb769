"""`python -m sandbox NAME`: serve one sandbox until told to stop.

When it listens it prints one line of JSON with its addresses, and writes the same to the file that
`--announce` names, whole or not at all.
"""

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any

import typer
from starlette.applications import Starlette

from sandbox.serving import serving

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Port = Annotated[int, typer.Option(help="Port of the web server; 0 is any free one.")]
SmtpPort = Annotated[int, typer.Option(help="Port of the SMTP server; 0 is any free one.")]
Announce = Annotated[Path | None, typer.Option(help="File that gets the line of JSON, too.")]


@app.callback()
def sandbox() -> None:
    """Keep the names of the sandboxes as commands, however few there are."""


@app.command()
def mailbox(port: Port = 0, smtp_port: SmtpPort = 0, announce: Announce = None) -> None:
    """An SMTP server that keeps every mail, with a page to read them."""
    from sandbox.mailbox import Mailbox, mailbox_serving

    def opened() -> AbstractAsyncContextManager[tuple[int, str]]:
        return mailbox_serving(Mailbox(), smtp_port, port)

    _serve(opened, lambda listening: {"smtp_port": listening[0], "url": listening[1]}, announce)


def _serve_app(create: Callable[[], Starlette], port: int, announce: Path | None) -> None:
    _serve(lambda: serving(create(), port), lambda url: {"url": url}, announce)


def _serve(
    open_server: Callable[[], AbstractAsyncContextManager[Any]],
    addresses: Callable[[Any], dict[str, Any]],
    announce: Path | None,
) -> None:
    async def until_told_to_stop() -> None:
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        async with open_server() as listening:
            _announce(json.dumps(addresses(listening)), announce)
            await told.wait()

    asyncio.run(until_told_to_stop())


def _announce(line: str, file: Path | None) -> None:
    typer.echo(line)
    if file:
        whole = file.with_name(f"{file.name}.part")
        whole.write_text(line + "\n")
        whole.replace(file)


if __name__ == "__main__":
    app()
