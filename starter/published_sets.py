"""The kinds of sets that people publish, each with the check that it must pass."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from activities.mappings import MAPPING
from activities.published_rules import RULES
from domain.faults import Fault
from domain.mapping import check as mapping_check
from domain.rules.faults import checked
from domain.rules.installation import Installation
from starter.composition import Waybill
from starter.configuration import Configuration, settings_of
from starter.kinds import ERPS
from starter.publishing import Findings, Publishing

_NAMED = {"series": "series", "price_list": "price_lists", "payment_terms": "payment_terms"}


def published_of(waybill: Waybill) -> dict[str, Publishing]:
    """Return the kinds there are, by name."""

    async def check_rules(body: Mapping[str, Any]) -> Findings:
        return await _check_rules(waybill, body)

    async def check_mapping(body: Mapping[str, Any]) -> Findings:
        return _check_mapping(waybill, body)

    sets = waybill.published
    return {
        RULES: Publishing(RULES, sets, check_rules),
        MAPPING: Publishing(MAPPING, sets, check_mapping),
    }


def installation_of(waybill: Waybill) -> Installation:
    """Return what rules may name here."""
    return Installation(
        pairs=waybill.configuration.pairs,
        channels=waybill.channels.kinds(),
        hooks={name: hook.signature.points for name, hook in waybill.hooks.hooks.items()},
        names={
            name: _names(waybill.configuration, pair.erp)
            for name, pair in waybill.configuration.pairs.items()
        },
    )


def _names(configuration: Configuration, erp: str) -> dict[str, frozenset[str]]:
    """Return what an ERP's connection maps to its numbers, by the field of the action `choose`."""
    connection = configuration.connections[erp]
    settings = settings_of(erp, connection, ERPS[connection.kind].settings)
    return {
        field: frozenset(getattr(settings, key)) for field, key in _NAMED.items() if hasattr(settings, key)
    }


async def _check_rules(waybill: Waybill, body: Mapping[str, Any]) -> Findings:
    found = checked(body, installation_of(waybill), datetime.now(UTC))
    if found.faults or found.rule_set is None:
        return Findings(faults=found.faults, warnings=found.warnings)
    faults = [
        Fault(place=f"experts[{expert.name}].body", sentence=sentence)
        for expert in found.rule_set.experts
        for sentence in await waybill.experts.faults(expert)
    ]
    return Findings(faults=tuple(faults), warnings=found.warnings)


def _check_mapping(waybill: Waybill, body: Mapping[str, Any]) -> Findings:
    return Findings(faults=mapping_check.checked(body, waybill.configuration.pairs).faults)
