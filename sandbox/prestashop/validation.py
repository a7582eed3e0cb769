"""The last look at a record before it is saved: required, length, format, in that order for each field.

The whole record is looked at, not only what a write names: one bad old value stops every later PATCH of it.
Empty values (and "0", which PHP calls empty) have no format.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.prestashop.errors import WebserviceError
from sandbox.prestashop.fields import Field, Resource
from sandbox.prestashop.kinds import NO_DATE, NO_TIME
from sandbox.prestashop.state import ShopState

DEFAULT_LANGUAGE = 1
_UNCHECKED = ("", "0", NO_DATE, NO_TIME)


def validate(
    state: ShopState, resource: Resource, value: Callable[[Field], Any], written: Mapping[str, Any]
) -> None:
    """Raise `WebserviceError` 84 (localised) or 85 for the first field that is not right."""
    for each in resource.fields.values():
        if each.localised and each.name in written:
            _check_languages(resource, each, value(each))
    extra = state.settings.extra_required.get(resource.name, frozenset())
    for each in resource.fields.values():
        if each.localised or each.name == "id":
            continue
        kept = value(each)
        text = kept if isinstance(kept, str) else each.kind.show(kept)
        problem = _problem(each, text, each.required or each.name in extra)
        if problem:
            raise WebserviceError(400, 85, f'Validation error: "{_sentence(resource, each, problem)}"')


def _check_languages(resource: Resource, each: Field, texts: Any) -> None:
    """A required text must be there in the default language; the others may be empty."""
    by_language = texts if isinstance(texts, dict) else {DEFAULT_LANGUAGE: texts}
    for language, text in {DEFAULT_LANGUAGE: "", **by_language}.items():
        problem = _problem(each, text, each.required and language == DEFAULT_LANGUAGE)
        if problem:
            raise WebserviceError(400, 84, f'Validation error: "{_sentence(resource, each, problem)}"')


def _problem(each: Field, text: str, required: bool) -> str:
    if required and not text:
        return "is empty."
    if each.size and len(text) > each.size:
        return f"is currently {len(text)} chars. It must be between 0 and {each.size} chars."
    if text in _UNCHECKED or each.kind.accepts(text):
        return ""
    return "is not valid"


def _sentence(resource: Resource, each: Field, problem: str) -> str:
    subject = f"{resource.model}->{each.name}"
    lead = "The length of property" if "chars" in problem else "Property"
    return f"{lead} {subject} {problem}"
