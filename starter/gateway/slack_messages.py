"""What an approver sees in Slack: the question with its buttons, the dialog for a reason, the outcome."""

from collections.abc import Mapping
from typing import Any

from adapters.channels.slack import escaped
from domain.approvals.policies import Approver
from domain.approvals.requests import Standing
from domain.approvals.words import progress
from domain.life import OrderView
from domain.texts import one_line
from records.approvals import Outcome

APPROVE, REJECT, OPEN = "approve", "reject", "open"
_LONGEST_FIELD = 1900
_STANDINGS = {
    Standing.APPROVED: "Approved",
    Standing.REJECTED: "Rejected",
    Standing.EXPIRED: "Nobody decided in time",
    Standing.VOID: "Nothing to decide any more: the order was changed, cancelled or is over",
}


def question_text(view: OrderView) -> str:
    """Return the question in one line, for notifications."""
    return one_line(f"Order {view.number}, {view.total}: approve?")


def question(
    view: OrderView, person: Approver, token: str, url: str, names: Mapping[str, str]
) -> tuple[dict[str, Any], ...]:
    """Return the question with its buttons; `token` says who was asked what, and is signed."""
    request = view.approval
    facts = {
        "Order": f"{view.number} ({view.connection} {view.store_order_id})",
        "Customer": view.customer,
        "Total": str(view.total or ""),
        "Lines": str(view.lines),
        "Asked because": request.because if request else "",
        **(dict(progress(request, view.granted, names)) if request else {}),
    }
    title = _words(f"*{escaped(one_line(person.name))}, may this order go on?*")
    fields = [
        _words(f"*{name}*\n{escaped(one_line(value))}"[:_LONGEST_FIELD]) for name, value in facts.items()
    ]
    return (
        {"type": "section", "text": title},
        {"type": "section", "fields": fields},
        {
            "type": "actions",
            "elements": [
                _button("Approve", APPROVE, token, style="primary", confirm=_confirm(view)),
                _button("Reject…", REJECT, token, style="danger"),
                _button("Open", OPEN, "", url=url),
            ],
        },
    )


def outcome_text(outcome: Outcome, name: str) -> str:
    """Return what became of a question, in one line."""
    text = f"Order {outcome.number}: {_STANDINGS[outcome.standing]}"
    if name:
        text += f" by {name}"
    return one_line(f"{text}: {outcome.reason}" if outcome.reason else text)


def shown(text: str) -> tuple[dict[str, Any], ...]:
    """Return a message without buttons."""
    return ({"type": "section", "text": _words(escaped(text)[:_LONGEST_FIELD])},)


def reason_dialog(token: str) -> dict[str, Any]:
    """Return the dialog that asks why."""
    element = {"type": "plain_text_input", "action_id": "reason", "multiline": True, "max_length": 1000}
    return {
        "type": "modal",
        "callback_id": REJECT,
        "private_metadata": token,
        "title": _plain("Reject the order"),
        "submit": _plain("Reject"),
        "close": _plain("Back"),
        "blocks": [{"type": "input", "block_id": "why", "label": _plain("Why?"), "element": element}],
    }


def dialog_error(text: str) -> dict[str, Any]:
    """Return the answer to a dialog that was not taken."""
    return {"response_action": "errors", "errors": {"why": text[:_LONGEST_FIELD]}}


def _button(label: str, action: str, value: str, **details: Any) -> dict[str, Any]:
    button = {"type": "button", "action_id": action, "text": _plain(label), **details}
    return button | ({"value": value} if value else {})


def _confirm(view: OrderView) -> dict[str, Any]:
    return {
        "title": _plain("Approve?"),
        "text": _plain(f"The order over {view.total} goes into the ERP."),
        "confirm": _plain("Approve"),
        "deny": _plain("Back"),
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _words(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}
