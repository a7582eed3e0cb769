"""What a document costs, and the bucket it is paid from. Written after shopify.dev/docs/api/usage/limits.

An object is one point, a list as many as it may have (`first`), a mutation ten; scalars are free.
"""

import time
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from sandbox.shopify.schema import SCHEMA
from sandbox.shopify.settings import Settings

MOST = 1000
_MUTATION = 10


def cost_of(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """Return the points of a valid document with one operation."""
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    root = SCHEMA.get_root_type(operation.operation)
    inside = _inside(operation.selection_set, root, variables)
    return inside + (_MUTATION if operation.operation.value == "mutation" else 0)


def _inside(
    chosen: SelectionSetNode | None, parent: GraphQLNamedType | None, given: Mapping[str, Any]
) -> int:
    total = 0
    for node in chosen.selections if chosen else ():
        if isinstance(node, InlineFragmentNode) and node.type_condition:
            total += _inside(node.selection_set, SCHEMA.get_type(node.type_condition.name.value), given)
        elif isinstance(node, FieldNode) and isinstance(parent, GraphQLObjectType):
            field = parent.fields.get(node.name.value)
            kind = get_named_type(field.type) if field else None
            if isinstance(kind, GraphQLObjectType | GraphQLUnionType):
                within = _inside(node.selection_set, kind, given)
                # What is chosen of a connection is chosen of each of its nodes.
                total += (1 + within) * _first(node, given)
    return total


def _first(node: FieldNode, given: Mapping[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            if isinstance(value, VariableNode):
                return int(given.get(value.name.value) or 1)
            if isinstance(value, IntValueNode):
                return int(value.value)
    return 1


class Bucket:
    """Points that come back with time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._left, self._at = float(settings.bucket), time.monotonic()

    def take(self, cost: int) -> bool:
        """Take the points of a document; False when there are too few."""
        self._refill()
        if cost > self._left:
            return False
        self._left -= cost
        return True

    def drain(self) -> None:
        """Lose all points, as if somebody else had used them."""
        self._left, self._at = 0.0, time.monotonic()

    def shown(self, asked: int, actual: int | None) -> dict[str, Any]:
        """Describe what was asked for and what is left."""
        self._refill()
        status = {
            "maximumAvailable": float(self._settings.bucket),
            "currentlyAvailable": int(self._left),
            "restoreRate": float(self._settings.restore_rate),
        }
        return {"requestedQueryCost": asked, "actualQueryCost": actual, "throttleStatus": status}

    def _refill(self) -> None:
        now = time.monotonic()
        regained = (now - self._at) * self._settings.restore_rate
        self._left, self._at = min(self._left + regained, float(self._settings.bucket)), now
