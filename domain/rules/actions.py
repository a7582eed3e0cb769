"""What rules do: each action is data, says whether it can be undone, and in which triggers it makes sense."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from domain.notices import Audience, Channel, NoticeEvent, NoticeRule
from domain.policy import DocumentKind
from domain.rules.triggers import PHASES, Phase, Trigger
from domain.rules.written import Written
from domain.texts import Plain


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class RequireApproval(Written):
    """The order waits for the people of an approval policy."""

    do: Literal["require_approval"] = "require_approval"
    policy: str = Field(default="", max_length=40, description="The policy's name; empty: the pair's own.")


class Hold(Written):
    """The order stops until a person releases it."""

    do: Literal["hold"] = "hold"
    reason: Plain = Field(min_length=1, max_length=200, description="Why, for the order desk.")


class Release(Written):
    """A hold that people may release is released."""

    do: Literal["release"] = "release"


class Reject(Written):
    """The order's life ends; nothing is posted."""

    do: Literal["reject"] = "reject"
    reason: Plain = Field(min_length=1, max_length=200, description="Why, for the order desk and notices.")


class Choose(Written):
    """What the ERP's document is to be, where it differs from the pair's."""

    do: Literal["choose"] = "choose"
    document: DocumentKind | None = Field(default=None, description="`order`, `quotation` or `draft`.")
    warehouse: str = Field(default="", max_length=40, description="The warehouse the goods are taken from.")
    series: str = Field(default="", max_length=40, description="The series the document is numbered in.")
    price_list: str = Field(default="", max_length=40, description="The price list of a customer made new.")
    payment_terms: str = Field(
        default="", max_length=80, description="The payment terms, as the ERP's connection maps them."
    )


class SetField(Written):
    """A field of the ERP's document gets a value, before what the mapping says."""

    do: Literal["set_field"] = "set_field"
    target: str = Field(min_length=1, max_length=80, description="The field, as mappings name it.")
    value: str = Field(max_length=250, description="What it gets.")


class RequestRestock(Written):
    """The ERP is asked to buy what fell below its minimum."""

    do: Literal["request_restock"] = "request_restock"


class CreateCustomer(Written):
    """A buyer whom the ERP does not know is created at once, not only when the order is posted."""

    do: Literal["create_customer"] = "create_customer"


class Notify(Written):
    """Somebody is told."""

    do: Literal["notify"] = "notify"
    audience: Audience = Field(description="`customer`, `sales` or `warehouse`.")
    channel: Channel = Field(default=Channel.MAIL, description="`mail`, `sms`, `webhook` or `slack`.")
    to: str = Field(
        default="", max_length=200, description="As in the configuration's notices; empty for customers."
    )
    connection: str = Field(
        default="", max_length=40, description="Which Twilio or Slack connection; empty: the only one."
    )
    language: Literal["", "en", "es", "fr"] = Field(
        default="", description="As in the configuration's notices."
    )
    template: NoticeEvent | None = Field(
        default=None, description="A notice's own words; none: the rule's name and `text`."
    )
    text: Plain = Field(default="", max_length=500, description="What is told beside the order's number.")


class Route(Written):
    """The order goes to another pair of the same store."""

    do: Literal["route"] = "route"
    pair: str = Field(min_length=1, max_length=40, description="The pair's name.")


class AddTags(Written):
    """The order gets tags, which later rules may ask for."""

    do: Literal["tag"] = "tag"
    tags: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[\w.-]{1,40}$")], ...], BeforeValidator(_as_list)
    ] = Field(min_length=1, max_length=10, description="Short words.")


class CallHook(Written):
    """A hook is called: where rules end, code begins."""

    do: Literal["call_hook"] = "call_hook"
    hook: str = Field(min_length=1, max_length=80, description="The hook's name.")


Action = Annotated[
    RequireApproval
    | Hold
    | Release
    | Reject
    | Choose
    | SetField
    | RequestRestock
    | CreateCustomer
    | Notify
    | Route
    | AddTags
    | CallHook,
    Field(discriminator="do"),
]


_BEFORE_POSTING = frozenset({Phase.CAPTURE, Phase.CHECKED})
_EVERYWHERE = frozenset({Phase.CAPTURE, Phase.CHECKED, Phase.BESIDE})

WHERE: Mapping[str, frozenset[Phase]] = MappingProxyType(
    {
        "require_approval": _BEFORE_POSTING,
        "hold": _EVERYWHERE,
        "release": frozenset({Phase.BESIDE}),
        "reject": _BEFORE_POSTING,
        "choose": _BEFORE_POSTING,
        "set_field": _BEFORE_POSTING,
        "request_restock": frozenset({Phase.BESIDE}),
        "create_customer": frozenset({Phase.CHECKED}),
        "notify": _EVERYWHERE | {Phase.OUTSIDE},
        "route": frozenset({Phase.CAPTURE}),
        "tag": _EVERYWHERE,
        "call_hook": _EVERYWHERE,
    }
)
"""In which phases an action makes sense."""

_ONLY_IN: Mapping[str, frozenset[Trigger]] = {
    "release": frozenset({Trigger.HELD, Trigger.ON_HOLD_FOR}),
    "request_restock": frozenset({Trigger.STOCK_BELOW_MINIMUM}),
}

FINAL_ACTIONS = frozenset({"reject", "route", "request_restock", "create_customer", "notify", "call_hook"})
"""Those that cannot be undone: two matching rules that ask for the same are a conflict, never a tie-break."""


def triggers_for(action: str) -> frozenset[Trigger]:
    """Return the triggers in which an action makes sense."""
    fitting = frozenset(trigger for trigger in Trigger if PHASES[trigger] in WHERE[action])
    return fitting & _ONLY_IN.get(action, fitting)


def subject_of(action: "Action") -> str:
    """Return what an action that cannot be undone is about; empty for one that can.

    Two rules that match with the same subject are a conflict. Rejecting and routing both decide the order's
    fate; telling the same people over the same channel would tell them twice.
    """
    if action.do not in FINAL_ACTIONS:
        return ""
    if isinstance(action, Reject | Route):
        return "fate"
    if isinstance(action, Notify):
        return f"notify:{action.channel.value}:{action.to.strip().casefold() or action.audience.value}"
    if isinstance(action, CallHook):
        return f"call_hook:{action.hook}"
    return action.do


def notice_rule(action: Notify) -> NoticeRule:
    """Return the action as the configuration's notices say it."""
    return NoticeRule(
        event=(action.template or NoticeEvent.RULE,),
        audience=action.audience,
        channel=action.channel,
        to=action.to,
        connection=action.connection,
        language=action.language,
    )
