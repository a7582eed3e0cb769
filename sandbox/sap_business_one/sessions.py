"""Logins and sessions: one request at a time in each, gone after an idle time."""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.sap_business_one.errors import ServiceLayerError, invalid_session
from sandbox.sap_business_one.settings import Settings


@dataclass
class Session:
    """One login. The lock makes its requests wait for each other."""

    id: str
    user: str
    last_used: datetime
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass
class Load:
    """The most that ever happened at once, for tests that assert a budget."""

    logins: int = 0
    failed_logins: int = 0
    peak_sessions: int = 0
    in_flight: int = 0
    peak_in_flight: int = 0
    running: int = 0
    peak_running: int = 0
    peak_waiting_in_session: int = 0


class Sessions:
    """The living sessions of one company."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._living: dict[str, Session] = {}
        self.load = Load()

    def __len__(self) -> int:
        self._forget_idle()
        return len(self._living)

    def open(self, credentials: dict[str, Any]) -> Session:
        """Log in, or refuse with the service's code."""
        try:
            self._check(credentials)
        except ServiceLayerError:
            self.load.failed_logins += 1
            raise
        session = Session(str(uuid.uuid4()), credentials["UserName"], self._settings.clock())
        self._living[session.id] = session
        self.load.logins += 1
        self.load.peak_sessions = max(self.load.peak_sessions, len(self._living))
        return session

    def find(self, session_id: str | None) -> Session:
        """Return a living session and count this as its use, or refuse."""
        session = self._living.get(session_id or "")
        if session is None or self._is_idle(session):
            self._living.pop(session_id or "", None)
            raise invalid_session()
        session.last_used = self._settings.clock()
        return session

    def end(self, session_id: str | None) -> None:
        """Log a session out, if it lives."""
        self._living.pop(session_id or "", None)

    def end_all(self) -> None:
        """Log everybody out."""
        self._living.clear()

    def _check(self, credentials: dict[str, Any]) -> None:
        if credentials.get("CompanyDB") != self._settings.company_db:
            raise ServiceLayerError(500, "305", "Switch company error: -5027")
        password = self._settings.passwords.get(str(credentials.get("UserName")))
        if password is None or password != credentials.get("Password"):
            raise ServiceLayerError(401, "299", "Login failed: wrong user name or password")
        self._forget_idle()
        if self._settings.max_sessions is not None and len(self._living) >= self._settings.max_sessions:
            raise ServiceLayerError(401, "100000027", "Login failed: no licence is free for another session")

    def _is_idle(self, session: Session) -> bool:
        limit = timedelta(minutes=self._settings.session_timeout_minutes)
        return self._settings.clock() - session.last_used > limit

    def _forget_idle(self) -> None:
        for session in [each for each in self._living.values() if self._is_idle(each)]:
            del self._living[session.id]
