"""Requests to sandboxes, over HTTP like anybody else."""

import json
from collections.abc import Mapping
from typing import Any

from adapters.http import HttpClient, HttpSettings
from starter.ending import Unable


class WrongAnswer(Unable):
    """A sandbox answered something else than it should."""


class Door:
    """JSON requests to one sandbox."""

    def __init__(self, name: str, url: str) -> None:
        self._name = name
        self._client = HttpClient(HttpSettings(base_url=url, connection=name))

    async def get(self, path: str, **params: str) -> Any:
        """Read something."""
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Do something."""
        return await self._ask("POST", path, body=body)

    async def delete(self, path: str) -> None:
        """Take something away."""
        await self._ask("DELETE", path)

    async def send_form(self, path: str, form: str) -> int:
        """Send a form as a browser does, and return the status."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self._client.request("POST", path, writes=True, headers=headers, content=form.encode())
        return answer.status

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        content = json.dumps(body).encode() if body is not None else None
        answer = await self._client.request(
            method,
            path,
            writes=method != "GET",
            params=params,
            headers={"content-type": "application/json"},
            content=content,
        )
        if answer.status >= 400:
            raise WrongAnswer(f"The sandbox {self._name} refused {path}: {answer.text[:300]}")
        return answer.json if answer.body else None

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()
