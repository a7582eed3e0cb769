"""What this sandbox does as the real shop does, and where that is known from.

Each behaviour is named after the fact itself; a test of the same name (`test_` in front) shows it.
`section` is the chapter of the system sheet: 2 keys, 3 capture, 4 reading, 5 writing, 6 customers, 7 items,
8 after the order, 9 errors, 10 traps. `source` is the vendor's own code or issue behind it.
"""

from dataclasses import dataclass

_REQUEST = "PrestaShop 8.2, classes/webservice/WebserviceRequest.php"
_FILTERS = "PrestaShop 8.2, classes/webservice/SQLUtils.php"
_JSON = "PrestaShop 8.2, classes/webservice/WebserviceOutputJSON.php; #39918"
_SLIP = "PrestaShop 8.2, src/Adapter/Order/Refund/OrderSlipCreator.php"
_HISTORY = "PrestaShop 8.2, classes/order/OrderHistory.php"
_ORDER = "PrestaShop 8.2, classes/order/Order.php"
_PAYMENT = "PrestaShop 8.2, classes/PaymentModule.php"
_STOCK = "PrestaShop 8.2, classes/stock/StockAvailable.php"
_CUSTOMER = "PrestaShop 8.2, classes/Customer.php"
_ADDRESS = "PrestaShop 8.2, classes/Address.php"
_HOOKS = "PrestaShop 8 hooks; Standard Webhooks 1.0.0"


@dataclass(frozen=True)
class Behaviour:
    """One behaviour of the real shop."""

    name: str
    section: str
    source: str

    @property
    def text(self) -> str:
        """The fact as a sentence."""
        return self.name.replace("_", " ")


_BY_SOURCE: tuple[tuple[str, str, str], ...] = (
    ("2", _REQUEST, "no_credentials_get_a_plain_challenge"),
    ("2", _REQUEST, "bad_keys_are_numbered"),
    ("2", _REQUEST, "key_may_come_in_the_query"),
    ("2", _REQUEST, "resource_without_rights_is_401_with_code_26"),
    ("2", _REQUEST, "verb_without_rights_is_405_with_code_25"),
    ("2", _REQUEST, "verb_the_resource_forbids_is_405_with_code_101"),
    ("2", _REQUEST, "key_of_another_shop_is_403_with_code_132"),
    ("2", _REQUEST, "webservice_switched_off_is_503_with_code_22"),
    ("2", _REQUEST, "version_is_told_to_those_who_got_in"),
    ("2", _REQUEST, "same_content_is_answered_with_304"),
    ("2", _REQUEST, "json_may_be_asked_for_by_header"),
    ("2", _REQUEST, "the_word_json_must_be_in_capitals"),
    ("9", _JSON + "; #32179", "root_in_json_fails"),
    ("9", _REQUEST, "unknown_resource_proposes_the_nearest"),
    ("9", _REQUEST, "unknown_id_is_404_with_an_empty_body"),
    ("9", _REQUEST, "empty_list_is_brackets_in_json_and_an_empty_node_in_xml"),
    ("4.1", _JSON, "single_record_json_drops_falsy_fields"),
    ("4.1", _JSON, "list_json_keeps_falsy_fields"),
    ("4.1", _JSON, "json_ids_are_numbers_and_the_rest_strings"),
    ("4.1", _JSON, "newer_php_gives_whole_numbers"),
    ("4.1", _REQUEST, "list_without_display_gives_ids_only"),
    ("4.1", _REQUEST, "unknown_display_field_is_400_with_code_35"),
    ("4.1", _ORDER, "money_has_six_places_and_rates_three"),
    ("4.2", "PrestaShop 8.2, classes/order/OrderDetail.php", "tax_rate_is_only_behind_the_association"),
    ("3.2", _FILTERS, "operators_choose_rows"),
    ("3.2", _FILTERS, "comma_is_an_interval_with_both_ends"),
    ("3.2", _FILTERS, "unknown_operator_is_ignored_and_the_whole_table_comes"),
    ("3.2", _FILTERS, "percent_signs_match_parts_of_a_text"),
    ("3.2", _REQUEST, "date_filter_needs_date_1"),
    ("3.2", _REQUEST, "unknown_filter_field_is_refused"),
    ("3.2", _REQUEST, "malformed_lists_are_numbered"),
    ("3.2", _REQUEST, "sort_and_limit_page_through_a_list"),
    ("3.2", _ORDER, "times_are_shop_local_to_the_second"),
    ("3.2", _ORDER, "hour_comes_twice_when_clocks_go_back"),
    ("3.2", _HISTORY, "state_change_moves_the_orders_date"),
    ("3.2", _ORDER, "note_moves_the_orders_date"),
    ("3.2", _ORDER, "tracking_payments_slips_and_messages_leave_the_orders_date_alone"),
    ("3.3", _HOOKS, "new_order_is_told_signed_and_compact"),
    ("3.3", _HOOKS, "failed_delivery_is_retried_under_the_same_id"),
    ("10", _HOOKS, "early_hook_leaves_before_the_first_state_is_kept"),
    ("4.3", _ORDER, "line_keeps_six_places_and_its_total_two"),
    ("4.3", _ORDER, "round_type_decides_where_cents_are_rounded"),
    ("4.3", _ORDER, "round_mode_decides_which_way_a_half_goes"),
    ("4.3", _ORDER, "line_tax_does_not_always_add_up"),
    ("4.3", _PAYMENT, "free_shipping_keeps_the_shipping_and_discounts_it"),
    ("10", _PAYMENT, "gift_is_a_line_and_a_discount"),
    ("4.4", "a default install", "default_states_have_the_default_flags"),
    ("4.4", "a default install", "constants_name_the_states"),
    ("4.4", _PAYMENT, "payment_module_decides_the_first_state"),
    ("10", _PAYMENT, "split_orders_share_reference_cart_and_payment"),
    ("6", _PAYMENT, "each_guest_order_is_a_new_customer"),
    ("5.3", _REQUEST, "body_that_is_not_xml_is_500_with_code_127"),
    ("5.3", _REQUEST, "post_with_an_id_is_400_with_code_91"),
    ("5.3", _REQUEST, "put_without_an_id_is_400_with_code_90"),
    ("5.3", _REQUEST, "put_of_an_unknown_id_is_404_with_code_92"),
    ("5.3", _REQUEST, "same_id_twice_in_a_body_is_400_with_code_89"),
    ("5.3", _REQUEST, "missing_required_field_is_400_with_code_41"),
    ("5.3", _REQUEST, "put_empties_optional_fields_not_sent"),
    ("5.3", _REQUEST, "patch_changes_only_what_is_sent"),
    ("5.3", _REQUEST, "read_only_field_in_a_body_is_400_with_code_93"),
    ("5.3", _REQUEST, "verb_may_hide_in_ps_method"),
    ("9", _REQUEST, "unknown_association_is_400_with_code_86_after_the_save"),
    ("9", _REQUEST, "earlier_records_of_a_body_stay_saved"),
    ("5.1", _ORDER, "note_is_written_by_patch"),
    ("5.1", "PrestaShop 8.2, classes/Message.php", "messages_are_posted_with_at_most_1600_characters"),
    ("5.2", _ORDER + "; #34564", "cart_is_ordered_once_through_the_webservice"),
    ("6", _CUSTOMER, "taken_email_is_500_with_code_140_on_post_and_141_on_put"),
    ("6", _CUSTOMER, "customer_names_the_shop_refuses"),
    ("6", _ADDRESS, "address_fields_have_their_characters_and_lengths"),
    ("6", _ADDRESS, "overwritten_address_changes_past_orders"),
    ("7", _STOCK, "products_quantity_is_always_zero"),
    ("7", _STOCK + "; #18953, #35363", "stock_put_without_id_shop_loses_the_row"),
    ("7", _STOCK, "stock_that_depends_on_stock_is_500_with_code_133"),
    ("7", _STOCK, "row_of_the_product_is_the_sum_of_its_variants"),
    ("7", _STOCK, "sum_that_was_written_stays_until_a_variant_changes"),
    ("7", _STOCK, "shops_of_a_group_may_share_a_stock_row"),
    ("7", _STOCK, "stock_is_deducted_at_placement"),
    ("7", "PrestaShop 8.2, classes/SpecificPrice.php", "second_price_with_the_same_key_is_not_saved"),
    ("8", _HISTORY, "order_histories_post_is_not_idempotent"),
    ("8", _HISTORY, "invoice_flag_numbers_an_invoice"),
    ("8", _HISTORY, "delivery_flag_numbers_a_delivery_slip"),
    ("8", _HISTORY, "paid_flag_records_the_unpaid_rest"),
    ("8", _HISTORY, "stock_comes_back_on_cancel_and_error_but_not_on_refund"),
    ("8", _HISTORY, "history_post_doubles_total_paid_real_of_an_order_paid_before"),
    ("8", _HISTORY, "failed_mail_answers_500_code_46_although_the_state_changed"),
    ("8", _ORDER, "patch_of_the_same_state_does_nothing"),
    ("8", _ORDER, "patched_state_reuses_the_payment_of_an_order_paid_before"),
    ("8", _ORDER, "state_changes_although_another_field_is_refused"),
    ("8", _ORDER, "patched_state_always_mails_and_posted_state_only_when_asked"),
    (
        "8",
        "PrestaShop 8.2, classes/order/OrderCarrier.php",
        "tracking_is_written_to_the_parcel_and_seen_on_the_order",
    ),
    (
        "8",
        "PrestaShop 8.2, classes/order/OrderCarrier.php",
        "tracking_number_with_other_characters_is_refused",
    ),
    ("8", "PrestaShop 8.2, classes/order/OrderSlip.php", "refund_slips_are_listed_under_a_name_of_their_own"),
    ("8", _SLIP, "voucher_that_is_kept_is_off_one_total_only"),
    ("8", _SLIP, "amount_of_choice_stands_in_amount_alone"),
    ("10", "PrestaShop 8.2, classes/Carrier.php", "ids_of_an_edited_carrier_change_but_not_its_reference"),
    ("10", _REQUEST, "synopsis_tells_what_a_module_made_required"),
)
BEHAVIOURS: tuple[Behaviour, ...] = tuple(
    Behaviour(name, section, source) for section, source, name in _BY_SOURCE
)
