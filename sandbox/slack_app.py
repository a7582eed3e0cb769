"""The sandbox workspace's web server: API and sockets, a page to press buttons on, and the control door."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from sandbox.catalogue import STAFF
from sandbox.control import control_routes
from sandbox.serving import cut_connection
from sandbox.slack import READS, Refusal, Slack

_PAGE = """<!doctype html><meta charset="utf-8"><title>Slack</title><style>
body{font:16px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}
article{border:1px solid #ccc;border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}button{margin-right:.5rem}
</style><h1>Slack</h1>{% if not messages %}<p>No message yet.</p>{% endif %}
{% for view in dialogs %}<article><b>{{ view.title.text }}</b>
<form method="post" action="/_sandbox/submit"><input type="hidden" name="view" value="{{ view.id }}">
<textarea name="value"></textarea> as {% include "people" %}
<button>{{ view.submit.text }}</button></form></article>{% endfor %}
{% for message in messages %}<article><small>{{ message.channel }}</small>
{% for block in message.blocks or [{"text": {"text": message.text}}] %}
{% if block.text %}<pre>{{ block.text.text }}</pre>{% endif %}
{% for field in block.fields or [] %}<pre>{{ field.text }}</pre>{% endfor %}
{% if block.elements %}<form method="post" action="/_sandbox/click">
<input type="hidden" name="channel" value="{{ message.channel }}">
<input type="hidden" name="ts" value="{{ message.ts }}">
{% for button in block.elements %}{% if button.url %}<a href="{{ button.url }}">{{ button.text.text }}</a>
{% elif button.text %}
<button name="action" value="{{ button.action_id }}">{{ button.text.text }}</button>{% endif %}
{% endfor %} as {% include "people" %}</form>{% endif %}{% endfor %}</article>{% endfor %}
{% for user, text in private %}<p>Only {{ user }} sees: {{ text }}</p>{% endfor %}"""
_PEOPLE = """<select name="user">
{% for one in staff %}<option value="{{ one.slack }}">{{ one.name }}</option>{% endfor %}</select>"""
_pages = Environment(loader=DictLoader({"page": _PAGE, "people": _PEOPLE}), autoescape=True)


class _Workspace:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def call(self, request: Request) -> Response:
        slack, method = self._slack, request.path_params["method"]
        slack.own_url = str(request.base_url).rstrip("/")
        if late := slack.faults.take("ratelimited", path=method):
            headers = {"Retry-After": str(int(late.seconds))}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
        if slack.faults.take("internal_error", path=method):
            return JSONResponse({"ok": False, "error": "internal_error"})
        try:
            slack.admit(method, request.headers.get("authorization", ""))
            said = slack.call(method, await _arguments(request, method))
        except Refusal as refusal:
            return JSONResponse({"ok": False, "error": str(refusal)})
        await slack.changed()
        if slack.faults.take("lose_answer", path=method):
            cut_connection(request)
        return JSONResponse({"ok": True, **said})

    async def answer(self, request: Request) -> Response:
        self._slack.answered(request.path_params["number"], await request.json())
        await self._slack.changed()
        return JSONResponse({"ok": True})

    async def click(self, request: Request) -> Response:
        async def press(asked: dict[str, Any]) -> httpx.Response:
            return await self._slack.click(asked["channel"], asked["ts"], asked["action"], asked["user"])

        return await self._done(request, press)

    async def submit(self, request: Request) -> Response:
        async def send(asked: dict[str, Any]) -> httpx.Response:
            return await self._slack.submit(asked["view"], asked["value"], asked["user"])

        return await self._done(request, send)

    async def _done(
        self, request: Request, do: Callable[[dict[str, Any]], Awaitable[httpx.Response]]
    ) -> Response:
        """Do what a person does, asked by JSON or by the page's form."""
        self._slack.own_url = str(request.base_url).rstrip("/")
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        asked = dict(await request.form()) if is_form else await request.json()
        try:
            answer = await do(asked)
        except (KeyError, StopIteration):
            return JSONResponse({"error": "there is no such message, button or dialog"}, 404)
        except httpx.HTTPError as problem:
            return JSONResponse({"error": type(problem).__name__}, 502)
        return RedirectResponse("/", 303) if is_form else JSONResponse({"status": answer.status_code})

    async def sockets(self, request: Request) -> Response:
        asked = await request.json()
        self._slack.sockets.on = bool(asked.get("on", self._slack.sockets.on))
        try:
            if "end" in asked:
                await self._slack.sockets.end(asked["end"])
        except ValueError as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse({"on": self._slack.sockets.on, "open": self._slack.sockets.open})

    async def show(self, _: Request) -> Response:
        slack = self._slack
        page = _pages.get_template("page").render(
            messages=list(slack.messages.values())[::-1],
            dialogs=list(slack.dialogs.values()),
            private=slack.private,
            staff=STAFF,
        )
        return HTMLResponse(page)


async def _arguments(request: Request, method: str) -> dict[str, Any]:
    """Return what a method is asked; those that only read take no JSON."""
    is_json = request.headers.get("content-type", "").startswith("application/json")
    if method in READS or not is_json:
        return {**request.query_params, **(await request.form() if not is_json else {})}
    given: dict[str, Any] = await request.json()
    return given


def create_app(slack: Slack) -> Starlette:
    """Return the server of one workspace."""
    workspace = _Workspace(slack)
    return Starlette(
        routes=[
            Route("/", workspace.show),
            Route("/api/{method}", workspace.call, methods=["GET", "POST"]),
            Route("/actions/{number}", workspace.answer, methods=["POST"]),
            Route("/_sandbox/click", workspace.click, methods=["POST"]),
            Route("/_sandbox/submit", workspace.submit, methods=["POST"]),
            Route("/_sandbox/sockets", workspace.sockets, methods=["POST"]),
            WebSocketRoute("/link/", slack.sockets.serve),
            *control_routes(slack.faults, slack.ledger),
        ]
    )
