"""The decision pages: a link only shows the order; a decision is a POST by a person."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from activities.approval_links import ApprovalLinks, DecisionLink, LinkRefused
from domain.approvals.policies import Approver
from domain.approvals.requests import Channel, Decision, Standing, Verdict
from domain.approvals.words import Row, outcome, progress
from domain.life import OrderView
from records.orders import Orders
from starter.order_desk import Declined, NoAnswer, OrderDesk

_TEMPLATES = Environment(
    loader=PackageLoader("starter.gateway"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_LARGEST_FORM = 8 * 1024


class Decisions:
    """Serves the pages behind the links in approval mails."""

    def __init__(
        self, links: ApprovalLinks, orders: Orders, approvers: dict[str, Approver], desk: OrderDesk
    ) -> None:
        self._links, self._orders, self._approvers, self._desk = links, orders, approvers, desk

    async def show(self, request: Request) -> Response:
        """Show the order to be decided. Changes nothing, whoever or whatever opens the link."""
        try:
            link = self._links.read(request.path_params["token"])
        except LinkRefused as refusal:
            return _page("message.html", 404, title="This link does not work", text=str(refusal))
        view = await self._orders.one(link.connection, link.store_order_id)
        if view is None:
            return _page("message.html", 404, title="The order is not known", text="Ask the order desk.")
        closed = _closed(view, link)
        if closed:
            return _page("message.html", 200, title="There is nothing to decide", text=closed)
        person = self._approvers.get(link.approver)
        name = person.name if person else ""
        return _page("decision.html", 200, view=view, link=link, person=name, progress=self._progress(view))

    async def decide(self, request: Request) -> Response:
        """Take the decision of the person whom the link was made for."""
        try:
            link = self._links.read(request.path_params["token"])
        except LinkRefused as refusal:
            return _page("message.html", 404, title="This link does not work", text=str(refusal))
        async with request.form(max_files=0, max_fields=5, max_part_size=_LARGEST_FORM) as form:
            verdict, reason = str(form.get("verdict", "")), str(form.get("reason", ""))[:1000]
        if verdict not in {Verdict.APPROVE.value, Verdict.REJECT.value}:
            return _page(
                "message.html", 400, title="Nothing was decided", text="Press one of the two buttons."
            )
        decision = self._links.decision(link, Verdict(verdict), Channel.PAGE, reason)
        return await self._send(link, decision)

    async def _send(self, link: DecisionLink, decision: Decision) -> Response:
        try:
            view = await self._desk.decide(link.connection, link.store_order_id, decision)
        except Declined as refusal:
            return _page("message.html", 409, title="Your decision was not taken", text=str(refusal))
        except NoAnswer:
            text = "It is not known whether it was taken. Open the link again in a minute to see."
            return _page("message.html", 503, title="Please try again", text=text)
        text = outcome(view.approval) if view.approval else ""
        return _page("message.html", 200, title="Thank you", text=text)

    def _progress(self, view: OrderView) -> tuple[Row, ...]:
        names = {name: person.name for name, person in self._approvers.items()}
        return progress(view.approval, view.granted, names) if view.approval else ()


def _closed(view: OrderView, link: DecisionLink) -> str:
    request = view.approval
    if request is None or request.number != link.request or request.revision != link.revision:
        return "The order was changed since you were asked; a newer mail asks again where that is needed."
    if request.standing is not Standing.OPEN:
        by = f" by {request.decided_by}" if request.decided_by else ""
        return f"The request is {request.standing.value}{by}."
    return ""


def _page(template: str, status: int, **facts: object) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(template).render(**facts), status, _HEADERS)
