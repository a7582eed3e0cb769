"""What a connection to PostgreSQL needs beside its address. Imported only where there is one."""

from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.string import StrDumper


class WithoutNul(StrDumper):
    """Texts as PostgreSQL takes them: it has no place for NUL, and whoever sends us a text may send one."""

    def dump(self, obj: str) -> Buffer | None:
        """Write a text with blanks in place of NUL."""
        return super().dump(obj.replace("\x00", " "))


def prepare(connection: Connection[Any], _record: Any) -> None:
    """Prepare a new connection of the pool."""
    connection.adapters.register_dumper(str, WithoutNul)
