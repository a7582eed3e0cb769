"""The kinds of sets that people publish, each with the check that it must pass."""

from collections.abc import Mapping
from typing import Any

from domain.faults import Fault
from domain.mapping import check as mapping_check
from starter.composition import Waybill
from starter.publishing import Findings, Publishing

MAPPING = "mapping"
"""The kind under which mappings are published."""


def published_of(waybill: Waybill) -> dict[str, Publishing]:
    """Return the kinds there are, by name."""
    return {
        MAPPING: Publishing(MAPPING, waybill.published, lambda body: _check_mapping(waybill, body)),
    }


def _check_mapping(waybill: Waybill, body: Mapping[str, Any]) -> Findings:
    found = mapping_check.checked(body, waybill.configuration.pairs)
    return Findings(faults=tuple(Fault.model_validate(fault.model_dump()) for fault in found.faults))
