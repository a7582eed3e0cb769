"""Lines that are no plain article are rewritten by policy, and the sums stay what the store said."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks import examine
from domain.mapping.apply import CompiledMapping
from domain.money import currency_digits
from domain.order import Order
from domain.totals import Arithmetic, adds_up_to, pricings
from tests.domain.baskets import basket
from tests.domain.mappings import mapping
from tests.domain.specimens import facts, line, order, pair, stock

FREE = {"net": Decimal(0), "gross": Decimal(0), "quantity": Decimal(1)}


def _policies(text: str) -> CompiledMapping:
    return mapping(f"pairs: {{main: {{policies: {{{text}}}}}}}")


def _skus(found: Order) -> list[str]:
    return [each.sku for each in found.lines]


@pytest.mark.parametrize("name", ["without_sku", "unknown_sku"])
def test_a_line_without_article_is_held_as_before_where_nothing_else_is_said(name: str) -> None:
    placed = order(line(1), line(2, sku="" if name == "without_sku" else "GONE"))

    found = _policies(f"{name}: {{do: hold}}").of_order(placed, frozenset({"GONE"}))

    assert found.order is placed
    known = facts(stock("WINE-1"))
    codes = [each.code for each in examine(found.order, known, pair()).holding]
    assert codes == ["sku_missing" if name == "without_sku" else "sku_unknown"]


def test_a_placeholder_stands_for_a_line_and_keeps_its_name_and_amount() -> None:
    placed = order(line(1), line(2, sku="", name="Engraving\n'Anna'"))

    found = _policies("without_sku: {do: placeholder, item: MISC}").of_order(placed)

    assert _skus(found.order) == ["WINE-1", "MISC"]
    assert dict(found.lines["2"]) == {"description": "Engraving 'Anna'"}
    assert adds_up_to(found.order) == placed.gross


def test_an_article_the_erp_does_not_know_is_named_by_its_placeholder() -> None:
    placed = order(line(1), line(2, sku="GONE"))

    found = _policies("unknown_sku: {do: placeholder, item: MISC}").of_order(placed, frozenset({"GONE"}))

    assert _skus(found.order) == ["WINE-1", "MISC"]
    assert found.lines["2"]["description"] == "GONE Red wine"


def test_a_line_without_amount_becomes_a_text_and_one_with_an_amount_stays() -> None:
    placed = order(line(1, sku="", name="Thank you", **FREE), line(2), line(3, sku="", name="Engraving"))

    found = _policies("without_sku: {do: text}").of_order(placed)

    assert [each.id for each in found.order.lines] == ["2", "3"]
    assert [(each.after, each.text) for each in found.texts] == [(0, "1 × Thank you")]
    (held,) = examine(found.order, facts(stock("WINE-2")), pair()).holding
    assert (held.code, held.field) == ("sku_missing", "line.3.sku")


def test_a_charge_takes_a_line_out_of_the_goods_and_keeps_its_amount() -> None:
    engraving = line(
        2, sku="", name="Engraving", quantity=Decimal(2), net=Decimal("10.00"), gross=Decimal("12.00")
    )
    placed = order(line(1), engraving, line(3, sku="", name="Thank you", **FREE))

    found = _policies("without_sku: {do: charge, item: SERVICE}").of_order(placed)

    (charge,) = found.order.charges
    assert _skus(found.order) == ["WINE-1"]
    assert (charge.code, charge.name, charge.gross) == ("SERVICE", "2 × Engraving", Decimal("12.00"))
    assert [each.text for each in found.texts] == ["1 × Thank you"]
    assert adds_up_to(found.order) == placed.gross
    (way, *_) = pricings(found.order, Arithmetic(), Decimal(0))
    assert way.expected.gross == placed.gross
    assert way.charges == (charge,)


@pytest.mark.parametrize(
    "changed",
    [{"tax_rate": None}, {"net": Decimal("-10.00"), "gross": Decimal("-12.00")}],
    ids=["tax", "minus"],
)
def test_a_line_that_cannot_be_a_charge_is_held(changed: dict[str, Any]) -> None:
    placed = order(line(1), line(2, sku="", **changed))

    found = _policies("without_sku: {do: charge, item: SERVICE}").of_order(placed)

    assert found.order.charges == ()
    codes = {each.code for each in examine(found.order, facts(stock("WINE-1")), pair()).holding}
    assert "sku_missing" in codes


@given(seed=st.integers(0, 2000), unknown=st.sets(st.integers(1, 6)))
def test_charges_reach_the_stores_total_as_goods_would(seed: int, unknown: set[int]) -> None:
    placed = basket(seed)
    names = frozenset(f"SKU-{number}" for number in unknown)
    found = _policies("unknown_sku: {do: charge, item: '2'}").of_order(placed, names).order

    (way, *_) = pricings(found, Arithmetic(), 5 * Decimal(1).scaleb(-currency_digits(placed.currency)))

    assert adds_up_to(found) == adds_up_to(placed)
    assert way.expected.gross == placed.gross
    assert len(way.lines) + len(way.charges) == len(placed.lines)


def test_gift_cards_are_found_by_their_beginning_and_held_or_replaced() -> None:
    placed = order(line(1, sku="GIFT-50"), line(2, sku="GIFTS-BOOK"))

    held = _policies("gift_cards: {articles: [GIFT-*]}").of_order(placed)
    sold = _policies("gift_cards: {articles: [GIFT-*], do: placeholder, item: LIABILITY}").of_order(placed)

    assert [(each.sku, each.position) for each in held.gift_cards] == [("GIFT-50", 1)]
    assert _skus(held.order) == ["GIFT-50", "GIFTS-BOOK"]
    assert sold.gift_cards == ()
    assert _skus(sold.order) == ["LIABILITY", "GIFTS-BOOK"]
    assert adds_up_to(sold.order) == placed.gross


CRATE = "[{sku: RED, quantity: 3}, {sku: WHITE, quantity: 2}, {sku: BOX, quantity: 1}]"


def test_a_bundle_of_three_is_opened_and_its_price_split_by_pieces() -> None:
    placed = order(
        line(1), line(2, sku="CRATE", quantity=Decimal(2), net=Decimal("100.00"), gross=Decimal("120.01"))
    )

    found = _policies(f"bundles: {{CRATE: {{parts: {CRATE}}}}}").of_order(placed).order

    parts = found.lines[1:]
    assert [(each.sku, each.quantity) for each in parts] == [
        ("RED", Decimal(6)),
        ("WHITE", Decimal(4)),
        ("BOX", Decimal(2)),
    ]
    assert [each.net for each in parts] == [Decimal("50.00"), Decimal("33.33"), Decimal("16.67")]
    assert sum(each.gross for each in parts) == Decimal("120.01")
    assert [each.id for each in parts] == ["2/1", "2/2", "2/3"]
    assert {(each.position, each.tax_rate) for each in parts} == {(2, Decimal(20))}


def test_shares_weigh_the_parts_and_a_share_of_nothing_is_given_away() -> None:
    parts = (
        "[{sku: RED, quantity: 6, share: '9'}, {sku: SCREW, quantity: 1, share: '1'},"
        " {sku: BOX, quantity: 1, share: 0}]"
    )
    placed = order(line(1, sku="CRATE", quantity=Decimal(1), net=Decimal("99.99"), gross=Decimal("119.99")))

    found = _policies(f"bundles: {{CRATE: {{parts: {parts}}}}}").of_order(placed).order

    assert [each.net for each in found.lines] == [Decimal("89.99"), Decimal("10.00"), Decimal("0.00")]
    assert adds_up_to(found) == placed.gross


def test_a_bundle_in_a_bundle_is_opened_too() -> None:
    pallet = "PALLET: {parts: [{sku: CRATE, quantity: 2}, {sku: FOIL, quantity: 1}]}"
    placed = order(line(1, sku="PALLET", quantity=Decimal(3)))

    found = _policies(f"bundles: {{{pallet}, CRATE: {{parts: {CRATE}}}}}").of_order(placed).order

    assert [(each.id, each.sku, each.quantity) for each in found.lines] == [
        ("1/1/1", "RED", Decimal(18)),
        ("1/1/2", "WHITE", Decimal(12)),
        ("1/1/3", "BOX", Decimal(6)),
        ("1/2", "FOIL", Decimal(3)),
    ]
    assert adds_up_to(found) == Decimal("72.00")


def test_a_parent_stays_alone_or_with_its_parts_at_no_price() -> None:
    placed = order(line(1, sku="CRATE"))

    alone = _policies("bundles: {CRATE: {do: parent}}").of_order(placed).order
    both = _policies(f"bundles: {{CRATE: {{do: parent_and_parts, parts: {CRATE}}}}}").of_order(placed).order

    assert _skus(alone) == ["CRATE"]
    assert _skus(both) == ["CRATE", "RED", "WHITE", "BOX"]
    assert [each.gross for each in both.lines] == [Decimal("72.00"), 0, 0, 0]
    assert adds_up_to(both) == placed.gross


def test_what_is_lacking_of_a_part_is_told_at_the_place_of_the_stores_line() -> None:
    placed = order(line(1), line(2, sku="CRATE"), line(3, sku="GONE"))
    found = _policies(f"bundles: {{CRATE: {{parts: {CRATE}}}}}").of_order(placed).order

    report = examine(found, facts(*(stock(sku) for sku in ("WINE-1", "RED", "WHITE"))), pair())

    assert [(each.code, each.field) for each in report.holding] == [
        ("sku_unknown", "line.2.sku"),
        ("sku_unknown", "line.3.sku"),
    ]


SKUS = [f"SKU-{number}" for number in range(1, 8)]


@st.composite
def _bundles(draw: st.DrawFn) -> str:
    found = []
    for sku in draw(st.lists(st.sampled_from(SKUS), unique=True, min_size=1)):
        count = draw(st.integers(1, 5))
        quantities = draw(
            st.lists(st.sampled_from(["1", "2", "3", "7", "0.5"]), min_size=count, max_size=count)
        )
        shares = draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
        weighed = any(shares) and draw(st.booleans())
        parts = [
            f"{{sku: {sku}-{each}, quantity: '{quantities[each]}'"
            + (f", share: {shares[each]}}}" if weighed else "}")
            for each in range(count)
        ]
        found.append(f"{sku}: {{parts: [{', '.join(parts)}]}}")
    return f"bundles: {{{', '.join(found)}}}"


@given(seed=st.integers(0, 2000), bundles=_bundles())
def test_opening_bundles_changes_no_sum_by_a_cent(seed: int, bundles: str) -> None:
    placed = basket(seed)

    found = _policies(bundles).of_order(placed).order

    for before in placed.lines:
        parts = [each for each in found.lines if each.position == placed.lines.index(before) + 1]
        assert sum(each.net for each in parts) == before.net
        assert sum(each.gross for each in parts) == before.gross
    assert adds_up_to(found) == adds_up_to(placed)


@given(seed=st.integers(0, 2000), bundles=_bundles())
def test_an_opened_order_is_priced_to_the_stores_total(seed: int, bundles: str) -> None:
    placed = basket(seed)
    found = _policies(bundles).of_order(placed).order

    (way, *_) = pricings(found, Arithmetic(), 5 * Decimal(1).scaleb(-currency_digits(placed.currency)))

    assert way.expected.gross == placed.gross
    assert {each.line_id for each in way.lines} == {each.id for each in found.lines}
