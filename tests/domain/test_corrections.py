"""Corrections by a person: the few paths that there are, each with the values that fit it."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.corrections import (
    MOST_FIELDS,
    Correction,
    CorrectionRefused,
    carried_over,
    chosen_customer,
    corrected,
    replaced,
)
from domain.order import Order
from tests.domain.specimens import line, order

ORDER = order(line(1, unit_net=Decimal("10.00"), unit_gross=Decimal("12.00")), line(2))
ADDRESS = ("person", "company", "street", "street2", "postcode", "city", "state", "phone")
BUYER = ("email", "first_name", "last_name", "company", "vat_id", "phone")


def _correct(**fields: str) -> Order:
    return corrected(
        ORDER,
        Correction(by="olga", fields={path.replace("__", "."): value for path, value in fields.items()}),
    )


def _one(path: str, value: str) -> Order:
    return corrected(ORDER, Correction(by="olga", fields={path: value}))


def _refusal(path: str, value: str = "X") -> str:
    with pytest.raises(CorrectionRefused) as refused:
        _one(path, value)
    return str(refused.value)


NO_PATHS = ["", ".", "delivery", "delivery.", "delivery.zip", "lines.1.sku", "__class__.x"]
NOT_FOR_PEOPLE = ["store_id", "gross", "connection", "customer.store_id", "customer.group"]
NOT_FOR_PEOPLE += ["payment.transaction", "payment.terms", "shipping.net"]
TEXTS = [f"{part}.{name}" for part in ("delivery", "billing") for name in ADDRESS]
TEXTS += [f"customer.{name}" for name in BUYER] + ["payment.method", "line.1.sku", "line.2.sku"]


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_is_changed_at_its_path_and_nowhere_else(path: str) -> None:
    changed = _one(path, "  New 漢字 ")

    expected = Order.model_validate(_put(path, "New 漢字"))
    assert changed == expected
    assert changed != ORDER


def _put(path: str, value: object) -> dict[str, Any]:
    part, _, name = path.partition(".")
    content = ORDER.model_dump()
    place = content[part] if part != "line" else content["lines"][int(name.partition(".")[0]) - 1]
    place[name.rpartition(".")[2]] = value
    return content


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("delivery.country", "fr", "FR"),
        ("billing.country", " DE ", "DE"),
        ("payment.paid", "No", False),
        ("payment.paid", "yes", True),
        ("line.2.tax_rate", "5.5", Decimal("5.5")),
        ("line.2.tax_rate", "0", Decimal(0)),
        ("line.2.tax_rate", "100", Decimal(100)),
        ("line.2.quantity", "0.5", Decimal("0.5")),
        ("line.2.net", "59.99", Decimal("59.99")),
        ("line.2.gross", "-1", Decimal(-1)),
        ("line.02.sku", "X", "X"),
    ],
)
def test_a_value_is_read_as_its_path_wants_it(path: str, text: str, value: object) -> None:
    assert _one(path, text) == Order.model_validate(_put(path, value))


@pytest.mark.parametrize("path", ["line.1.quantity", "line.1.net", "line.1.gross"])
def test_a_unit_price_that_no_longer_belongs_to_the_amounts_is_dropped(path: str) -> None:
    changed = _one(path, "7")

    assert (changed.lines[0].unit_net, changed.lines[0].unit_gross) == (None, None)
    assert changed.lines[1] == ORDER.lines[1]


def test_another_article_at_the_same_price_keeps_its_unit_price() -> None:
    assert _one("line.1.sku", "OTHER").lines[0].unit_net == Decimal("10.00")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("delivery.country", "France", "two letters"),
        ("delivery.country", "", "two letters"),
        ("billing.country", "F1", "two letters"),
        ("payment.paid", "true", "yes or no"),
        ("line.1.quantity", "0", "more than zero"),
        ("line.1.quantity", "-1", "more than zero"),
        ("line.1.quantity", "six", "not a number"),
        ("line.1.quantity", "1e1000000", "sensible size"),
        ("line.1.tax_rate", "100.01", "from 0 to 100"),
        ("line.1.tax_rate", "-1", "from 0 to 100"),
        ("line.1.tax_rate", "NaN", "finite"),
        ("line.1.net", "Infinity", "finite"),
        ("line.1.gross", "12,50", "not a number"),
        ("delivery.street", "x" * 201, "at most 200"),
        ("delivery.street", "8 rue\ndu Port", "without control"),
        ("customer.email", "a\x00b", "without control"),
        ("customer.code", "C\t1", "without control"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_path_and_what_would_fit(
    path: str, value: str, says: str
) -> None:
    answer = _refusal(path, value)

    assert answer.startswith(f"{path}: ")
    assert says in answer


@pytest.mark.parametrize(
    "path",
    [*NO_PATHS, *NOT_FOR_PEOPLE],
)
def test_what_is_not_a_path_is_refused_with_the_paths_that_there_are(path: str) -> None:
    answer = _refusal(path)

    assert answer.startswith(f"{path}: there is no such field")
    assert "line.N.sku" in answer
    assert "delivery.country" in answer
    assert "customer.code" in answer


@pytest.mark.parametrize("position", ["0", "3", "-1", "x", "", "1.5", "²", "9" * 5000])
def test_a_line_that_is_not_there_is_refused_with_those_that_are(position: str) -> None:
    assert "line" in _refusal(f"line.{position}.sku")
    assert ORDER.lines == (ORDER.lines[0], ORDER.lines[1])


@pytest.mark.parametrize("name", ["id", "name", "", "lot", "unit_net"])
def test_a_line_has_few_fields_to_correct(name: str) -> None:
    assert _refusal(f"line.1.{name}").endswith("a line has sku, quantity, tax_rate, net, gross")


@pytest.mark.parametrize("count", [0, MOST_FIELDS + 1])
def test_a_correction_names_one_to_fifty_fields(count: int) -> None:
    fields = {f"line.{number}.sku": "X" for number in range(count)}

    with pytest.raises(CorrectionRefused, match="one to 50"):
        corrected(ORDER, Correction(by="olga", fields=fields))


def test_several_fields_are_changed_together_or_not_at_all() -> None:
    changed = _correct(delivery__city="Paris", line__1__quantity="7")
    assert (changed.delivery.city, changed.lines[0].quantity) == ("Paris", Decimal(7))

    with pytest.raises(CorrectionRefused, match=r"^delivery\.zip"):
        _correct(delivery__city="Paris", delivery__zip="X")
    assert ORDER.delivery.city == "Lyon"


def test_the_named_customer_is_not_a_field_of_the_order() -> None:
    named = Correction(by="olga", fields={"customer.code": " C20000 "})

    assert corrected(ORDER, named) == ORDER
    assert chosen_customer(named) == "C20000"
    assert chosen_customer(Correction(by="olga", fields={"delivery.city": "Paris"})) == ""


@given(path=st.text(max_size=20) | st.sampled_from(TEXTS), value=st.text(max_size=220))
def test_any_path_and_value_is_a_correction_or_a_refusal(path: str, value: str) -> None:
    with suppress(CorrectionRefused):
        changed = _one(path, value)

        assert Order.model_validate_json(changed.model_dump_json()) == changed


def test_corrections_are_made_again_on_a_newer_state_of_the_order() -> None:
    newer = ORDER.model_copy(update={"gross": Decimal("150.00"), "comment": "new"})
    by_olga = Correction(by="olga", fields={"delivery.city": "Paris", "line.2.sku": "OTHER"})
    by_otto = Correction(by="otto", fields={"delivery.city": "Nice"})
    made = (*replaced(ORDER, by_olga), *replaced(corrected(ORDER, by_olga), by_otto))

    result = carried_over(newer, made)

    assert (result.delivery.city, result.lines[1].sku) == ("Nice", "OTHER")
    assert (result.gross, result.comment) == (Decimal("150.00"), "new")


def test_what_no_longer_fits_is_left_out_and_the_rest_is_made() -> None:
    shorter = ORDER.model_copy(update={"lines": ORDER.lines[:1]})
    made = replaced(ORDER, Correction(by="olga", fields={"line.2.sku": "OTHER", "delivery.city": "Paris"}))

    result = carried_over(shorter, made)

    assert result.delivery.city == "Paris"
    assert result.lines == shorter.lines


def test_what_the_store_changed_itself_is_not_overwritten() -> None:
    made = replaced(ORDER, Correction(by="olga", fields={"delivery.city": "Paris", "line.1.quantity": "7"}))
    moved = ORDER.model_copy(update={"delivery": ORDER.delivery.model_copy(update={"city": "Nice"})})

    result = carried_over(moved, made)

    assert result.delivery.city == "Nice"
    assert result.lines[0].quantity == Decimal(7)


def test_a_correction_follows_its_line_to_another_place() -> None:
    made = replaced(ORDER, Correction(by="olga", fields={"line.2.sku": "OTHER"}))
    turned = ORDER.model_copy(update={"lines": ORDER.lines[::-1]})

    assert [line.sku for line in carried_over(turned, made).lines] == ["OTHER", ORDER.lines[0].sku]


def test_without_corrections_the_order_is_as_the_store_has_it() -> None:
    assert carried_over(ORDER, ()) is ORDER
