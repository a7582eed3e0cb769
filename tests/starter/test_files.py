"""Files of rules and mappings: every scalar is text, and what cannot be meant is refused with its line."""

from pathlib import Path

import pytest

from starter.files import DEEPEST, LARGEST_BYTES, BadFile, read_file, read_text, written_yaml


def test_every_scalar_is_text() -> None:
    written = read_text("a: 1.10\nb: NO\nc: [2026-01-02, 0x10, ~, null, yes]\nd: '5'\n", "a.yaml")

    assert written.content == {
        "a": "1.10",
        "b": "NO",
        "c": ["2026-01-02", "0x10", "~", "null", "yes"],
        "d": "5",
    }


def test_numbers_of_json_are_text_too() -> None:
    assert read_text('{"a": 1.10, "b": [3, null, true]}', "a.json").content == {
        "a": "1.10",
        "b": ["3", None, True],
    }


def test_a_place_is_named_with_its_line() -> None:
    written = read_text(
        "pairs:\n  main:\n    header:\n      - target: U_A\n      - target: U_B\n", "map.yaml"
    )

    assert written.where("pairs.main.header.1.target") == "map.yaml:5 pairs.main.header.1.target"
    assert written.where("pairs.main.header.1.source") == "map.yaml:5 pairs.main.header.1.source"
    assert written.where("other") == "map.yaml other"


def test_lists_and_groups_nest_in_any_way() -> None:
    written = read_text("a: [{b: [{c: 1, d: [2]}, {e: f}], g: {h: [[i], []]}}, j]\nk: {}\n", "a.yaml")

    assert written.content == {
        "a": [{"b": [{"c": "1", "d": ["2"]}, {"e": "f"}], "g": {"h": [["i"], []]}}, "j"],
        "k": {},
    }


def test_what_is_written_reads_back_the_same() -> None:
    content = {"NO": "yes", "1": ["20", "5.5", "", "null", "a: b", "é\n2"], "deep": {"x": "~"}}

    assert read_text(written_yaml(content), "a.yaml").content == content


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml", "a.yaml:3: a is written twice"),
        ("a: &x 1\nb: *x\n", "a.yaml", "a.yaml:1: anchors and aliases"),
        ("a: [1\n", "a.yaml", "a.yaml:2: this is not YAML"),
        ("a: 1\n---\nb: 2\n", "a.yaml", "a.yaml:2: there is a second document"),
        ("? [a, b]\n: 1\n", "a.yaml", "a.yaml:1: a key is a single text"),
        ("", "a.yaml", "a.yaml is empty"),
        ("# only a comment\n", "a.yaml", "a.yaml is empty"),
        ("[" * (DEEPEST + 1), "a.yaml", "a.yaml:1: this is nested deeper than"),
        ('{"a": 1, "a": 2}', "a.json", "a.json: a is written twice"),
        ('{"a": NaN}', "a.json", "a.json: NaN is no value"),
        ('{"a": ', "a.json", "a.json:1: this is not JSON"),
        ("[" * 100_000, "a.json", "a.json is nested deeper"),
        ("a: \x07\n", "a.yaml", "this is not YAML"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, name: str, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_text(text, name)

    assert said in str(refused.value)


def test_a_file_that_is_not_there_not_text_or_too_large_is_refused(tmp_path: Path) -> None:
    latin, large = tmp_path / "latin.yaml", tmp_path / "large.yaml"
    latin.write_bytes("a: é".encode("latin-1"))
    large.write_bytes(b"#" * (LARGEST_BYTES + 1))

    for path, said in ((tmp_path / "no.yaml", "cannot be read"), (latin, "UTF-8"), (large, "larger than")):
        with pytest.raises(BadFile) as refused:
            read_file(path)
        assert said in str(refused.value)
