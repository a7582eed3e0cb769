"""Every model of the domain crosses a history and comes back as it was, today's and yesterday's alike."""

import json
import pkgutil
from decimal import Decimal
from importlib import import_module
from inspect import isclass
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import domain.approvals
from domain.model import Frozen, Strict
from domain.order import Order, OrderLine
from tests.domain.drawn import Drawing
from tests.domain.specimens import line, order, pair


def _models() -> list[type[BaseModel]]:
    modules = [
        import_module(f"{package.__name__}.{found.name}")
        for package in (domain, domain.approvals)
        for found in pkgutil.iter_modules(package.__path__)
    ]
    classes = {each for module in modules for each in vars(module).values() if isclass(each)}
    models = [
        each for each in classes if issubclass(each, BaseModel) and each.__module__ != BaseModel.__module__
    ]
    return sorted(set(models) - {Frozen, Strict}, key=lambda model: model.__name__)


MODELS = _models()


def _as_in_a_history(value: BaseModel) -> Any:
    return type(value).model_validate_json(value.model_dump_json())


def test_the_domain_has_its_models() -> None:
    assert {"Order", "OrderView", "Pair", "Hold", "Problem", "Decision", "Reservation"} <= {
        model.__name__ for model in MODELS
    }


each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@each_model
def test_a_value_comes_back_from_a_history_to_the_last_digit(model: type[BaseModel]) -> None:
    for seed in range(30):
        value = Drawing(seed).one(model)

        read = _as_in_a_history(value)

        assert read == value, f"seed {seed}"
        assert read.model_dump_json() == value.model_dump_json(), f"seed {seed}"


@each_model
def test_what_a_newer_release_added_is_dropped_but_what_a_person_mistyped_is_refused(
    model: type[BaseModel],
) -> None:
    value = Drawing(1).one(model)
    wire = json.loads(value.model_dump_json()) | {"added_by_a_newer_release": {"deep": [1, 2]}}

    if issubclass(model, Strict):
        with pytest.raises(ValidationError, match="added_by_a_newer_release"):
            model.model_validate_json(json.dumps(wire))
    else:
        assert model.model_validate_json(json.dumps(wire)) == value


@each_model
def test_a_history_of_an_older_release_reads_with_the_defaults(model: type[BaseModel]) -> None:
    value = Drawing(2).one(model)
    optional = {name for name, field in model.model_fields.items() if not field.is_required()}

    read = model.model_validate_json(value.model_dump_json(exclude=optional))

    for name in optional:
        assert getattr(read, name) == model.model_fields[name].get_default(call_default_factory=True)


@each_model
def test_a_value_is_never_changed_in_place(model: type[BaseModel]) -> None:
    value = Drawing(3).one(model)
    name = next(iter(model.model_fields))

    with pytest.raises(ValidationError, match="frozen"):
        setattr(value, name, getattr(value, name))


_AMOUNT = '{{"id": "1", "quantity": "1", "net": {0}, "gross": {0}}}'


@pytest.mark.parametrize("amount", ['"NaN"', '"Infinity"', '"-Infinity"', '"sNaN"', '"twelve"', "null", "[]"])
def test_an_amount_that_is_no_number_is_refused_and_not_taken_for_zero(amount: str) -> None:
    with pytest.raises(ValidationError):
        OrderLine.model_validate_json(_AMOUNT.format(amount))


def test_a_value_the_store_did_not_give_stays_unknown() -> None:
    unknown = order(line(tax_rate=None, unit_net=None), rate=None)

    read = Order.model_validate_json(unknown.model_dump_json())

    assert (read.rate, read.lines[0].tax_rate, read.lines[0].unit_net) == (None, None, None)


def test_amounts_travel_as_text_because_a_json_number_loses_digits() -> None:
    exact = Decimal("12345678901234.567891")

    wire = json.loads(order(line(net=exact, gross=exact)).model_dump_json())

    assert wire["lines"][0]["net"] == "12345678901234.567891"
    assert wire["lines"][0]["quantity"] == "6"


def test_an_order_of_fifty_lines_stays_small_enough_for_a_history() -> None:
    fifty = order(*(line(number, name="A name of forty characters, as most are") for number in range(1, 51)))

    assert len(fifty.model_dump_json()) <= 16_000
    assert len(pair().model_dump_json()) <= 2_000
