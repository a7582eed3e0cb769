"""Judging an order by its rules, inside the workflow: pure, and kept with its trace."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.reasons import REASONS
    from domain.rules.case import Case
    from domain.rules.consequences import Consequences, consequences_of
    from domain.rules.decisions import RuleDecision, outcomes_of
    from domain.rules.evaluation import Rules
    from domain.rules.model import OrderRules, Rule
    from domain.rules.triggers import Trigger
    from workflows.life import OrderLife


class Ruling:
    """One order's rules, made ready once."""

    def __init__(self, life: OrderLife) -> None:
        self._life = life
        self._ready: tuple[OrderRules, Rules] | None = None

    def of(self, trigger: Trigger) -> list[Rule]:
        """Return the order's rules of a trigger; none before it was read with rules."""
        rules = self._rules
        return rules.of(trigger) if rules else []

    def judge(self, trigger: Trigger, about: str, case: Case, only: tuple[str, ...] = ()) -> Consequences:
        """Judge the order and keep the decision; `only` names the rules whose deadline is over."""
        rules, ruled = self._rules, self._life.ruled
        if rules is None or ruled.rules is None:
            return Consequences()
        ruling = rules.judge(trigger, case, only)
        found = consequences_of(ruling)
        decision = f"{ruled.rules.version}:{about}:{','.join(only)}:{'; '.join(found.did)}"
        if ruling.judged and ruled.judged.get(trigger) != decision:
            ruled.judged[trigger] = decision
            ruled.decisions.append(
                RuleDecision(
                    number=self._life.next_number(workflow.now()),
                    at=workflow.now(),
                    trigger=trigger,
                    about=about,
                    version=ruled.rules.version,
                    outcomes=outcomes_of(ruling),
                    did=found.did,
                )
            )
        return found

    @property
    def _rules(self) -> Rules | None:
        kept = self._life.ruled.rules
        if kept is None or not kept.rules:
            return None
        if self._ready is None or self._ready[0] is not kept:
            self._ready = kept, Rules(kept.rules, kept.experts)
        return self._ready[1]


def case_of(life: OrderLife, *, with_erp: bool = True) -> Case:
    """Return what rules look at now; without what the ERP said, before it was asked."""
    ruled, pair, hold, document = life.ruled, life.pair, life.hold, life.document
    asked = next(reversed(life.returns.values()), None)
    return Case(
        order=life.current,
        pair=pair.name,
        base_currency=pair.base_currency,
        time_zone=ruled.rules.time_zone if ruled.rules else "UTC",
        now=workflow.now(),
        facts=ruled.facts if with_erp else None,
        findings=ruled.findings if with_erp else (),
        tags=ruled.all_tags,
        stage=life.stage.value,
        since=life.since,
        begun_at=life.begun_at,
        hold_code=hold.code if hold else "",
        hold_group=REASONS[hold.code].group.value if hold else "",
        document_kind=document.kind.value if document else "",
        document_state=document.state.value if document else "",
        delivery=life.delivery.value,
        return_amount=asked.credited if asked else None,
        return_pieces=asked.pieces if asked else None,
    )
