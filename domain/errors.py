"""What can go wrong, as one tree. A class is a code, a disposition and a remedy.

WaybillError
├── Passing                 retry      outside trouble that passes by itself
│   ├── RateLimited         retry      the other side asked us to slow down
│   └── UnexpectedAnswer    retry      an answer we cannot read (on a read; on a write it is InDoubt)
├── InDoubt                 in doubt   a write whose outcome is unknown
├── ConnectionDown          wait       the other side is not there
├── FixData                 fix data   this order or customer is wrong
│   ├── Refused             fix data   the ERP or the store said no to this order
│   ├── NotFound            fix data   what was asked for does not exist there
│   ├── HookRefuses         fix data   a hook stops the order, in its own words
│   └── TotalsDiffer        fix data   no way of rounding reproduces the store's total
└── FixSetup                fix set-up credentials, mapping, permission
    ├── BadCredentials      fix set-up the login was refused
    ├── NotPermitted        fix set-up the user or key lacks a right
    ├── BadConfiguration    fix set-up waybill.toml or the other side's set-up is wrong
    ├── HookFailed          fix set-up a hook raised, hung or answered what it may not
    └── ExpertFailed        fix set-up an expert expression or decision table cannot be evaluated
"""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from domain.model import Frozen
from domain.reasons import REASONS


class Disposition(StrEnum):
    """What the workflow does about an error."""

    RETRY = "retry"
    IN_DOUBT = "in_doubt"
    WAIT = "wait"
    FIX_DATA = "fix_data"
    FIX_SETUP = "fix_setup"
    BUG = "bug"


class Problem(Frozen):
    """An error as it travels through a history.

    `sentence` holds nothing personal; `quote` is what the other side said, word for word.
    """

    code: str
    disposition: Disposition
    sentence: str
    remedy: str
    quote: str = ""
    field: str = ""
    connection: str = ""


class WaybillError(Exception):
    """The root. `sentence` is one sentence for a person; `quote` is what the other side said."""

    code: ClassVar[str] = "bug"
    disposition: ClassVar[Disposition] = Disposition.BUG
    remedy: ClassVar[str] = "Report this with the order's number; nothing was lost."

    def __init__(
        self,
        sentence: str,
        *,
        quote: str = "",
        field: str = "",
        remedy: str = "",
        code: str = "",
        connection: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.problem = Problem(
            code=code or self.code,
            disposition=self.disposition,
            sentence=sentence,
            remedy=remedy or (REASONS[code].remedy if code in REASONS else self.remedy),
            quote=quote[:500],
            field=field,
            connection=connection,
        )


class Passing(WaybillError):
    """Outside trouble that passes by itself."""

    code = "passing_trouble"
    disposition = Disposition.RETRY
    remedy = "Nothing to do: it is tried again."


class RateLimited(Passing):
    """The other side asked us to slow down."""

    code = "rate_limited"


class UnexpectedAnswer(Passing):
    """The other side answered a read with something unreadable."""

    code = "unexpected_answer"


class InDoubt(WaybillError):
    """A write was sent and no answer tells whether it was done."""

    code = "in_doubt"
    disposition = Disposition.IN_DOUBT
    remedy = "Nothing to do: the ERP is searched until the outcome is known."


class ConnectionDown(WaybillError):
    """The other side is not there at all; nothing was written."""

    code = "connection_down"
    disposition = Disposition.WAIT
    remedy = "Bring the system back; the waiting orders go on by themselves."


class FixData(WaybillError):
    """This order or its customer is wrong."""

    code = "wrong_data"
    disposition = Disposition.FIX_DATA
    remedy = "Correct the order or the record named, then continue the order."


class Refused(FixData):
    """The other side understood the request and said no."""

    code = "refused"
    remedy = "Correct what the quoted answer names, in the order or in the ERP, then continue the order."


class NotFound(FixData):
    """What was asked for does not exist on the other side."""

    code = "not_found"


class HookRefuses(FixData):
    """A hook stops the order; `sentence` is the hook's own and holds nothing personal."""

    code = "hook_refuses"
    remedy = "Do what the hook asks and continue the order, or release it to go on without."


class TotalsDiffer(FixData):
    """No way of rounding reproduces the store's total within the tolerance."""

    code = "totals_differ"
    remedy = "Correct the order's lines or raise the pair's tolerance, then continue the order."


class FixSetup(WaybillError):
    """Something in our or their set-up is wrong; every order of the connection would meet it."""

    code = "wrong_setup"
    disposition = Disposition.FIX_SETUP
    remedy = "Run `waybill doctor`; it names the setting."


class BadCredentials(FixSetup):
    """The login was refused."""

    code = "bad_credentials"
    remedy = "Put the right key or password where waybill.toml points, then run `waybill doctor`."


class NotPermitted(FixSetup):
    """The user or key lacks a right."""

    code = "not_permitted"
    remedy = "Grant the right named, then run `waybill doctor`."


class BadConfiguration(FixSetup):
    """waybill.toml or the other side's set-up is wrong."""

    code = "bad_configuration"
    remedy = "Correct the setting named, then run `waybill doctor`."


class HookFailed(FixSetup):
    """A hook is not there, raised, hung or answered what it may not."""

    code = "hook_failed"
    remedy = "Mend the hook or its package, start the worker again, then continue the order."


class ExpertFailed(FixSetup):
    """An expert expression or decision table cannot be evaluated for this order."""

    code = "expert_failed"
    remedy = "Correct the expert definition and publish the rules again, then continue the order."
