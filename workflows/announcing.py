"""What there is to tell of an order, derived from what its workflow knows; each thing once.

Only events that a rule of the configuration names for the pair are told. Others are noted as past: a rule
that is added later tells nobody of weeks ago.
"""

from collections.abc import Iterable, Iterator

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.fulfilment import Delivery, Paper
    from domain.notices import NoticeEvent, NoticeFacts
    from domain.policy import Carrier, PaperKind
    from domain.returning import Replaced, ReturnStage
    from domain.stages import Stage
    from workflows.life import OrderLife
    from workflows.noticing import Noticing

_ENDS = {Stage.CANCELLED: NoticeEvent.CANCELLED, Stage.REJECTED: NoticeEvent.REJECTED}


class Announcing:
    """Tells what is new, beside the order's life."""

    def __init__(self, life: OrderLife, noticing: Noticing) -> None:
        self._life, self._noticing = life, noticing

    async def watch(self) -> None:
        """Tell for ever; whoever started it stops it."""
        while True:
            await workflow.wait_condition(self._has_news)
            self._tell()

    def take_as_told(self, *events: NoticeEvent) -> None:
        """Take what there is to tell by now as told, all of it or of these events."""
        news = (name for name, event, _ in self._news() if not events or event in events)
        self._life.announced = (*self._life.announced, *news)

    async def finish(self) -> None:
        """Tell what the order's end brought, and wait until all of it goes on without us."""
        self._tell()
        await self._noticing.handed_over()

    def _tell(self) -> None:
        for name, event, facts in self._news():
            self._life.announced = (*self._life.announced, name)
            self._noticing.tell(event, facts)

    def _has_news(self) -> bool:
        return next(self._news(), None) is not None

    def _news(self) -> Iterator[tuple[str, NoticeEvent, NoticeFacts]]:
        if self._life.captured is None:
            return
        for event, facts in announcements(self._life):
            name = f"{event.value}:{facts.about}"
            if name not in self._life.announced:
                yield name, event, facts


def announcements(life: OrderLife) -> Iterator[tuple[NoticeEvent, NoticeFacts]]:
    """Yield all that there is to tell of an order as it is now."""
    if life.document is not None:
        yield NoticeEvent.PLACED_IN_ERP, NoticeFacts(about=life.document.entry)
    if life.hold is not None:
        yield NoticeEvent.HELD, NoticeFacts(about=str(life.hold.number), reason=life.hold.sentence)
    if life.stage in _ENDS:
        yield _ENDS[life.stage], NoticeFacts(about=life.stage.value, reason=life.because)
    if life.delivered_at is not None:
        yield NoticeEvent.DELIVERED, NoticeFacts(about="order")
    for promise in life.broken_promises:
        yield NoticeEvent.PROMISE_BROKEN, NoticeFacts(about=promise, reason=f"not {promise} in time")
    if life.payment is not None:
        yield NoticeEvent.PAYMENT_RECEIVED, NoticeFacts(about="payment", amount=life.current.total)
    yield from _papers(life, life.progress.papers if life.progress else ())
    yield from _returns(life)


def _papers(
    life: OrderLife, papers: Iterable[Paper], erp_number: str = ""
) -> Iterator[tuple[NoticeEvent, NoticeFacts]]:
    """Yield what there is to tell of papers: of the order's own, or of another one in the ERP."""
    for paper in papers:
        if paper.cancelled:
            continue
        facts = NoticeFacts(about=paper.id, paper=paper.number, amount=paper.total, erp_number=erp_number)
        if paper.kind is PaperKind.DELIVERY or paper.ships:
            yield NoticeEvent.SHIPPED, _shipped(life, paper, erp_number)
        if paper.kind is PaperKind.INVOICE:
            yield NoticeEvent.INVOICED, facts
        if paper.kind is PaperKind.CREDIT_NOTE:
            yield NoticeEvent.CREDITED, facts
        name = life.paper_name(paper)
        if name in life.documents:
            update = {"paper": name, "amount": None, "documents": (life.documents[name],)}
            yield NoticeEvent.DOCUMENTS_READY, facts.model_copy(update=update)


def _shipped(life: OrderLife, paper: Paper, erp_number: str) -> NoticeFacts:
    carrier = life.pair.carriers.get(paper.carrier, Carrier())
    return NoticeFacts(
        about=paper.id,
        erp_number=erp_number,
        paper=paper.number,
        tracking=paper.tracking,
        carrier=carrier.name or paper.carrier,
        link=carrier.follow(paper.tracking[0]) if paper.tracking else "",
    )


def _returns(life: OrderLife) -> Iterator[tuple[NoticeEvent, NoticeFacts]]:
    for view in life.returns.values():
        # A label comes with its return's registration: the mail waits for it.
        if view.stage not in {ReturnStage.REGISTERED, ReturnStage.REFUSED, ReturnStage.STOPPED}:
            label = (view.label,) if view.label else ()
            facts = NoticeFacts(about=view.reference, paper=view.reference, documents=label)
            yield NoticeEvent.RETURN_REGISTERED, facts
        if view.replacement is not None:
            yield from _replacement(life, view.reference, view.replacement)


def _replacement(
    life: OrderLife, reference: str, sent: Replaced
) -> Iterator[tuple[NoticeEvent, NoticeFacts]]:
    ordered = NoticeFacts(about=reference, paper=sent.number, amount=sent.total)
    yield NoticeEvent.REPLACEMENT_ORDERED, ordered
    yield from _papers(life, sent.papers, sent.number)
    if sent.delivery is Delivery.SHIPPED and not sent.papers:
        # Of a return that began before its papers were followed.
        about = f"{sent.kind.value}:{sent.entry}"
        yield NoticeEvent.SHIPPED, NoticeFacts(about=about, paper=sent.number, tracking=sent.tracking)
