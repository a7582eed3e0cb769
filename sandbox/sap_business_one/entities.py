"""What an entity set is: its rows, and what the service lets a caller do with them."""

import re
from typing import TYPE_CHECKING, Any

from sandbox.sap_business_one.errors import bad_request, not_found, not_supported, rule
from sandbox.sap_business_one.properties import Shape, scalar
from sandbox.sap_business_one.storage import Key, Table
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_KEY_PART = re.compile(r"(?:(?P<name>\w+)\s*=\s*)?(?P<value>'(?:[^']|'')*'|-?\d+)(?:,|$)")


class EntitySet:
    """One entity set. What a subclass does not offer is refused as unsupported."""

    def __init__(self, company: "Company", name: str, shape: Shape, *key: str) -> None:
        self.company, self.name, self.shape, self.key = company, name, shape, key
        self.table = Table(name, company.journal)

    def read_key(self, text: str) -> Key:
        """Return the key written in a URL: a number, a quoted text, or `Name=value` pairs of them."""
        found = {match["name"]: match["value"] for match in _KEY_PART.finditer(text)}
        if len(self.key) == 1 and set(found) == {None}:
            found = {self.key[0]: found[None]}
        if set(found) != set(self.key):
            raise bad_request(f"Invalid key of '{self.name}'")
        parts = tuple(self._key_part(name, found[name]) for name in self.key)
        return parts[0] if len(parts) == 1 else parts

    def key_of(self, row: Row) -> Key:
        """Return the key of a row."""
        return row[self.key[0]] if len(self.key) == 1 else tuple(row[name] for name in self.key)

    def key_text(self, row: Row) -> str:
        """Return the key of a row as it is written in a URL."""
        parts = [_quoted(row[name]) for name in self.key]
        if len(parts) == 1:
            return parts[0]
        return ",".join(f"{name}={part}" for name, part in zip(self.key, parts, strict=True))

    def _key_part(self, name: str, text: str) -> Any:
        value = text[1:-1].replace("''", "'") if text.startswith("'") else text
        return scalar(self.shape.properties[name], self.shape.name, value)

    def present(self, row: Row) -> Row:
        """Return a row with what is computed when it is read."""
        return row

    def row(self, key: Key) -> Row:
        """Return the row a writer works on, or refuse."""
        found = self.table.get(key)
        if found is None:
            raise not_found()
        return found

    def create(self, body: Row) -> Row:  # noqa: ARG002 - the signature that subclasses fill in
        """Add a row from a request body."""
        raise not_supported()

    def change(self, row: Row, body: Row) -> None:  # noqa: ARG002 - as above
        """Change a row by a request body; collections are merged into what is there."""
        raise not_supported()

    def rewrite(self, row: Row, body: Row) -> None:
        """Change a row, and drop what its collections hold and the body does not name."""
        self.change(row, body)

    def put(self, row: Row, body: Row) -> None:  # noqa: ARG002 - as above
        """Change a row with the verb that replaces it."""
        raise not_supported()

    def remove(self, row: Row) -> None:  # noqa: ARG002 - as above
        """Delete a row."""
        raise not_supported()

    def act(self, row: Row, action: str) -> Row | None:  # noqa: ARG002 - as above
        """Carry out a bound action such as Cancel, and return what it answers with, if anything."""
        raise not_supported()


class ReferenceData(EntitySet):
    """Set-up data such as warehouses and tax groups: read, and added to by key."""

    def create(self, body: Row) -> Row:
        """Add a row whose key the caller chose, or the next number."""
        given = self.shape.read(body)
        for name in self.key:
            if self.shape.properties[name].kind == "whole":
                given[name] = self.company.figures.draw((self.name, name), len(self.table) + 1)
            if not given.get(name):
                raise rule(f"Enter a value for '{name}'")
        self.table.insert(self.key_of(given), given)
        return given

    def change(self, row: Row, body: Row) -> None:
        """Overwrite the properties that were sent."""
        self.table.replace(self.key_of(row), {**row, **self.shape.read(body)})


def _quoted(value: Any) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def merge_rows(
    kept: list[Row], sent: list[Row], same: Any, replace: bool = False
) -> tuple[list[tuple[Row | None, Row]], list[Row]]:
    """Pair the sent rows with the kept rows they mean.

    Returns the pairs in order, kept rows first (each with what was sent for it, or with an empty row) and
    new rows last with None, and the kept rows that a replacing caller left out.
    """
    pairs: list[tuple[Row | None, Row]] = []
    left = list(sent)
    dropped: list[Row] = []
    for row in kept:
        meant = next((each for each in left if same(row, each)), None)
        if meant is not None:
            left.remove(meant)
            pairs.append((row, meant))
        elif replace:
            dropped.append(row)
        else:
            pairs.append((row, {}))
    pairs.extend((None, each) for each in left)
    return pairs, dropped
