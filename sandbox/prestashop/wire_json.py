"""The webservice's JSON: only for answers, and not the same as its XML.

A single record loses every field that PHP calls empty ("", "0", 0); the list form keeps them. An empty list
is `[]`. With one language a localised field is a plain text, with several a list of {id, value}.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.prestashop.fields import Field, Resource
from sandbox.prestashop.records import Record, Values

_EMPTY_TO_PHP = ("", "0", 0)


class JsonWriter:
    """Writes answers for one call; `native` gives whole numbers as such, as PHP 8.1 and later do."""

    content_type = "application/json"

    def __init__(self, language_ids: Sequence[int], native: bool) -> None:
        self._languages, self._native = language_ids, native

    def listing(self, resource: Resource, records: Sequence[Record], ids_only: bool) -> bytes:
        """Write a list: full records, or only their ids."""
        if not records:
            return b"[]"
        listed = [{"id": each.id} if ids_only else self._record(each) for each in records]
        return _bytes({resource.plural: listed})

    def details(self, resource: Resource, records: Sequence[Record]) -> bytes:
        """Write a single record, its empty fields dropped; of several written at once, the last."""
        written = self._record(records[-1])
        kept = {name: value for name, value in written.items() if value not in _EMPTY_TO_PHP}
        return _bytes({resource.node: kept})

    def errors(self, errors: Iterable[tuple[int, str]]) -> bytes:
        """Write errors."""
        return _bytes({"errors": [{"code": code, "message": message} for code, message in errors]})

    def _record(self, record: Record) -> dict[str, Any]:
        written = {field.name: self._value(field, value) for field, value in record.values}
        if "id" in written:
            written["id"] = record.id
        inside = {each.name: [self._row(row) for row in rows] for each, rows in record.associations if rows}
        return {**written, "associations": inside} if inside else written

    def _row(self, row: Values) -> dict[str, Any]:
        return {field.name: self._value(field, value) for field, value in row}

    def _value(self, field: Field, value: Any) -> Any:
        if field.localised:
            texts = [{"id": self._number(each), "value": value[each]} for each in self._languages]
            return texts[0]["value"] if len(texts) == 1 else texts
        if field.kind.kept_as == "integer" and field.kind_name not in ("bool", "flag"):
            return self._number(value)
        return field.kind.show(value)

    def _number(self, value: int) -> int | str:
        return value if self._native else str(value)


def _bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
