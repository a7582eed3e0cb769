"""What people do in the demo: approve by the mail's link, reject, correct, cancel."""

import asyncio
from urllib.parse import urlsplit

from activities.approval_links import ApprovalLinks, DecisionLink
from domain.approvals.requests import Channel, Decision, Verdict
from domain.corrections import Correction
from domain.life import Asked, OrderView
from starter.demo.board import Row
from starter.demo.doors import WrongAnswer
from starter.demo.world import Outside
from starter.order_desk import OrderDesk

_CLERK = "olga"


async def act(row: Row, view: OrderView, outside: Outside, desk: OrderDesk, links: ApprovalLinks) -> str:
    """Do what the case asks for, and tell it in one sentence."""
    shop, order_id = view.connection, view.store_order_id
    if row.case.person == "approve":
        await _approve_by_mail(view, outside)
        return "Dora approved it by the link in her mail"
    if row.case.person == "reject":
        await desk.decide(shop, order_id, _rejection(view, links))
        return "Dora rejected it: too much for this customer"
    if row.case.person == "correct":
        await desk.correct(shop, order_id, Correction(by=_CLERK, fields=row.case.fields))
        await desk.continue_order(shop, order_id, Asked(by=_CLERK))
        return "the order desk corrected it and let it go on"
    return await change_mind(order_id, outside, desk)


async def change_mind(order_id: str, outside: Outside, desk: OrderDesk) -> str:
    """Cancel an order where such a store's orders are cancelled, and tell it in one sentence."""
    if outside.shop.habits.cancels_itself:
        await outside.shop.cancel(order_id)
        return "the shop cancelled it, and it is cancelled in the ERP too"
    await desk.cancel("shop", order_id, Asked(by=_CLERK, reason="the buyer changed their mind"))
    return "the order desk cancelled it, in the ERP too"


def _rejection(view: OrderView, links: ApprovalLinks) -> Decision:
    link = DecisionLink(
        approver="dora",
        connection=view.connection,
        store_order_id=view.store_order_id,
        request=view.approval.number if view.approval else 0,
        revision=view.revision,
    )
    return links.decision(link, Verdict.REJECT, Channel.CLI, "too much for this customer")


async def _approve_by_mail(view: OrderView, outside: Outside) -> None:
    link = await _link_in_mail(view, outside)
    page = urlsplit(link).path
    status = await outside.gateway.send_form(page, "verdict=approve&reason=")
    if status != 200:
        raise WrongAnswer(f"The decision page answered {status}.")


async def _link_in_mail(view: OrderView, outside: Outside) -> str:
    mark = f"({view.connection} {view.store_order_id})"
    while True:
        for mail in await outside.mailbox.get("/mails"):
            if mark in mail["text"] and "dora" in str(mail["to"]):
                links = [link for link in mail["links"] if "/approvals/" in link]
                if links:
                    return str(links[0])
        await asyncio.sleep(0.1)
