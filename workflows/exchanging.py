"""What is sent instead of returned goods: checked, ordered in the ERP once, followed until it is shipped."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.exchange import Exchange, ReplacementCheck
    from activities.fulfilment import Fulfilment, ProgressRequest
    from activities.posting import Posted, Posting, PostRequest
    from activities.stock import StockRequest, Stocks
    from activities.store_writes import ErpNumberNote, StoreWrites
    from domain.checks import CheckReport
    from domain.errors import Disposition, Problem
    from domain.exchange import followed
    from domain.fulfilment import Delivery, Progress
    from domain.policy import DocumentKind
    from domain.posting import Attempt, ErpDocument, ErpState
    from domain.reasons import REASONS
    from domain.returning import Replaced
    from workflows.patience import Patience
    from workflows.policies import OUTSIDE
    from workflows.return_life import ReturnLife
    from workflows.steps import Stopped

Result = TypeVar("Result")
NOT_SENT = frozenset({Delivery.CANCELLED, Delivery.CLOSED_BY_HAND})
_REMEDY = "mend it in the ERP and continue the return, or give it up"


class Take(Protocol):
    """Takes a step; what cannot be done waits for a person, who may give the return up."""

    async def __call__(self, step: Callable[[], Awaitable[Result]], /) -> Result:
        """Return what the step brings."""


class Exchanging:
    """The replacement of one return."""

    def __init__(
        self,
        attempt: Attempt,
        life: ReturnLife,
        *,
        take: Take,
        stop: Callable[[Problem], Awaitable[None]],
        when_waiting: Callable[[], None],
        with_papers: bool,
    ) -> None:
        self._attempt, self._life, self._take, self._stop = attempt, life, take, stop
        self._when_waiting, self._with_papers = when_waiting, with_papers
        self._telling: asyncio.Task[None] | None = None

    async def check(self) -> None:
        """See to it that it can be ordered: the article is known and in stock, the customer not blocked."""
        attempt = self._attempt
        request = ReplacementCheck(
            order=attempt.order, pair=attempt.pair, customer_code=attempt.customer_code
        )

        async def check() -> CheckReport:
            return await workflow.execute_activity_method(
                Exchange.check_replacement, request, summary="Check what is sent instead", **OUTSIDE
            )

        while not (report := await self._take(check)).passed:
            found = "; ".join(row.sentence for row in report.holding)
            await self._stop(_problem(report.holding[0].code, f"cannot be sent instead: {found}"))

    async def order(self) -> Replaced:
        """Order it in the ERP, and have the store told; a person looks at a document that differs."""
        posted = await self._post_as_document()
        document = posted.document
        if document is None:
            raise RuntimeError("what was to be created is neither there nor refused")
        self.tell(document.number)
        if posted.differences:
            text = ", ".join(row.what for row in posted.differences)
            await self._stop(_problem("document_differs", f"order {document.number} differs: {text}"))
        return Replaced(
            kind=document.kind, entry=document.entry, number=document.number, total=document.total
        )

    async def look(self, known: Replaced) -> Replaced:
        """Ask the ERP how far its goods are."""
        request = ProgressRequest(erp=self._attempt.pair.erp, kind=known.kind, entry=known.entry)

        async def read() -> Progress:
            return await workflow.execute_activity_method(
                Fulfilment.read_progress,
                request,
                summary=f"Read what the ERP did with order {known.number}",
                **OUTSIDE,
            )

        progress = await self._take(read)
        return followed(known, progress, with_papers=self._with_papers)

    def tell(self, number: str) -> None:
        """Have the store told of the order's number beside the return's life, unless it was."""
        if not self._life.told_store:
            self._telling = asyncio.create_task(self._tell_store(number))

    async def finish(self) -> None:
        """Wait until the store was told, or could not be."""
        if self._telling:
            await self._telling

    async def _post_as_document(self) -> Posted:
        async def post() -> Posted:
            return await workflow.execute_activity_method(
                Posting.post_sales_order,
                PostRequest(attempt=self._attempt),
                summary="Order what is sent instead, once",
                **OUTSIDE,
            )

        while True:
            posted = await self._take(post)
            self._life.sent = posted.document.number if posted.document else ""
            if not self._is_kept_as_draft(posted.document):
                return posted
            await self._stop(_problem("erp_keeps_draft", REASONS["erp_keeps_draft"].title))

    def _is_kept_as_draft(self, document: ErpDocument | None) -> bool:
        draft = document is not None and document.state is ErpState.DRAFT_PENDING
        return draft and self._attempt.pair.document is not DocumentKind.DRAFT

    async def _tell_store(self, number: str) -> None:
        """Show the number in the store, and what is for sale now, beside the return's life."""
        await self._try(lambda: self._show_number(number), f"the store could not be told of order {number}")
        if self._attempt.pair.publish_stock:
            await self._try(self._publish_stock, f"the stock of order {number} could not be published")
        self._life.told_store = True

    async def _try(self, step: Callable[[], Awaitable[None]], otherwise: str) -> None:
        try:
            await Patience(when_waiting=self._when_waiting).take(step)
        except Stopped as stop:
            self._life.notes = (*self._life.notes, f"{otherwise}: {stop}")

    async def _show_number(self, number: str) -> None:
        order, pair = self._attempt.order, self._attempt.pair
        text = pair.note.replace("{number}", f"{number} (return {self._attempt.exchange})")
        note = ErpNumberNote(store=order.connection, store_order_id=order.store_id, text=text)
        await workflow.execute_activity_method(
            StoreWrites.show_erp_number, note, summary="Show the number in the store", **OUTSIDE
        )

    async def _publish_stock(self) -> None:
        order, pair = self._attempt.order, self._attempt.pair
        request = StockRequest(
            store=order.connection,
            erp=pair.erp,
            warehouse=pair.warehouse,
            skus=tuple(dict.fromkeys(line.sku for line in order.lines)),
            buffer=pair.stock_buffer,
        )
        await workflow.execute_activity_method(
            Stocks.publish_stock, request, summary="Publish the stock in the store", **OUTSIDE
        )


def not_sent(sent: Replaced) -> Problem:
    """Return what stops the return of a replacement that the ERP's people took back."""
    how = sent.delivery.value.replace("_", " ")
    sentence = f"order {sent.number}, sent instead, is {how} in the ERP"
    remedy = "continue to end the return without it, or give it up"
    return Problem(
        code="cancelled_in_erp",
        disposition=Disposition.FIX_DATA,
        sentence=f"{sentence}; {remedy}",
        remedy=remedy,
    )


def _problem(code: str, sentence: str) -> Problem:
    return Problem(
        code=code, disposition=Disposition.FIX_DATA, sentence=f"{sentence}; {_REMEDY}", remedy=_REMEDY
    )
