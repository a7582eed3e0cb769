"""Asking expert expressions and decision tables before rules are judged."""

from temporalio import activity

from adapters.expression_port import ExpressionPort
from domain.model import Frozen
from domain.rules.case import Case
from domain.rules.experts import ExpertAnswer, ExpertDefinition, facts_for


class ExpertQuestion(Frozen):
    """Definitions that rules refer to, and the order they are asked about."""

    definitions: tuple[ExpertDefinition, ...]
    case: Case


class ExpertAnswers(Frozen):
    """One answer for each definition; what is unknown has the value None."""

    answers: tuple[ExpertAnswer, ...]

    @property
    def values(self) -> dict[str, str]:
        """The known answers by name, as `Case.experts` keeps them."""
        return {answer.name: answer.value for answer in self.answers if answer.value is not None}


class Experts:
    """Answers that conditions cannot give."""

    def __init__(self, engine: ExpressionPort) -> None:
        self._engine = engine

    @activity.defn
    async def judge(self, question: ExpertQuestion) -> ExpertAnswers:
        """Judge definitions over the facts they ask for. Safe to run twice: it only calculates.

        The answers become part of the history: a definition that changes later changes no order's past.
        Raises `ExpertFailed` when one cannot be evaluated, `BadConfiguration` when the engine is not there.
        """
        answers = [
            await self._engine.evaluate(definition, facts_for(definition, question.case))
            for definition in question.definitions
        ]
        return ExpertAnswers(answers=tuple(answers))
