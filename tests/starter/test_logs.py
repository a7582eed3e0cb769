"""Logs name nobody: what we and the libraries say leaves by one filter, and no traceback carries a value."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CANARY = "anna@example.com"
PRELUDE = f"""
import logging, structlog
from starter.telemetry import set_up_logs
set_up_logs("INFO")
log, library = structlog.get_logger("waybill.gateway"), logging.getLogger("temporalio.activity")
def fail():
    try:
        raise LookupError("no row for {CANARY}")
    except LookupError as cause:
        raise ValueError("cannot read {CANARY}") from cause
"""


def logged(script: str) -> list[dict[str, Any]]:
    """Run a script that logs and return what it logged; every line is JSON."""
    ran = subprocess.run(
        [sys.executable, "-c", PRELUDE + script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout == ""
    assert CANARY not in ran.stderr
    return [json.loads(line) for line in ran.stderr.splitlines()]


CAUGHT = "try: fail()\nexcept ValueError: "


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("log.exception('step failed')", "ValueError"),
        ("log.warning('step failed', exc_info=True)", "ValueError"),
        ("library.warning('step failed', exc_info=True)", "ValueError"),
        ("library.exception('step failed')", "ValueError"),
        ("logging.exception('step failed')", "ValueError"),
    ],
)
def test_an_exception_is_logged_by_its_class_alone(script: str, error: str) -> None:
    (entry,) = logged(CAUGHT + script)

    assert (entry["event"], entry["error"]) == ("step failed", error)
    assert entry["timestamp"].endswith("Z")


def test_only_fields_on_the_list_are_logged() -> None:
    (entry,) = logged(
        f"log.info('kept', connection='shop', order='1042', customer='{CANARY}', mail='{CANARY}')"
    )

    assert (entry["connection"], entry["order"]) == ("shop", "1042")
    assert not {"customer", "mail"} & set(entry)


def test_what_a_library_adds_to_its_record_passes_the_same_list() -> None:
    (entry,) = logged(f"library.warning('late', extra={{'order': '7', 'input': '{CANARY}'}})")

    assert entry["order"] == "7"
    assert "input" not in entry
    assert entry["logger"] == "temporalio.activity"


def test_what_libraries_say_below_a_warning_is_not_kept() -> None:
    script = (
        f"library.info('input %s', '{CANARY}'); logging.getLogger('httpx').info('GET /?q={CANARY}')\n"
        f"logging.getLogger('sqlalchemy.engine').info('insert {CANARY}'); log.info('ours')"
    )

    assert [entry["event"] for entry in logged(script)] == ["ours"]
