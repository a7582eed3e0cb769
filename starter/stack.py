"""Everything on one machine."""

from collections.abc import Mapping
from types import MappingProxyType

from temporalio.common import SearchAttributeIndexedValueType

from activities.search import SEARCH_ATTRIBUTES
from starter.temporal_server import SearchAttributeType

_TYPE_NAMES: Mapping[SearchAttributeIndexedValueType, SearchAttributeType] = {
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.BOOL: "Bool",
}
SERVER_SEARCH_ATTRIBUTES: Mapping[str, SearchAttributeType] = MappingProxyType(
    {name: _TYPE_NAMES[key.indexed_value_type] for name, key in SEARCH_ATTRIBUTES.items()}
)
