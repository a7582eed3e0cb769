"""What a connection test finds wrong with a store, said for a person."""

from adapters.ports import Finding
from domain.errors import ConnectionDown, WaybillError

_UNREACHABLE = "Correct base_url in waybill.toml, or bring the shop back."


def broken(what: str, problem: WaybillError) -> Finding:
    """Return the finding for something that failed: what was said, and what to do about it."""
    told = problem.problem
    remedy = told.remedy if told.remedy != ConnectionDown.remedy else _UNREACHABLE
    said = f" The answer was: {told.quote}" if told.quote and "<" not in told.quote else ""
    sentence = told.sentence[:1].upper() + told.sentence[1:]
    return Finding(what=what, ok=False, fix=f"{sentence}. {remedy}{said}")
