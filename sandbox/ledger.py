"""What a sandbox saw and wrote, in order: the evidence a test or a checker reads."""

import time
from typing import Any


class Ledger:
    """An append-only list of entries: every request, and every write that was committed."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def write(self, kind: str, **facts: Any) -> None:
        """Append one entry of `kind` (`request`, `order`, `status`, …) with its facts."""
        self.entries.append({"no": len(self.entries) + 1, "at": time.time(), "kind": kind, **facts})

    def of(self, kind: str, **facts: Any) -> list[dict[str, Any]]:
        """Return the entries of one kind whose facts equal those given."""
        return [
            entry
            for entry in self.entries
            if entry["kind"] == kind and all(entry.get(name) == value for name, value in facts.items())
        ]

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
