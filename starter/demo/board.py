"""The demo's live table: one line an order, in words of the business."""

from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.table import Table

from domain.life import OrderView
from domain.money import Money
from domain.stages import Stage
from starter.cli.output import stage_text, table
from starter.demo.cases import Case


@dataclass
class Row:
    """One order of the demo: its case, what the store said, what Waybill shows."""

    case: Case
    order_id: str
    total: Money
    view: OrderView | None = None
    note: str = ""

    @property
    def told(self) -> str:
        """What happened last, in one sentence."""
        view = self.view
        if view and view.hold:
            return view.hold.sentence
        if self.note or view is None:
            return self.note or "placed in the store"
        if view.trouble:
            return view.trouble.sentence
        if view.stage is Stage.POSTED:
            return "the store shows the ERP number" if view.told_store else "posted"
        return view.because


class Board:
    """Shows the rows: as a live table on a terminal, as a line for each change elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows: dict[str, Row] = {}
        self._said: dict[str, str] = {}
        self._live: Live | None = None

    def __enter__(self) -> "Board":
        if self._console.is_terminal:
            self._live = Live(self._table(), console=self._console, refresh_per_second=8)
            self._live.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.update(self._table())
            self._live.__exit__(None, None, None)
        elif not any(error):
            self._console.print(self._table())

    def add(self, row: Row) -> None:
        """Show one more order."""
        self._rows[row.order_id] = row
        self.show(row)

    def show(self, row: Row) -> None:
        """Show what changed of an order."""
        if self._live:
            self._live.update(self._table())
            return
        stage = row.view.stage.label if row.view else "placed"
        said = f"order {row.order_id}, {row.case.name}: {stage}" + (f", {row.told}" if row.told else "")
        if said != self._said.get(row.order_id):
            self._said[row.order_id] = said
            self._console.print(said, markup=False, highlight=False)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order they were placed."""
        return tuple(self._rows.values())

    def _table(self) -> Table:
        made = table("order", "what is special", "total", "stage", "ERP order", "DocEntry", "what happened")
        for row in self._rows.values():
            document = row.view.document if row.view else None
            made.add_row(
                row.order_id,
                row.case.name,
                str(row.total),
                stage_text(row.view) if row.view else "placed",
                document.number if document else "",
                document.entry if document else "",
                row.told,
            )
        return made
