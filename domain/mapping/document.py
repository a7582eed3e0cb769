"""The ERP's document with what a mapping and the rules say of it: the rules win, then the mapping."""

from collections.abc import Mapping
from typing import Any

from domain.errors import BadConfiguration
from domain.mapping.apply import Mapped, default_value
from domain.mapping.targets import HEADER, USER_FIELD, kinds_of
from domain.mapping.values import FieldValue, OwnField, as_text
from domain.order import Address
from domain.posting import Choices, LineDetails, SalesDocument

_PLAIN = ("comment", "warehouse", "terms", "carrier", "payment_method", "series")
_ADDRESSES = ("delivery", "billing")


def chosen_value(target: str, text: str) -> FieldValue | None:
    """Read what a rule sets a field of a document to. Raises `ValueError`, in words, where it cannot be."""
    kinds = kinds_of(target, HEADER)
    if not kinds:
        raise ValueError(f"there is no field {target} to fill; there are {', '.join(HEADER)}, U_NAME")
    try:
        return default_value(text, kinds)
    except ValueError:
        raise ValueError(f"{target} takes {kinds[0].value}, and {text!r} is none") from None


def with_mapping(document: SalesDocument, mapped: Mapped, choices: Choices) -> SalesDocument:
    """Return the document as it is posted. Raises `BadConfiguration` for a field no rule may set."""
    header = {**mapped.header, **_chosen(choices)}
    changed: dict[str, Any] = {name: as_text(header[name]) for name in _PLAIN if name in header}
    if "reference" in header:
        changed["order_number"] = as_text(header["reference"])
    if "deliver_on" in header:
        changed["deliver_on"] = max(header["deliver_on"], document.ordered_on)
    for side in _ADDRESSES:
        changed[side] = _address(getattr(document, side), side, header)
    changed["fields"] = _user_fields(header)
    changed["details"] = {line_id: _details(values) for line_id, values in mapped.lines.items()}
    changed["texts"] = mapped.texts
    return document.model_copy(update=changed)


def _chosen(choices: Choices) -> dict[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    for target, text in choices.fields.items():
        try:
            value = chosen_value(target, text)
        except ValueError as problem:
            raise BadConfiguration(
                f"a rule sets a field: {problem}", remedy="Correct the rule, publish it, continue the order."
            ) from None
        if value is not None:
            found[target] = value
    named = {"series": choices.series, "terms": choices.terms}
    return found | {name: value for name, value in named.items() if value}


def _address(address: Address, side: str, header: Mapping[str, FieldValue]) -> Address:
    own = {
        target.partition(".")[2]: as_text(value)
        for target, value in header.items()
        if target.startswith(f"{side}.")
    }
    return address.model_copy(update=own) if own else address


def _user_fields(values: Mapping[str, FieldValue]) -> dict[str, OwnField]:
    return {target: OwnField.of(value) for target, value in values.items() if USER_FIELD.fullmatch(target)}


def _details(values: Mapping[str, FieldValue]) -> LineDetails:
    plain = {name: as_text(value) for name, value in values.items() if name in LineDetails.model_fields}
    return LineDetails(**plain, fields=_user_fields(values))
