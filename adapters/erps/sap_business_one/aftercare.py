"""Goods taken back and money given back: each document made once under its key."""

from typing import Any

from adapters.erps.sap_business_one.batch import Write
from adapters.erps.sap_business_one.client import Object, ServiceLayer, literal
from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.company import Company
from adapters.erps.sap_business_one.drawing import Base, check_worth, draw, ref_of, take_back_body
from adapters.erps.sap_business_one.following import Following
from adapters.erps.sap_business_one.kinds import BY_NUMBER, BY_PAPER, Ref
from adapters.erps.sap_business_one.lists import numbered
from adapters.erps.sap_business_one.models import BaseDocument, FollowingDocument, read_as, select
from adapters.erps.sap_business_one.papers import line_ids
from adapters.erps.sap_business_one.progress import ProgressOf
from adapters.erps.sap_business_one.refusals import KeyExists
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.erps.sap_business_one.writing import found_after, write_under_key
from domain.errors import ConnectionDown, InDoubt, NotFound, Passing, Refused, UnexpectedAnswer
from domain.fulfilment import Paper, Progress
from domain.policy import PaperKind
from domain.returns import TakeBack


class Aftercare:
    """What takes goods and money back."""

    def __init__(
        self,
        layer: ServiceLayer,
        settings: SapBusinessOneSettings,
        codes: Codes,
        company: Company,
        progress: ProgressOf,
    ) -> None:
        self._layer, self._settings, self._codes = layer, settings, codes
        self._company, self._progress = company, progress
        self._select = Following(layer, settings).columns

    async def take_back(self, wanted: TakeBack) -> Paper:
        """Make a return request, a return or a credit note; or return the one that is there."""
        for fault in wanted.faults():
            raise Refused(fault, connection=self._layer.connection)
        found = await self.find_paper(wanted.kind, wanted.key)
        if found is not None:
            return found
        picture = await self._progress.read(wanted.sales_kind, wanted.sales_entry)
        body = await self._body(wanted, picture)
        kind = BY_PAPER[wanted.kind]
        try:
            made = await write_under_key(self._layer, self._settings, wanted.key, Write(kind.entity, body))
        except KeyExists as exists:
            return await found_after(
                exists, lambda: self.find_paper(wanted.kind, wanted.key), self._layer.connection
            )
        try:
            return await self._paper(wanted.kind, made)
        except (Passing, ConnectionDown) as unread:
            raise InDoubt(
                "it was made, but the answer cannot be read", connection=self._layer.connection
            ) from unread

    async def find_paper(self, kind: PaperKind, key: str) -> Paper | None:
        """Look for what was made under a key; the first, where people copied it."""
        where = f"{self._settings.paper_column} eq {literal(key)}"
        rows = await self._layer.rows(BY_PAPER[kind].entity, self._select, where)
        numbered(rows, self._layer.connection).sort(key=lambda row: int(row["DocEntry"]))
        return await self._paper(kind, rows[0]) if rows else None

    async def _body(self, wanted: TakeBack, picture: Progress) -> dict[str, Any]:
        """Return what is posted. What cannot be taken back any more may have been, by a write of ours."""
        try:
            refs = [(ref_of(line, wanted.kind, picture), line) for line in wanted.lines]
            bases = {ref: await self._base(ref) for ref in dict.fromkeys(ref for ref, _ in refs)}
            drawn = draw(refs, bases, foreign=await self._is_foreign(picture))
            check_worth(wanted, drawn, picture)
        except Refused:
            if await self._is_taken(wanted, picture.document.customer_code):
                raise InDoubt(
                    "the key is taken in SAP Business One, but its document cannot be read yet",
                    connection=self._layer.connection,
                ) from None
            raise
        return take_back_body(wanted, drawn, picture, self._settings, self._codes)

    async def _is_foreign(self, picture: Progress) -> bool:
        local = self._codes.iso_currency(await self._company.local_currency())
        return picture.document.total is not None and picture.document.total.currency != local

    async def _base(self, ref: Ref) -> Base:
        path = f"{BY_NUMBER[ref[0]].entity}({ref[1]})?$select={select(BaseDocument)}"
        body = await self._layer.read(path)
        document = read_as(BaseDocument, body, self._layer.connection)
        return Base(ref, document, line_ids(body, self._settings.line_column))

    async def _is_taken(self, wanted: TakeBack, customer: str) -> bool:
        """Ask the writing side, which never lags: a document without lines is refused, with its key."""
        nothing = Write(BY_PAPER[wanted.kind].entity, {"CardCode": customer, "DocumentLines": []})
        try:
            await write_under_key(self._layer, self._settings, wanted.key, nothing)
        except KeyExists:
            return True
        except Refused:
            return False
        raise InDoubt("a document without lines was made", connection=self._layer.connection)

    async def read_paper(self, kind: PaperKind, entry: str) -> Paper:
        """Read a document that follows an order. Raises `NotFound`."""
        if not (entry.isascii() and entry.isdecimal() and len(entry) < 12):
            raise NotFound(
                "no document of SAP Business One has such an id", connection=self._layer.connection
            )
        path = f"{BY_PAPER[kind].entity}({entry})?$select={self._select}"
        return await self._paper(kind, await self._layer.read(path))

    async def _paper(self, kind: PaperKind, body: Object) -> Paper:
        number = BY_PAPER[kind].number
        document = read_as(FollowingDocument, body, self._layer.connection)
        view = await self._progress.view((body,))
        paper = view.alone((number, document.DocEntry), body)
        if paper is None:
            raise UnexpectedAnswer("a document has no lines", connection=self._layer.connection)
        return paper
