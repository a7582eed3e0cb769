"""One order through a mapping: the ERP's document as it would be, and what each entry made of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from adapters.ports import ErpPort
from domain.errors import TotalsDiffer, WaybillError
from domain.mapping.apply import CompiledMapping, Lacking, Mapped
from domain.mapping.document import with_mapping
from domain.mapping.preview import PreviewRow, preview
from domain.order import Order
from domain.policy import Pair
from domain.posting import Choices, posting_key, sales_document
from domain.totals import nearest_pricing, pricings
from starter.files import BadFile, read_file

_NOBODY = "(the customer)"


class Previewed(NamedTuple):
    """An order beside its document; `problem` says why there is no document, or what is wrong with it."""

    order: Order
    document: dict[str, Any]
    rows: tuple[PreviewRow, ...]
    lacking: tuple[Lacking, ...]
    problem: str


def read_as(path: Path, model: type[BaseModel]) -> Any:
    """Read an order or an article from a file, as `--json` of a preview prints it. Raises `BadFile`."""
    written = read_file(path)
    content = written.content
    if isinstance(content, dict) and isinstance(content.get("order"), dict):
        content = content["order"]
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadFile(f"{written.where(place)}: {first['msg']}") from None


async def previewed(
    order: Order,
    pair: Pair,
    erp: ErpPort,
    mapping: CompiledMapping,
    *,
    before: CompiledMapping | None = None,
    ask_erp: bool = True,
) -> Previewed:
    """Put an order through a mapping. Nothing is sent; the ERP is asked only which articles it knows."""
    unknown = frozenset[str]()
    if ask_erp and mapping.replaces_unknown:
        skus = mapping.articles(mapping.of_order(order))
        unknown = frozenset(item.sku for item in await erp.items(skus, pair.warehouse) if not item.known)
    mapped = mapping.of_order(order, unknown)
    document, problem = _document(order, mapped, pair, erp)
    rows = preview(mapping, order, unknown, before)
    return Previewed(order, document, rows, mapped.lacking, problem)


def _document(order: Order, mapped: Mapped, pair: Pair, erp: ErpPort) -> tuple[dict[str, Any], str]:
    problem = ""
    try:
        pricing = pricings(mapped.order, erp.arithmetic, pair.tolerance)[0]
    except TotalsDiffer as differs:
        pricing, problem = nearest_pricing(mapped.order, erp.arithmetic), str(differs)
    asked = sales_document(
        mapped.order,
        pair,
        key=posting_key(order.connection, order.store_id, pair.document, 1),
        customer_code=_NOBODY,
        pricing=pricing,
        today=datetime.now(UTC).date(),
    )
    try:
        return erp.written(with_mapping(asked, mapped, Choices())), problem
    except WaybillError as refused:
        return {}, f"{refused.problem.sentence}. {refused.problem.remedy}"
