"""The gateway's application: its routes, its health, its background work."""

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from temporalio.client import Client

from records.approvals import ApprovalRequests
from records.database import Database, DatabaseGone
from starter.api.access import WrongTokens
from starter.api.app import create_api
from starter.api.services import Services
from starter.composition import Waybill, intake_of
from starter.gateway.decisions import Decisions
from starter.gateway.documents import Downloads
from starter.gateway.draining import Draining
from starter.gateway.erp_events import ErpEvents
from starter.gateway.order_status import OrderStatuses
from starter.gateway.problems import Refusal, on_database_gone, on_http_error, on_refusal
from starter.gateway.slack import SlackDesk
from starter.gateway.slack_questions import SlackQuestions
from starter.gateway.slack_sockets import listening
from starter.gateway.text_news import TextNewsDesk
from starter.gateway.webhooks import Webhooks
from starter.order_desk import OrderDesk
from starter.published_sets import published_of


class Health:
    """Whether the gateway lives, and whether it can take deliveries."""

    def __init__(self, database: Database, draining: Draining, webhooks: Webhooks) -> None:
        self._database, self._draining, self._webhooks = database, draining, webhooks

    async def live(self, _: Request) -> Response:
        """Answer as long as the process runs."""
        return JSONResponse({"live": True})

    async def ready(self, _: Request) -> Response:
        """Tell whether deliveries can be kept, and how many wait. Temporal may be gone: they wait then."""
        temporal = "answers" if self._draining.temporal_answers else "does not answer; deliveries wait"
        facts = {
            "temporal": temporal,
            "waiting": self._draining.waiting,
            "webhooks": dict(self._webhooks.counts),
        }
        if not self._draining.works:
            return JSONResponse({"ready": False, "draining": "stopped; restart the gateway", **facts}, 503)
        try:
            await self._database.answers()
        except DatabaseGone:
            return JSONResponse({"ready": False, "database": "does not answer", **facts}, 503)
        return JSONResponse({"ready": True, "database": "answers", **facts})


def slack_questions(waybill: Waybill) -> SlackQuestions | None:
    """Return what asks approvers over Slack, where a workspace is set and one of them is in it."""
    people = {person.id: person for person in waybill.configuration.approvers}
    if not waybill.channels.chats or not any(person.slack for person in people.values()):
        return None
    _, chat = waybill.channels.chat("")
    requests = ApprovalRequests(waybill.database)
    return SlackQuestions(chat, people, waybill.links, requests, waybill.notices)


def create_app(waybill: Waybill, client: Client) -> Starlette:
    """Return the gateway over what the configuration describes; `client` may be one that connects lazily."""
    configuration = waybill.configuration
    draining = Draining(intake_of(waybill, lambda: client), waybill.inbox, configuration.gateway.most_waiting)
    questions = slack_questions(waybill)
    people = {person.id: person for person in configuration.approvers}
    desk = OrderDesk(client, configuration.task_queue)
    wake = questions.wake if questions else lambda: None
    slack = SlackDesk(waybill.channels, people, waybill.links, desk, configuration.gateway, wake)
    decisions = Decisions(waybill.links, waybill.orders, people, desk)

    @contextlib.asynccontextmanager
    async def background(_: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(draining.in_background())
            if questions:
                await stack.enter_async_context(questions.in_background())
            stack.push_async_callback(slack.finish)
            await stack.enter_async_context(listening(waybill.channels.chats, slack))
            yield

    return Starlette(
        routes=[
            *_system_routes(waybill, client, draining),
            Route("/approvals/{token}", decisions.show, methods=["GET"]),
            Route("/approvals/{token}", decisions.decide, methods=["POST"]),
            Route("/hooks/slack/{connection}", slack.receive, methods=["POST"]),
            Mount("/api/v1", _api(waybill, client)),
        ],
        exception_handlers={
            Refusal: on_refusal,
            DatabaseGone: on_database_gone,
            HTTPException: on_http_error,
        },
        lifespan=background,
    )


def _api(waybill: Waybill, client: Client) -> FastAPI:
    wrong = WrongTokens(waybill.configuration.gateway.most_wrong_tokens)
    return create_api(Services.of(waybill, client, published_of(waybill)), wrong)


def _system_routes(waybill: Waybill, client: Client, draining: Draining) -> list[Route]:
    """Return what stores, ERPs, channels and monitors ask for."""
    settings, url = waybill.configuration.gateway, waybill.configuration.public_url
    webhooks = Webhooks(waybill, draining.wake, lambda: draining.crowded)
    downloads = Downloads(waybill.document_links, waybill.documents)
    statuses = OrderStatuses(waybill.systems, waybill.orders, waybill.document_links)
    erp_events = ErpEvents(waybill.systems, settings, client)
    texts = TextNewsDesk(waybill.channels, waybill.notices, settings, url)
    health = Health(waybill.database, draining, webhooks)
    return [
        Route("/webhooks/{connection}", webhooks.receive, methods=["POST"]),
        Route("/orders/{connection}/{order_id}", statuses.show, methods=["GET"]),
        Route("/erp-events/{connection}", erp_events.shake_hands, methods=["GET"]),
        Route("/erp-events/{connection}", erp_events.receive, methods=["POST"]),
        Route("/hooks/twilio/{connection}", texts.receive, methods=["POST"]),
        Route("/documents/{token}", downloads.download, methods=["GET"]),
        Route("/health/live", health.live, methods=["GET"]),
        Route("/health/ready", health.ready, methods=["GET"]),
    ]
