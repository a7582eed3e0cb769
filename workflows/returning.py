"""A return: registered, waited for, credited; a workflow of its own beside its order's."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.aftercare import Aftercare, TakeBackRequest
    from activities.feed import ERP_EVENT
    from activities.fulfilment import Fulfilment, ProgressRequest
    from activities.labels import ReturnLabels
    from activities.returns import RETURN_VIEW
    from domain.errors import Disposition, Problem
    from domain.exchange import left_to_settle, replacement_order
    from domain.fulfilment import Delivery, Paper, Progress
    from domain.policy import Goods, PaperKind
    from domain.posting import Attempt
    from domain.returning import (
        GivenUp,
        Replaced,
        ReturnAsked,
        ReturnRefused,
        ReturnStage,
        ReturnView,
        checked,
        money_back,
        taken_lines,
    )
    from domain.returns import TakeBack, TakenLine, left_to_credit, paper_key
    from workflows.exchanging import NOT_SENT, Exchanging, not_sent
    from workflows.labelling import label_of
    from workflows.patience import Patience
    from workflows.policies import OUTSIDE
    from workflows.return_life import GrownLong, ReturnStart
    from workflows.steps import Stopped

RETURN_WORKFLOW = "ReturnWorkflow"
RETURN_NEWS = "return_news"
_LOOKED_AT_EACH = timedelta(days=1)
"""The order tells of news from the ERP, as long as it lives."""
Result = TypeVar("Result")


@workflow.defn(name=RETURN_WORKFLOW)
class ReturnWorkflow:
    """One return of one order."""

    @workflow.init
    def __init__(self, start: ReturnStart) -> None:
        self._start, self._life = start, start.life(workflow.now())
        self._patience = Patience(self._obey, self._check_length)
        self._exchange: Exchanging | None = None

    @workflow.run
    async def run(self, _start: ReturnStart) -> ReturnView:
        """See the return through and tell how it ended."""
        try:
            await self._see_through()
        except ReturnRefused as refusal:
            number = self._life.sent
            stays = f"; order {number}, sent instead, stays in the ERP" if number else ""
            await self._show(ReturnStage.REFUSED, f"{refusal}{stays}")
        except GrownLong:
            workflow.continue_as_new(self._start.model_copy(update={"carried": self._life}))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._view

    @property
    def _view(self) -> ReturnView:
        return self._life.view

    def _now_shows(self, **facts: Any) -> None:
        self._life.view = self._life.view.model_copy(update=facts)

    @workflow.query(name=RETURN_VIEW, description="The return as it is now")
    def view(self) -> ReturnView:
        """Return the view."""
        return self._view

    @workflow.signal(description="The goods are here")
    def goods_arrived(self, _asked: Any = None) -> None:
        """Go on as if the ERP had shown them."""
        self._life.arrived = True

    @workflow.signal(name=ERP_EVENT, description="Something happened to the order in the ERP")
    def erp_event(self, _event: Any = None) -> None:
        """Look whether the goods are here."""
        self._life.look = True
        self._patience.hurry()

    @workflow.signal(description="Take the step again at which the return stopped")
    def continue_return(self, _asked: Any = None) -> None:
        """Try again, after something was mended."""
        self._life.continued = True
        self._patience.hurry()

    @workflow.signal(description='Give the return up: {"by": "…", "reason": "…"}')
    def give_up(self, asked: Any = None) -> None:
        """End the return, unless it is over already."""
        given = asked if isinstance(asked, dict) else {}
        by, reason = str(given.get("by", "somebody")), str(given.get("reason", ""))
        self._life.given_up = GivenUp(reference=self._view.reference, by=by, reason=reason)
        self._patience.hurry()

    async def _see_through(self) -> None:
        asked, life = self._start.asked, self._life
        progress = await self._progress()
        if not life.begun:
            checked(asked, self._start.order, progress)
        exchange = self._exchange = self._exchanging() if asked.instead else None
        await self._begin(exchange)
        if asked.label and self._view.label is None:
            await self._make_label(asked)
        if exchange and self._at_once and self._view.replacement is None:
            await self._order_instead(exchange)
        if asked.goods is Goods.COMING:
            if life.request is None:
                life.request = await self._take_back(PaperKind.RETURN_REQUEST, progress)
            await self._wait_for_goods(life.request)
        if not life.gave_back:
            await self._give_back(asked)
            life.gave_back = True
        because = "" if self._view.credited else "nothing was invoiced"
        if exchange:
            because = await self._follow_exchange(exchange)
        await self._show(ReturnStage.COMPLETED, because)

    async def _begin(self, exchange: Exchanging | None) -> None:
        """Show the return, unless an earlier run did."""
        if self._life.begun:
            if exchange and self._view.replacement:
                exchange.tell(self._view.replacement.number)
            return
        await self._show(ReturnStage.REGISTERED, self._start.asked.reason)
        if exchange:
            # Before anything is written: an article that nobody knows is no reason to take others back.
            await exchange.check()
        self._life.begun = True

    @property
    def _at_once(self) -> bool:
        wanted = self._start.asked.at_once
        return self._start.pair.exchange_at_once if wanted is None else wanted

    def _exchanging(self) -> Exchanging:
        start = self._start
        attempt = Attempt(
            order=replacement_order(start.order, start.asked),
            pair=start.pair,
            customer_code=start.document.customer_code,
            mapping_version=start.mapping_version,
            choices=start.choices,
            exchange=start.asked.reference,
        )
        return Exchanging(
            attempt,
            self._life,
            take=self._take,
            stop=self._stopped,
            when_waiting=self._end_what_is_beside,
            with_papers=start.edition > 0,
        )

    async def _order_instead(self, exchange: Exchanging) -> None:
        await self._show(ReturnStage.REPLACING, "ordering what is sent instead")
        if not self._at_once:
            await exchange.check()
        replacement = await exchange.order()
        papers = (*self._view.papers, f"{replacement.kind.value} {replacement.number}")
        self._now_shows(papers=papers, replacement=replacement)
        await self._show(ReturnStage.REPLACING, f"order {replacement.number} is sent instead")

    async def _follow_exchange(self, exchange: Exchanging) -> str:
        """See to it that what is sent instead is ordered and shipped; return how that ended."""
        if self._view.replacement is None:
            await self._order_instead(exchange)
        sent = self._view.replacement
        while sent is not None:
            self._life.look = False
            sent = await exchange.look(sent)
            words = self._words(sent)
            if sent != self._view.replacement or words != self._view.because:
                self._now_shows(replacement=sent)
                await self._show(ReturnStage.REPLACING, words)
            if sent.delivery in NOT_SENT:
                await self._stopped(not_sent(sent))
            if sent.delivery in {Delivery.SHIPPED, *NOT_SENT}:
                break
            await self._news_or_a_day()
        await exchange.finish()
        self._now_shows(notes=self._life.notes)
        return self._view.because

    def _words(self, sent: Replaced) -> str:
        how_far = f"order {sent.number}, sent instead, is {sent.delivery.value.replace('_', ' ')}"
        return "; ".join(filter(None, (how_far, left_to_settle(self._view.credited, sent.total))))

    async def _news_or_a_day(self) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._life.look or self._life.given_up is not None,
                timeout=_LOOKED_AT_EACH,
                timeout_summary="what is sent instead is looked at again",
            )
        self._obey()

    async def _make_label(self, asked: ReturnAsked) -> None:
        wanted = label_of(self._start.order, self._start.pair, asked)
        kept = await self._take(
            lambda: workflow.execute_activity_method(
                ReturnLabels.make_return_label, wanted, summary="Make the return label", **OUTSIDE
            )
        )
        self._now_shows(label=kept.document, tracking=kept.tracking_number)

    async def _give_back(self, asked: ReturnAsked) -> None:
        await self._show(ReturnStage.CREDITING)
        progress = await self._progress()
        if left_to_credit(progress) is not None:
            credit = await self._take_back(PaperKind.CREDIT_NOTE, progress)
            self._now_shows(credited=credit.total)
        elif asked.goods is not Goods.NONE and not self._came_back(progress):
            await self._take_back(PaperKind.RETURN, progress)

    async def _progress(self) -> Progress:
        document = self._start.document
        request = ProgressRequest(erp=self._start.pair.erp, kind=document.kind, entry=document.entry)
        return await self._take(
            lambda: workflow.execute_activity_method(
                Fulfilment.read_progress, request, summary="Read what the ERP did with the order", **OUTSIDE
            )
        )

    async def _take_back(self, kind: PaperKind, progress: Progress) -> Paper:
        while True:
            self._obey()
            try:
                paper = await self._patience.take(partial(self._make, self._request_for(kind, progress)))
                break
            except Stopped as stop:
                await self._stopped(stop.problem)
            # What was mended may be the papers themselves: the lines are chosen anew.
            progress = await self._progress()
        papers = (*self._view.papers, f"{kind.value.replace('_', ' ')} {paper.number}")
        self._now_shows(papers=papers)
        return paper

    async def _make(self, request: TakeBackRequest) -> Paper:
        kind = request.wanted.kind.value.replace("_", " ")
        return await workflow.execute_activity_method(
            Aftercare.take_back, request, summary=f"Make the {kind}", **OUTSIDE
        )

    def _request_for(self, kind: PaperKind, progress: Progress) -> TakeBackRequest:
        start, order, mine = self._start, self._start.order, self._life.request
        key = paper_key(order.connection, order.store_id, kind.value, start.asked.reference)
        # What was made under this very key already, its answer lost, leaves no less to take: it is found.
        others = progress.model_copy(update={"papers": tuple(p for p in progress.papers if p.key != key)})
        lines = taken_lines(
            start.asked, order, others, kind, mine.id if mine else "", start.over, start.parts
        )
        return TakeBackRequest(
            erp=start.pair.erp,
            connection=order.connection,
            store_order_id=order.store_id,
            settle=start.pair.settle,
            wanted=self._wanted(key, kind, lines, others),
        )

    def _wanted(
        self, key: str, kind: PaperKind, lines: tuple[TakenLine, ...], progress: Progress
    ) -> TakeBack:
        asked, order, document = self._start.asked, self._start.order, self._start.document
        gives_money = kind is PaperKind.CREDIT_NOTE
        amounts, shipping = money_back(asked, order, progress) if gives_money else ((), None)
        return TakeBack(
            key=key,
            kind=kind,
            sales_kind=document.kind,
            sales_entry=document.entry,
            on=workflow.now().date(),
            lines=lines,
            amounts=amounts,
            shipping=shipping,
            to_stock=not gives_money or (asked.to_stock and asked.goods is not Goods.NONE),
            reason=asked.reason,
        )

    async def _wait_for_goods(self, request: Paper) -> None:
        life, window = self._life, self._start.pair.return_window
        if life.waits_until is None:
            await self._show(ReturnStage.WAITING_FOR_GOODS, f"return request {request.number}")
        until = life.waits_until = life.waits_until or workflow.now() + window
        while not life.arrived:
            try:
                await workflow.wait_condition(
                    lambda: life.arrived or life.look or life.given_up is not None,
                    timeout=until - workflow.now(),
                    timeout_summary="the goods must be here by then",
                )
            except TimeoutError:
                # The last look: what the ERP told of them may have been lost.
                if not self._came_back(await self._progress()):
                    raise ReturnRefused("the goods did not come back in time") from None
                life.arrived = True
            self._obey()
            if life.look and not life.arrived:
                life.look = False
                if self._came_back(await self._progress()):
                    life.arrived = True

    def _came_back(self, progress: Progress) -> bool:
        """Whether the ERP shows the goods of this return: there may be others of the same order."""
        mine = self._life.request.id if self._life.request else None
        return any(mine in paper.follows for paper in progress.of_kind(PaperKind.RETURN))

    async def _take(self, step: Callable[[], Awaitable[Result]]) -> Result:
        """Take a step; one that cannot be done waits for a person."""
        while True:
            self._obey()
            self._check_length()
            try:
                return await self._patience.take(step)
            except Stopped as stop:
                await self._stopped(stop.problem)

    async def _stopped(self, problem: Problem) -> None:
        """Wait for a person to mend what is in the way, or to give the return up."""
        before, self._life.continued = self._view, False
        quote = f": {problem.quote}" if problem.quote else ""
        await self._show(ReturnStage.STOPPED, f"{problem.sentence}{quote}")
        await workflow.wait_condition(lambda: self._life.continued or self._life.given_up is not None)
        if self._life.given_up is not None and problem.disposition is Disposition.IN_DOUBT:
            raise ReturnRefused(f"{self._life.given_up.because}; {problem.sentence}")
        self._obey()
        await self._show(before.stage, before.because)

    def _obey(self) -> None:
        if self._life.given_up is not None:
            raise ReturnRefused(self._life.given_up.because)

    def _check_length(self) -> None:
        if self._start.is_long:
            raise GrownLong

    def _end_what_is_beside(self) -> None:
        """Wake what waits for news, or for what is tried beside it: the new run tries that again."""
        self._life.look = self._life.look or self._start.is_long
        self._check_length()

    async def _show(self, stage: ReturnStage, because: str = "") -> None:
        self._now_shows(stage=stage, since=workflow.now(), because=because)
        workflow.set_current_details(f"Return {self._view.reference}: {stage.label}. {because}")
        parent = workflow.info().parent
        if parent:
            handle = workflow.get_external_workflow_handle(parent.workflow_id)
            # An order whose life is over no longer listens; its return goes on all the same.
            with contextlib.suppress(FailureError):
                await handle.signal(RETURN_NEWS, self._view)
