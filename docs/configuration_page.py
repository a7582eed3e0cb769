"""The reference of waybill.toml, made from the models themselves: `python -m docs.configuration_page`."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from adapters.channels.smtp import SmtpSettings
from domain.approvals.calendar import BusinessCalendar
from domain.approvals.policies import ApprovalPolicy, Approver, Level
from domain.notices import NoticeRule
from domain.policy import Carrier, Pair, PaymentRule, Promises
from starter.channels import CHANNELS
from starter.configuration import (
    Configuration,
    DocumentSettings,
    FeedSettings,
    GatewaySettings,
    ReconcilerSettings,
    TelemetrySettings,
)
from starter.kinds import ERPS, STORES
from starter.labels import LABELS

_INTRODUCTION = """\
# waybill.toml

Made by `make docs` from the models that read the file. A secret is written as
`env:NAME` (a variable) or `file:/path` (a file that holds it), never as itself. Durations are `90s`, `30m`,
`4h`, `2d`; amounts are `"5000 EUR"`. A wrong key or value is named at the start, with the fix.
"""
_PARTS: tuple[tuple[str, type[BaseModel], frozenset[str]], ...] = (
    (
        "Top level",
        Configuration,
        frozenset(
            {
                "gateway",
                "reconciler",
                "feed",
                "documents",
                "telemetry",
                "mail",
                "connections",
                "pairs",
                "approvers",
                "policies",
                "notices",
            }
        ),
    ),
    ("[gateway]", GatewaySettings, frozenset()),
    ("[reconciler]", ReconcilerSettings, frozenset()),
    ("[feed]", FeedSettings, frozenset()),
    ("[documents]", DocumentSettings, frozenset()),
    ("[telemetry]", TelemetrySettings, frozenset()),
    ("[mail]", SmtpSettings, frozenset()),
    ("[pairs.NAME]", Pair, frozenset({"name"})),
    ("[pairs.NAME.payments.METHOD]", PaymentRule, frozenset()),
    ("[pairs.NAME.approval], [policies.NAME]", ApprovalPolicy, frozenset()),
    ("[[pairs.NAME.approval.levels]], [[policies.NAME.levels]]", Level, frozenset()),
    (
        "[pairs.NAME.approval.calendar], [policies.NAME.calendar], [pairs.NAME.calendar]",
        BusinessCalendar,
        frozenset(),
    ),
    ("[pairs.NAME.promises]", Promises, frozenset()),
    ("[pairs.NAME.carriers.NAME]", Carrier, frozenset()),
    ("[[approvers]]", Approver, frozenset()),
    ("[[notices]]", NoticeRule, frozenset()),
)


def page() -> str:
    """Return the whole page."""
    parts = [_INTRODUCTION]
    for title, model, left_out in _PARTS:
        parts.append("\n".join(_part(title, model, left_out)))
    kinds = {name: kind.settings for name, kind in STORES.items()}
    kinds |= {name: kind.settings for name, kind in ERPS.items()}
    kinds |= {name: kind.settings for name, kind in CHANNELS.items()}
    kinds |= {name: kind.settings for name, kind in LABELS.items()}
    for name, settings in sorted(kinds.items()):
        parts.append("\n".join(_part(f'[connections.NAME], kind = "{name}"', settings, frozenset())))
    return "\n".join(parts)


def _part(title: str, model: type[BaseModel], left_out: frozenset[str]) -> Iterator[str]:
    yield f"## `{title}`\n" if title.startswith("[") else f"## {title}\n"
    yield f"{(model.__doc__ or '').strip().splitlines()[0]}\n"
    yield "| key | default | what |"
    yield "| --- | --- | --- |"
    for name, field in model.model_fields.items():
        if name not in left_out:
            yield f"| `{name}` | {_default(field)} | {field.description or ''} |"
    yield ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    empty = value is None or value == "" or (isinstance(value, tuple | dict | frozenset) and not value)
    if empty or isinstance(value, SecretStr | BaseModel):
        return ""
    return f"`{_written(value)}`"


def _written(value: Any) -> str:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        sizes = (("d", 86400), ("h", 3600), ("m", 60))
        unit, size = next(((u, n) for u, n in sizes if seconds and seconds % n == 0), ("s", 1))
        return f'"{seconds // size}{unit}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_written(each) for each in value)}]"
    if isinstance(value, Enum):
        return f'"{value.value}"'
    if isinstance(value, int | float):
        return str(value)
    return f'"{value:f}"' if isinstance(value, Decimal) else f'"{value}"'


if __name__ == "__main__":
    sys.stdout.write(page())
