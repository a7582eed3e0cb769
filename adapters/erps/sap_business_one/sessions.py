"""A few logged-in sessions of one company, each serving one request at a time.

The server handles the requests of one session one after another, a login takes seconds, and a wrong password
tried often locks the user out. So sessions are kept, taken in turn, renewed shortly before they go idle, and
after a refused login nothing is sent for a while.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from adapters.erps.sap_business_one.errors import login_problem
from adapters.erps.sap_business_one.refusals import refusal_of
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.exact_json import written
from adapters.http import Answer, HttpClient, unreadable
from domain.errors import FixSetup, Passing, WaybillError

ROOT = "/b1s/v2/"
# The sheet's margin: a session is renewed this long before the server would drop it.
_MARGIN_SECONDS = 120
_USUAL_MINUTES = 30
_ENGLISH = 3
"""Some refusals are only told apart by their English words."""
_COOKIE_TEXT = re.compile(r"[!#-+\--:<-\[\]-~]{1,200}")
"""What may stand in a cookie (RFC 6265): an id that ends the header and begins another is no id."""


@dataclass
class Session:
    """One login. `cookie` is empty before the first one and after the server dropped it."""

    cookie: str = ""
    idle_seconds: float = 0
    used_at: float = 0

    def is_fresh(self, now: float) -> bool:
        """Whether the server still knows it: idle time counts from the last use, not from the login."""
        return bool(self.cookie) and now - self.used_at < self.idle_seconds


class Sessions:
    """The pool. `clock` counts seconds."""

    def __init__(
        self,
        http: HttpClient,
        settings: SapBusinessOneSettings,
        connection: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http, self._settings, self._connection, self._clock = http, settings, connection, clock
        self._free = deque(Session() for _ in range(settings.sessions))
        self._turn = asyncio.Semaphore(settings.sessions)
        self._logging_in = asyncio.Lock()
        self._refused: tuple[float, Answer] | None = None

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Session]:
        """Lend a session that is logged in. Raises `Passing` when none comes free within the time-out."""
        if self._turn.locked():
            await self._wait_for_turn()
        else:
            await self._turn.acquire()
        session = self._free.pop()
        # The one used last goes on top: idle ones stay idle. One whose answer was lost goes to the bottom,
        # because the server may still be busy with it.
        give_back = self._free.appendleft
        try:
            if not session.is_fresh(self._clock()):
                await self.log_in(session)
            yield session
            give_back = self._free.append
        finally:
            session.used_at = self._clock()
            give_back(session)
            self._turn.release()

    async def log_in(self, session: Session) -> None:
        """Open a session, one login at a time.

        Raises `BadCredentials` and its kin without asking the server when it refused a short while ago.
        """
        async with self._logging_in:
            if self._refused and self._clock() < self._refused[0]:
                raise login_problem(self._refused[1], self._connection)
            session.cookie = ""
            answer = await self._http.request("POST", f"{ROOT}Login", writes=False, content=self._card())
            if answer.status != 200:
                raise self._remembered(answer)
            session.cookie, session.idle_seconds = self._opened(answer)
            session.used_at = self._clock()

    async def _wait_for_turn(self) -> None:
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                await self._turn.acquire()
        except TimeoutError:
            raise Passing("all sessions are busy", connection=self._connection) from None

    def _card(self) -> bytes:
        wanted = self._settings
        return written(
            {
                "CompanyDB": wanted.company,
                "UserName": wanted.user,
                "Password": wanted.password.get_secret_value(),
                "Language": _ENGLISH,
            }
        )

    def _remembered(self, answer: Answer) -> WaybillError:
        problem = login_problem(answer, self._connection)
        if isinstance(problem, FixSetup):
            self._refused = (self._clock() + self._settings.login_pause.total_seconds(), answer)
        return problem

    def _opened(self, answer: Answer) -> tuple[str, float]:
        try:
            body = answer.json
        except ValueError:
            body = None
        session_id = body.get("SessionId") if isinstance(body, dict) else None
        if not isinstance(session_id, str) or not _COOKIE_TEXT.fullmatch(session_id):
            raise unreadable(answer, self._connection, writes=False)
        node = re.search(r"ROUTEID=([\w.]+)", answer.headers.get("set-cookie", ""))
        cookie = f"B1SESSION={session_id}" + (f"; ROUTEID={node[1]}" if node else "")
        minutes = body.get("SessionTimeout")
        whole = minutes if isinstance(minutes, int) and 0 < minutes <= 24 * 60 else _USUAL_MINUTES
        return cookie, whole * 60 - min(_MARGIN_SECONDS, whole * 30)

    async def close(self) -> None:
        """Log out everywhere; what cannot be reached ends by itself when it was idle long enough."""
        for session in tuple(self._free):
            if session.cookie:
                with suppress(WaybillError):
                    await self._http.request(
                        "POST", f"{ROOT}Logout", writes=False, headers={"Cookie": session.cookie}
                    )
                session.cookie = ""


def is_session_lost(answer: Answer) -> bool:
    """Whether the server refused a request, unexecuted, because it does not know the session."""
    if answer.status == 401:
        return True
    if answer.status < 400:
        return False
    found = refusal_of(answer)
    return found is not None and found.code == "301"


def is_node_lost(answer: Answer) -> bool:
    """Whether the session's node cannot reach the company (305): only a new login helps."""
    found = refusal_of(answer) if answer.status >= 400 else None
    return found is not None and found.code == "305"
