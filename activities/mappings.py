"""Published mappings by their number, ready to run; and what their value tables lacked."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from domain.checks import CheckResult, Verdict
from domain.errors import BadConfiguration, FixData, NotFound
from domain.mapping.apply import CompiledMapping, Mapped
from domain.mapping.model import MappingSet, PairMapping
from domain.order import Order
from domain.reasons import REASONS
from records.published import PublishedSets
from records.unmapped import UnmappedValues

MAPPING = "mapping"
"""The kind under which mappings are published."""
NO_MAPPING = CompiledMapping(PairMapping(), {})


class Mappings:
    """The mappings that orders were captured with. A published version never changes, so each is kept."""

    def __init__(self, published: PublishedSets, unmapped: UnmappedValues) -> None:
        self._published, self._unmapped = published, unmapped
        self._sets: dict[int, MappingSet] = {}
        self._compiled: dict[tuple[int, str], CompiledMapping] = {}

    async def of(self, version: int, pair: str) -> CompiledMapping:
        """Return the mapping of a pair in a version; 0 is none. Raises `BadConfiguration`."""
        if not version:
            return NO_MAPPING
        if (version, pair) not in self._compiled:
            self._compiled[version, pair] = CompiledMapping.of(await self._set(version), pair)
        return self._compiled[version, pair]

    async def note_lacking(self, pair: str, order: Order, mapped: Mapped) -> None:
        """Count the values of an order that the value tables lack."""
        values = {(each.table, each.value) for each in mapped.lacking}
        name = f"{order.connection}:{order.store_id}"
        await self._unmapped.note(pair, values, name, datetime.now(UTC))

    async def _set(self, version: int) -> MappingSet:
        if version not in self._sets:
            try:
                published = await self._published.version(MAPPING, version)
                self._sets[version] = MappingSet.model_validate(published.body)
            except NotFound as gone:
                raise BadConfiguration(
                    f"version {version} of the mapping is not in our records",
                    remedy="Bring back the database it was published in, then continue the order.",
                ) from gone
            except ValidationError:
                raise BadConfiguration(
                    f"version {version} of the mapping cannot be read by this release of Waybill",
                    remedy="Publish the mapping anew with this release, then continue the order.",
                ) from None
        return self._sets[version]


def mapping_results(mapped: Mapped, accepted: frozenset[str]) -> tuple[CheckResult, ...]:
    """Return what of a mapping stops an order, for the report of its checks."""
    return tuple(_results(mapped, accepted))


def _results(mapped: Mapped, accepted: frozenset[str]) -> Iterator[CheckResult]:
    for each in mapped.holding:
        where = f"line {each.position}, " if each.position else ""
        detail = f"{where}{each.target}: the table {each.table} has no {each.value!r}"
        facts = {"table": each.table, "value": each.value}
        yield _stopped("value_not_mapped", detail, f"tables.{each.table}", facts)
    for line in mapped.gift_cards:
        detail = f"line {line.position}, {line.sku}"
        stop = _stopped("gift_card", detail, f"line.{line.position}.sku", {"sku": line.sku})
        yield stop.model_copy(update={"verdict": Verdict.WARN}) if stop.code in accepted else stop


def _stopped(code: str, detail: str, field: str, facts: dict[str, str]) -> CheckResult:
    return CheckResult(
        check="mapping",
        verdict=Verdict.HOLD,
        code=code,
        sentence=f"{REASONS[code].title}: {detail}",
        field=field,
        facts=facts,
    )


def refuse_lacking(mapped: Mapped) -> None:
    """Raise `FixData` where a value table lacks what the document needs."""
    for result in mapping_results(mapped, frozenset({"gift_card"})):
        if result.verdict is Verdict.HOLD:
            raise FixData(result.sentence, code=result.code, field=result.field, remedy=result.remedy)
