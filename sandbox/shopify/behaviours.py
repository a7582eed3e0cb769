"""What this sandbox does as the real shop does, and where that is known from.

Each behaviour is named after the fact itself; a test of the same name (`test_` in front) shows it.
`section` is the chapter of the system sheet: 2 login, 3 capture, 4 reading, 5 writing, 7 stock, 8 after the
order, 9 errors and limits.
"""

from typing import NamedTuple

_USAGE = "shopify.dev/docs/api/usage"
_AUTH = "shopify.dev/docs/apps/build/authentication-authorization"
_WEBHOOKS = "shopify.dev/docs/apps/build/webhooks"
_INVENTORY = "shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps"
_FULFILMENT = "shopify.dev/docs/apps/build/orders-fulfillment"
_ADMIN = "shopify.dev/docs/api/admin-graphql/2026-07"


class Behaviour(NamedTuple):
    """One behaviour of the real shop."""

    section: str
    source: str
    name: str

    @property
    def text(self) -> str:
        """The fact as a sentence."""
        return self.name.replace("_", " ")


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("1", f"{_USAGE}/versioning", "every_answer_names_its_version"),
    Behaviour("2", _AUTH, "unknown_token_is_refused_in_json"),
    Behaviour("2", _AUTH, "app_gets_a_token_for_a_day"),
    Behaviour("3", _WEBHOOKS, "subscription_is_gone_after_too_many_failures"),
    Behaviour(
        "3", f"{_ADMIN}/mutations/webhookSubscriptionCreate", "subscription_has_https_and_is_there_once"
    ),
    Behaviour("4", f"{_ADMIN}/objects/Order", "buyers_currency_stands_beside_the_shops"),
    Behaviour("5", f"{_ADMIN}/mutations/metafieldsSet", "metafields_are_written_all_or_none"),
    Behaviour("7", _INVENTORY, "stock_needs_the_number_it_replaces_or_null"),
    Behaviour("7", _INVENTORY, "stock_needs_a_key_and_does_the_same_once"),
    Behaviour("7", _INVENTORY, "one_wrong_row_keeps_all_stock_as_it_was"),
    Behaviour("7", f"{_ADMIN}/queries/productVariants", "search_for_an_sku_finds_others_too"),
    Behaviour("8", _FULFILMENT, "one_fulfilment_has_one_location"),
    Behaviour("8", _FULFILMENT, "what_is_fulfilled_is_not_fulfilled_again"),
    Behaviour(
        "8",
        f"{_ADMIN}/mutations/fulfillmentCreate",
        "fulfilment_may_be_of_some_pieces_and_no_more_than_are_left",
    ),
    Behaviour("8", f"{_ADMIN}/objects/FulfillmentHold", "what_is_on_hold_names_its_hold_and_is_not_sent"),
    Behaviour(
        "8", f"{_ADMIN}/enums/RefundLineItemRestockType", "refund_without_restocking_may_be_of_unsent_pieces"
    ),
    Behaviour("9", f"{_USAGE}/response-codes", "unknown_field_fails_the_document_with_200"),
    Behaviour("9", f"{_USAGE}/response-codes", "user_errors_without_a_code_have_no_such_field"),
    Behaviour("9", f"{_USAGE}/response-codes", "missing_scope_leaves_the_rest_of_the_answer"),
    Behaviour("9", f"{_USAGE}/limits", "list_has_250_rows_at_most"),
    Behaviour("9", f"{_USAGE}/limits", "dear_document_is_refused_before_it_runs"),
    Behaviour("9", f"{_USAGE}/limits", "empty_bucket_throttles_and_tells_its_rate"),
)
