"""Ports on loopback for a server that cannot be told to choose its own."""

import contextlib
import socket

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Return that many different ports which nobody listened on a moment ago."""
    with contextlib.ExitStack() as open_together:
        listeners = [open_together.enter_context(_bound(0)) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on `port`."""
    try:
        _bound(port).close()
    except OSError:
        return True
    return False


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    # As Go's listeners do: connections of an earlier server that still fade out are not in the way.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1)
    except OSError:
        listener.close()
        raise
    return listener
