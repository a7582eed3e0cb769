"""What people write in rule files: kept as short as they wrote it, for orders carry their rules for life."""

from typing import Any

from pydantic import ConfigDict, SerializerFunctionWrapHandler, model_serializer

from domain.model import Frozen


class Written(Frozen):
    """A frozen model that is kept under the names of its file, without what was left out there."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", serialize_by_alias=True, validate_by_alias=True, validate_by_name=True
    )

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        kept = {fields[name].alias or name for name in self.model_fields_set} | {"do"}
        return {name: value for name, value in handler(self).items() if name in kept}
