"""`waybill map`: check, publish, export, look back, roll back; preview from a file; what tables lacked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from records.database import Database
from records.unmapped import UnmappedValues
from starter.cli.codes import Code
from starter.files import read_text
from tests.domain.specimens import line, order
from tests.starter.terminal import Terminal

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MAPPING = """\
tables:
  carriers: {values: {"2": DHL}}
pairs:
  main:
    header:
      - {target: comment, source: order.number, transforms: [lower]}
      - {target: U_Carrier, source: order.shipping.code, table: carriers, missing: leave_out}
    policies:
      bundles: {WINE-1: {parts: [{sku: WINE-RED-75, quantity: 5}, {sku: BOX, quantity: 1}]}}
    products:
      - {target: name, source: item.name, transforms: [trim]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING)
    return path


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """An order of the shop, in a file."""
    path = tmp_path / "order.json"
    path.write_text(order(line(1), line(2, sku="OIL")).model_dump_json())
    return path


def test_lint_names_line_place_sentence_and_fix(terminal: Terminal, file: Path) -> None:
    right = terminal.run("map", "lint", str(file))
    file.write_text(MAPPING.replace("order.number", "order.numero"))
    wrong = terminal.run("map", "lint", str(file))

    assert (right.exit_code, wrong.exit_code) == (Code.DONE, Code.DIFFERENT)
    assert "mapping.yaml:6 pairs.main.header.0.source" in wrong.stderr
    assert "there is no numero; there are connection, store_id, number" in wrong.stderr
    assert "Correct the path." in wrong.stderr


def test_a_faulty_mapping_is_not_published(terminal: Terminal, file: Path) -> None:
    file.write_text(MAPPING.replace("comment", "coment"))

    refused = terminal.run("map", "publish", str(file), "--note", "first")

    assert refused.exit_code == Code.DECLINED
    assert "there is no field coment to fill" in refused.stderr
    assert "Nothing was published yet." in terminal.run("map", "history").stdout


def test_versions_are_published_exported_listed_and_rolled_back(terminal: Terminal, file: Path) -> None:
    assert terminal.run("map", "publish", str(file), "--note", "first").exit_code == Code.DONE
    file.write_text(MAPPING.replace("DHL", "UPS"))
    assert terminal.run("map", "publish", str(file), "--note", "second").exit_code == Code.DONE
    back = terminal.run("map", "rollback", "1", "--note", "UPS is on strike")

    listed = json.loads(terminal.run("map", "history", "--json").stdout)
    exported = terminal.run("map", "export").stdout

    assert back.exit_code == Code.DONE
    assert [(each["number"], each["note"]) for each in listed] == [
        (3, "UPS is on strike"),
        (2, "second"),
        (1, "first"),
    ]
    assert read_text(exported, "m.yaml").content == read_text(MAPPING, "m.yaml").content
    assert terminal.run("map", "export", "--version", "9").exit_code == Code.NOT_FOUND
    assert terminal.run("map", "rollback", "9").exit_code == Code.NOT_FOUND


def test_a_preview_shows_order_document_and_what_each_entry_made(
    terminal: Terminal, file: Path, placed: Path
) -> None:
    terminal.run("map", "publish", str(file))

    shown = terminal.run("map", "preview", str(placed))
    made = json.loads(terminal.run("map", "preview", str(placed), "--json").stdout)

    assert shown.exit_code == Code.DONE, shown.stderr
    assert made["order"]["number"] == "XKBKNABJK"
    assert (made["document"]["Comments"], made["document"]["NumAtCard"]) == ("xkbknabjk", "XKBKNABJK")
    items = [each["ItemCode"] for each in made["document"]["DocumentLines"]]
    assert items == ["WINE-RED-75", "BOX", "OIL"]
    assert [(row["target"], row["value"]) for row in made["fields"]] == [
        ("comment", "xkbknabjk"),
        ("U_Carrier", ""),
    ]
    for text in (
        "the order",
        "the document",
        "Lyon",
        "CardCode",
        "document: comment = xkbknabjk ← order.number",
    ):
        assert text in shown.stdout


def test_a_preview_marks_what_a_file_changes(terminal: Terminal, file: Path, placed: Path) -> None:
    terminal.run("map", "publish", str(file))
    file.write_text(
        MAPPING.replace("transforms: [lower]", "transforms: [{cut: 3}]").replace("U_Carrier", "U_Parcel")
    )

    ran = terminal.run("map", "preview", str(placed), "--mapping", str(file), "--json")
    rows = {row["target"]: row for row in json.loads(ran.stdout)["fields"]}
    shown = terminal.run("map", "preview", str(placed), "--mapping", str(file)).stdout

    assert {name: (row["change"], row["before"], row["value"]) for name, row in rows.items()} == {
        "comment": ("changed", "xkbknabjk", "XKB"),
        "U_Parcel": ("new", "", ""),
        "U_Carrier": ("gone", "", ""),
    }
    assert "document: comment = XKB ← order.number (XKBKNABJK); changed, was xkbknabjk" in shown


def test_a_preview_tells_what_a_table_lacks_and_what_is_in_the_way(
    terminal: Terminal, file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd.json"
    odd = order(line(1, tax_rate="17"), shipping={"code": "7"})
    path.write_text(odd.model_dump_json())

    ran = terminal.run("map", "preview", str(path), "--mapping", str(file))

    assert ran.exit_code == Code.DONE
    assert "U_Carrier = the table carriers has no '7': leave out ← order.shipping.code (7)" in ran.stdout
    assert "no tax code stands for 17 percent" in ran.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "order.json connection: Field required"),
        ('{"lines": ', "this is not JSON"),
        ("[]", "order.json"),
    ],
)
def test_a_file_that_is_no_order_is_refused(
    terminal: Terminal, file: Path, placed: Path, content: str, said: str
) -> None:
    placed.write_text(content)

    ran = terminal.run("map", "preview", str(placed), "--mapping", str(file))

    assert ran.exit_code == Code.DECLINED
    assert said in ran.stderr


def test_an_order_that_is_not_there_is_told(terminal: Terminal) -> None:
    assert terminal.run("map", "preview", "shop:77").exit_code == Code.NOT_FOUND


def test_a_faulty_mapping_is_not_previewed(terminal: Terminal, file: Path, placed: Path) -> None:
    file.write_text(MAPPING.replace("lower", "louder"))

    ran = terminal.run("map", "preview", str(placed), "--mapping", str(file))

    assert ran.exit_code == Code.DIFFERENT
    assert "there is no such transform" in ran.stderr


def test_an_article_is_previewed_as_a_product(terminal: Terminal, file: Path, tmp_path: Path) -> None:
    item = tmp_path / "item.yaml"
    item.write_text("sku: WINE\nname: '  Red   wine '\nprices: {1: 9.90}\n")

    ran = terminal.run("map", "preview", str(item), "--product", "--mapping", str(file), "--json")

    (row,) = json.loads(ran.stdout)
    assert (row["where"], row["target"], row["value"]) == ("product", "name", "Red wine")


def test_an_unknown_pair_is_told_with_those_there_are(terminal: Terminal, placed: Path) -> None:
    ran = terminal.run("map", "preview", str(placed), "--pair", "mian")

    assert ran.exit_code == Code.NOT_FOUND
    assert "there are main" in ran.stderr


def test_what_tables_lacked_is_listed_until_it_is_there(terminal: Terminal, file: Path) -> None:
    async def seen(database: Database) -> None:
        values = UnmappedValues(database)
        for number in range(47):
            await values.note("main", [("carriers", "7")], f"shop:{number}", NOON)
        await values.note("main", [("carriers", "8")], "shop:90", NOON)

    terminal.run("map", "publish", str(file))
    terminal.fill(seen)

    before = json.loads(terminal.run("map", "missing", "--json").stdout)
    shown = terminal.run("map", "missing", "--pair", "main").stdout
    file.write_text(MAPPING.replace("{values: {", '{values: {"7": UPS, '))
    terminal.run("map", "publish", str(file))
    after = json.loads(terminal.run("map", "missing", "--json").stdout)

    assert [(each["value"], each["count"], each["example"]) for each in before] == [
        ("7", 47, "shop:0"),
        ("8", 1, "shop:90"),
    ]
    assert "main  carriers  7      47" in shown
    assert [each["value"] for each in after] == ["8"]
    assert "No value was lacking." in terminal.run("map", "missing", "--pair", "other").stdout


def test_fields_cannot_be_asked_of_an_erp_that_is_not_there(terminal: Terminal, file: Path) -> None:
    ran = terminal.run("map", "fields", str(file))

    assert ran.exit_code == Code.DIFFERENT
    assert "pairs.main" in ran.stderr
