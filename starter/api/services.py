"""What the API's resources work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from temporalio.client import Client

from records.approvals import ApprovalRequests
from records.command_keys import CommandKeys
from records.order_pages import OrderPages
from records.tokens import Tokens
from starter.composition import Waybill
from starter.connection_desk import ConnectionDesk
from starter.order_desk import OrderDesk
from starter.publishing import Publishing


@dataclass(frozen=True)
class Services:
    """Records and desks. `published` has the kinds of sets that can be written and published."""

    waybill: Waybill
    client: Client
    orders: OrderDesk
    connections: ConnectionDesk
    pages: OrderPages
    approvals: ApprovalRequests
    tokens: Tokens
    keys: CommandKeys
    published: Mapping[str, Publishing]

    @classmethod
    def of(cls, waybill: Waybill, client: Client, published: Mapping[str, Publishing]) -> "Services":
        """Build them; `client` may be one that connects lazily."""
        return cls(
            waybill=waybill,
            client=client,
            orders=OrderDesk(client, waybill.configuration.task_queue),
            connections=ConnectionDesk(client),
            pages=OrderPages(waybill.database),
            approvals=ApprovalRequests(waybill.database),
            tokens=Tokens(waybill.database),
            keys=CommandKeys(waybill.database),
            published=published,
        )

    @property
    def now(self) -> datetime:
        """The time at which something is asked."""
        return datetime.now(UTC)


async def services(request: Request) -> Services:
    """Return what the application was made with."""
    made: Services = request.app.state.services
    return made


Given = Annotated[Services, Depends(services)]
