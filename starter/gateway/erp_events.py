"""Webhooks of ERPs: a signed hint wakes the change feed; what happened is read from the ERP itself."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from temporalio.client import Client
from temporalio.service import RPCError

from activities.feed import WAKE
from activities.systems import Systems
from adapters.ports import BodyRefused, ErpPort, SignatureRefused
from starter.configuration import GatewaySettings
from starter.feeds import feed_id
from starter.gateway.bodies import read_body
from starter.gateway.problems import Refusal


class ErpEvents:
    """Takes hints. Nothing is kept of them: the feed finds what a lost one told."""

    def __init__(self, systems: Systems, settings: GatewaySettings, client: Client) -> None:
        self._systems, self._settings, self._client = systems, settings, client

    async def shake_hands(self, request: Request) -> Response:
        """Answer the ERP's handshake."""
        try:
            return JSONResponse(self._erp(request).answer_handshake(request.headers))
        except SignatureRefused as refusal:
            raise Refusal(401, str(refusal)) from None

    async def receive(self, request: Request) -> Response:
        """Wake the feed. 503 while Temporal does not answer: the ERP sends it again, or the feed finds it."""
        erp = self._erp(request)
        body = await read_body(request, self._settings.largest_body, self._settings.body_seconds)
        try:
            erp.verify_event(request.headers, body)
        except SignatureRefused as refusal:
            raise Refusal(401, str(refusal)) from None
        except BodyRefused as refusal:
            raise Refusal(400, str(refusal), field=refusal.field) from None
        try:
            await self._client.get_workflow_handle(feed_id(request.path_params["connection"])).signal(WAKE)
        except (RPCError, RuntimeError):
            raise Refusal(503, "the change feed cannot be told right now", retry_after=30) from None
        return JSONResponse({"taken": True}, 202)

    def _erp(self, request: Request) -> ErpPort:
        erp = self._systems.erps.get(request.path_params["connection"])
        if erp is None:
            raise Refusal(404, "there is no such ERP")
        return erp
