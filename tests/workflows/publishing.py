"""Rules that the workflow tests publish."""

from datetime import UTC, datetime
from typing import Any

from tests.house import House


async def publish(running: House, *rules: dict[str, Any], **beside: Any) -> int:
    """Publish rules and return their version."""
    now = datetime.now(UTC)
    await running.waybill.published.save_draft("rules", {"rules": list(rules), **beside}, "iris", now)
    return (await running.waybill.published.publish("rules", "iris", "for a test", now)).number


def rule(name: str, when: str, *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rule as a file has it."""
    return {"id": name, "when": when, "then": list(then), **more}
