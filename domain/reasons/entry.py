"""An entry of the catalogue of reasons: a cause, in the order desk's words."""

from enum import StrEnum

from domain.model import Frozen


class Group(StrEnum):
    """What kind of person or change gets the order going again."""

    ARTICLE = "articles"
    CUSTOMER = "customer"
    ADDRESS = "address"
    MONEY = "money"
    PAYMENT = "payment"
    STOCK = "stock"
    APPROVAL = "approval"
    ERP = "ERP answer"
    STORE = "store change"
    PERSON = "a person"
    SETUP = "set-up"


class Reason(Frozen):
    """A cause with its title, the sentence that says what to do, and whether a person may overrule it."""

    code: str
    group: Group
    title: str
    remedy: str
    releasable: bool = False


def reason(code: str, group: Group, title: str, remedy: str, *, releasable: bool = False) -> Reason:
    """Return an entry of the catalogue."""
    return Reason(code=code, group=group, title=title, remedy=remedy, releasable=releasable)
