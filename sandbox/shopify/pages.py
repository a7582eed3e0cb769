"""Lists as GraphQL connections: nodes and a cursor that is the place in the list."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

Info = GraphQLResolveInfo[Any]
LARGEST = 250


def connection(rows: Sequence[Any], first: int | None, after: str | None) -> dict[str, Any]:
    """Return a part of a list. As in the shop, `first` is compulsory and 250 at most."""
    if first is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 < first <= LARGEST:
        raise GraphQLError(
            f"first can be at most {LARGEST}", extensions={"code": "argumentLiteralsIncompatible"}
        )
    start = _place(after) if after is not None else 0
    end = min(start + first, len(rows))
    return {
        "nodes": list(rows[start:end]),
        "pageInfo": {"hasNextPage": end < len(rows), "endCursor": _cursor(end) if end > start else None},
    }


def _cursor(place: int) -> str:
    return b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(b64decode(cursor, validate=True).decode().removeprefix("place:"))
    except ValueError:
        raise GraphQLError("Invalid cursor for current pagination sort.") from None
