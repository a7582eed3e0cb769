"""What one pair's run came to, in one row of a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from domain.life import OrderView
from domain.policy import PaperKind
from domain.returning import ReturnStage
from starter.cli.output import table
from starter.demo.reckoning import group_of
from starter.demo.storefronts import Shown


@dataclass(frozen=True)
class Tally:
    """Counts of orders and papers; `difference` is the first thing that does not add up."""

    orders: int = 0
    posted: int = 0
    cancelled: int = 0
    rejected: int = 0
    held: int = 0
    told: int = 0
    parcels: int = 0
    papers: int = 0
    returned: int = 0
    difference: str = ""

    @classmethod
    def of(cls, views: Sequence[OrderView], shown: Mapping[str, Shown], difference: str) -> "Tally":
        """Count what Waybill knows and what the store shows."""
        groups = [group_of(view) for view in views]
        papers = [paper for view in views for paper in view.papers if not paper.cancelled]
        returns = [each for view in views for each in view.returns]
        return cls(
            orders=len(views),
            posted=groups.count("posted"),
            cancelled=groups.count("cancelled"),
            rejected=groups.count("rejected"),
            held=groups.count("held"),
            told=sum(_is_told(view, shown[view.store_order_id]) for view in views),
            parcels=sum(paper.kind is PaperKind.DELIVERY for paper in papers),
            papers=sum(len(view.documents) for view in views),
            returned=sum(each.stage is ReturnStage.COMPLETED for each in returns),
            difference=difference,
        )


def _is_told(view: OrderView, shown: Shown) -> bool:
    document = view.document if group_of(view) == "posted" else None
    return document is not None and document.number in shown.notes


def tallies_table(rows: Iterable[tuple[str, Tally, float]]) -> Table:
    """Return the table of what each pair came to: its name, its tally, the seconds it took."""
    made = table(
        "pair", "orders", "posted", "cancelled", "rejected", "held", "to the cent", "told the store",
        "shipped", "papers", "returned", "seconds",
    )  # fmt: skip
    for name, tally, seconds in rows:
        made.add_row(
            name,
            *map(str, (tally.orders, tally.posted, tally.cancelled, tally.rejected, tally.held)),
            "no" if tally.difference else "yes",
            f"{tally.told} of {tally.posted}",
            *(str(count) for count in (tally.parcels, tally.papers, tally.returned)),
            f"{seconds:.0f}",
        )
    return made
