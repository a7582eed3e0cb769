"""Ties a child to the life of this process: on Linux the kernel ends it when we end, however we end.

Works as a script, `python tied.py PARENT_PID COMMAND ARGUMENT…`, that becomes the command. So the process
id stays and, unlike with a `preexec_fn`, no Python runs in the fork of a process with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tied(command: list[str]) -> list[str]:
    """Return the arguments that start `command` tied to us; elsewhere than on Linux it stays untied."""
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _become(parent: int, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked for the signal
        sys.exit("the parent is gone")
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is what we want
    except OSError as problem:
        sys.exit(f"Error: {command[0]} does not run ({problem.strerror})")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
