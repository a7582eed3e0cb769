"""Rules about connections: whom they tell that one is down. There is no order to look at."""

from collections.abc import Mapping
from datetime import datetime

from domain.notices import NoticeEvent, NoticeFacts, NoticeRequest, PlannedNotice, due
from domain.policy import Pair
from domain.rules.actions import Notify, notice_rule
from domain.rules.model import Rule, RuleSet
from domain.rules.triggers import Trigger


def notices_of_trouble(
    rule_set: RuleSet, connection: str, pairs: Mapping[str, Pair], sentence: str, now: datetime
) -> tuple[PlannedNotice, ...]:
    """Return what rules want told because a connection is down; within an hour it is the same."""
    found: list[PlannedNotice] = []
    for rule in sorted(rule_set.rules, key=lambda rule: rule.priority):
        if rule.when is not Trigger.CONNECTION_DOWN or not rule.is_valid_at(now):
            continue
        if not _concerns(rule, connection, pairs):
            continue
        for action in rule.then:
            if isinstance(action, Notify):
                found += due(_request(rule, action, connection, sentence, now), ())
        if rule.stop:
            break
    return tuple(found)


def _concerns(rule: Rule, connection: str, pairs: Mapping[str, Pair]) -> bool:
    users = {name: pair for name, pair in pairs.items() if connection in {pair.store, pair.erp, pair.labels}}
    if not rule.pairs and not rule.connections:
        return True
    return any(rule.applies_to(name, pair.store) for name, pair in users.items())


def _request(rule: Rule, action: Notify, connection: str, sentence: str, now: datetime) -> NoticeRequest:
    told = f"{action.text or rule.title}: {connection}: {sentence}"
    return NoticeRequest(
        connection=connection,
        store_order_id="",
        pair="",
        event=NoticeEvent.RULE,
        at=now,
        facts=NoticeFacts(about=f"{rule.id}:{connection}:{now:%Y-%m-%dT%H}", reason=told),
        by_rule=(notice_rule(action).model_copy(update={"event": (NoticeEvent.RULE,)}),),
    )
