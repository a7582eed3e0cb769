"""`python -m starter.temporal_server`: print the path of a Temporal binary that works."""

import sys

from starter.ending import run
from starter.temporal_server.find import temporal_binary


async def print_binary() -> None:
    """Find, fetch or build the binary and print where it is; what happens meanwhile goes to stderr."""
    sys.stdout.write(f"{await temporal_binary()}\n")


run(print_binary)
