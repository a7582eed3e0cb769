"""What is wrong with a mapping is told before it is published: the place, the sentence, the fix."""

from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.mapping.apply import CompiledMapping
from domain.mapping.check import checked
from domain.mapping.model import MappingSet
from domain.mapping.targets import HEADER, LINE, PRODUCT
from starter.files import read_text
from tests.domain.mappings import check
from tests.domain.specimens import line, order

GOOD = """
    tables:
      carriers: {kind: carrier, values: {"2": DHL}}
      rates: {kind: tax, values: {"20": A1, "5.5": A2}}
      countries: {kind: country, values: {GB: UK, NO: NO}}
    pairs:
      main:
        header:
          - {target: U_Channel, default: WEB}
          - {target: carrier, source: order.shipping.code, table: carriers, missing: default, default: "3"}
          - {target: deliver_on, source: order.deliver_by, default: 2026-12-24}
        lines:
          - {target: tax_code, source: line.tax_rate, table: rates}
        products:
          - {target: price, source: item.prices."1", transforms: [{multiply: "1.2"}, {round: 2}]}
          - {target: active, source: item.active, default: "no"}
          - {target: features.Season, source: item.fields.U_Season}
        policies:
          unknown_sku: {do: placeholder, item: MISC}
          bundles:
            CRATE: {parts: [{sku: WINE, quantity: 6}, {sku: BOX, quantity: 1}]}
            BOX: {do: parent}
      "*": {}
"""


def _header(entry: str) -> str:
    return f"tables: {{t: {{values: {{a: b}}}}}}\npairs: {{main: {{header: [{entry}]}}}}\n"


def _policies(text: str) -> str:
    return f"pairs: {{main: {{policies: {{{text}}}}}}}\n"


WRONG: dict[str, tuple[str, str, str, str]] = {
    "a path that cannot exist": (
        _header("{target: U_A, source: order.delivery.land}"),
        "pairs.main.header.0.source",
        "there is no land; there are person, company",
        "Correct the path",
    ),
    "a group in place of a path": (
        _header("{target: U_A, source: {order: number}}"),
        "pairs.main.header.0.source",
        "this is not a text",
        "Write a text.",
    ),
    "a number that is too small": (
        _header("{target: U_A, source: order.number, transforms: [{cut: 0}]}"),
        "pairs.main.header.0.transforms.0.cut",
        "this is too small",
        "Write 1 or more.",
    ),
    "a path longer than any": (
        _header(f"{{target: U_A, source: 'order.lines{'[]' * 300}.sku'}}"),
        "pairs.main.header.0.source",
        "at most 300 characters",
        "",
    ),
    "a path of nothing but brackets": (
        _header(f"{{target: U_A, source: 'order.lines{'[0]' * 80}.sku'}}"),
        "pairs.main.header.0.source",
        "is for lists",
        "",
    ),
    "an unknown target": (
        _header("{target: paymentterms, source: order.number}"),
        "pairs.main.header.0.target",
        "there is no field paymentterms to fill",
        "terms",
    ),
    "a line's target in the header": (
        _header("{target: tax_code, source: order.number}"),
        "pairs.main.header.0.target",
        "there is no field tax_code",
        "reference",
    ),
    "an unknown transform": (
        _header("{target: U_A, source: order.number, transforms: [trim, shout]}"),
        "pairs.main.header.0.transforms.1",
        "there is no such transform",
        "There are cut, date",
    ),
    "a wrong argument of a transform": (
        _header("{target: U_A, source: order.number, transforms: [{cut: many}]}"),
        "pairs.main.header.0.transforms.0.cut",
        "not a whole number",
        "whole number",
    ),
    "an unknown sign of a date": (
        _header("{target: U_A, source: order.placed_at, transforms: [{date: '%A'}]}"),
        "pairs.main.header.0.transforms.0.date",
        "%A is not known",
        "",
    ),
    "a transform of another kind": (
        _header("{target: U_A, source: order.number, transforms: [trim, {round: 2}]}"),
        "pairs.main.header.0.transforms.1",
        "round takes a number, and this is a text",
        "Take it out",
    ),
    "a wrong type": (
        _header("{target: deliver_on, source: order.number}"),
        "pairs.main.header.0.source",
        "deliver_on takes a day, and this gives a text",
        "Read another path",
    ),
    "a day out of a table": (
        _header("{target: deliver_on, source: order.deliver_by, table: t}"),
        "pairs.main.header.0.source",
        "deliver_on takes a day, and this gives a text",
        "",
    ),
    "several values": (
        _header("{target: U_A, source: 'order.lines[].sku'}"),
        "pairs.main.header.0.source",
        "several values come out, and U_A takes one",
        "join",
    ),
    "nothing to read": (
        _header("{target: U_A}"),
        "pairs.main.header.0.source",
        "there is nothing to read",
        "Name a source",
    ),
    "a default that is none": (
        _header("{target: deliver_on, source: order.deliver_by, default: tomorrow}"),
        "pairs.main.header.0.default",
        "deliver_on takes a day, and 'tomorrow' is none",
        "Write a day",
    ),
    "an unknown table": (
        _header("{target: U_A, source: order.number, table: carriers}"),
        "pairs.main.header.0.table",
        "there is no table carriers",
        "Write one of: t.",
    ),
    "a missing default": (
        _header("{target: U_A, source: order.number, table: t, missing: default}"),
        "pairs.main.header.0.missing",
        "the default is to be written, and there is none",
        "Add a default",
    ),
    "missing without a table": (
        _header("{target: U_A, source: order.number, missing: leave_out}"),
        "pairs.main.header.0.missing",
        "no table is named",
        "Name a table",
    ),
    "an unknown way of missing": (
        _header("{target: U_A, source: order.number, table: t, missing: ignore}"),
        "pairs.main.header.0.missing",
        "this is not known",
        "'hold', 'default' or 'leave_out'",
    ),
    "a target twice": (
        _header("{target: U_A, default: a}, {target: U_A, default: b}"),
        "pairs.main.header.1.target",
        "U_A is filled by an entry before it",
        "Keep one",
    ),
    "an unknown field": (
        _header("{target: U_A, default: a, tabel: t}"),
        "pairs.main.header.0.tabel",
        "no such field",
        "spelled",
    ),
    "a missing target": (_header("{default: a}"), "pairs.main.header.0.target", "this is missing", "Add it"),
    "a list that is none": (
        "pairs: {main: {header: some}}",
        "pairs.main.header",
        "this is not a list",
        "Write a list",
    ),
    "a text for a group": ("pairs: {main: some}", "pairs.main", "not a group of fields", "Write names"),
    "a list for the whole": ("[a, b]", "", "not a group of fields", "Write names"),
    "an unknown pair": ("pairs: {mian: {}}", "pairs.mian", "there is no pair mian", 'main, "*" for all'),
    "no country": (
        "tables: {c: {kind: country, values: {France: FR}}}",
        "tables.c.values",
        "'France' is no value of a country table",
        "two capital letters",
    ),
    "no tax rate": (
        "tables: {c: {kind: tax, values: {20 %: A1}}}",
        "tables.c.values",
        "'20 %' is no value of a tax table",
        "a rate in percent",
    ),
    "the same value twice": (
        "tables: {c: {any_case: true, values: {dhl: a, DHL: b}}}",
        "tables.c.values",
        "two values are the same",
        "Keep one",
    ),
    "a placeholder without article": (
        _policies("unknown_sku: {do: placeholder}"),
        "pairs.main.policies.unknown_sku.item",
        "a placeholder needs the article",
        "Name it as item",
    ),
    "an article without placeholder": (
        _policies("without_sku: {do: text, item: MISC}"),
        "pairs.main.policies.without_sku.item",
        "no other one",
        "",
    ),
    "a gift card as a text": (
        _policies("gift_cards: {articles: [A], do: text}"),
        "pairs.main.policies.gift_cards.do",
        "a text carries no amount",
        "hold or placeholder",
    ),
    "a bundle without parts": (
        _policies("bundles: {A: {do: explode}}"),
        "pairs.main.policies.bundles.A.parts",
        "has no parts",
        "List its parts",
    ),
    "a bundle in a circle": (
        _policies(
            "bundles: {A: {parts: [{sku: B, quantity: 1}]}, B: {do: explode, parts: [{sku: A, quantity: 2}]}}"
        ),
        "pairs.main.policies.bundles.A.parts",
        "A → B → A: the bundle contains itself",
        "List the articles that are sent",
    ),
    "a price that cannot be split": (
        _policies(
            "bundles: {A: {parts: [{sku: B, quantity: 1, share: 0}, {sku: C, quantity: 1, share: 0}]}}"
        ),
        "pairs.main.policies.bundles.A.parts",
        "the price cannot be split",
        "Give each part a share",
    ),
    "no quantity": (
        _policies("bundles: {A: {parts: [{sku: B, quantity: 0}]}}"),
        "pairs.main.policies.bundles.A.parts.0.quantity",
        "this is too small",
        "Write more than 0.",
    ),
}


def test_a_mapping_that_is_right_has_no_faults() -> None:
    result = check(GOOD)

    assert result.faults == ()
    assert result.found is not None
    assert MappingSet.model_validate(result.found.model_dump(mode="json")) == result.found


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_place_and_fix(name: str) -> None:
    text, place, sentence, fix = WRONG[name]

    faults = {fault.place: fault for fault in check(text).faults}

    assert place in faults, faults
    assert sentence in faults[place].sentence
    assert fix in faults[place].fix


def test_all_faults_are_told_at_once() -> None:
    text = _header("{target: a, default: x}, {target: b, default: x}, {target: U_C, source: order.x}")

    assert [fault.place for fault in check(text).faults] == [
        "pairs.main.header.0.target",
        "pairs.main.header.1.target",
        "pairs.main.header.2.source",
    ]


def test_a_bundle_that_becomes_too_many_parts_is_refused() -> None:
    parts = ", ".join(f"{{sku: B{each}, quantity: 1}}" for each in range(60))
    bundles = ", ".join(f"B{each}: {{parts: [{{sku: X, quantity: 1}}]}}" for each in range(60))
    deep = ", ".join(f"D{each}: {{parts: [{{sku: D{each + 1}, quantity: 1}}]}}" for each in range(30))
    wide = f"A: {{parts: [{parts}]}}, {bundles}, W: {{parts: [{{sku: A, quantity: 1}}]}}"

    assert not check(_policies(f"bundles: {{{wide}}}")).faults
    (first, *_) = check(_policies(f"bundles: {{{deep}}}")).faults
    assert "too many parts" in first.sentence


@pytest.mark.parametrize("targets", [HEADER, LINE, PRODUCT], ids=["header", "line", "product"])
def test_every_field_that_is_offered_can_be_filled(targets: dict[str, object]) -> None:
    name = {id(HEADER): "header", id(LINE): "lines", id(PRODUCT): "products"}[id(targets)]
    defaults = {"deliver_on": "2026-12-24", "price": "1.50", "weight_kg": "1", "active": "yes"}
    entries = ", ".join(f"{{target: {each}, default: {defaults.get(each, 'x')}}}" for each in targets)

    assert check(f"pairs: {{main: {{{name}: [{entries}]}}}}").faults == ()


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["order.", "$", "a[?"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def _places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = (
        content.keys()
        if isinstance(content, dict)
        else range(len(content))
        if isinstance(content, list)
        else ()
    )
    return [path, *(place for key in keys for place in _places(content[key], (*path, key)))]


def _with(content: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    changed = dict(content) if isinstance(content, dict) else list(content)
    changed[path[0]] = _with(content[path[0]], path[1:], junk)
    return changed


RIGHT = read_text(dedent(GOOD), "mapping.yaml").content


@settings(max_examples=400)
@given(place=st.sampled_from(_places(RIGHT)), junk=JUNK)
def test_whatever_is_written_is_right_or_told_and_what_is_right_runs(place: Any, junk: Any) -> None:
    result = checked(_with(RIGHT, place, junk), ["main"])

    assert all(fault.sentence for fault in result.faults)
    if result.found is not None and not result.faults:
        CompiledMapping.of(result.found, "main").of_order(order(line(1), line(2, sku="CRATE")))
    else:
        assert result.faults
