"""The webservice's XML: records, lists, errors, the root, schemas, and the bodies of writes.

Nothing is fetched and no entity is resolved while a body is read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from sandbox.prestashop.errors import WebserviceError
from sandbox.prestashop.fields import Association, Field, Resource
from sandbox.prestashop.records import Record, Values
from sandbox.prestashop.resources import RESOURCES

Element = etree._Element

_XLINK = "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHOWN_VERBS = ("get", "put", "post", "patch", "delete", "head")


class XmlWriter:
    """Writes answers for one call; `base` is the webservice's own address, with a slash at its end."""

    content_type = "text/xml;charset=utf-8"

    def __init__(self, base: str, language_ids: Sequence[int]) -> None:
        self._base, self._languages = base, language_ids

    def listing(self, resource: Resource, records: Sequence[Record], ids_only: bool) -> bytes:
        """Write a list: full records, or only their ids and addresses."""
        root = _root()
        parent = etree.SubElement(root, resource.plural)
        for record in records:
            if ids_only:
                link = {"id": str(record.id), _HREF: f"{self._base}{resource.plural}/{record.id}"}
                etree.SubElement(parent, resource.node, link)
            else:
                self._record(parent, resource, record)
        return _bytes(root)

    def details(self, resource: Resource, records: Sequence[Record]) -> bytes:
        """Write records without a list around them: one that was asked for, or those just written."""
        root = _root()
        for record in records:
            self._record(root, resource, record)
        return _bytes(root)

    def errors(self, errors: Iterable[tuple[int, str]]) -> bytes:
        """Write errors."""
        root = _root()
        parent = etree.SubElement(root, "errors")
        for code, message in errors:
            error = etree.SubElement(parent, "error")
            _write(etree.SubElement(error, "code"), str(code))
            _write(etree.SubElement(error, "message"), message)
        return _bytes(root)

    def resources(self, shop_name: str, rights: Mapping[str, frozenset[str]]) -> bytes:
        """Write the root: every resource the key may use, and the verbs it has there."""
        root = _root()
        api = etree.SubElement(root, "api", {"shopName": shop_name})
        for name in sorted(name for name, verbs in rights.items() if verbs and name in RESOURCES):
            verbs = {verb: str(verb.upper() in rights[name]).lower() for verb in _SHOWN_VERBS}
            node = etree.SubElement(api, name, {_HREF: self._base + name, **verbs})
            description = etree.SubElement(node, "description", {_HREF: self._base + name, **verbs})
            description.text = RESOURCES[name].description
            for schema in ("blank", "synopsis"):
                address = f"{self._base}{name}?schema={schema}"
                etree.SubElement(node, "schema", {_HREF: address, "type": schema})
        return _bytes(root)

    def schema(self, resource: Resource, synopsis: bool, required: Iterable[str]) -> bytes:
        """Write an empty record: to be filled (blank), or telling each field's format (synopsis)."""
        root = _root()
        node = etree.SubElement(root, resource.node)
        for field in resource.fields.values():
            hidden = field.name == "id" if synopsis else not field.writable
            if not hidden:
                facts = _facts(field, field.required or field.name in required) if synopsis else {}
                self._languages_of(etree.SubElement(node, field.name, facts), field)
        parent = etree.SubElement(node, "associations")
        for association in resource.associations.values():
            rows = etree.SubElement(parent, association.name, _assoc_facts(association))
            row = etree.SubElement(rows, association.node)
            for name in association.fields:
                etree.SubElement(row, name)
        return _bytes(root)

    def _languages_of(self, node: Element, field: Field) -> None:
        for language in self._languages if field.localised else ():
            etree.SubElement(node, "language", {"id": str(language)})

    def _record(self, parent: Element, resource: Resource, record: Record) -> None:
        node = etree.SubElement(parent, resource.node)
        for field, value in record.values:
            self._field(node, field, value)
        if not record.associations:
            return
        inside = etree.SubElement(node, "associations")
        for association, rows in record.associations:
            self._association(inside, association, rows)

    def _association(self, parent: Element, association: Association, rows: Sequence[Values]) -> None:
        listed = etree.SubElement(parent, association.name, _assoc_facts(association))
        for row in rows:
            ids = [value for field, value in row if field.name == "id"]
            link = {_HREF: f"{self._base}{association.api}/{ids[0]}"} if association.api and ids else {}
            node = etree.SubElement(listed, association.node, link)
            for field, value in row:
                self._field(node, field, value)

    def _field(self, parent: Element, field: Field, value: Any) -> None:
        if field.localised:
            node = etree.SubElement(parent, field.name)
            for language in self._languages:
                link = {"id": str(language), _HREF: f"{self._base}languages/{language}"}
                _write(etree.SubElement(node, "language", link), value[language])
            return
        text = field.kind.show(value)
        attributes = {_HREF: f"{self._base}{field.link}/{text}"} if field.link and value else {}
        if field.dynamic:
            attributes["notFilterable"] = "true"
        _write(etree.SubElement(parent, field.name, attributes), text)


def read_body(body: bytes) -> list[Element]:
    """Return the record nodes of a write's body. Raises `WebserviceError` 127 when it is not XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        text = body.decode(errors="replace")
        message = f"XML error : {trouble}\nXML length : {len(body)}\nOriginal XML : {text}"
        raise WebserviceError(500, 127, message) from trouble
    return [node for node in root if isinstance(node.tag, str)]


def text_of(node: Element) -> str:
    """Return a node's own text, blanks included."""
    return node.text or ""


def _root() -> Element:
    return etree.Element("prestashop", nsmap={"xlink": _XLINK})


def _bytes(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _write(node: Element, text: str) -> None:
    """Put text into a node as CDATA; what XML cannot carry at all is left out."""
    clean = _NOT_XML.sub("", text)
    if clean:
        node.text = clean if "]]>" in clean else etree.CDATA(clean)


def _assoc_facts(association: Association) -> dict[str, str]:
    facts = {"nodeType": association.node}
    return {**facts, "api": association.api} if association.api else {**facts, "virtualEntity": "true"}


def _facts(field: Field, required: bool) -> dict[str, str]:
    facts = {"required": "true"} if required else {}
    if field.size:
        facts["maxSize"] = str(field.size)
    if field.kind.published:
        facts["format"] = field.kind.published
    if not field.writable:
        facts["readOnly"] = "true"
    if field.dynamic:
        facts["notFilterable"] = "true"
    return facts
