"""Every rule of the judge on every channel: levels, quorum, limits, roles, four eyes, deputies."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from domain.approvals.judging import code_hash, judge, place_of
from domain.approvals.policies import ApprovalPolicy, Approver, Level
from domain.approvals.requests import (
    ApprovalRequest,
    Channel,
    Decision,
    DecisionRefused,
    Standing,
    Verdict,
    Vote,
)
from domain.money import Money
from domain.order import Order, Party
from domain.policy import Pair
from tests.domain.specimens import NOON, order, pair

ORDER = order()
POLICY = ApprovalPolicy(
    levels=(Level(role="director", quorum=2, escalate_to="owner"), Level(role="board", people=("dora",)))
)


def _person(name: str, *roles: str, **more: Any) -> Approver:
    return Approver(id=name, name=name.title(), email=f"{name}@waybill.example", roles=roles, **more)


PEOPLE = (
    _person("dora", "director", deputy="dan"),
    _person("carl", "director", "board"),
    _person("dan", limit=Money.parse("100 EUR")),
    _person("otto", "owner"),
)
RULES = pair(approval=POLICY, approvers=PEOPLE)


def _vote(approver: str, **more: Any) -> Vote:
    return Vote(approver=approver, verdict=Verdict.APPROVE, at=NOON, channel=Channel.CLI, **more)


def _request(**changed: Any) -> ApprovalRequest:
    facts: dict[str, Any] = {
        "number": 3,
        "revision": ORDER.revision,
        "total": ORDER.total,
        "role": "director",
        "because": "the total is above the limit",
        "asked": ("dora", "carl", "dan"),
        "stands_in": {"dan": ("dora",)},
        "asked_at": NOON,
        "quorum": 2,
        "levels": 2,
        "code_hashes": {person.id: code_hash(person.id) for person in PEOPLE},
    }
    return ApprovalRequest.model_validate(facts | changed)


def _decision(approver: str, channel: Channel, **changed: Any) -> Decision:
    facts: dict[str, Any] = {
        "verdict": Verdict.APPROVE,
        "approver": approver,
        "request": 3,
        "revision": ORDER.revision,
        "channel": channel,
        "code": approver,
    }
    return Decision.model_validate(facts | changed)


EARLIER = _request(number=2, standing=Standing.APPROVED, votes=(_vote("dora"), _vote("carl")))
SECOND = {"level": 2, "quorum": 1, "role": "board, dora", "stands_in": {}}


class Case(NamedTuple):
    """Somebody decides in a situation; `refused` is a part of the reason, empty when it counts."""

    by: str
    request: ApprovalRequest = _request()
    refused: str = ""
    rules: Pair = RULES
    placed: Order = ORDER
    authors: frozenset[str] = frozenset()
    earlier: tuple[ApprovalRequest, ...] = ()
    decision: Mapping[str, Any] = MappingProxyType({})


def _people(*people: Approver) -> Pair:
    return RULES.model_copy(update={"approvers": people})


def _limited(limit: str) -> Pair:
    return _people(*PEOPLE[:2], PEOPLE[2].model_copy(update={"limit": Money.parse(limit)}))


CASES: dict[str, Case] = {
    "the first of two": Case("dora"),
    "the second of two": Case("carl", _request(votes=(_vote("dora"),))),
    "nobody twice": Case("dora", _request(votes=(_vote("dora"),)), "you approved already; another person"),
    "a deputy": Case("dan"),
    "a deputy after their principal": Case(
        "dan", _request(votes=(_vote("dora"),)), "Dora approved already in the place of Dora"
    ),
    "a principal after their deputy": Case(
        "dora", _request(votes=(_vote("dan", stands_in_for="dora"),)), "Dan approved already in the place of"
    ),
    "a deputy of two, one of whom decided": Case(
        "dan", _request(votes=(_vote("dora"),), stands_in={"dan": ("dora", "carl")})
    ),
    "a deputy above their own limit": Case("dan", refused="may not decide", rules=_limited("71.99 EUR")),
    "a deputy above their principal's limit": Case(
        "dan",
        refused="may not decide",
        rules=_people(
            PEOPLE[0].model_copy(update={"limit": Money.parse("71.99 EUR")}), PEOPLE[1], PEOPLE[2], PEOPLE[3]
        ),
    ),
    "a deputy whose principal is gone": Case("dan", refused="may not decide", rules=_people(*PEOPLE[1:])),
    "a deputy who stands in for nobody": Case("dan", _request(stands_in={}), "may not decide"),
    "a limit lowered since": Case(
        "dora",
        refused="role or limit do not allow it",
        rules=_people(_person("dora", "director", limit=Money.parse("71.99 EUR")), *PEOPLE[1:]),
    ),
    "a limit in the order's currency": Case(
        "dora",
        refused="role or limit do not allow it",
        rules=_people(
            _person("dora", "director", limits=(Money.parse("900 EUR"), Money.parse("50 USD"))), *PEOPLE[1:]
        ),
        placed=order(currency="USD", rate="1.1"),
        request=_request(revision=order(currency="USD", rate="1.1").revision),
        decision={"revision": order(currency="USD", rate="1.1").revision},
    ),
    "a role taken away since": Case(
        "dora", refused="role or limit do not allow it", rules=_people(_person("dora"), *PEOPLE[1:])
    ),
    "who is asked only when nobody decides": Case("otto", _request(asked=("otto",)), "do not allow it"),
    "who was asked because nobody decided": Case("otto", _request(asked=("otto",), escalated=True)),
    "who was not asked": Case("otto", refused="otto may not decide on this order"),
    "who corrected the order": Case("dora", refused="themselves", authors=frozenset({"dora"})),
    "the deputy of who corrected it": Case("dan", authors=frozenset({"dora"})),
    "who placed the order": Case(
        "dora",
        refused="themselves",
        placed=order(customer=Party(store_id="7", email="DORA@waybill.example")),
    ),
    "who approved an earlier level": Case(
        "dora", _request(**SECOND), "you approved on an earlier level", earlier=(EARLIER,)
    ),
    "who approved an earlier level, where that may be": Case(
        "dora",
        _request(**SECOND),
        rules=RULES.model_copy(update={"approval": POLICY.model_copy(update={"same_person": True})}),
        earlier=(EARLIER,),
    ),
    "who approved by another policy": Case(
        "dora", _request(**SECOND), earlier=(EARLIER.model_copy(update={"policy": "wine"}),)
    ),
    "a level that is no more": Case("dora", _request(level=3), "do not allow it"),
    "a policy that is no more": Case("dora", _request(policy="wine"), "do not allow it"),
    "a rejection after an approval of one's own": Case(
        "dora",
        _request(votes=(_vote("dora"),)),
        decision={"verdict": Verdict.REJECT, "reason": "on second thoughts"},
    ),
    "a rejection of who corrected it": Case(
        "dora", authors=frozenset({"dora"}), decision={"verdict": Verdict.REJECT, "reason": "a mistake"}
    ),
    "a rejection without a reason": Case("dora", refused="a reason", decision={"verdict": Verdict.REJECT}),
    "somebody else's code": Case("dora", refused="code", decision={"code": "carl"}),
    "no code": Case("dora", refused="code", decision={"code": ""}),
    "an older question": Case("dora", refused="changed since", decision={"request": 2}),
    "an older state of the order": Case("dora", refused="changed since", decision={"revision": "0" * 16}),
    "what is decided": Case(
        "dora", _request(standing=Standing.APPROVED, decided_by="carl"), "already approved by Carl"
    ),
    "what time ended": Case("dora", _request(standing=Standing.EXPIRED), "already expired by time"),
    "what is void": Case("dora", _request(standing=Standing.VOID), "does not wait"),
}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_rule_is_the_same_on_every_channel(case: Case, channel: Channel) -> None:
    decision = _decision(case.by, channel, **case.decision)
    arguments = (decision, case.request, case.placed, case.rules, case.authors, case.earlier)

    if not case.refused:
        judge(*arguments)
        return
    with pytest.raises(DecisionRefused, match=case.refused):
        judge(*arguments)


@pytest.mark.parametrize(
    ("by", "votes", "place"),
    [
        ("dora", (), ""),
        ("carl", (_vote("dora"),), ""),
        ("dan", (), "dora"),
        ("dan", (_vote("dora"),), "carl"),
        ("nobody", (), ""),
    ],
)
def test_a_decision_records_in_whose_place_it_was_made(by: str, votes: tuple[Vote, ...], place: str) -> None:
    request = _request(votes=votes, stands_in={"dan": ("dora", "carl")})

    assert place_of(_decision(by, Channel.CLI), request, ORDER, RULES) == place


def test_a_quorum_is_reached_by_different_persons_and_any_of_them_rejects() -> None:
    first = _request().with_vote(_vote("dora"))
    second = first.with_vote(_vote("carl"))
    no = Vote(approver="dora", verdict=Verdict.REJECT, at=NOON, channel=Channel.PAGE, reason="too much")
    rejected = first.with_vote(no)

    assert (first.standing, first.missing, first.decided_by) == (Standing.OPEN, 1, "")
    assert (second.standing, second.missing, second.decided_by) == (Standing.APPROVED, 0, "carl")
    assert (rejected.standing, rejected.decided_by, rejected.reason) == (
        Standing.REJECTED,
        "dora",
        "too much",
    )
    assert [vote.verdict for vote in rejected.votes] == [Verdict.REJECT]
