"""Writes of the webservice: from the body's XML to a saved row.

The fields are read one after the other in the resource's own order, then everything is validated, then
saved. A field that does its work while being read (an order's state) has therefore done it even when another
field of the same body is refused afterwards. PUT and POST empty every optional field the body does not name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.prestashop.errors import WebserviceError
from sandbox.prestashop.fields import Field, Resource
from sandbox.prestashop.kinds import leading_integer
from sandbox.prestashop.rules import SETTERS, save_rule
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row
from sandbox.prestashop.validation import validate
from sandbox.prestashop.wire_xml import Element, read_body, text_of


@dataclass
class Draft:
    """One record on its way into the shop. `row` is None while it is new; `written` overlays it."""

    state: ShopState
    resource: Resource
    verb: str
    query: Mapping[str, str]
    row: Row | None
    written: dict[str, Any] = field(default_factory=dict)
    associations: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def value(self, each: Field) -> Any:
        """Return what a field will hold."""
        if each.name in self.written:
            return self.written[each.name]
        return self.row[each.name] if self.row is not None else ""


def save(state: ShopState, resource: Resource, verb: str, body: bytes, query: Mapping[str, str]) -> list[Row]:
    """Save every record of a body, one after the other: an error keeps those saved before it."""
    nodes = read_body(body)
    _check_ids(verb, nodes)
    return [_save_node(state, resource, verb, node, query) for node in nodes]


def _check_ids(verb: str, nodes: Sequence[Element]) -> None:
    ids = [leading_integer(text) for node in nodes if (text := _text(node, "id"))]
    if verb == "POST":
        if ids:
            raise WebserviceError(400, 91, "id is forbidden when adding a new resource")
        return
    if len(set(ids)) != len(ids):
        raise WebserviceError(400, 89, "id is duplicate in request")
    if len(ids) != len(nodes):
        raise WebserviceError(400, 90, "id is required when modifying a resource")


def _save_node(
    state: ShopState, resource: Resource, verb: str, node: Element, query: Mapping[str, str]
) -> Row:
    row = None
    if verb != "POST":
        row = state.tables.row(resource.name, leading_integer(_text(node, "id") or ""))
        if row is None:
            raise WebserviceError(404, 92, "Invalid ID")
    draft = Draft(state, resource, verb, query, row)
    for each in resource.fields.values():
        if each.name != "id":
            _read_field(draft, each, node.find(each.name))
    _read_associations(draft, node.find("associations"))
    validate(state, resource, draft.value, draft.written)
    saved = save_rule(resource.name)(draft.state, row, draft.written, query)
    _set_associations(draft, saved)
    return saved


def _read_field(draft: Draft, each: Field, node: Element | None) -> None:
    """Take one field from the body, or note that it was not there."""
    if node is None:
        _field_left_out(draft, each)
        return
    if not each.writable:
        text = f'parameter "{each.name}" not writable. Please remove this attribute of this XML'
        raise WebserviceError(400, 93, text)
    setter = SETTERS.get((draft.resource.name, each.name))
    if setter is not None:
        setter(draft.state, draft.row, draft.written, text_of(node))
    elif each.localised:
        draft.written[each.name] = _localised(draft, each, node)
    else:
        draft.written[each.name] = text_of(node)


def _field_left_out(draft: Draft, each: Field) -> None:
    if draft.verb == "PATCH" or not each.writable or each.dynamic:
        return
    extra = draft.state.settings.extra_required.get(draft.resource.name, frozenset())
    if (each.required or each.name in extra) and not each.localised:
        raise WebserviceError(400, 41, f'parameter "{each.name}" required')
    draft.written[each.name] = ""


def _localised(draft: Draft, each: Field, node: Element) -> Any:
    """Read a text per language, over those kept; a bare text counts for every language."""
    languages = node.findall("language")
    if not languages:
        return text_of(node)
    kept = draft.row[each.name] if draft.row is not None else {}
    given = {leading_integer(language.get("id") or ""): text_of(language) for language in languages}
    return {**kept, **given}


def _read_associations(draft: Draft, node: Element | None) -> None:
    for listed in node if node is not None else ():
        rows = [{str(part.tag): text_of(part) for part in row} for row in listed]
        draft.associations[str(listed.tag)] = rows


def _set_associations(draft: Draft, saved: Row) -> None:
    """Replace the associations that were sent. It comes last: an unknown one is refused after the save."""
    for name, rows in draft.associations.items():
        known = draft.resource.associations.get(name)
        if known is None and name != "i18n":
            raise WebserviceError(400, 86, f'The association "{name}" does not exists')
        if known is not None and known.settable:
            cast = [
                {
                    part: known.fields[part].kind.cast(text)
                    for part, text in row.items()
                    if part in known.fields
                }
                for row in rows
            ]
            draft.state.tables[draft.resource.name].change(saved, {f"_{name}": _plain(cast)})


def _plain(rows: list[dict[str, Any]]) -> list[Any]:
    """Keep rows that hold an id and nothing else as bare ids."""
    return [row["id"] if set(row) == {"id"} else row for row in rows]


def _text(node: Element, name: str) -> str | None:
    found = node.find(name)
    return text_of(found).strip() if found is not None else None
