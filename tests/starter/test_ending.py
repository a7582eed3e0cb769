"""Exit codes and last words of entry points, each in a real process."""

import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = "import asyncio, logging, os, signal, sys, typer\nfrom starter.ending import *\n"


def ends(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PRELUDE + script]
    variables = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=variables, timeout=60, check=False)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("run(lambda: None)", 0),
        ("run(lambda: 3)", 3),
        ("run(lambda: True)", 0),
        ("run(lambda: sys.exit())", 0),
        ("run(lambda: sys.exit(4))", 4),
        ("run(lambda: sys.exit('no'))", 1),
        ("run(lambda: os.kill(os.getpid(), signal.SIGINT))", 130),
        ("async def main(): return 5\nrun(main)", 5),
        ("async def main(): os.kill(os.getpid(), signal.SIGINT); await asyncio.sleep(9)\nrun(main)", 130),
        ("def main(): raise Unable('no server')\nrun(main)", 69),
        ("def main(): raise ValueError('odd')\nrun(main)", 70),
        ("async def main(): raise asyncio.CancelledError\nrun(main)", 70),
    ],
)
def test_exit_code_tells_how_it_ended(script: str, code: int) -> None:
    assert ends(script).returncode == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("pass", 0),
        ("raise typer.Exit(7)", 7),
        ("raise typer.Abort()", 1),
        ("raise typer.BadParameter('no')", 2),
        ("os.kill(os.getpid(), signal.SIGINT)", 130),
        ("raise ValueError('odd')", 70),
    ],
)
def test_typer_command_keeps_its_exit_code(body: str, code: int) -> None:
    script = f"app = typer.Typer()\n@app.command()\ndef go(): {body}\nrun(app)"

    assert ends(script).returncode == code


def test_unexpected_error_is_one_sentence_without_traceback() -> None:
    ended = ends("def main(): raise ValueError('the tax is odd.\\nsecond line')\nrun(main)")

    assert ended.stderr == (
        "Stopped by an unexpected ValueError: the tax is odd. Set WAYBILL_DEBUG=1 to see where.\n"
    )


def test_debug_variable_shows_the_traceback() -> None:
    ended = ends("def main(): raise ValueError('odd')\nrun(main)", WAYBILL_DEBUG="1")

    assert "Traceback" in ended.stderr


def test_traceback_goes_to_the_log_when_there_is_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ended = ends(
        f"logging.basicConfig(filename={str(log)!r})\ndef main(): raise ValueError('odd')\nrun(main)"
    )

    assert "Traceback" not in ended.stderr
    assert "Traceback" in log.read_text()


def test_error_in_a_task_group_is_named_itself() -> None:
    script = """
async def fails(): raise Unable("no server; start one")
async def main():
    async with asyncio.TaskGroup() as group: group.create_task(fails())
run(main)
"""
    ended = ends(script)

    assert (ended.returncode, ended.stderr) == (69, "no server; start one\n")


def test_output_logs_and_atexit_functions_are_not_lost(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"""
import atexit, logging.handlers
target = logging.FileHandler({str(log)!r})
logging.getLogger().addHandler(logging.handlers.MemoryHandler(100, target=target))
atexit.register(lambda: print("last words"))
def main():
    print("first words")
    logging.warning("remember me")
run(main)
"""
    ended = ends(script)

    assert ended.stdout == "first words\nlast words\n"
    assert "remember me" in log.read_text()


def test_closed_pipe_does_not_change_the_code() -> None:
    script = PRELUDE + "run(lambda: print('x' * 10) or 3)"
    buffered = {"PATH": "/usr/bin:/bin"}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=buffered) as child:
        assert child.stdout is not None
        child.stdout.close()

        assert child.wait(60) == 3


CONFTEST = """
import os
import pytest
from starter.ending import end_at_exit

class CrashAtTheEnd:
    # What the SDK does to an interpreter that takes itself apart.
    def __del__(self, abort=os.abort): abort()

code = None

def pytest_configure():
    end_at_exit(lambda: code)

def pytest_sessionstart():
    import sys
    sys.keep_until_the_end = CrashAtTheEnd()

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    global code
    code = int(session.exitstatus)
"""


@pytest.mark.parametrize("workers", [[], ["-n2"]])
@pytest.mark.parametrize(("fact", "code", "summary"), [("True", 0, "2 passed"), ("False", 1, "2 failed")])
def test_test_session_keeps_code_and_summary(
    tmp_path: Path, workers: list[str], fact: str, code: int, summary: str
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(f"def test_a(): assert {fact}\ndef test_b(): assert {fact}\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:asyncio", *workers, str(tmp_path)]
    session = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert (session.returncode, summary in session.stdout) == (code, True), session.stdout + session.stderr
    assert session.stderr == ""


def test_session_that_never_began_keeps_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    command = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "--log-level=nonsense", str(tmp_path)]
    session = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert session.returncode == pytest.ExitCode.USAGE_ERROR
    assert "nonsense" in session.stderr.lower()
