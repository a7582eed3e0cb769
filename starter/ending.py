"""How every entry point ends: with the exit code it earned, whatever an interpreter's last second does.

A process that used the Temporal SDK can crash while the interpreter takes itself apart, after all work
was done well (temporalio/sdk-python issue 300): a code of 134 or 139 instead of 0. So nothing of ours
lets the interpreter come to that point: `end` does what a normal exit would have done for us (atexit
functions, flushing) and leaves the process.
"""

import asyncio
import atexit
import contextlib
import inspect
import logging
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import NoReturn

from domain.errors import Disposition, WaybillError

UNEXPECTED = 70
"""EX_SOFTWARE of sysexits.h: a defect of ours."""
UNABLE = 69
"""EX_UNAVAILABLE of sysexits.h: something the person can put right."""
INTERRUPTED = 130
"""What a shell reports for a process ended by Ctrl-C."""
_LONGEST_MESSAGE = 300


class Unable(Exception):
    """What was asked cannot be done; the text says why and what to do, and is shown whole."""


def end(code: int) -> NoReturn:
    """Run the atexit functions, flush, and leave the process with `code`."""
    atexit._run_exitfuncs()
    _leave(code)


def end_at_exit(code: Callable[[], int | None]) -> None:
    """Leave the process with `code()` at the moment the interpreter would begin to take itself apart.

    For programs whose end is not ours, such as pytest: they finish in their own way, all output
    included. While the code is None, because nothing earned one yet, the interpreter ends as it would.
    Functions given to `atexit` later than this call still run; earlier ones do not.
    """

    def leave() -> None:
        if (earned := code()) is not None:
            _leave(earned)

    atexit.register(leave)


def run(main: Callable[[], object] | Callable[[], Awaitable[object]]) -> NoReturn:
    """Run an entry point (a function, coroutine function or Typer app) and end the process with its code."""
    end(_exit_code(main))


def _exit_code(main: Callable[[], object]) -> int:
    try:
        outcome = main()
        if inspect.iscoroutine(outcome):
            outcome = asyncio.run(outcome)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as leaving:
        return _code_of(leaving)
    except BaseException as error:  # noqa: BLE001 - the one place where nothing is left to catch it
        return _failed(error)
    return outcome if type(outcome) is int else 0


def _failed(error: BaseException) -> int:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, Unable):
        _tell(str(error))
        return UNABLE
    if isinstance(error, WaybillError) and error.problem.disposition is not Disposition.BUG:
        _tell(f"{error.problem.sentence}.\n{error.problem.remedy}")
        return UNABLE
    _report(error)
    return UNEXPECTED


def _code_of(leaving: SystemExit) -> int:
    """Read `sys.exit`'s argument the way the interpreter does: None is 0, a text is printed and 1."""
    if leaving.code is None or isinstance(leaving.code, int):
        return leaving.code or 0
    _tell(leaving.code)
    return 1


def _report(error: BaseException) -> None:
    """Say in one sentence what happened; the traceback goes to the log, or to stderr when asked for."""
    log = logging.getLogger("waybill")
    if log.hasHandlers():
        log.critical("stopped by an unexpected error", exc_info=error)
    if os.environ.get("WAYBILL_DEBUG") == "1":
        traceback.print_exception(error)
    said = str(error).strip().partition("\n")[0][:_LONGEST_MESSAGE].rstrip(" .:")
    told = f"an unexpected {type(error).__name__}" + (f": {said}" if said else "")
    _tell(f"Stopped by {told}. Set WAYBILL_DEBUG=1 to see where.")


def _tell(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # stderr is closed: nobody is left to tell
        sys.stderr.write(text + "\n")


def _leave(code: int) -> NoReturn:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # The stream may be a broken pipe, closed, or not there at all.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
