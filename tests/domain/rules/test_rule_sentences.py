"""Each rule, and what it saw, is one plain sentence in three languages; people read the golden pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.notices import LANGUAGES
from domain.rules.action_phrases import PHRASES
from domain.rules.comparison_phrases import COMPARISONS
from domain.rules.fact_words import FACT_WORDS, FLAG_NEGATIONS, LINE_FACT_WORDS
from domain.rules.facts import FACTS, LINE_FACTS
from domain.rules.operators import Kind
from domain.rules.phrases import TRIGGERS
from domain.rules.reading import ACTIONS
from domain.rules.sentences import rule_sentence
from domain.rules.triggers import Trigger
from tests.domain.rules.drawn import conditions
from tests.domain.rules.golden_pages import FOLDER, PAGES, page
from tests.domain.rules.specimens import rule, rule_set


@pytest.mark.parametrize("name", PAGES)
def test_sentences_are_as_they_were_read_by_people(name: str) -> None:
    assert page(name) == (FOLDER / f"{name}.txt").read_text("utf-8"), (
        "look at the change: python -m tests.domain.rules.golden_pages, then git diff"
    )


def test_every_fact_has_words_and_every_flag_its_contrary() -> None:
    assert list(FACT_WORDS) == list(FACTS)
    assert list(LINE_FACT_WORDS) == list(LINE_FACTS)
    flags = {fact.name for fact in (*FACTS.values(), *LINE_FACTS.values()) if fact.kind is Kind.FLAG}
    assert set(FLAG_NEGATIONS) == flags


def test_every_trigger_action_and_kind_has_words() -> None:
    assert set(TRIGGERS) == set(Trigger)
    assert set(PHRASES) == set(ACTIONS.values())
    assert set(COMPARISONS) == set(Kind) - {Kind.TAGS}


@settings(max_examples=150)
@given(conditions(), st.sampled_from(LANGUAGES))
def test_any_rule_is_one_sentence(condition: dict[str, object], language: str) -> None:
    text = rule_sentence(rule_set(rule(**{"if": condition})).rules[0], language)

    assert text.endswith(".")
    assert text[0].isupper()
    assert not {"{", "}", "\n"} & set(text)
    assert text.count("(") == text.count(")")
