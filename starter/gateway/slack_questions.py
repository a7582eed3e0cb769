"""Approval requests in Slack: posted to those asked, and replaced by the outcome wherever they stand.

What is to be shown is read from the records now and then, so that it does not matter who decided where, nor
what was down at that moment: whatever is missing is made up for in the next round.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from activities.approval_links import ApprovalLinks, DecisionLink
from activities.approvals import APPROVAL
from activities.sending import Receipt, Way, send_once
from adapters.channel_ports import ChatMessage, ChatPort, ChatPost
from domain.approvals.policies import Approver
from domain.approvals.requests import Standing
from domain.approvals.words import outcome
from domain.errors import FixData, NotPermitted, RateLimited, WaybillError
from domain.life import OrderView
from domain.texts import one_line
from records.approvals import ApprovalRequests
from records.notices import Notice, Notices, NoticeState, NoticeTag
from starter.gateway.slack_messages import outcome_text, question, question_text, shown

_LOG = structlog.get_logger("waybill.slack")
_EVERY_SECONDS = 2.0
_TROUBLE_SECONDS = 15.0
_SLACK = "slack"
_UNFINISHED = (NoticeState.RESERVED, NoticeState.WAITING, NoticeState.IN_DOUBT)


class SlackQuestions:
    """Keeps Slack's picture of the open requests up to date, in the background."""

    def __init__(
        self,
        chat: ChatPort,
        people: Mapping[str, Approver],
        links: ApprovalLinks,
        requests: ApprovalRequests,
        notices: Notices,
    ) -> None:
        self._chat, self._people, self._links = chat, people, links
        self._requests, self._notices = requests, notices
        self._wake = asyncio.Event()
        self._settled: set[str] = set()

    def wake(self) -> None:
        """Somebody decided: look now."""
        self._wake.set()

    @contextlib.asynccontextmanager
    async def in_background(self) -> AsyncIterator[None]:
        """Work for as long as the context is open."""
        work = asyncio.create_task(self._run())
        try:
            yield
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            pause = _EVERY_SECONDS
            try:
                await self.look()
            except WaybillError as trouble:
                asked = trouble.retry_after.total_seconds() if trouble.retry_after else 0
                pause = max(asked, _TROUBLE_SECONDS)
                _LOG.warning("slack waits", code=trouble.problem.code, quote=trouble.problem.quote)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    async def look(self) -> None:
        """Post what was not posted yet, and replace what is decided. Safe to repeat.

        What one message meets keeps no other waiting; it is raised when all others had their turn.
        """
        waiting = {_request(view): view for view in await self._requests.open_ones()}
        questions = {
            _key(view, person): (view, person) for view in waiting.values() for person in self._asked(view)
        }
        # Looked at every few seconds: what is known to be posted costs no write.
        self._settled &= set(questions)
        work: list[Callable[[], Awaitable[None]]] = []
        for state in (NoticeState.SENT, *_UNFINISHED):
            for notice in await self._notices.standing(_SLACK, APPROVAL, state):
                if (notice.connection, notice.order_id, notice.about) not in waiting:
                    work.append(partial(self._replace if state is NoticeState.SENT else self._settle, notice))
                elif state is NoticeState.SENT and notice.key in questions:
                    work.append(partial(self._refresh, notice, *questions[notice.key]))
        work += [
            partial(self._ask, key, view, person)
            for key, (view, person) in questions.items()
            if key not in self._settled and not _has_voted(view, person)
        ]
        await _each(work)

    def _asked(self, view: OrderView) -> list[Approver]:
        names = view.approval.asked if view.approval else ()
        people = [self._people[name] for name in names if name in self._people]
        return [person for person in people if person.slack]

    async def _ask(self, key: str, view: OrderView, person: Approver) -> None:
        tag = NoticeTag(
            key=key,
            connection=view.connection,
            order_id=view.store_order_id,
            event=APPROVAL,
            about=str(view.approval.number if view.approval else ""),
            channel=_SLACK,
        )
        message = ChatMessage(
            to=person.slack, text=question_text(view), blocks=self._blocks(view, person), key=key
        )

        async def send() -> Receipt:
            return Receipt("taken", (await self._chat.post(message)).reference)

        async def find(since: datetime) -> Receipt | None:
            found = await self._chat.find(message, since)
            return Receipt("found", found.reference) if found else None

        with contextlib.suppress(FixData):  # noted with the notice; the mail asks all the same
            await send_once(self._notices, tag, Way(send, find, self._chat.settle))
        self._settled.add(key)

    def _blocks(self, view: OrderView, person: Approver) -> tuple[dict[str, Any], ...]:
        request = view.approval
        link = DecisionLink(
            approver=person.id,
            connection=view.connection,
            store_order_id=view.store_order_id,
            request=request.number if request else 0,
            revision=request.revision if request else "",
        )
        names = {name: each.name for name, each in self._people.items()}
        return question(view, person, self._links.token(link), self._links.url(link), names)

    async def _refresh(self, posted: Notice, view: OrderView, person: Approver) -> None:
        """Show who decided meanwhile, while further decisions are needed."""
        request = view.approval
        known = f"shown with {len(request.votes)} votes" if request and request.votes else ""
        if request is None or not known or posted.answer == known:
            return
        if _has_voted(view, person):
            text = one_line(f"Order {view.number}: {outcome(request)}")
            blocks = shown(text)
        else:
            text, blocks = question_text(view), self._blocks(view, person)
        with contextlib.suppress(FixData):  # somebody deleted it
            await self._chat.update(ChatPost.of(posted.reference), text, blocks)
        await self._notices.note(posted.key, NoticeState.SENT, datetime.now(UTC), answer=known)

    async def _settle(self, unfinished: Notice) -> None:
        """Find out whether a question went out that nobody is to be asked any more."""
        person = self._people.get(unfinished.key.rpartition(":")[2])
        now, since = datetime.now(UTC), unfinished.updated_at
        found = None
        if unfinished.state is not NoticeState.WAITING and person and person.slack:
            if now - since < self._chat.settle:
                return
            with contextlib.suppress(NotPermitted):
                sought = ChatMessage(to=person.slack, text="", key=unfinished.key)
                found = await self._chat.find(sought, since)
        state = NoticeState.SENT if found else NoticeState.UNDELIVERED
        await self._notices.note(unfinished.key, state, now, reference=found.reference if found else "")

    async def _replace(self, posted: Notice) -> None:
        found = await self._requests.outcome(posted.connection, posted.order_id, int(posted.about))
        if found.standing is Standing.OPEN:
            return
        names = [self._people[name].name if name in self._people else name for name in found.decided_by]
        text = outcome_text(found, " and ".join(names))
        answer = ""
        try:
            await self._chat.update(ChatPost.of(posted.reference), text, shown(text))
        except FixData as gone:
            # Somebody deleted it; then nobody can press its buttons.
            answer = gone.problem.quote
        now = datetime.now(UTC)
        await self._notices.note(posted.key, NoticeState.REPLACED, now, answer=answer)


async def _each(work: Iterable[Callable[[], Awaitable[None]]]) -> None:
    first: WaybillError | None = None
    for piece in work:
        try:
            await piece()
        except RateLimited:
            raise
        except WaybillError as trouble:
            first = first or trouble
    if first:
        raise first


def _has_voted(view: OrderView, person: Approver) -> bool:
    votes = view.approval.votes if view.approval else ()
    return any(vote.approver == person.id for vote in votes)


def _request(view: OrderView) -> tuple[str, str, str]:
    return view.connection, view.store_order_id, str(view.approval.number if view.approval else "")


def _key(view: OrderView, person: Approver) -> str:
    return ":".join((APPROVAL, *_request(view), _SLACK, person.id))
