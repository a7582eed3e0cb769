"""The approvals that an order got: which of them hold for it as it is now, and what a change does to them."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.approvals.requests import ApprovalRequest, Standing
    from domain.approvals.voiding import stands, voided_because
    from workflows.life import OrderLife


class Grants:
    """The approvals of one order. Nothing here waits or calls."""

    def __init__(self, life: OrderLife) -> None:
        self._life = life

    @property
    def standing(self) -> tuple[ApprovalRequest, ...]:
        """The requests that were approved, for the order as it is now."""
        life = self._life
        return tuple(each for each in self._all if stands(each, life.current, life.pair, life.authors))

    @property
    def _all(self) -> tuple[ApprovalRequest, ...]:
        life, latest = self._life, self._life.approval
        return (*life.granted, latest) if latest else life.granted

    def has(self, policy: str, level: int) -> bool:
        """Whether a level is approved for the order as it is now."""
        return any((each.policy, each.level) == (policy, level) for each in self.standing)

    def open(self, request: ApprovalRequest) -> None:
        """Ask a question; the answer to the one before is kept where it was an approval."""
        level = (request.policy, request.level)
        approved = [each for each in self._all if each.standing is Standing.APPROVED]
        self._life.granted = tuple(each for each in approved if (each.policy, each.level) != level)
        self._life.approval = request

    def weigh_change(self, now: datetime) -> None:
        """Void what does not hold for the order as it is now, and say so in the audit.

        The latest answer stays: it counts again when the order is changed back.
        """
        life = self._life
        if life.may_exist:
            return
        weighed = [self._weighed(each, now) for each in life.granted]
        life.granted = tuple(each for each in weighed if each.standing is Standing.APPROVED)
        if life.approval is not None:
            latest, was = self._weighed(life.approval, now), life.approval.standing
            answered = was is Standing.APPROVED
            life.approval = latest.model_copy(update={"standing": was}) if answered else latest

    def _weighed(self, request: ApprovalRequest, now: datetime) -> ApprovalRequest:
        life = self._life
        counts = request.standing in {Standing.OPEN, Standing.APPROVED}
        if not counts or life.current.revision in {request.revision, request.told_of}:
            return request
        because = voided_because(request, life.current, life.pair, life.authors)
        what = f"approval of level {request.level}" if request.levels > 1 else "approval"
        verb, why = ("voided", because) if because else ("kept", "the change does not void it")
        life.note("waybill", f"{verb} the {what}", why, now)
        standing = Standing.VOID if because else request.standing
        return request.model_copy(update={"told_of": life.current.revision, "standing": standing})
