"""What is wrong with a rule's actions: what its trigger does not allow, and names that stand for nothing."""

from collections.abc import Iterator

from domain.faults import Fault
from domain.hook_points import point_of
from domain.mapping.document import chosen_value
from domain.mapping.targets import HEADER, kinds_of
from domain.notices import Audience, Channel
from domain.policy import DocumentKind
from domain.rules.actions import (
    Action,
    CallHook,
    Choose,
    Notify,
    RequireApproval,
    Route,
    SetField,
    notice_rule,
    subject_of,
    triggers_for,
)
from domain.rules.installation import Installation
from domain.rules.model import Rule, RuleSet
from domain.rules.places import Parts, Places, nearest, shortened
from domain.rules.triggers import PHASES, Phase

Wrong = Iterator[tuple[str, str, str]]
"""The key, the sentence, the fix."""

_WANTS_CONNECTION = frozenset({Channel.SMS, Channel.SLACK})
_WITH_REJECT = frozenset({"reject", "notify", "tag"})
_LEFT_BEHIND = frozenset({"require_approval", "choose", "set_field", "call_hook"})
_OPPOSITES = (frozenset({"hold", "release"}), frozenset({"hold", "reject"}))


class ActionFaults:
    """Judges the actions of the rules of one set against an installation."""

    def __init__(self, places: Places, rule_set: RuleSet, installation: Installation) -> None:
        self._places, self._rule_set, self._installation = places, rule_set, installation

    def of(self, rule: Rule, parts: Parts) -> Iterator[Fault]:
        """Yield what is wrong with the actions of a rule."""
        for number, action in enumerate(rule.then):
            place = (*parts, "then", number)
            if rule.when not in (fitting := triggers_for(action.do)):
                sentence = f"{action.do} makes no sense at {rule.when.value}"
                fix = f"It can follow {', '.join(sorted(fitting))}."
                yield self._places.fault((*place, "do"), sentence, fix)
                continue
            for key, sentence, fix in self._wrong(rule, action):
                yield self._places.fault((*place, key), sentence, fix)
        yield from self._together(rule, (*parts, "then"))

    def _wrong(self, rule: Rule, action: Action) -> Wrong:
        match action:
            case RequireApproval():
                yield from self._policy(rule, action)
            case Choose() if not action.model_dump(exclude={"do"}, exclude_defaults=True):
                fix = (
                    "Name document, warehouse, series, price_list or payment_terms, or leave the action out."
                )
                yield "do", "choose names nothing to choose", fix
            case Choose():
                yield from self._names(rule, action)
            case SetField():
                yield from _field(action)
            case Notify():
                yield from self._notify(rule, action)
            case Route():
                yield from self._route(rule, action)
            case CallHook():
                yield from self._hook(rule, action)
            case _:
                return

    def _hook(self, rule: Rule, action: CallHook) -> Wrong:
        points = self._installation.hooks.get(action.hook)
        if points is None:
            sentence = f"there is no hook {shortened(action.hook)}"
            yield "hook", sentence, nearest(action.hook, self._installation.hooks)
        elif point_of(rule.when) not in points:
            sentence = f"the hook {action.hook} is not made for {rule.when.value}"
            yield "hook", sentence, f"It fits {', '.join(sorted(points))}."

    def _policy(self, rule: Rule, action: RequireApproval) -> Wrong:
        if action.policy in self._rule_set.policies:
            return
        for name, pair in self._installation.scope(rule):
            if not action.policy:
                for _, sentence in pair.approval.faults(pair.approvers):
                    fix = f"Mend [pairs.{name}.approval] in waybill.toml, or name a policy."
                    yield "policy", f"nobody could approve for the pair {name}: {sentence}", fix
                continue
            if action.policy not in pair.policies:
                sentence = f"the pair {name} has no approval policy {shortened(action.policy)}"
                yield "policy", sentence, nearest(action.policy, {*self._rule_set.policies, *pair.policies})
                return

    def _names(self, rule: Rule, action: Choose) -> Wrong:
        """Names are mapped by the ERP's connection or numbers; documents must suit the pair."""
        for pair, settings in self._installation.scope(rule):
            if settings.publish_stock and action.document not in {None, DocumentKind.ORDER}:
                sentence = f"the pair {pair} publishes stock, and only orders reserve stock in the ERP"
                yield "document", sentence, f"Write pairs: in the rule, without {pair}."
            for field, known in self._installation.names.get(pair, {}).items():
                name = getattr(action, field)
                if name and name not in known and not name.removeprefix("-").isdecimal():
                    what = field.replace("_", " ")
                    fix = nearest(name, known) if known else "Map it in the ERP's connection in waybill.toml."
                    yield field, f"the ERP of the pair {pair} has no {what} {shortened(name)}", fix
                    return

    def _notify(self, rule: Rule, action: Notify) -> Wrong:
        for key, sentence in notice_rule(action).faults():
            yield key, sentence, f"{sentence[:1].upper()}{sentence[1:]}."
        if PHASES[rule.when] is Phase.OUTSIDE:
            if action.audience is Audience.CUSTOMER:
                yield "audience", "there is no order, and so no customer", "Write sales or warehouse."
            if action.template:
                yield "template", "a notice's own words need an order", "Leave template out and write text."
        over = {name for name, channel in self._installation.channels.items() if channel is action.channel}
        if action.channel is Channel.WEBHOOK and action.to and action.to not in over:
            sentence = f"there is no webhook connection {shortened(action.to)}"
            yield "to", sentence, nearest(action.to, over)
        elif action.channel in _WANTS_CONNECTION:
            yield from _over(action, over)

    def _route(self, rule: Rule, action: Route) -> Wrong:
        pairs = self._installation.pairs
        target = pairs.get(action.pair)
        if target is None:
            yield "pair", f"there is no pair {shortened(action.pair)}", nearest(action.pair, pairs)
            return
        if not target.by_rule:
            fix = f"Write by_rule = true in [pairs.{action.pair}], or name another pair."
            yield "pair", f"the pair {action.pair} takes no orders by rule", fix
            return
        scope = dict(self._installation.scope(rule))
        left = sorted(_LEFT_BEHIND & {each.do for each in rule.then})
        if left and scope and action.pair not in scope:
            sentence = (
                f"the pair {action.pair} has rules of its own, so {' and '.join(left)} would be forgotten"
            )
            yield "pair", sentence, f"Write it in a rule of the pair {action.pair}."
        if scope and set(scope) == {action.pair}:
            yield "pair", f"these orders are the pair {action.pair}'s already", "Name another pair."
        foreign = sorted({pair.store for pair in scope.values()} - {target.store})
        if foreign:
            sentence = (
                f"orders of {foreign[0]} cannot go to {action.pair}, which takes those of {target.store}"
            )
            yield "pair", sentence, f"Write connections: [{target.store}] in the rule."

    def _together(self, rule: Rule, parts: Parts) -> Iterator[Fault]:
        seen: set[str] = set()
        for number, action in enumerate(rule.then):
            subject = subject_of(action)
            if subject and subject in seen:
                sentence = "the rule does this twice, or what decides the same, and it cannot be undone"
                yield self._places.fault((*parts, number), sentence, "Keep one of the two.")
            seen.add(subject)
        done = {action.do for action in rule.then}
        if "reject" in done and "hold" not in done and (never := sorted(done - _WITH_REJECT)):
            sentence = f"reject ends the order, so {' and '.join(never)} would never be done"
            yield self._places.fault(parts, sentence, "Keep reject, with notify and tag.")
        for both in _OPPOSITES:
            if both <= done:
                sentence = f"the rule asks for {' and '.join(sorted(both))} at once"
                yield self._places.fault(parts, sentence, "Keep one of the two.")


def _field(action: SetField) -> Wrong:
    try:
        chosen_value(action.target, action.value)
    except ValueError as problem:
        if kinds_of(action.target, HEADER):
            yield "value", str(problem), "Write a value that the field takes."
        else:
            sentence = f"the ERP's document has no field {shortened(action.target)}"
            yield "target", sentence, nearest(action.target, HEADER, "Write U_… or one of: {}.")


def _over(action: Notify, known: set[str]) -> Wrong:
    if not known:
        yield "channel", f"no connection sends {action.channel.value}", "Set one up in waybill.toml."
    elif action.connection and action.connection not in known:
        sentence = f"there is no {action.channel.value} connection {shortened(action.connection)}"
        yield "connection", sentence, nearest(action.connection, known)
    elif not action.connection and len(known) > 1:
        sentence = f"there are {len(known)} connections for {action.channel.value}"
        yield "connection", sentence, f"Write one of: {', '.join(sorted(known))}."
