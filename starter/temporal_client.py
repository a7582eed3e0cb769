"""Connect to the Temporal server that the environment names, the same way in every process."""

from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from activities.search import SEARCH_ATTRIBUTES
from starter.ending import Unable

DEFAULT_ADDRESS = "127.0.0.1:7233"
_TYPES = {
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}


class TemporalNotThere(Unable):
    """No Temporal server answers where the environment says one is."""


def temporal_address() -> str:
    """Return where the Temporal server is, by Temporal's own environment configuration."""
    return str(ClientConfig.load_client_connect_config().get("target_host") or DEFAULT_ADDRESS)


async def connect(*, runtime: Runtime | None = None, traced: bool = False, lazy: bool = False) -> Client:
    """Connect with our data converter. A `lazy` client connects at its first call; workers need a real one.

    Raises `TemporalNotThere` with what to do.
    """
    options: dict[str, Any] = {"target_host": DEFAULT_ADDRESS, **ClientConfig.load_client_connect_config()}
    interceptors = [TracingInterceptor()] if traced else []
    try:
        return await Client.connect(
            **options,
            data_converter=pydantic_data_converter,
            interceptors=interceptors,
            runtime=runtime,
            lazy=lazy,
        )
    except RuntimeError as problem:
        raise TemporalNotThere(
            f"No Temporal server answers at {options['target_host']}.\n"
            "Start one (`waybill up` does), or set TEMPORAL_ADDRESS to where yours is."
        ) from problem


async def register_search_attributes(client: Client) -> None:
    """Make the search attributes known to the namespace; those that are there already stay."""
    namespace = client.namespace
    service = client.operator_service
    try:
        known = await service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
        missing = {
            name: _TYPES[key.indexed_value_type]
            for name, key in SEARCH_ATTRIBUTES.items()
            if name not in known.custom_attributes
        }
        if missing:
            await service.add_search_attributes(
                AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
            )
    except RPCError as problem:
        if problem.status is RPCStatusCode.ALREADY_EXISTS:
            return
        raise Unable(
            f"The search attributes {', '.join(SEARCH_ATTRIBUTES)} could not be added to the namespace"
            f" {namespace} ({problem.status.name}).\nAdd them with"
            " `temporal operator search-attribute create`, or give this user the right to."
        ) from problem
