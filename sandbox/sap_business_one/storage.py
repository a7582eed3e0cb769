"""What the company remembers: tables and running figures whose changes can be taken back as one."""

import hashlib
import time
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from sandbox.sap_business_one.errors import already_exists
from sandbox.sap_business_one.wire import Row

Key = Any
"""The key of a row: a whole number, a text, or a tuple of them; one kind within a table."""


class Journal:
    """The way back from the changes made since it was last cleared."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] = []

    def remember(self, step: Callable[[], None]) -> None:
        """Keep how to take back one change."""
        self._steps.append(step)

    def roll_back(self) -> None:
        """Take everything back, latest first."""
        while self._steps:
            self._steps.pop()()

    def clear(self) -> None:
        """Forget the way back: the changes stay."""
        self._steps.clear()


class Figures:
    """Running amounts by name: stock, commitments, balances, number ranges."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._amounts: dict[Hashable, Decimal] = defaultdict(Decimal)
        self._next: dict[Hashable, int] = {}

    def amount(self, name: Hashable) -> Decimal:
        """Return a figure, zero when it was never moved."""
        return self._amounts.get(name, Decimal(0))

    def add(self, name: Hashable, amount: Decimal) -> None:
        """Move a figure."""
        if amount:
            self._amounts[name] += amount
            self._journal.remember(lambda: self._take_back(name, amount))

    def draw(self, name: Hashable, first: int = 1) -> int:
        """Return the next number of a range."""
        number = self._next.get(name, first)
        self._next[name] = number + 1
        self._journal.remember(lambda: self._next.__setitem__(name, number))
        return number

    def upcoming(self, name: Hashable, first: int = 1) -> int:
        """Return the number a range would give next."""
        return self._next.get(name, first)

    def _take_back(self, name: Hashable, amount: Decimal) -> None:
        self._amounts[name] -= amount


class Table:
    """Rows by key, ascending. A changed row is a new row: nobody sees one half changed.

    Equality look-ups build an index on first use. A lagging row exists for writers at once, and for
    readers only when its time has come.
    """

    def __init__(self, name: str, journal: Journal) -> None:
        self.name = name
        self._journal = journal
        self._rows: dict[Key, Row] = {}
        self._order: list[Key] = []
        self._versions: dict[Key, int] = {}
        self._indexes: dict[str, dict[Any, dict[Key, None]]] = {}
        self._lagging: dict[Key, tuple[float, Row | None]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: Key) -> Row | None:
        """Return a row as writers see it."""
        return self._rows.get(key)

    def seen(self, key: Key) -> Row | None:
        """Return a row as readers see it."""
        return self._shown(key)

    def insert(self, key: Key, row: Row) -> None:
        """Add a row; refused when the key is taken."""
        if key in self._rows:
            raise already_exists()
        self._put(key, row)
        self._journal.remember(lambda: self._drop(key))

    def replace(self, key: Key, row: Row) -> None:
        """Put a row in the place of the one with this key."""
        before, version = self._rows[key], self._versions[key]
        self._put(key, row)
        self._journal.remember(lambda: self._restore(key, before, version))

    def remove(self, key: Key) -> None:
        """Delete a row."""
        before, version = self._rows[key], self._versions[key]
        self._drop(key)
        self._journal.remember(lambda: self._restore(key, before, version))

    def hide(self, key: Key, seconds: float, before: Row | None = None) -> None:
        """Keep a row from readers for a while; meanwhile they see what it was before, if it was."""
        self._lagging[key] = (time.monotonic() + seconds, before)

    def etag(self, key: Key) -> str:
        """Return the tag that changes with every change of the row."""
        mark = f"{self.name}/{key}/{self._versions.get(key, 0)}"
        return f'W/"{hashlib.sha1(mark.encode(), usedforsecurity=False).hexdigest().upper()}"'

    def rows(self) -> Iterator[Row]:
        """Yield what readers see, in key order."""
        return self._shown_of(self._order)

    def rows_after(self, key: Key) -> Iterator[Row]:
        """Yield what readers see beyond a key."""
        start = bisect_right(self._order, key)
        return self._shown_of(self._order[start:])

    def rows_where(self, name: str, value: Any) -> Iterator[Row]:
        """Yield what readers see with one property equal to a value, in key order."""
        keys: Iterable[Key] = self._index(name).get(value, ())
        return self._shown_of(sorted(keys))

    def _shown_of(self, keys: Iterable[Key]) -> Iterator[Row]:
        rows = map(self._shown, keys)
        return (row for row in rows if row is not None)

    def _shown(self, key: Key) -> Row | None:
        if self._lagging and key in self._lagging:
            until, before = self._lagging[key]
            if until > time.monotonic():
                return before
            del self._lagging[key]
        return self._rows.get(key)

    def _index(self, name: str) -> dict[Any, dict[Key, None]]:
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = {}
            for key, row in self._rows.items():
                index.setdefault(row.get(name), {})[key] = None
        return index

    def _put(self, key: Key, row: Row) -> None:
        before = self._rows.get(key)
        if before is None:
            insort(self._order, key)
        else:
            self._unlist(key, before)
        for name, index in self._indexes.items():
            index.setdefault(row.get(name), {})[key] = None
        self._rows[key] = row
        self._versions[key] = self._versions.get(key, 0) + 1

    def _drop(self, key: Key) -> None:
        self._unlist(key, self._rows.pop(key))
        del self._order[bisect_left(self._order, key)]
        self._lagging.pop(key, None)

    def _restore(self, key: Key, row: Row, version: int) -> None:
        self._put(key, row)
        self._versions[key] = version

    def _unlist(self, key: Key, row: Row) -> None:
        for name, index in self._indexes.items():
            keys = index.get(row.get(name), {})
            keys.pop(key, None)
