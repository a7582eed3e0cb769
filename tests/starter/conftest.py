"""Fixtures for the starter's tests."""

import shutil
from pathlib import Path

import pytest

from starter.stack.settings import Addresses, Paces, write_settings
from tests.starter.terminal import SECRETS, Terminal


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache and nothing on PATH but what a shell script needs."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in ("chmod", "cp", "env", "mkdir", "sort"):
        (folder / name).symlink_to(shutil.which(name) or name)
    monkeypatch.delenv("WAYBILL_TEMPORAL_BINARY", raising=False)
    monkeypatch.setenv("WAYBILL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(folder))
    return tmp_path


@pytest.fixture
def told() -> list[str]:
    """What was said to the person who waits."""
    return []


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    addresses = Addresses("http://127.0.0.1:9", "http://127.0.0.1:9", 25, "http://127.0.0.1:9", 0)
    monkeypatch.setenv("WAYBILL_CONFIG", str(write_settings(tmp_path, addresses, Paces())))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return Terminal(tmp_path)
