"""What this machine is and what its processes use, read from /proc."""

import os
import platform
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from domain.model import Frozen
from starter.ending import Unable

_TICKS = os.sysconf("SC_CLK_TCK")
_LIBRARIES = ("temporalio", "httpx", "pydantic", "sqlalchemy", "uvicorn", "uvloop")
_IDLE_COLUMNS = {3, 4, 8, 9}
"""Of the first line of /proc/stat: idle, iowait, and guest times, which user times hold already."""


class Usage(Frozen):
    """CPU seconds by process between two moments, and what everybody else on the machine used."""

    wall_seconds: float
    cpu_seconds: dict[str, float]
    elsewhere_seconds: float

    @property
    def elsewhere_share(self) -> float:
        """The part of the machine's CPU that processes of no concern to us used."""
        return max(0.0, self.elsewhere_seconds / (self.wall_seconds * (os.cpu_count() or 1)))

    @property
    def ms_per_second(self) -> dict[str, float]:
        """CPU milliseconds a second by process."""
        return {name: round(used * 1000 / self.wall_seconds, 1) for name, used in self.cpu_seconds.items()}


class Meter:
    """Measures the CPU of processes by name."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._began, self._machine, self._used = time.monotonic(), _busy_seconds(), self._now()

    def _now(self) -> dict[str, float]:
        return {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    def stop(self) -> Usage:
        """Return what was used since the meter was made."""
        used = {name: after - self._used[name] for name, after in self._now().items()}
        machine = _busy_seconds() - self._machine
        return Usage(
            wall_seconds=time.monotonic() - self._began,
            cpu_seconds=used,
            elsewhere_seconds=machine - sum(used.values()),
        )


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process, all its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes(pid: int, field: str = "VmRSS") -> int:
    """Return the memory of a process: `VmRSS` now, `VmHWM` at its highest."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"/proc/{pid}/status has no {field}")


def _busy_seconds() -> float:
    columns = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    return sum(int(ticks) for place, ticks in enumerate(columns) if place not in _IDLE_COLUMNS) / _TICKS


def machine_facts(server: str) -> dict[str, str]:
    """Return what a reader needs to judge the numbers. Raises `Unable` where there is no /proc."""
    if sys.platform != "linux":
        raise Unable("The benchmark reads /proc: run it on Linux.")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}, {memory} GiB, Linux {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "temporal": server,
        "libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "load": "load average " + " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
