"""Read what people write as a file, rules and mappings: YAML or JSON, and every scalar in it is text.

No number becomes a binary fraction and the country `NO` stays Norway: what a text means, the models decide.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from domain.errors import FixData

Place = tuple[str | int, ...]
LARGEST_BYTES = 2_000_000
DEEPEST = 40
_REMEDY = "Correct the file at the place named, then try again."


class BadFile(FixData):
    """A file that cannot be read; the sentence names it and the line."""

    code = "bad_file"
    remedy = _REMEDY


class WrittenFile:
    """A file's content, made of dicts, lists and texts, and the line on which each place of it begins."""

    def __init__(self, name: str, content: Any, lines: dict[Place, int]) -> None:
        self.name, self.content, self._lines = name, content, lines

    def where(self, place: str) -> str:
        """Return a place such as `pairs.main.header.3.source` with file and line, as far as it is known."""
        parts: Place = tuple(int(part) if part.isdecimal() else part for part in place.split("."))
        for length in range(len(parts), 0, -1):
            line = self._lines.get(parts[:length])
            if line is not None:
                return f"{self.name}:{line} {place}"
        return f"{self.name} {place}".strip()


def read_file(path: Path) -> WrittenFile:
    """Read a file of rules, mappings or orders. Raises `BadFile`."""
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise BadFile(
            f"{path} cannot be read ({problem.strerror})", remedy="Name a file that exists."
        ) from None
    if len(raw) > LARGEST_BYTES:
        raise BadFile(f"{path} is larger than {LARGEST_BYTES} bytes", remedy="Divide the file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(f"{path} is not UTF-8", remedy="Save the file as UTF-8.") from None
    return read_text(text, path.name)


def read_text(text: str, name: str) -> WrittenFile:
    """Read YAML, or JSON where the name ends so. Raises `BadFile`."""
    if name.endswith(".json"):
        return WrittenFile(name, _read_json(text, name), {})
    reading = _YamlReading(text, name)
    return WrittenFile(name, reading.content(), reading.lines)


def written_yaml(content: Any) -> str:
    """Return content as a YAML file that reads back the same."""
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def _read_json(text: str, name: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            double = next(key for key in keys if keys.count(key) > 1)
            raise BadFile(f"{name}: {double} is written twice")
        return found

    def refuse(constant: str) -> NoReturn:
        raise BadFile(f"{name}: {constant} is no value")

    try:
        return json.loads(text, object_pairs_hook=once, parse_float=str, parse_int=str, parse_constant=refuse)
    except json.JSONDecodeError as problem:
        raise BadFile(f"{name}:{problem.lineno}: this is not JSON ({problem.msg})") from None
    except RecursionError:
        raise BadFile(f"{name} is nested deeper than {DEEPEST}") from None


class _YamlReading:
    """One reading of a YAML text, from its events: so nothing is built before it was judged."""

    def __init__(self, text: str, name: str) -> None:
        self._name, self.lines = name, dict[Place, int]()
        self._text = text

    def content(self) -> Any:
        """Return the only document's content."""
        try:
            read = yaml.parse(self._text, Loader=yaml.CBaseLoader)
            started = [event for event in self._checked(read) if not isinstance(event, _FRAME)]
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            place = f"{self._name}:{mark.line + 1}" if mark else self._name
            said = getattr(problem, "problem", None) or "unreadable"
            raise BadFile(f"{place}: this is not YAML ({said})") from None
        if not started:
            raise BadFile(f"{self._name} is empty")
        events = iter(started)
        return self._value(next(events), events, ())

    def _checked(self, events: Iterable[Any]) -> Iterator[Any]:
        depth = documents = 0
        for event in events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self._refuse(event, "anchors and aliases (& and *) are not used here: write the value itself")
            if documents > 1:
                self._refuse(event, "there is a second document; a file holds one")
            if depth > DEEPEST:
                self._refuse(event, f"this is nested deeper than {DEEPEST}")
            yield event

    def _value(self, event: Any, events: Iterator[Any], place: Place) -> Any:
        self.lines.setdefault(place, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        return (
            self._list(events, place)
            if isinstance(event, yaml.SequenceStartEvent)
            else self._dict(events, place)
        )

    def _list(self, events: Iterator[Any], place: Place) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, events, (*place, len(found))))
        return found

    def _dict(self, events: Iterator[Any], place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key is a single text")
            key = event.value
            if key in found:
                self._refuse(event, f"{key} is written twice")
            self.lines[(*place, key)] = _line(event)
            found[key] = self._value(next(events), events, (*place, key))
        return found

    def _refuse(self, event: Any, sentence: str) -> NoReturn:
        raise BadFile(f"{self._name}:{_line(event)}: {sentence}")


_OPENING = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_CLOSING = (yaml.SequenceEndEvent, yaml.MappingEndEvent)
_FRAME = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
