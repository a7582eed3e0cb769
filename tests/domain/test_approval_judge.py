"""One judge for every channel: who may decide, on what, when, and what makes a decision count."""

import re
from typing import Any

import pytest

from domain.approvals.judging import code_hash, judge
from domain.approvals.policies import ApprovalPolicy
from domain.approvals.requests import ApprovalRequest, Channel, Decision, DecisionRefused, Standing, Verdict
from domain.money import Money
from domain.order import Order, Party
from domain.policy import Pair
from tests.domain.specimens import DORA, NOON, order, pair

ORDER = order()
CODES = {"dora": "DORAS-CODE", "carl": "CARLS-CODE"}
NOT_WAITING = "the order does not wait for an approval"


def _request(**changed: Any) -> ApprovalRequest:
    facts: dict[str, Any] = {
        "number": 3,
        "revision": ORDER.revision,
        "total": Money.parse("7200.00 EUR"),
        "role": "director",
        "because": "the total 7200.00 EUR is above 5000 EUR",
        "asked": ("dora",),
        "asked_at": NOON,
        "code_hashes": {name: code_hash(code) for name, code in CODES.items()},
    }
    return ApprovalRequest.model_validate(facts | changed)


def _decision(**changed: Any) -> Decision:
    facts: dict[str, Any] = {
        "verdict": Verdict.APPROVE,
        "approver": "dora",
        "request": 3,
        "revision": ORDER.revision,
        "channel": Channel.PAGE,
        "code": CODES["dora"],
    }
    return Decision.model_validate(facts | changed)


def _refusal(
    decision: Decision,
    request: ApprovalRequest | None = None,
    placed: Order = ORDER,
    rules: Pair | None = None,
    authors: frozenset[str] = frozenset(),
) -> str:
    with pytest.raises(DecisionRefused) as refused:
        judge(decision, request or _request(), placed, rules or pair(), authors)
    return str(refused.value)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("verdict", Verdict)
def test_who_was_asked_may_decide_on_every_channel(channel: Channel, verdict: Verdict) -> None:
    judge(
        _decision(channel=channel, verdict=verdict, reason="too much"), _request(), ORDER, pair(), frozenset()
    )


def test_nothing_is_decided_before_there_is_a_question() -> None:
    request, rules = _request(), pair()
    missing: list[tuple[ApprovalRequest | None, Order | None, Pair | None]] = [
        (None, ORDER, rules),
        (request, None, rules),
        (request, ORDER, None),
    ]

    for asked, placed, known in missing:
        with pytest.raises(DecisionRefused, match=NOT_WAITING):
            judge(_decision(), asked, placed, known, frozenset())


def test_a_void_request_waits_for_nobody() -> None:
    assert _refusal(_decision(), _request(standing=Standing.VOID)) == NOT_WAITING


@pytest.mark.parametrize("standing", [Standing.APPROVED, Standing.REJECTED])
def test_what_is_decided_stays_decided_and_names_who_did(standing: Standing) -> None:
    decided = _request(standing=standing, decided_by="dora")

    for verdict in Verdict:
        answer = _refusal(_decision(verdict=verdict, reason="no"), decided)

        assert answer == f"already {standing.value} by Dora Director"


def test_an_expired_request_was_ended_by_time() -> None:
    assert _refusal(_decision(), _request(standing=Standing.EXPIRED)) == "already expired by time"


@pytest.mark.parametrize(
    "changed", [{"request": 2}, {"request": 4}, {"revision": "0123456789abcdef"}, {"revision": ""}]
)
def test_a_decision_counts_only_for_what_the_approver_was_shown(changed: dict[str, Any]) -> None:
    assert "changed since" in _refusal(_decision(**changed))


@pytest.mark.parametrize("approver", ["carl", "nobody", "", "DORA", "dora "])
def test_who_was_not_asked_may_not_decide(approver: str) -> None:
    assert _refusal(_decision(approver=approver)) == f"{approver} may not decide on this order"


def test_who_is_no_approver_any_more_may_not_decide() -> None:
    assert "may not decide" in _refusal(_decision(), rules=pair(approvers=()))


@pytest.mark.parametrize(
    "code", ["", "WRONG", CODES["carl"], CODES["dora"].lower(), code_hash(CODES["dora"])]
)
def test_from_temporals_pages_only_the_approvers_own_code_counts(code: str) -> None:
    answer = _refusal(_decision(channel=Channel.TEMPORAL, code=code))

    assert answer == "the approver's code does not belong to this request"


def test_blanks_around_a_pasted_code_do_no_harm() -> None:
    decision = _decision(channel=Channel.TEMPORAL, code=f" {CODES['dora']}\n")

    judge(decision, _request(), ORDER, pair(), frozenset())


@pytest.mark.parametrize("hashes", [{}, {"dora": ""}])
def test_while_there_are_no_codes_nothing_is_decided_from_temporals_pages(hashes: dict[str, str]) -> None:
    for code in ("", CODES["dora"]):
        decision = _decision(channel=Channel.TEMPORAL, code=code)

        assert "code" in _refusal(decision, _request(code_hashes=hashes))


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_rejection_needs_a_reason_and_an_approval_none(reason: str) -> None:
    assert _refusal(_decision(verdict=Verdict.REJECT, reason=reason)) == "a rejection needs a reason"
    judge(_decision(verdict=Verdict.APPROVE, reason=reason), _request(), ORDER, pair(), frozenset())


OWN = {
    "corrected it": (ORDER, frozenset({"dora"})),
    "placed it": (order(customer=Party(store_id="7", email=" Dora@Waybill.example")), frozenset[str]()),
}


@pytest.mark.parametrize(("placed", "authors"), OWN.values(), ids=OWN)
def test_nobody_approves_their_own_order(placed: Order, authors: frozenset[str]) -> None:
    assert "themselves" in _refusal(_decision(), placed=placed, authors=authors)


@pytest.mark.parametrize(("placed", "authors"), OWN.values(), ids=OWN)
def test_everybody_may_reject_their_own_order(placed: Order, authors: frozenset[str]) -> None:
    rejection = _decision(verdict=Verdict.REJECT, reason="a mistake of mine")

    judge(rejection, _request(), placed, pair(), authors)


@pytest.mark.parametrize(("placed", "authors"), OWN.values(), ids=OWN)
def test_a_pair_may_do_with_two_eyes(placed: Order, authors: frozenset[str]) -> None:
    judge(_decision(), _request(), placed, pair(approval=ApprovalPolicy(four_eyes=False)), authors)


def test_anothers_correction_leaves_the_approver_free() -> None:
    judge(_decision(), _request(), ORDER, pair(), frozenset({"olga", "carl"}))


def test_a_guest_without_an_address_is_not_the_approver() -> None:
    without = DORA.model_copy(update={"email": ""})
    guest = order(customer=Party(store_id="7", is_guest=True, email="", last_name="Moreau"))

    judge(_decision(), _request(), guest, pair(approvers=(without,)), frozenset())


def test_a_code_is_kept_only_as_a_hash() -> None:
    kept = _request().model_dump_json()

    assert not any(code in kept for code in CODES.values())
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in _request().code_hashes.values())
