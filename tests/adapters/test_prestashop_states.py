"""What a state and a payment of the shop mean for us."""

from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.stores.prestashop.models import OrderPayment
from domain.order import StoreState
from tests.adapters.test_prestashop_mapping import documents, mapped


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (0, StoreState.PLACING),
        (2, StoreState.CONFIRMED),
        (4, StoreState.SHIPPED),
        (6, StoreState.CANCELLED),
        (7, StoreState.AWAITING_PAYMENT),
        (8, StoreState.CANCELLED),
        (9, StoreState.CONFIRMED),
        (10, StoreState.AWAITING_PAYMENT),
    ],
)
def test_states_of_a_fresh_install_mean(state: int, expected: StoreState) -> None:
    assert mapped(documents({"current_state": state, "valid": 0})).state is expected


def test_state_missing_from_the_list_is_told_by_the_order_itself() -> None:
    assert mapped(documents({"current_state": 99, "valid": "1"})).state is StoreState.CONFIRMED
    assert mapped(documents({"current_state": 99, "valid": "0"})).state is StoreState.AWAITING_PAYMENT


def test_merchants_table_wins_over_flags() -> None:
    assert mapped(states={4: StoreState.CONFIRMED}).state is StoreState.CONFIRMED
    assert mapped(cancelled_states=frozenset({4})).state is StoreState.CANCELLED
    by_table = mapped(documents({"current_state": 10}), paid_states=frozenset({10}))
    assert by_table.state is StoreState.CONFIRMED
    assert by_table.payment.paid


def paid(amount: str, currency: int = 1) -> OrderPayment:
    return OrderPayment(id=1, id_currency=currency, amount=Decimal(amount), transaction_id="T")


@pytest.mark.parametrize(
    ("payments", "due", "is_paid"),
    [
        ((paid("20.23"),), None, True),
        ((paid("20.22"),), None, False),
        ((paid("10"), paid("10.23")), None, True),
        ((paid("20.23"),), "50.23", False),
        ((paid("50.23"),), "50.23", True),
        ((paid("20.23", currency=2),), None, False),
        ((paid("20.23"), paid("-20.23")), None, False),
    ],
)
def test_payments_count_only_when_they_cover_the_reference(
    payments: tuple[OrderPayment, ...], due: str | None, is_paid: bool
) -> None:
    read = documents({"current_state": 10})

    order = mapped(replace(read, payments=payments, due=Decimal(due) if due else None))

    assert order.payment.paid is is_paid
    assert order.payment.transaction == "T"


def test_order_that_costs_nothing_is_paid() -> None:
    free = {"current_state": 10, "total_paid_tax_incl": "0.000000", "total_paid_tax_excl": "0.000000"}

    assert mapped(documents(free)).payment.paid
