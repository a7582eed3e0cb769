"""Asking people: the request by mail, its reminders, and alerts to those who run the installation."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from temporalio import activity

from activities.approval_links import ApprovalLinks, DecisionLink
from activities.sending import mailing, message_id, send_once
from adapters.ports import Mail, MailPort
from domain.approvals.absences import away_on
from domain.approvals.asking import plan_of
from domain.approvals.judging import code_hash
from domain.approvals.policies import Approver
from domain.approvals.requests import ApprovalRequest, AskingPlan, PlanWanted, Reminder
from domain.approvals.words import Row
from domain.model import Frozen
from domain.money import Money
from domain.texts import one_line
from records.absences import Absences
from records.notices import Notices, NoticeTag

APPROVAL = "approval"
APPROVERS_CHANGED = "approvers_changed"
"""The signal that somebody went away or is back."""
_TEMPLATES = Environment(
    loader=PackageLoader("activities"),
    undefined=StrictUndefined,
    trim_blocks=True,
    autoescape=select_autoescape(("html",)),
    # A value with line breaks of its own could put words into our mouth.
    finalize=one_line,
)


class Question(Frozen):
    """An approval request as it is put to people."""

    connection: str
    store_order_id: str
    number: str
    customer: str
    country: str
    lines: int
    total: Money
    payment: str
    request: ApprovalRequest
    progress: tuple[Row, ...] = ()


class AskOne(Frozen):
    """The question, for one person; `reminder` tells which round it is."""

    question: Question
    approver: Approver
    reminder: Reminder | None = None
    stands_in_for: str = ""


class Approvals:
    """Questions to approvers."""

    def __init__(self, links: ApprovalLinks, mail: MailPort, notices: Notices, absences: Absences) -> None:
        self._links, self._mail, self._notices, self._absences = links, mail, notices, absences

    @activity.defn
    async def plan_asking(self, wanted: PlanWanted) -> AskingPlan:
        """Return who is away now, and when time does what to a question.

        Safe to run twice: it only reads. What it returns stays in the history, so that neither a later
        absence nor another year's list of holidays changes what was settled.
        """
        today = wanted.calendar.today(wanted.now) if wanted.calendar else wanted.now.date()
        return plan_of(wanted, away_on(await self._absences.from_day(today), today))

    @activity.defn
    async def approver_codes(self, question: Question) -> dict[str, str]:
        """Return the hash of each asked person's code, so that the workflow can tell a right one."""
        return {name: code_hash(self._links.code(_link(question, name))) for name in question.request.asked}

    @activity.defn
    async def ask_approver(self, asked: AskOne) -> None:
        """Mail the question to one person.

        Safe to run twice: it is noted before and after, and a repeated mail keeps its Message-ID.
        """
        question, person = asked.question, asked.approver
        link = _link(question, person.id)
        round_name = asked.reminder.value if asked.reminder else "ask"
        order = f"{question.connection}:{question.store_order_id}"
        key = f"approval:{order}:{link.request}:{round_name}:{person.id}"
        text = _TEMPLATES.get_template("approval.txt").render(
            question=question,
            person=person,
            reminder=round_name,
            stands_in_for=asked.stands_in_for,
            url=self._links.url(link),
            code=self._links.code(link),
        )
        subject = one_line(f"Order {question.number}, {question.total}: approve?")
        if asked.reminder:
            subject = f"{asked.reminder.value.capitalize()}: {subject}"
        mail = Mail(to=person.email, subject=subject, text=text, message_id=message_id(key))
        tag = NoticeTag(
            key=key,
            connection=question.connection,
            order_id=question.store_order_id,
            event=APPROVAL,
            about=str(link.request),
        )
        await send_once(self._notices, tag, mailing(self._mail, mail))


def _link(question: Question, approver: str) -> DecisionLink:
    return DecisionLink(
        approver=approver,
        connection=question.connection,
        store_order_id=question.store_order_id,
        request=question.request.number,
        revision=question.request.revision,
    )
