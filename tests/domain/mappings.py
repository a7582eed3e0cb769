"""Mappings for tests, written as people write them."""

from textwrap import dedent

from domain.mapping.apply import CompiledMapping
from domain.mapping.check import Checked, checked
from starter.files import read_text


def check(text: str) -> Checked:
    """Read and check a mapping for the pair `main`."""
    return checked(read_text(dedent(text), "mapping.yaml").content, ["main"])


def mapping(text: str) -> CompiledMapping:
    """Return the mapping of the pair `main`, which must be right."""
    result = check(text)
    assert result.found is not None, result.faults
    assert not result.faults
    return CompiledMapping.of(result.found, "main")


def header(entry: str, tables: str = "{}") -> CompiledMapping:
    """Return a mapping with one entry of the document."""
    return mapping(f"tables: {tables}\npairs: {{main: {{header: [{entry}]}}}}\n")
