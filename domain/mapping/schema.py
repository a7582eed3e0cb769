"""The JSON Schema of mapping files, for editors: `python -m domain.mapping.schema`."""

import json
import sys
from typing import Any

from domain.mapping.model import MappingSet

_LIMITS = {"gt": "exclusiveMinimum", "ge": "minimum", "le": "maximum"}


def mapping_schema() -> dict[str, Any]:
    """Return the schema. It knows the fields and transforms; paths and targets are known to the check."""
    made = _with_limits(MappingSet.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "Waybill mappings"}


def _with_limits(part: Any) -> Any:
    """Give limits their names: numbers that are written as text keep those of our own."""
    if isinstance(part, dict):
        return {_LIMITS.get(name, name): _with_limits(each) for name, each in part.items()}
    return [_with_limits(each) for each in part] if isinstance(part, list) else part


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(mapping_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
