"""The contracts of hooks: every trigger of an order has a point, and no point allows what comes too late."""

import pytest
from pydantic import ValidationError

from domain.hook_points import PAIR_POINTS, PairHook, point_of
from domain.hooks import (
    CONTRACTS,
    EarlyAnswer,
    HookCall,
    HookPoint,
    LateAnswer,
    OrderCaptured,
    OrderChecked,
    OrderFollowed,
)
from domain.posting import ErpDocument, ErpState
from domain.rules.triggers import DEADLINES, PHASES, Phase, Trigger
from domain.stages import Stage
from tests.domain.rules.specimens import check
from tests.domain.specimens import order


def test_every_trigger_that_is_about_an_order_has_a_point() -> None:
    points = {trigger: point_of(trigger) for trigger in Trigger}

    assert [trigger for trigger, point in points.items() if point is None] == [Trigger.CONNECTION_DOWN]
    assert {points[trigger] for trigger in DEADLINES} == {HookPoint.OVERDUE}
    assert set(points.values()) - {None} == set(HookPoint) - PAIR_POINTS


@pytest.mark.parametrize("trigger", [each for each in Trigger if each is not Trigger.CONNECTION_DOWN])
def test_only_before_posting_a_hook_may_reject_or_set_fields(trigger: Trigger) -> None:
    point = point_of(trigger)
    assert point is not None

    early = PHASES[trigger] in {Phase.CAPTURE, Phase.CHECKED}

    assert (CONTRACTS[point].answer is EarlyAnswer) is early
    assert ("reject" in CONTRACTS[point].answer.model_fields) is early


@pytest.mark.parametrize(
    ("point", "model"),
    [
        (HookPoint.CAPTURED, OrderCaptured),
        (HookPoint.VALIDATED, OrderChecked),
        (HookPoint.POSTED, OrderFollowed),
        (HookPoint.OVERDUE, OrderFollowed),
    ],
)
def test_a_call_gives_each_point_its_own_and_outlives_a_history(point: HookPoint, model: type) -> None:
    document = ErpDocument(kind="order", entry="7", number="2001", state=ErpState.OPEN)
    call = HookCall(
        hook="asked",
        point=point,
        about="7",
        pair="main",
        order=order(),
        stage=Stage.POSTED,
        document=document,
    )

    given = HookCall.model_validate_json(call.model_dump_json()).given()

    assert type(given) is model
    assert given.key == f"shop:1042:main:{point.value}:7:asked"
    assert given.order == order()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"DocTotal": "1"}, "there is no field DocTotal to fill"),
        ({"deliver_on": "soon"}, "deliver_on takes a day"),
        ({"comment": "x" * 251}, "at most 250"),
    ],
)
def test_a_field_that_no_document_has_is_refused_with_what_there_is(
    fields: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        EarlyAnswer(fields=fields)


@pytest.mark.parametrize(
    "answer", [{"tags": ("a b",)}, {"hold": "x" * 201}, {"reject": "no"}, {"status": "x"}]
)
def test_a_late_answer_takes_tags_and_one_sentence_only(answer: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LateAnswer.model_validate(answer)


def test_a_rule_that_calls_a_hook_where_it_does_not_fit_is_refused() -> None:
    rules = "rules: [{id: one, when: posted, then: [{do: call_hook, hook: score_buyer}]}]"

    (fault,) = check(rules).faults

    assert fault.sentence == "the hook score_buyer is not made for posted"
    assert fault.fix == "It fits captured, validated."


def test_a_rule_that_calls_a_hook_where_it_fits_is_taken() -> None:
    rules = "rules: [{id: one, when: captured, then: [{do: call_hook, hook: score_buyer}]}]"

    assert check(rules).faults == ()


def test_a_pair_has_hooks_called_only_where_no_rule_can() -> None:
    assert PairHook(point=HookPoint.COMPLETED, hook="archive").point in PAIR_POINTS

    with pytest.raises(
        ValidationError, match=r"write before_posting or completed; at posted a rule calls the hook"
    ):
        PairHook(point=HookPoint.POSTED, hook="archive")
