"""The page about rules, its tables made from the rules' own models: `python -m docs.rules_page`."""

import sys
from collections.abc import Iterable, Iterator, Mapping

from domain.rules.actions import FINAL_ACTIONS, triggers_for
from domain.rules.condition_faults import KIND_WORDS
from domain.rules.conditions import MOST_LEVELS
from domain.rules.fact_words import FACT_WORDS, LINE_FACT_WORDS
from domain.rules.facts import FACTS, LINE_FACTS, Fact
from domain.rules.model import MOST_BYTES, MOST_RULES
from domain.rules.operators import OPERATORS, Kind
from domain.rules.phrases import TRIGGERS
from domain.rules.reading import ACTIONS
from domain.rules.triggers import DEADLINES, PHASES, Phase, Trigger
from starter.recipes import recipes

_INTRODUCTION = f"""\
# Rules

Made by `make docs`; the tables come from the code. A rule says: *when* something happens to an order, *if*
the facts are so, *then* do that. Rules are files; nobody needs to program to write one.

```yaml
# yaml-language-server: $schema=https://waybill.example.com/rules.schema.json
time_zone: Europe/Paris
rules:
  - id: large-orders              # short; it never changes
    name: Large orders
    when: validated
    if:
      all:
        - fact: total
          is: more_than
          value: 5000 EUR
        - none:
            - fact: customer_group
              is: equals
              value: wholesale
    then:
      - do: require_approval
```

`waybill rules explain FILE` says it back, in English, Spanish (`--language es`) or French: *When an order
has passed all checks, if the total is more than 5,000.00 EUR and the customer group is not “wholesale”, the
order waits for approval.* If the sentence is not what you meant, the rule is not.

Let your editor check while you write: give it [schemas/rules.schema.json](schemas/rules.schema.json), in VS
Code by the first line above with the path where you put the file.

## From a draft to the rules in force

| step | command |
| --- | --- |
| take something to begin with | `waybill rules recipes`, `waybill rules recipes large_orders > rules.yaml` |
| take what is in force | `waybill rules export > rules.yaml` |
| is it right? | `waybill rules lint rules.yaml` |
| is it what I meant? | `waybill rules explain rules.yaml`, `waybill rules diff rules.yaml` |
| what does it do to one order? | `waybill rules test rules.yaml shop:1042`, or a file in place of the order |
| what would it have changed? | `waybill rules dry-run rules.yaml --last 500` |
| take it into force | `waybill rules publish rules.yaml --note "director from 5,000"` |
| it was wrong | `waybill rules history`, `waybill rules rollback 7 --note "back to 7"` |
| why did this order wait? | `waybill order why 1042` |

`lint` names each fault with its line, its place and the fix: `rules.yaml:14
rules[large-orders].if.all[0].fact: there is no fact totl. Write total.` What has a fault is not published.
So a rule that is in force does not fail in the middle of an order.

**Versions.** Publishing takes the whole file as the next version, with author and note. An order keeps the
version that was in force when it was read from the store. Only an order that a rule holds is judged by the
rules of today when somebody continues it. Nothing published changes an order that is past the point. Going
back publishes an old version again as a new one.

## A rule's fields

| field | what |
| --- | --- |
| `id` | a short name: small letters, digits, `-`, `_` |
| `name` | what people call it; holds and approvals say it |
| `when`, `after` | what must happen; deadlines say after how long: `90s`, `30m`, `4h`, `2d` |
| `if` | what must be so; left out: always |
| `then` | what is done, in order |
| `pairs`, `connections` | only orders of these pairs, of these stores; left out: all |
| `priority` | lower numbers come first; 100 where nothing is said |
| `stop` | `yes`: once it matches, no later rule of its trigger is looked at |
| `valid_from`, `valid_until` | instants with their zone: `2026-12-01T00:00+01:00` |
| `enabled` | `no` switches it off |
| `when_unknown` | `match`, `skip` or `hold`, see *Unknown* |

Beside `rules`, a file has `time_zone` (for hours and weekdays; UTC where nothing is said), `policies`
([approvals.md](approvals.md)) and `experts` ([expert_rules.md](expert_rules.md)). {MOST_RULES} rules are
the most, {MOST_LEVELS} levels the deepest tree, {MOST_BYTES // 1024} KiB the most that the rules of one
pair may come to (each order carries them; 500 with six conditions and three actions each take 330). A
deadline that is over before its rule is valid counts from `valid_from` on.
"""
_CONDITIONS = """\
## If: conditions

`all`, `any` and `none` take lists and go into each other. `any_line` and `all_lines` look at the lines of
the order, and inside them the facts are those of a line:

```yaml
if:
  any:
    - fact: country
      is: one_of
      value: [CH, NO, GB]
    - any_line:
        all:
          - {fact: sku, is: starts_with, value: GIFT-}
          - {fact: quantity, is: at_least, value: 10}
```
"""
_VALUES = """\
Texts are compared without regard to upper and lower case. `between` takes two values and includes both;
with times of day it may go over midnight: `["22:00", "06:00"]`. Write times of day, and numbers that begin
with 0, in quotation marks for your editor's sake; Waybill reads everything as text, so `NO` is Norway and
no amount is rounded.

**Money** is always written with its currency. An amount in the order's currency is compared as it is. An
amount in the pair's base currency is compared with the order's converted by the order's own rate. In any
other currency the fact is *unknown*.

## Unknown

What nobody said is unknown; it is not zero, not empty and not *no*. A condition over an unknown fact is
neither so nor not so. The rule then does what its `when_unknown` says:

| `when_unknown` | the rule |
| --- | --- |
| `match` | counts as if it matched |
| `skip` | does nothing |
| `hold` | puts the order on hold, and says what is unknown |

Left out: a rule that only holds or asks for approval matches, any other before posting holds the order, any
other after it does nothing. `is_known` and `is_unknown` ask directly and are never unknown themselves.
"""
_CONFLICTS = """\
## Conflicts

What cannot be undone is done by one rule only. When two rules match and both would do the same of that kind
(create the customer, request the restock, call the same hook, tell the same people over the same channel,
or decide the order's fate by `reject` and `route`), neither does it: the order is held, after posting at
its next step, and says which two. No priority decides it. Deadlines are judged together where they end at
the same moment.

Publishing looks for such pairs. It is refused where an example shows that both match: *high and low both
match (total 6000 EUR, country FR) and would both decide the order's fate*. Where conditions exclude each
other, all is well. Where it cannot be told (lines, experts), there is a warning. Three ways out: let the
conditions exclude each other, make one rule of the two, or write `stop: yes` in the first.

Rules that would send an order to another pair and back again are refused as well.
"""
_END = """\
## Where rules end

A calculation over facts or a table of cases is an [expert rule](expert_rules.md). What needs another system
or a program is a [hook](hooks.md), called by `call_hook`.
"""
_PHASES = {
    Phase.CAPTURE: "the order as the store has it",
    Phase.CHECKED: "and what the ERP says",
    Phase.BESIDE: "all, as far as it happened",
    Phase.OUTSIDE: "nothing: there is no order",
}
_VALUES_OF_KIND = {
    Kind.MONEY: "`5000 EUR`",
    Kind.NUMBER: "`3`, `12.5`",
    Kind.TEXT: "`FR`",
    Kind.FLAG: "–",
    Kind.TAGS: "`[gift, vip]`",
    Kind.DATE: "`2026-12-24`",
    Kind.CLOCK: '`"22:00"`',
    Kind.AGE: "`4h`",
}


_NOTES = {
    "discount_percent": "of the lines' total with tax",
    "store_status": "the store's own code",
    "country": "two letters, `FR`",
    "billing_country": "two letters, `FR`",
    "addresses_differ": "another country, postcode or town",
    "carrier": "the store's own code of it",
    "payment_method": "the store's technical name, `ps_wirepayment`",
    "customer_language": "as the store has it, `fr`",
    "placed_at": "in the file's `time_zone`",
    "time": "when the rule is looked at",
    "weekday": "when the rule is looked at",
    "tags": "set by rules and hooks before this one",
    "in_stock": "of every article at least the pieces ordered",
    "findings": "codes of what the checks warned of",
    "age": "since it was read from the store",
    "unit": "as the store has it",
    "stock": "what is neither sold nor reserved",
    "stock_left": "the stock less this line",
}


def page() -> str:
    """Return the whole page."""
    parts = (
        _INTRODUCTION,
        "## When: triggers\n",
        "Each happens once for each thing it is about (a shipment, a return), deadlines once for each time"
        " that the state begins; picked, delivered and in doubt once for each posting. A payment is received"
        " when the store marks an order paid that came in unpaid.\n",
        _table(("when", "in words", "what is known"), _triggers()),
        _CONDITIONS,
        "### Operators\n",
        _table(("facts that are", "values", "`is`"), _operators()),
        _VALUES,
        "## Facts of the order\n",
        _table(("fact", "is", "what", "known"), _facts(FACTS.values(), FACT_WORDS)),
        "## Facts of a line\n",
        _table(("fact", "is", "what", "known"), _facts(LINE_FACTS.values(), LINE_FACT_WORDS)),
        "Codes have these values:\n",
        _table(("fact", "values"), _codes()),
        "## Then: actions\n",
        _table(("do", "what", "fields", "can be undone", "after"), _actions()),
        "What is told is told at once, also of an order that the same rules hold, reject or send elsewhere;"
        " everything else waits until the hold is released. Tags given before posting are given anew each"
        " time the order is checked. A rule releases the same order for the same cause three times at"
        " most.\n",
        _CONFLICTS,
        "## Recipes\n",
        "`waybill rules recipes NAME > rules.yaml`; each is tested.\n",
        _table(("recipe", "what for"), ((f"`{each.name}`", each.purpose) for each in recipes())),
        _END,
    )
    return "\n".join(parts)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _triggers() -> Iterator[tuple[str, ...]]:
    for trigger in Trigger:
        words = TRIGGERS[trigger][0].removeprefix("when ").format(after="`after`")
        deadline = ", `after`" if trigger in DEADLINES else ""
        yield f"`{trigger.value}`{deadline}", words, _PHASES[PHASES[trigger]]


def _operators() -> Iterator[tuple[str, ...]]:
    for kind in Kind:
        yield KIND_WORDS[kind], _VALUES_OF_KIND[kind], ", ".join(f"`{each}`" for each in OPERATORS[kind])


def _facts(facts: Iterable[Fact], words: Mapping[str, tuple[str, str, str]]) -> Iterator[tuple[str, ...]]:
    for fact in facts:
        known = (
            "once the ERP was asked" if fact.from_erp else "after posting or a hold" if fact.beside else ""
        )
        note = f"; {_NOTES[fact.name]}" if fact.name in _NOTES else ""
        yield f"`{fact.name}`", KIND_WORDS[fact.kind], words[fact.name][0] + note, known


def _codes() -> Iterator[tuple[str, ...]]:
    for fact in FACTS.values():
        if fact.choices:
            yield f"`{fact.name}`", ", ".join(f"`{code}`" for code in fact.choices)


def _actions() -> Iterator[tuple[str, ...]]:
    for name, model in ACTIONS.items():
        fields = ", ".join(f"`{field}`" for field in model.model_fields if field != "do")
        yield (
            f"`{name}`",
            (model.__doc__ or "").splitlines()[0],
            fields,
            "no" if name in FINAL_ACTIONS else "yes",
            _after(name),
        )


def _after(action: str) -> str:
    fitting = triggers_for(action)
    if len(fitting) < 5:
        return ", ".join(f"`{trigger.value}`" for trigger in Trigger if trigger in fitting)
    missing = [f"`{trigger.value}`" for trigger in Trigger if trigger not in fitting]
    return f"all but {', '.join(missing)}" if missing else "all"


if __name__ == "__main__":
    sys.stdout.write(page())
