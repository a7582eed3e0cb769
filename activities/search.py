"""The search attributes under which orders are found in Temporal.

They are kept in plain text: ids and states only, nothing about persons.
"""

from types import MappingProxyType

from temporalio.common import SearchAttributeKey

CONNECTION = SearchAttributeKey.for_keyword("WaybillConnection")
ORDER_ID = SearchAttributeKey.for_keyword("WaybillOrder")
ERP_NUMBER = SearchAttributeKey.for_keyword("WaybillErpNumber")
STAGE = SearchAttributeKey.for_keyword("WaybillStage")
CAUSE = SearchAttributeKey.for_keyword("WaybillCause")
NEEDS_PERSON = SearchAttributeKey.for_bool("WaybillNeedsPerson")

SEARCH_ATTRIBUTES = MappingProxyType(
    {key.name: key for key in (CONNECTION, ORDER_ID, ERP_NUMBER, STAGE, CAUSE, NEEDS_PERSON)}
)
