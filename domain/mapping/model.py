"""A set of mappings as people write it, publish it and keep it. Strict: what is unknown is a mistake."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field, WithJsonSchema

from domain.mapping.transforms import Exact, Step
from domain.model import Strict

ANY_PAIR = "*"
MOST_ENTRIES = 500
LONGEST_PATH = 300
_SCALAR = WithJsonSchema({"type": ["string", "number", "boolean"]})
"""Every scalar of a file is read as text, however an editor sees it."""
Written = Annotated[str, _SCALAR]
Named = Annotated[str, Field(min_length=1, max_length=80), _SCALAR]


Path = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]


class TableKind(StrEnum):
    """What a value table translates; of some kinds the keys are known to look alike."""

    CARRIER = "carrier"
    PAYMENT_METHOD = "payment_method"
    TAX = "tax"
    UNIT = "unit"
    COUNTRY = "country"
    STATE = "state"
    OTHER = "other"


class ValueTable(Strict):
    """The store's values, and what the ERP calls them."""

    kind: TableKind = Field(default=TableKind.OTHER, description="What it translates.")
    values: dict[str, Written] = Field(description="The store's value to the ERP's.")
    any_case: bool = Field(default=False, description="Take upper and lower case for the same.")

    @cached_property
    def by_key(self) -> dict[str, str]:
        """The values by the key that is looked up."""
        return {self.key(name): value for name, value in self.values.items()}

    def key(self, text: str) -> str:
        """Return what a value is looked up by."""
        return text.strip().casefold() if self.any_case else text.strip()


class Missing(StrEnum):
    """What a value does that its table lacks."""

    HOLD = "hold"
    DEFAULT = "default"
    LEAVE_OUT = "leave_out"


class Entry(Strict):
    """One field: what is filled, and where its value comes from."""

    target: Named = Field(description="The field that is filled; `U_…` is one of the company's own.")
    source: Path | tuple[Path, ...] = Field(
        default=(), description="A path such as `order.delivery.country`; several are for `join`."
    )
    transforms: tuple[Step, ...] = Field(default=(), max_length=12, description="Taken in this order.")
    table: str = Field(default="", description="The value table that translates the result.")
    missing: Missing = Field(
        default=Missing.HOLD, description="What a value does that the table lacks: hold, default, leave_out."
    )
    default: Written = Field(default="", description="Written where there is no value.")

    @property
    def sources(self) -> tuple[str, ...]:
        """The paths."""
        return (self.source,) if isinstance(self.source, str) else self.source


class LineWay(StrEnum):
    """What becomes of a line that the ERP has no article for."""

    HOLD = "hold"
    PLACEHOLDER = "placeholder"
    TEXT = "text"
    CHARGE = "charge"


class LinePolicy(Strict):
    """What becomes of a line that the ERP has no article for."""

    do: LineWay = Field(
        default=LineWay.HOLD,
        description="`hold`; `placeholder`: posted as the article `item`; `text`: a text without amount;"
        " `charge`: an amount on the ledger account of the freight code `item`.",
    )
    item: Written = Field(default="", max_length=50, description="The ERP's article or freight code.")


class GiftCards(LinePolicy):
    """What becomes of a line that sells a gift card."""

    articles: tuple[Named, ...] = Field(
        default=(), description="Article numbers; `GIFT-*` is all that begin so."
    )

    def cover(self, sku: str) -> bool:
        """Whether an article is a gift card."""
        return any(sku.startswith(name[:-1]) if name.endswith("*") else sku == name for name in self.articles)


class BundleWay(StrEnum):
    """How a bundle is written."""

    EXPLODE = "explode"
    PARENT = "parent"
    PARENT_AND_PARTS = "parent_and_parts"


class Part(Strict):
    """An article of a bundle. `share` weighs its part of the price; without any, the pieces do."""

    sku: Named
    quantity: Exact = Field(gt=0, le=100_000, description="Pieces in one bundle.")
    share: Exact | None = Field(default=None, ge=0, le=1_000_000, description="Its weight in the price.")


class Bundle(Strict):
    """An article of the store that is several of the ERP's."""

    do: BundleWay = Field(
        default=BundleWay.EXPLODE,
        description="`explode`: its parts, with the price split; `parent`: itself;"
        " `parent_and_parts`: itself, and its parts at no price.",
    )
    parts: tuple[Part, ...] = Field(default=(), max_length=100, description="What one of it is made of.")


class LinePolicies(Strict):
    """What becomes of lines that are no plain article. Without any, they hold the order."""

    without_sku: LinePolicy = Field(default=LinePolicy(), description="Lines without an article number.")
    unknown_sku: LinePolicy = Field(default=LinePolicy(), description="Articles that the ERP does not know.")
    gift_cards: GiftCards = Field(default=GiftCards(), description="Lines that sell a gift card.")
    bundles: dict[Named, Bundle] = Field(default_factory=dict, description="By the store's article number.")


class PairMapping(Strict):
    """The mapping of one pair."""

    header: tuple[Entry, ...] = Field(default=(), max_length=MOST_ENTRIES, description="Of the document.")
    lines: tuple[Entry, ...] = Field(default=(), max_length=MOST_ENTRIES, description="Of each of its lines.")
    policies: LinePolicies = Field(default=LinePolicies(), description="Lines that are no plain article.")
    products: tuple[Entry, ...] = Field(
        default=(), max_length=MOST_ENTRIES, description="From an article of the ERP to the store's product."
    )

    def lists(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """Yield the three lists of entries with their names."""
        yield from (("header", self.header), ("lines", self.lines), ("products", self.products))


class MappingSet(Strict):
    """All mappings, by pair, and the value tables they share."""

    tables: dict[Named, ValueTable] = Field(default_factory=dict, description="By their names.")
    pairs: dict[Named, PairMapping] = Field(
        default_factory=dict, description='By the pair\'s name; "*" is for each pair that is not named.'
    )

    def of(self, pair: str) -> PairMapping:
        """Return the mapping of a pair; an empty one where none is named."""
        return self.pairs.get(pair) or self.pairs.get(ANY_PAIR) or PairMapping()
