"""Intake of webhooks: size, signature, row, commit, 2xx; the workflow is started after that."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog
from opentelemetry import metrics, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.ports import BodyRefused, Greeting, SignatureRefused, StorePort
from records.inbox import Delivery, Inbox, InboxState, Source
from starter.composition import Waybill
from starter.gateway.bodies import read_body
from starter.gateway.problems import Refusal

_LOG = structlog.get_logger("waybill.gateway")
_TRACER = trace.get_tracer("waybill.gateway")
_COUNTED = metrics.get_meter("waybill.gateway").create_counter("waybill.webhooks")


class Webhooks:
    """Takes deliveries. `taken` is called after each new row."""

    def __init__(self, waybill: Waybill, taken: Callable[[], None], crowded: Callable[[], bool]) -> None:
        self._systems = waybill.systems
        self._inbox: Inbox = waybill.inbox
        self._settings = waybill.configuration.gateway
        self._taken, self._crowded = taken, crowded
        self.counts: Counter[str] = Counter()

    async def receive(self, request: Request) -> Response:
        """Take one delivery and answer 202, or 200 for one that was taken before."""
        connection = request.path_params["connection"]
        store = self._systems.stores.get(connection)
        if store is None:
            raise self._refused(404, "unknown_connection", "there is no such connection")
        if self._crowded():
            raise self._refused(
                503, "crowded", "too many deliveries wait; send it again later", retry_after=60
            )
        body = await read_body(request, self._settings.largest_body, self._settings.body_seconds)
        now = datetime.now(UTC)
        try:
            delivery_id = self._verified(store, request, body, now)
        except Greeting:
            self._count("greeting", connection)
            return JSONResponse({"taken": False})
        with _TRACER.start_as_current_span("webhook"):
            carrier: dict[str, str] = {}
            TraceContextTextMapPropagator().inject(carrier)
            delivery = Delivery(
                connection=connection,
                delivery=delivery_id,
                source=Source.WEBHOOK,
                body=body,
                trace=carrier.get("traceparent", ""),
            )
            return await self._keep(store, request.headers, delivery, now)

    def _verified(self, store: StorePort, request: Request, body: bytes, now: datetime) -> str:
        try:
            return store.verify_webhook(request.headers, body, now)
        except Greeting:
            raise
        except SignatureRefused as refusal:
            raise self._refused(401, "refused_signature", str(refusal)) from None

    async def _keep(
        self, store: StorePort, headers: Mapping[str, str], delivery: Delivery, now: datetime
    ) -> Response:
        try:
            event = store.read_webhook(headers, delivery.body)
        except BodyRefused as refusal:
            await self._inbox.accept(delivery, now, InboxState.REFUSED, str(refusal))
            raise self._refused(400, "refused_body", str(refusal), field=refusal.field) from None
        told = {"kind": event.kind[:80], "order_id": event.order_id, "subject": event.subject}
        delivery = delivery.model_copy(update=told)
        state = InboxState.WAITING if event.order_id else InboxState.IGNORED
        is_new = await self._inbox.accept(
            delivery, now, state, "" if event.order_id else "not about an order"
        )
        if is_new and event.order_id:
            self._taken()
        self._count("accepted" if is_new else "repeated", delivery.connection)
        return JSONResponse({"taken": is_new}, 202 if is_new else 200)

    def _refused(
        self, status: int, outcome: str, detail: str, *, field: str = "", retry_after: int = 0
    ) -> Refusal:
        self._count(outcome, "")
        return Refusal(status, detail, field=field, retry_after=retry_after)

    def _count(self, outcome: str, connection: str) -> None:
        self.counts[outcome] += 1
        _COUNTED.add(1, {"outcome": outcome})
        _LOG.debug("webhook", code=outcome, connection=connection)
