"""What needs somebody: holds by cause, connections in trouble, strays."""

from fastapi import APIRouter, Response
from pydantic import Field

from domain.life import OrderView
from domain.model import Frozen, Strict
from records.strays import Stray
from starter.api.access import Operator, Reader
from starter.api.inputs import ConnectionName
from starter.api.problems import refusals
from starter.api.services import Given
from starter.api.shown import OrderSummary
from starter.attention import WaitedFor, attention, incidents_waited_for, sentence_of
from starter.gateway.problems import Refusal

router = APIRouter(tags=["attention"])


class KeptOrder(Frozen):
    """An order that needs somebody: what keeps it, and what to do."""

    order: OrderSummary
    sentence: str
    remedy: str


class Cause(Frozen):
    """Orders that wait for the same kind of thing, the oldest first."""

    cause: str
    orders: tuple[KeptOrder, ...]


class Holds(Frozen):
    """All that needs somebody."""

    causes: tuple[Cause, ...]
    incidents: tuple[WaitedFor, ...]
    strays: tuple[Stray, ...]


class ConnectionShown(Frozen):
    """An outside system, as waybill.toml names it, and its trouble if it has any."""

    name: str
    kind: str
    incident: WaitedFor | None


class StrayNamed(Strict):
    """Something that was parked."""

    connection: str = Field(min_length=1, max_length=40)
    what: str = Field(min_length=1, max_length=120)


@router.get("/holds", responses=refusals())
async def list_holds(_: Reader, given: Given) -> Holds:
    """Show what needs somebody, grouped by cause; and connections in trouble."""
    found = await attention(given.waybill)
    causes = tuple(
        Cause(cause=cause, orders=tuple(_kept(view) for view in views))
        for cause, views in found.by_cause().items()
    )
    return Holds(causes=causes, incidents=found.incidents, strays=found.strays)


def _kept(view: OrderView) -> KeptOrder:
    remedy = view.hold.remedy if view.hold else ""
    return KeptOrder(order=OrderSummary.of(view), sentence=sentence_of(view), remedy=remedy)


@router.get("/connections", responses=refusals())
async def list_connections(_: Reader, given: Given) -> tuple[ConnectionShown, ...]:
    """List the outside systems, and which of them are in trouble."""
    incidents = {each.connection: each for each in await incidents_waited_for(given.waybill)}
    connections = given.waybill.configuration.connections
    return tuple(
        ConnectionShown(name=name, kind=settings.kind, incident=incidents.get(name))
        for name, settings in connections.items()
    )


@router.post("/connections/{connection}/try", status_code=204, responses=refusals(404, 409))
async def try_connection(_: Operator, connection: ConnectionName, given: Given) -> Response:
    """Try a connection in trouble at once; the orders that wait for it go on as soon as it works."""
    if connection not in given.waybill.configuration.connections:
        raise Refusal(404, f"there is no connection {connection}")
    if not await given.connections.try_now(connection):
        raise Refusal(409, f"no orders wait for {connection}")
    return Response(status_code=204)


@router.get("/strays", responses=refusals())
async def list_strays(_: Reader, given: Given) -> tuple[Stray, ...]:
    """List what outside systems said that belongs to no order we can act on, the latest first."""
    return await given.waybill.strays.all()


@router.post("/strays/aside", status_code=204, responses=refusals(404))
async def put_aside(_: Operator, stray: StrayNamed, given: Given) -> Response:
    """Put aside something that was parked, once somebody has dealt with it."""
    if not await given.waybill.strays.put_aside(stray.connection, stray.what):
        raise Refusal(404, f"nothing is parked as {stray.what} of {stray.connection}")
    return Response(status_code=204)
