"""Money that the buyer pays after the order was posted: entered in the ERP once, beside the order's life."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.aftercare import Aftercare, PaymentRequest
    from domain.policy import PaperKind
    from domain.returns import IncomingPayment, paper_key
    from domain.stages import Stage
    from workflows.beside import Beside
    from workflows.life import OrderLife
    from workflows.patience import Patience
    from workflows.policies import OUTSIDE
    from workflows.steps import Steps, Stopped


class Paying(Beside):
    """Enters one late payment; one that the ERP refuses is a warning on the order."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        super().__init__()
        self._life, self._steps = life, steps

    async def finish(self) -> None:
        """See a payment that is being entered through: money is not forgotten with its order."""
        life = self._life
        if self._task:
            await self._task
        if life.payment and life.stage is Stage.CANCELLED:
            text = f"it was paid and is cancelled: give the money back (payment {life.payment.number})"
            life.warnings = (*life.warnings, text)
            await self._steps.record()

    @property
    def _is_due(self) -> bool:
        life, attempt = self._life, self._life.attempt
        if not life.pair.register_payments or attempt is None or life.document is None or life.payment_taken:
            return False
        # As it was posted: a change that a person accepted since may have brought the payment along.
        return life.current.payment.paid and not attempt.order.payment.paid

    async def _work(self) -> None:
        life = self._life
        life.payment_taken = True
        try:
            life.payment = await Patience().take(
                lambda: workflow.execute_activity_method(
                    Aftercare.register_payment,
                    self._request(),
                    summary="Enter the payment in the ERP",
                    **OUTSIDE,
                )
            )
        except Stopped as stop:
            life.warnings = (*life.warnings, f"the payment was not entered in the ERP: {stop}")
        else:
            if life.payment:
                life.note("waybill", "entered the payment", life.payment.number, workflow.now())
        await self._steps.record()

    def _request(self) -> PaymentRequest:
        life, order = self._life, self._life.current
        if life.document is None:
            raise RuntimeError("the order was not posted")
        invoices = life.progress.of_kind(PaperKind.INVOICE) if life.progress else ()
        unpaid = [paper.entry for paper in invoices if paper.open is None or paper.open.amount > 0]
        return PaymentRequest(
            erp=life.pair.erp,
            connection=order.connection,
            store_order_id=order.store_id,
            settle=life.pair.settle,
            payment=IncomingPayment(
                key=paper_key(order.connection, order.store_id, "payment", "1"),
                order_key=life.document.key,
                customer_code=life.document.customer_code,
                amount=order.total,
                received_on=workflow.now().date(),
                method=order.payment.method,
                reference=order.payment.transaction,
                invoice=unpaid[0] if unpaid else "",
            ),
        )
