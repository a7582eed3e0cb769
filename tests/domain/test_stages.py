"""The table of moves: total, without dead ends, and the only way from one stage to another."""

import ast
from itertools import product
from pathlib import Path

import pytest

from domain.stages import FINAL, IN_ERP, MOVES, MoveNotAllowed, Stage, move

WORKFLOWS = Path(__file__).parents[2] / "workflows"


def _reachable(start: Stage) -> set[Stage]:
    found, waiting = {start}, [start]
    while waiting:
        new = MOVES[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_the_table_names_every_stage_and_no_other() -> None:
    assert set(MOVES) == set(Stage)
    assert set().union(*MOVES.values()) <= set(Stage)


def test_what_is_over_stays_so_unless_something_comes_late() -> None:
    assert {Stage.COMPLETED, Stage.REJECTED, Stage.CANCELLED} == FINAL
    assert MOVES[Stage.COMPLETED] == {Stage.HELD, Stage.SHIPPED}
    assert MOVES[Stage.CANCELLED] == {Stage.HELD}
    assert not MOVES[Stage.REJECTED]


@pytest.mark.parametrize("stage", sorted(set(Stage) - FINAL))
def test_from_every_stage_an_order_can_reach_an_end(stage: Stage) -> None:
    assert _reachable(stage) & FINAL


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_reached_from_the_first(stage: Stage) -> None:
    assert stage in _reachable(Stage.RECEIVED)


@pytest.mark.parametrize("stage", sorted(stage for stage in Stage if Stage.HELD in MOVES[stage]))
def test_a_hold_goes_back_to_the_stage_it_came_from(stage: Stage) -> None:
    assert stage in MOVES[Stage.HELD]


@pytest.mark.parametrize("stage", sorted(set(Stage) - FINAL - {Stage.HELD}))
def test_every_stage_that_is_not_final_can_be_held(stage: Stage) -> None:
    assert Stage.HELD in MOVES[stage]


def test_no_stage_moves_to_itself() -> None:
    assert [stage for stage in Stage if stage in MOVES[stage]] == []


def test_only_the_posting_step_brings_an_order_into_the_erp() -> None:
    outside = set(Stage) - IN_ERP - {Stage.HELD}

    into = {stage for stage in outside if MOVES[stage] & IN_ERP}

    assert into == {Stage.POSTING, Stage.IN_DOUBT}


def test_nothing_is_cancelled_or_rejected_while_in_doubt() -> None:
    assert MOVES[Stage.IN_DOUBT].isdisjoint({Stage.CANCELLED, Stage.REJECTED, Stage.CHECKING})


def test_what_was_shipped_is_not_cancelled() -> None:
    for stage in (Stage.SHIPPED, Stage.DELIVERED):
        assert MOVES[stage].isdisjoint({Stage.CANCELLED, Stage.REJECTED})


@pytest.mark.parametrize(("now", "then"), list(product(Stage, Stage)))
def test_a_move_is_made_when_the_table_has_it_and_refused_otherwise(now: Stage, then: Stage) -> None:
    if then in MOVES[now]:
        assert move(now, then) is then
    else:
        with pytest.raises(MoveNotAllowed, match=f"that is {now.label} cannot become {then.label}"):
            move(now, then)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MOVES[Stage.COMPLETED] = frozenset({Stage.POSTING})  # type: ignore[index]


def test_every_stage_that_a_workflow_moves_to_can_be_moved_to() -> None:
    targets = {
        Stage[node.attr]
        for file in WORKFLOWS.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "move"
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Stage"
    }

    assert {Stage.CHECKING, Stage.POSTING, Stage.IN_DOUBT, Stage.POSTED} <= targets
    assert targets <= set().union(*MOVES.values())
