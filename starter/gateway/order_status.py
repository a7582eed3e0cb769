"""What a store's own module may show of an order: the ERP's number, its shipments, its documents.

The store asks `GET /orders/{connection}/{store order id}` and signs `GET /orders/…` (the path below the
gateway's address, as a proxy may serve it in a sub-folder) with the secret and headers of its webhooks.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from activities.document_links import DocumentLinks
from activities.systems import Systems
from adapters.ports import SignatureRefused
from domain.documents import KeptDocument
from domain.fulfilment import Paper
from domain.life import OrderView
from domain.model import Frozen
from domain.policy import Carrier, PaperKind
from records.orders import Orders
from starter.gateway.problems import Refusal
from workflows.life import OrderLife

_SHOWN = frozenset({PaperKind.DELIVERY, PaperKind.INVOICE, PaperKind.RETURN, PaperKind.CREDIT_NOTE})


class Parcel(Frozen):
    """A tracking number, and where to follow it when the pair's carriers say so."""

    number: str
    url: str = ""


class Shipment(Frozen):
    """Goods that left together. `on` is an ISO date."""

    number: str
    on: str
    carrier: str = ""
    tracking: tuple[Parcel, ...] = ()


class ShownDocument(Frozen):
    """A paper of the order. Without an `url` there is no file (yet)."""

    kind: PaperKind
    number: str
    url: str = ""


class OrderStatus(Frozen):
    """What is told. An empty `erp_number`: not posted yet."""

    erp_number: str
    stage: str
    shipments: tuple[Shipment, ...] = ()
    documents: tuple[ShownDocument, ...] = ()


def status_of(
    view: OrderView, carriers: Mapping[str, Carrier], link: Callable[[KeptDocument], str]
) -> OrderStatus:
    """Return what a store may show of an order; `link` makes a kept document's address."""
    return OrderStatus(
        erp_number=view.document.number if view.document else "",
        stage=view.stage.value,
        shipments=tuple(_shipments(view, carriers)),
        documents=tuple(_documents(view, link)),
    )


def _shipments(view: OrderView, carriers: Mapping[str, Carrier]) -> Iterator[Shipment]:
    for paper in _standing(view):
        if paper.kind is PaperKind.DELIVERY or paper.ships:
            carrier = carriers.get(paper.carrier, Carrier())
            yield Shipment(
                number=paper.number,
                on=paper.on.isoformat(),
                carrier=carrier.name or paper.carrier,
                tracking=tuple(_parcel(number, carrier) for number in paper.tracking),
            )


def _parcel(number: str, carrier: Carrier) -> Parcel:
    return Parcel(number=number, url=carrier.follow(number))


def _documents(view: OrderView, link: Callable[[KeptDocument], str]) -> Iterator[ShownDocument]:
    files = dict(view.documents)
    for paper in _standing(view):
        if paper.kind in _SHOWN:
            file = files.get(OrderLife.paper_name(paper))
            yield ShownDocument(kind=paper.kind, number=paper.number, url=link(file) if file else "")


def _standing(view: OrderView) -> Iterator[Paper]:
    """Yield the papers that count, those of what was sent instead of returned goods among them."""
    sent = (each.replacement.papers for each in view.returns if each.replacement)
    return (paper for paper in chain(view.papers, *sent) if not paper.cancelled)


class OrderStatuses:
    """Answers the stores' questions."""

    def __init__(self, systems: Systems, orders: Orders, links: DocumentLinks) -> None:
        self._systems, self._orders, self._links = systems, orders, links

    async def show(self, request: Request) -> Response:
        """Answer for one order: 401 when the question is not signed by its store, 404 when it is unknown."""
        connection, order_id = request.path_params["connection"], request.path_params["order_id"]
        store = self._systems.stores.get(connection)
        if store is None:
            raise Refusal(404, "there is no such connection")
        asked = f"GET /orders/{connection}/{order_id}".encode()
        try:
            store.verify_webhook(request.headers, asked, datetime.now(UTC))
        except SignatureRefused as refusal:
            raise Refusal(401, str(refusal)) from None
        view = await self._orders.one(connection, order_id)
        if view is None:
            raise Refusal(404, "the order is not known (yet)")
        # What is known is shown while the configuration has no pair of the store, too.
        pair = self._systems.pairs.get(connection)
        status = status_of(view, pair.carriers if pair else {}, self._links.url)
        return JSONResponse(status.model_dump(mode="json"), headers={"Cache-Control": "private, no-store"})
