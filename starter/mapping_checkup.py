"""Whether the ERPs have the fields that the mapping in force fills."""

from collections.abc import AsyncIterator

from activities.mappings import MAPPING
from adapters.ports import Finding
from domain.errors import WaybillError
from domain.faults import Fault
from domain.mapping.model import Entry, MappingSet
from domain.mapping.targets import USER_FIELD
from starter.composition import Waybill


async def mapping_tested(waybill: Waybill) -> AsyncIterator[tuple[str, Finding]]:
    """Test the mapping in force, for `waybill doctor`; nothing where none is published."""
    try:
        published = await waybill.published.current(MAPPING)
    except WaybillError:
        # Our own records do not answer: that is found by their own test.
        return
    if published is None:
        return
    found = MappingSet.model_validate(published.body)
    missing = [fault async for fault in missing_fields(waybill, found)]
    what = f"version {published.number} of the mapping: the ERP has each field it fills"
    if not missing:
        yield MAPPING, Finding(what=what, ok=True)
    for fault in missing:
        yield MAPPING, Finding(what=f"{fault.place}: {fault.sentence}", ok=False, fix=fault.fix)


async def missing_fields(waybill: Waybill, found: MappingSet) -> AsyncIterator[Fault]:
    """Yield what a mapping fills and an ERP does not have. An ERP that cannot be asked is a fault too."""
    for pair in waybill.configuration.pairs.values():
        mapping = found.of(pair.name)
        header, lines = _own(mapping.header), _own(mapping.lines)
        if not (header or lines):
            continue
        try:
            missing = await waybill.systems.erp(pair.erp).missing_fields(header, lines)
        except WaybillError as problem:
            said = problem.problem
            yield Fault(place=f"pairs.{pair.name}", sentence=said.sentence, fix=said.remedy)
            continue
        for sentence in missing:
            fix = f"Add the field to {pair.erp} and restart its service, or take the entry out."
            yield Fault(place=f"pairs.{pair.name}", sentence=sentence, fix=fix)


def _own(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(entry.target for entry in entries if USER_FIELD.fullmatch(entry.target))
