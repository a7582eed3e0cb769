"""Rules before they are published: as sentences, on one order, on the last orders.

A set that is wrong is no wrong request: the answer names each place, as linting does.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from activities.published_rules import RULES
from domain.model import Frozen, Strict
from domain.rules.dry_run import DryRun, Path
from domain.rules.model import RuleSet
from domain.rules.sentences import rule_sentence
from records.published import refuse_what_cannot_be_kept
from starter.api.access import Reader
from starter.api.inputs import KnownOrder
from starter.api.problems import refusals
from starter.api.published import SetBody
from starter.api.services import Given, Services
from starter.publishing import Findings
from starter.rule_desk import RuleDesk

router = APIRouter(prefix=f"/{RULES}", tags=[RULES], responses=refusals())


class RuleSentence(Frozen):
    """One rule as a plain sentence."""

    id: str
    enabled: bool
    sentence: str


class Explained(Frozen):
    """The rules as sentences; none where the set is wrong."""

    findings: Findings
    sentences: tuple[RuleSentence, ...] = ()


class Tried(Frozen):
    """What the rules would have changed; null where the set is wrong."""

    findings: Findings
    run: DryRun | None = None


class TriedOnOne(Frozen):
    """The path that one order would take; null where the set is wrong."""

    findings: Findings
    path: Path | None = None


class Spoken(Strict):
    """In which language."""

    language: Literal["en", "es", "fr"] = "en"


class Trying(Strict):
    """On how many orders, those checked last."""

    last: int = Field(default=500, ge=1, le=2000)


async def _findings(body: dict[str, Any], given: Services) -> Findings:
    refuse_what_cannot_be_kept(body)
    return await given.published[RULES].lint(body)


@router.post("/explain")
async def explain_rules(
    _: Reader, body: SetBody, spoken: Annotated[Spoken, Query()], given: Given
) -> Explained:
    """Say each rule of a set as one plain sentence."""
    findings = await _findings(body, given)
    if findings.faults:
        return Explained(findings=findings)
    rules = RuleSet.model_validate(body)
    said = (
        RuleSentence(
            id=rule.id, enabled=rule.enabled, sentence=rule_sentence(rule, spoken.language, rules.experts)
        )
        for rule in rules.rules
    )
    return Explained(findings=findings, sentences=tuple(said))


@router.post("/dry-run")
async def dry_run_rules(_: Reader, body: SetBody, trying: Annotated[Trying, Query()], given: Given) -> Tried:
    """Say which of the last orders would take another path than by the rules in force, and why."""
    findings = await _findings(body, given)
    if findings.faults:
        return Tried(findings=findings)
    run = await RuleDesk(given.waybill).dry_run(RuleSet.model_validate(body), trying.last)
    return Tried(findings=findings, run=run)


@router.post("/try/{connection}/{order_id}", responses=refusals(404))
async def try_rules(_: Reader, body: SetBody, view: KnownOrder, given: Given) -> TriedOnOne:
    """Say which path one order would take by a set of rules, and what each rule saw."""
    desk = RuleDesk(given.waybill)
    case = await desk.case(f"{view.connection}:{view.store_order_id}")
    findings = await _findings(body, given)
    if findings.faults:
        return TriedOnOne(findings=findings)
    return TriedOnOne(findings=findings, path=await desk.test(RuleSet.model_validate(body), case))
