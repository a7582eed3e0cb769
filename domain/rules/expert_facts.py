"""The answers of expert rules as facts, `expert.NAME`."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain.rules.case import Case
from domain.rules.experts import ExpertDefinition
from domain.rules.facts import EXPERT, Fact
from domain.rules.operators import Kind


def expert_facts(experts: Iterable[ExpertDefinition]) -> dict[str, Fact]:
    """Return the facts that expert expressions answer."""
    return {f"{EXPERT}{each.name}": _expert_fact(each) for each in experts}


def _expert_fact(expert: ExpertDefinition) -> Fact:
    def read(case: Case) -> Any:
        answer = case.experts.get(expert.name)
        return None if answer is None else _READ[expert.returns.value](answer)

    return Fact(f"{EXPERT}{expert.name}", Kind(expert.returns.value), read, from_erp=True)


_READ: Mapping[str, Callable[[str], Any]] = {
    "number": Decimal,
    "text": str,
    "flag": lambda answer: answer == "true",
}
