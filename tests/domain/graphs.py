"""Decision tables as GoRules' editor saves them; a test names only what it changes."""

import json
from typing import Any

from domain.rules.experts import ExpertDefinition, ExpertKind, Returns


def graph(*rules: dict[str, str], content: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """Return a table over country (`c`), total (`t`) and whole conditions (`w`) that answers in `a`."""
    table = {
        "hitPolicy": "first",
        "executionMode": "single",
        "inputField": None,
        "outputPath": None,
        "passThrough": True,
        "inputs": [
            {"id": "c", "name": "Country", "field": "country"},
            {"id": "t", "name": "Total", "field": "total.amount"},
            {"id": "w", "name": "When", "field": ""},
        ],
        "outputs": [{"id": "a", "name": "Answer", "field": "answer"}],
        "rules": list(rules),
        **(content or {}),
    }
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "1", "type": "inputNode", "name": "in", "content": {"schema": ""}},
            {"id": "2", "type": "decisionTableNode", "name": "table", "content": table},
            {"id": "3", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "4", "type": "edge", "sourceId": "1", "targetId": "2"},
            {"id": "5", "type": "edge", "sourceId": "2", "targetId": "3"},
        ],
        **changed,
    }


def table(*rules: dict[str, str], returns: str = "text", **changed: Any) -> ExpertDefinition:
    """Return a definition of such a table."""
    body = json.dumps(graph(*rules, **changed))
    return ExpertDefinition(name="asked", kind=ExpertKind.TABLE, returns=Returns(returns), body=body)


def expression(body: str, returns: str = "flag") -> ExpertDefinition:
    """Return a definition of an expression."""
    return ExpertDefinition(name="asked", returns=Returns(returns), body=body)
