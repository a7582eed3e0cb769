"""A PostgreSQL server of the tests' own: a fresh cluster on a free port, run by a normal user."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

_DEBIAN = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, or None where they are not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return folders[-1].parent if folders else None


def _as_normal_user() -> dict[str, int]:
    # initdb refuses to run as root: give up root's rights for the child where we have them.
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid}
    return {}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Run a server whose files are in `folder` and yield the URL of its database."""
    tools = programs()
    if tools is None:
        raise RuntimeError("PostgreSQL is not installed")
    person = _as_normal_user()
    data = folder / "data"
    data.mkdir(parents=True)
    if person:
        for place in (folder, data):
            os.chown(place, person["user"], person["group"])
    command = [tools / "initdb", "-D", data, "-U", "waybill", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, extra_groups=[], **person)  # type: ignore[call-overload]
    port = _free_port()
    control = [tools / "pg_ctl", "-D", data, "-w"]
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p {port} -c fsync=off"
    start = [*control, "-l", folder / "log", "-o", options, "start"]
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder, extra_groups=[], **person)  # type: ignore[call-overload]
    try:
        yield f"postgresql://waybill@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(  # type: ignore[call-overload]
            [*control, "-m", "fast", "stop"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            extra_groups=[],
            **person,
        )


def new_database(server: str) -> str:
    """Create an empty database on a server and return its URL."""
    name = f"waybill_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("create database {}").format(Identifier(name)))
    return server.rsplit("/", 1)[0] + f"/{name}"
