"""Hooks: Python functions of yours that Waybill calls where rules end.

A hook is a function of one argument, registered under the entry-point group `waybill.hooks`. What it is given
and what it may answer depend on the point it is called at; its annotations say which points it fits:

    from domain.hooks import LateAnswer, OrderFollowed

    def tell_the_museum(given: OrderFollowed) -> LateAnswer | None: ...

**It may run twice.** When a worker dies or an attempt fails, the same call is made again with the same
`given.key`; a hook that writes something looks that key up first. A plain function runs in a thread; an
`async def` runs on the worker's loop and must not block it. `HookRefuses("why")` stops the order in the
hook's own words; any other exception is tried again and then stops the order in ours. Nothing personal
belongs into a sentence.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import Field, field_validator

from domain.errors import HookRefuses
from domain.facts import CustomerMatch
from domain.fulfilment import Paper
from domain.hook_points import HookPoint
from domain.mapping.document import chosen_value
from domain.model import Frozen, Strict
from domain.order import Order
from domain.posting import ErpDocument
from domain.returning import ReturnView
from domain.stages import Stage
from domain.texts import Plain

__all__ = [
    "EarlyAnswer",
    "HookGiven",
    "HookPoint",
    "HookRefuses",
    "LateAnswer",
    "OrderCaptured",
    "OrderChecked",
    "OrderFollowed",
    "PostingAnswer",
]

GROUP = "waybill.hooks"
"""The group of entry points. The entry's name is the hook's."""


class HookGiven(Frozen):
    """What every hook is given.

    `key` is the same whenever the same call is made again. `about` says what the call is about: the order's
    revision before posting, later the document, paper, return or hold; for deadlines also
    which, and its rule.
    """

    key: str
    point: HookPoint
    about: str
    pair: str
    order: Order
    tags: tuple[str, ...] = ()


class OrderCaptured(HookGiven):
    """The order was read from its store. Point: captured."""


class OrderChecked(HookGiven):
    """All checks passed and nothing is posted. Points: validated, before_posting.

    `customer` is who the buyer is in the ERP, `warnings` what the checks found and let pass.
    """

    customer: CustomerMatch | None = None
    warnings: tuple[str, ...] = ()


class OrderFollowed(HookGiven):
    """Something happened beside the order's way, or lasts too long. Points: all others.

    `document` is the ERP's sales document once there is one, `papers` are what follows it there.
    """

    stage: Stage
    hold_code: str = ""
    document: ErpDocument | None = None
    papers: tuple[Paper, ...] = ()
    returns: tuple[ReturnView, ...] = ()


Sentence = Annotated[Plain, Field(max_length=200)]
_Tag = Annotated[str, Field(pattern=r"^[\w.-]{1,40}$")]
_Content = Annotated[Plain, Field(max_length=250)]


class LateAnswer(Strict):
    """What any hook may answer, beside None: tags for the order, and a sentence that holds it."""

    tags: tuple[_Tag, ...] = Field(default=(), max_length=10)
    hold: Sentence = ""


class PostingAnswer(LateAnswer):
    """What a hook may answer right before posting, when the order is approved.

    `fields` are fields of the ERP's document by their targets in mappings (`comment`, `U_Gift`).
    """

    fields: dict[str, _Content] = Field(default_factory=dict, max_length=50)

    @field_validator("fields")
    @classmethod
    def _fields_can_be_set(cls, fields: dict[str, str]) -> dict[str, str]:
        for target, text in fields.items():
            chosen_value(target, text)
        return fields


class EarlyAnswer(PostingAnswer):
    """What a hook may answer at captured and validated; a sentence in `reject` ends the order."""

    reject: Sentence = ""


class Contract(NamedTuple):
    """What a hook is given at a point, and the most that it may answer there."""

    given: type[HookGiven]
    answer: type[LateAnswer]


_BEFORE_POSTING = {
    HookPoint.CAPTURED: Contract(OrderCaptured, EarlyAnswer),
    HookPoint.VALIDATED: Contract(OrderChecked, EarlyAnswer),
    HookPoint.BEFORE_POSTING: Contract(OrderChecked, PostingAnswer),
}
CONTRACTS: Mapping[HookPoint, Contract] = MappingProxyType(
    {point: _BEFORE_POSTING.get(point, Contract(OrderFollowed, LateAnswer)) for point in HookPoint}
)
"""The contract of every point."""


class HookCall(Frozen):
    """One call, as a workflow makes it: the hook, the point, and all that a hook may be given there."""

    hook: str
    point: HookPoint
    about: str
    pair: str
    order: Order
    tags: tuple[str, ...] = ()
    customer: CustomerMatch | None = None
    warnings: tuple[str, ...] = ()
    stage: Stage
    hold_code: str = ""
    document: ErpDocument | None = None
    papers: tuple[Paper, ...] = ()
    returns: tuple[ReturnView, ...] = ()

    @property
    def key(self) -> str:
        """From business ids alone, so that the same call always has the same."""
        order = f"{self.order.connection}:{self.order.store_id}:{self.pair}"
        return f"{order}:{self.point.value}:{self.about}:{self.hook}"

    def given(self) -> HookGiven:
        """Return what the point's contract says that the hook is given."""
        model = CONTRACTS[self.point].given
        return model.model_validate({name: getattr(self, name) for name in model.model_fields})


class HookAnswer(Frozen):
    """What came of a call: nothing, or tags, fields of the ERP's document, a rejection with its reason."""

    tags: tuple[str, ...] = ()
    fields: dict[str, str] = Field(default_factory=dict)
    reject: str = ""
