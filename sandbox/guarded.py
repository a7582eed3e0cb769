"""What stands in front of a small JSON API: the login, faults before and after the work, refusals."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import FaultBoard
from sandbox.serving import cut_connection

FAULTS = frozenset({"lose_answer", "error_after_write", "rate_limit", "server_error", "refuse"})


class Refusal(Exception):
    """The request is not done; `body` is how the vendor says so."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(status))
        self.status, self.body = status, body

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """Return the answer."""
        return JSONResponse(self.body, self.status, headers)


class Guard:
    """One API's doorway. `words` has the vendor's refusals: `login`, `unreadable`, and one for each fault."""

    def __init__(self, user: str, password: str, faults: FaultBoard, words: Mapping[str, Refusal]) -> None:
        self._login = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        self._faults, self._words = faults, words

    async def pass_through(self, request: Request, serve: Callable[[], Awaitable[Response]]) -> Response:
        """Serve a request unless it is not let in or a fault is met."""
        faults, met = self._faults, {"method": request.method, "path": request.url.path}
        if request.headers.get("authorization") != self._login:
            return self._words["login"].response()
        if late := faults.take("rate_limit", **met):
            return self._words["rate_limit"].response({"Retry-After": str(int(late.seconds))})
        for fault in ("server_error", "refuse"):
            if faults.take(fault, **met):
                return self._words[fault].response()
        try:
            answer = await serve()
        except Refusal as refusal:
            return refusal.response()
        except (JSONDecodeError, AttributeError, TypeError):
            return self._words["unreadable"].response()
        if faults.take("lose_answer", **met):
            cut_connection(request)
        return self._words["server_error"].response() if faults.take("error_after_write", **met) else answer
