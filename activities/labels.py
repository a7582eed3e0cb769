"""Return labels: bought once, found again after any failure, kept as files.

The books are those of posting: a row for each label, under a key of its own. A draft of the service is
cross-referenced before the label is made of it, so that a label whose answer was lost is found by it.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.documents import check_pdf
from activities.once import Once
from activities.systems import Systems
from adapters.label_port import LabelPort, LabelRequest
from domain.documents import KeptDocument
from domain.model import Frozen
from domain.money import Money
from domain.posting import Reservation, shortened_key
from records.cross_references import CrossReferences
from records.documents import Documents, Subject
from records.postings import Made, PostingKey, Postings

KIND = "return_label"
_DRAFT = "return_label_draft"
_LOOK_BACK = timedelta(days=1)
"""How long before it was sent a label may seem to have been made: clocks differ."""


class LabelAsked(Frozen):
    """A return label that is wanted for an order of a store; `labels` is the label service's connection."""

    connection: str
    store_order_id: str
    labels: str
    request: LabelRequest


class KeptLabel(Frozen):
    """A return label with its file in the document store; `provider_id` is what the service calls it."""

    tracking_number: str
    tracking_url: str = ""
    carrier: str
    service: str = ""
    provider_id: str
    cost: Money | None = None
    document: KeptDocument


class _Bound(Frozen):
    """What the books hold of a label: that it was made, and once its file is kept, all of it."""

    provider_id: str
    kept: KeptLabel | None = None


class ReturnLabels:
    """Return labels, each made once."""

    def __init__(
        self, systems: Systems, postings: Postings, references: CrossReferences, documents: Documents
    ) -> None:
        self._systems, self._postings, self._once = systems, postings, Once(postings)
        self._references, self._documents = references, documents

    @activity.defn
    async def make_return_label(self, asked: LabelAsked) -> KeptLabel:
        """Make a label and keep its file.

        Safe to run twice: the books and then the service are asked for the reference before anything is
        bought, and a second purchase waits until the first can no longer land unseen. Raises `InDoubt` when
        nobody knows whether the label was made; asking again finds out. `Refused` means that none was.
        """
        key = _key(asked)
        known = await self._once.take_turn(key)
        bound = _Bound.model_validate(known.bound) if known.bound else None
        if bound and bound.kept:
            return bound.kept
        provider_id = bound.provider_id if bound else await self._made(asked, key, known)
        kept = await self._keep(asked, provider_id)
        await self._bind(asked, key, _Bound(provider_id=provider_id, kept=kept))
        return kept

    async def _made(self, asked: LabelAsked, key: PostingKey, known: Reservation) -> str:
        port = self._systems.label(asked.labels)
        made = await self._found(port, asked, key, known)
        if made is None:
            self._once.check_settled(known, asked.labels, port.settle)
            draft = await self._draft(port, asked, key)
            made = await self._once.send(
                key,
                known,
                lambda: port.create_return_label(asked.request, draft),
                write_timeout=port.write_timeout,
                settle=port.settle,
            )
        # Before its file is fetched: what was bought is in the books whatever happens next.
        await self._bind(asked, key, _Bound(provider_id=made))
        return made

    async def _found(
        self, port: LabelPort, asked: LabelAsked, key: PostingKey, known: Reservation
    ) -> str | None:
        since = (known.sent_at or datetime.now(UTC)) - _LOOK_BACK
        drafts = await self._drafts(key)
        for draft in drafts.values() or ("",):
            made = await port.find(asked.request.reference, since, draft)
            if made is not None:
                return made
        return None

    async def _draft(self, port: LabelPort, asked: LabelAsked, key: PostingKey) -> str:
        """Return the draft of exactly this request, made today: prices change, and so may an address."""
        now = datetime.now(UTC)
        content = f"{now:%Y-%m-%d} {asked.request.model_dump_json()}"
        ours = f"{key.key}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"
        drafts = await self._drafts(key)
        if ours in drafts:
            return drafts[ours]
        draft = await port.draft(asked.request)
        if not draft:
            return ""
        label = asked.request.reference
        if await self._references.link(key.erp, _DRAFT, ours=ours, theirs=draft, label=label, now=now):
            return draft
        # Another attempt was faster; its draft is the one that may be on its way.
        return (await self._drafts(key))[ours]

    async def _drafts(self, key: PostingKey) -> dict[str, str]:
        links = await self._references.find(key.key)
        return {
            link.ours: link.theirs for link in links if (link.connection, link.entity) == (key.erp, _DRAFT)
        }

    async def _keep(self, asked: LabelAsked, provider_id: str) -> KeptLabel:
        reference = asked.request.reference
        label = await self._systems.label(asked.labels).read_label(provider_id)
        check_pdf(label.pdf, f"return label {reference}", asked.labels)
        subject = Subject(
            connection=asked.connection,
            order_id=asked.store_order_id,
            origin=asked.labels,
            kind=KIND,
            entry=provider_id,
        )
        name = f"return-label-{reference}.pdf"
        document = await self._documents.keep(subject, name, label.pdf, datetime.now(UTC))
        return KeptLabel(**label.model_dump(exclude={"pdf"}), document=document)

    async def _bind(self, asked: LabelAsked, key: PostingKey, bound: _Bound) -> None:
        made = Made(
            entity=KIND,
            theirs=bound.provider_id,
            label=asked.request.reference,
            document=bound.model_dump(mode="json"),
        )
        await self._postings.bind(key, made, datetime.now(UTC))


def _key(asked: LabelAsked) -> PostingKey:
    return PostingKey(
        key=shortened_key(f"{asked.connection}:{asked.store_order_id}:{KIND}:{asked.request.reference}"),
        erp=asked.labels,
        store=asked.connection,
        order_id=asked.store_order_id,
    )
