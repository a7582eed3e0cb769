"""Scripts that play the programs a machine may have."""

from pathlib import Path

NEW = "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"
OLD = "temporal version 1.3.0 (Server 1.27.1, UI 2.36.0)"


def program(path: Path, body: str) -> Path:
    """Write a shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def says(path: Path, text: str) -> Path:
    """Write a script that prints one line, whatever it is asked."""
    return program(path, f"echo '{text}'")
