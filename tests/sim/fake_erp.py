"""An ERP that commits late, shows late, loses answers and says no; by default it does not know a key twice.

Its own side lives on whatever becomes of the caller: a request that arrived may commit long after.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import cast

from adapters.ports import ErpPort
from domain.errors import ConnectionDown, InDoubt, NotFound, Passing, RateLimited, Refused, WaybillError
from domain.money import Money
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpLine, ErpState, ErpTotals, SalesDocument
from domain.totals import Arithmetic
from tests.sim.world import World, pause

WRITE_TIMEOUT = timedelta(seconds=20)
CONNECTION = "erp"


class Answer(StrEnum):
    """What becomes of a create."""

    GIVEN = "given"
    LOST_AFTER = "lost after the commit"
    LOST_BEFORE = "lost before the commit"
    REFUSED = "refused"
    SLOWED = "asked to slow down"
    DOWN = "not there"


@dataclass(frozen=True)
class Fate:
    """What becomes of one create: when it commits, how much later it shows, when the caller hears of it."""

    answer: Answer = Answer.GIVEN
    commits_after: float = 0
    shows_after: float = 0
    heard_after: float = 0


@dataclass
class Kept:
    """A document that the ERP committed."""

    document: ErpDocument
    shows_at: datetime


@dataclass
class FakeErp:
    """The ERP. `latency` is how long a look-up or a preview takes each way."""

    world: World
    fates: Iterator[Fate]
    unique: bool = False
    latency: float = 0
    reads_fail: float = 0
    previews_refuse: float = 0
    kept: list[Kept] = field(default_factory=list)
    met: list[Answer] = field(default_factory=list)

    arithmetic = Arithmetic()
    write_timeout = WRITE_TIMEOUT

    @property
    def port(self) -> ErpPort:
        """The ERP as the code under test sees it."""
        return cast("ErpPort", self)

    @property
    def creates(self) -> int:
        """How many creates arrived."""
        return len(self.met)

    def go_down(self) -> None:
        """Answer no look-up from now on."""
        self.reads_fail = 1

    def come_back(self) -> None:
        """Answer all look-ups from now on."""
        self.reads_fail = 0

    def of_key(self, key: str) -> list[ErpDocument]:
        """Return what was committed under a key, shown or not."""
        return [kept.document for kept in self.kept if kept.document.key == key]

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Calculate, or refuse what a create would refuse."""
        await pause("preview", 2 * self.latency)
        if self.world.random.random() < self.previews_refuse:
            raise Refused("the customer was blocked a moment ago", connection=CONNECTION)
        return ErpTotals(total=Money(document.pricing.expected.gross, document.currency))

    async def find_document(self, key: str, _kind: DocumentKind) -> ErpDocument | None:
        """Look the key up: what is committed may not show yet."""
        await pause("look-up on its way", self.latency)
        self._maybe_fail()
        found = self._shown(key)
        await pause("look-up answered", self.latency)
        return found

    async def read_document(self, _kind: DocumentKind, entry: str) -> ErpDocument:
        """Read by id, which never lags."""
        await pause("read", 2 * self.latency)
        self._maybe_fail()
        for kept in self.kept:
            if kept.document.entry == entry:
                return kept.document
        raise NotFound("no such document", connection=CONNECTION)

    async def create_document(self, document: SalesDocument) -> ErpDocument:
        """Take a create in; its fate is the ERP's own from here on."""
        fate = next(self.fates)
        self.met.append(fate.answer)
        made: list[ErpDocument] = []
        if fate.answer in (Answer.GIVEN, Answer.LOST_AFTER):
            self.world.at(fate.commits_after, lambda: self._commit(document, fate.shows_after, made))
        await pause("create answered", fate.heard_after)
        if fate.answer is not Answer.GIVEN:
            raise _ERRORS[fate.answer](f"the create was {fate.answer}", connection=CONNECTION)
        found = made[0] if made else self._shown(document.key)
        if found is None:
            raise InDoubt("the key is taken, and its document does not show yet", connection=CONNECTION)
        return found

    def _commit(self, document: SalesDocument, shows_after: float, made: list[ErpDocument]) -> None:
        if self.unique and self.of_key(document.key):
            return
        entry = str(500 + len(self.kept))
        made.append(_as_kept(document, entry))
        self.kept.append(Kept(made[0], self.world.clock.time + timedelta(seconds=shows_after)))

    def _shown(self, key: str) -> ErpDocument | None:
        now = self.world.clock.time
        shown = (kept.document for kept in self.kept if kept.document.key == key and kept.shows_at <= now)
        return next(shown, None)

    def _maybe_fail(self) -> None:
        if self.world.random.random() < self.reads_fail:
            raise Passing("the read failed", connection=CONNECTION)


def _as_kept(document: SalesDocument, entry: str) -> ErpDocument:
    pricing = document.pricing
    return ErpDocument(
        kind=document.kind,
        entry=entry,
        number=f"2{entry}",
        state=ErpState.OPEN,
        key=document.key,
        customer_code=document.customer_code,
        total=Money(pricing.expected.gross, document.currency),
        tax=Money(pricing.expected.tax, document.currency),
        lines=(
            *(ErpLine(sku=line.sku, quantity=line.quantity) for line in pricing.lines),
            *(ErpLine(sku=extra.kind, quantity=Decimal(1)) for extra in pricing.adjustments),
        ),
    )


_ERRORS: dict[Answer, type[WaybillError]] = {
    Answer.LOST_AFTER: InDoubt,
    Answer.LOST_BEFORE: InDoubt,
    Answer.REFUSED: Refused,
    Answer.SLOWED: RateLimited,
    Answer.DOWN: ConnectionDown,
}
