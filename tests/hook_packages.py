"""Packages with hooks, put on the path as an installed one stands there."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

EXAMPLE = Path(__file__).parent / "hooks_example"


def put(folder: Path, source: str, entries: Mapping[str, str], package: str = "bench-hooks") -> str:
    """Lay a package of one module into a folder and return the module's name.

    `entries` are functions of it by the hooks' names; one with a colon is taken as it is.
    """
    module = f"hooks_{uuid4().hex[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(source, "utf-8")
    about = folder / f"{module}-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1\n", "utf-8")
    rows = "".join(f"{name} = {at if ':' in at else f'{module}:{at}'}\n" for name, at in entries.items())
    (about / "entry_points.txt").write_text(f"[waybill.hooks]\n{rows}", "utf-8")
    return module


def install_example(folder: Path) -> Path:
    """Install the example package into a folder of its own, without a network, and return that folder."""
    source, target = folder / "source", folder / "installed"
    shutil.copytree(EXAMPLE, source)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return target
