"""Fetching the papers of a posted order as files, beside its life: delivery notes, invoices, credit notes."""

from itertools import chain

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.documents import PaperRequest
    from domain.fulfilment import Paper
    from workflows.beside import Beside
    from workflows.life import OrderLife
    from workflows.steps import Doubt, Steps, Stopped


class Paperwork(Beside):
    """Keeps what the pair wants kept, each paper once; one that cannot be had is a warning, not a hold."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        super().__init__()
        self._life, self._steps = life, steps

    @property
    def _is_due(self) -> bool:
        return bool(self._wanted())

    def _wanted(self) -> list[Paper]:
        life = self._life
        own = life.progress.papers if life.progress else ()
        sent = [view.replacement.papers for view in life.returns.values() if view.replacement]
        return [
            paper
            for paper in chain(own, *sent)
            if paper.kind in life.pair.documents
            and not paper.cancelled
            and not {life.paper_name(paper)} & {*life.documents, *life.papers_left_out}
        ]

    async def _work(self) -> None:
        while wanted := self._wanted():
            await self._keep(wanted[0])
            await self._steps.record()

    async def _keep(self, paper: Paper) -> None:
        life = self._life
        request = PaperRequest(
            connection=life.start.connection,
            store_order_id=life.start.store_order_id,
            erp=life.pair.erp,
            kind=paper.kind,
            entry=paper.entry,
            number=paper.number,
        )
        name = life.paper_name(paper)
        life.warnings = tuple(text for text in life.warnings if not text.startswith(f"{name} could not"))
        try:
            life.documents[name] = await self._steps.keep_paper(request)
        except (Stopped, Doubt) as stop:
            # Looked at again with the next news from the ERP.
            life.papers_left_out = (*life.papers_left_out, name)
            life.warnings = (*life.warnings, f"{name} could not be fetched as a file: {stop}")
