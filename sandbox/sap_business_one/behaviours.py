"""What this sandbox does as the vendor's system does it: behaviour, the system sheet's section, proof."""

from typing import NamedTuple


class Behaviour(NamedTuple):
    """One behaviour; `proof` names the test that shows it."""

    text: str
    section: str
    proof: str


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("v2 alone is served; v1 is not here", "1", "test_only_the_second_version_is_served"),
    Behaviour("errors carry code and message as text", "1", "test_expired_session_answers_301_in_v2_shape"),
    Behaviour(
        "dates end in a decorative T00:00:00Z", "1", "test_dates_times_and_numbers_look_like_the_services"
    ),
    Behaviour("login sets both cookies, names version and time-out", "2", "test_login_sets_both_cookies"),
    Behaviour("the path is case-sensitive", "2", "test_lower_case_login_is_an_unknown_session"),
    Behaviour("idle time slides with every use", "2", "test_idle_time_slides_with_every_use"),
    Behaviour("logout ends the session", "2", "test_logout_ends_the_session"),
    Behaviour("a session serves one request at a time", "2", "test_one_session_serves_one_request_at_a_time"),
    Behaviour("two sessions work side by side", "2", "test_two_sessions_work_side_by_side"),
    Behaviour("ping needs no login", "2", "test_ping_needs_no_login"),
    Behaviour("time filters see hours and minutes only", "3b", "test_time_filter_ignores_seconds"),
    Behaviour("dates and times are server-local", "3b", "test_server_clock_is_local_and_injectable"),
    Behaviour(
        "a delivery leaves its order's update date alone", "3b", "test_delivery_leaves_order_update_time"
    ),
    Behaviour(
        "stock leaves the item's update date alone", "3b", "test_stock_movement_leaves_item_update_date"
    ),
    Behaviour("document number and key differ", "4", "test_document_number_is_not_the_key"),
    Behaviour("enumerations take names and letters", "4", "test_enumerations_take_names_and_letters"),
    Behaviour("create answers 201 with the whole document", "5", "test_create_answers_201_with_the_document"),
    Behaviour("return-no-content answers 204", "5", "test_return_no_content_answers_204_with_location"),
    Behaviour("an item order needs a delivery date", "5", "test_order_needs_a_delivery_date"),
    Behaviour("redundant prices make the others be recomputed", "5", "test_line_total_beats_the_unit_price"),
    Behaviour("a gross price is kept to the cent", "5", "test_gross_price_is_kept_to_the_cent"),
    Behaviour("a discount of 100 percent is refused", "5", "test_discount_of_a_hundred_percent_is_refused"),
    Behaviour("a header discount is taken before tax", "5", "test_header_discount_is_taken_before_tax"),
    Behaviour("preview saves nothing", "5", "test_preview_totals_and_saves_nothing"),
    Behaviour("a draft moves no stock and becomes an order", "5", "test_draft_becomes_an_order"),
    Behaviour("PATCH merges lines by LineNum", "5", "test_patch_merges_lines_by_number"),
    Behaviour("a header makes PATCH replace lines", "5", "test_patch_can_replace_lines"),
    Behaviour("an order cannot be deleted", "5", "test_order_cannot_be_deleted"),
    Behaviour("the store's order number is not unique", "5", "test_num_at_card_is_not_unique"),
    Behaviour("a key row guards against a second order", "5", "test_second_post_with_the_same_key_fails"),
    Behaviour(
        "an approval answers -2028 and keeps a draft",
        "5",
        "test_approval_answers_not_found_and_keeps_a_draft",
    ),
    Behaviour(
        "an approval answers a quiet caller 204", "5", "test_approval_answers_a_quiet_caller_with_nothing"
    ),
    Behaviour("customers are found by e-mail, case-sensitively", "6", "test_email_look_up_is_case_sensitive"),
    Behaviour("a partner code is assigned once", "6", "test_second_partner_with_the_same_code_is_refused"),
    Behaviour("a series numbers partners", "6", "test_series_numbers_partners"),
    Behaviour("address names are unique by type", "6", "test_address_names_are_unique_by_type"),
    Behaviour("a state must exist in its country", "6", "test_state_must_exist_in_its_country"),
    Behaviour("balances follow orders and deliveries", "6", "test_balances_follow_the_documents"),
    Behaviour("an inactive customer gets no order", "6", "test_inactive_customer_gets_no_order"),
    Behaviour("payment methods are the partner's own", "6", "test_payment_method_must_be_the_customers"),
    Behaviour("orders commit stock", "7", "test_orders_commit_stock_and_quotations_do_not"),
    Behaviour("stock is read in bulk by a stored query", "7", "test_stock_is_read_in_bulk"),
    Behaviour("a purchase request needs a known requester", "7", "test_purchase_request_needs_a_known_user"),
    Behaviour("prices merge by price list", "7", "test_item_prices_merge_by_price_list"),
    Behaviour("deliveries are found by cross join", "8", "test_deliveries_are_found_by_cross_join"),
    Behaviour("lambdas are refused", "8", "test_lambda_is_refused"),
    Behaviour("user fields are copied to the delivery", "8", "test_user_fields_are_copied_along"),
    Behaviour("a delivery takes no more than is open", "8", "test_delivery_takes_no_more_than_is_open"),
    Behaviour("returned goods come back to stock", "8", "test_credit_note_brings_goods_back"),
    Behaviour("a posted document is cancelled by another", "8", "test_delivery_is_cancelled_by_a_document"),
    Behaviour("pick lists change their lines by PUT alone", "8", "test_lines_are_not_patched"),
    Behaviour("a pick list's state shows on the order's lines", "8", "test_picked_quantities_are_put"),
    Behaviour("a closed pick list frees its lines", "8", "test_closed_list_frees_its_lines"),
    Behaviour(
        "picking leaves the order's update date alone",
        "3b",
        "test_picking_leaves_the_order_update_time_alone",
    ),
    Behaviour(
        "a delivery carries tracking number and carrier",
        "8",
        "test_tracking_number_and_carrier_are_on_the_delivery",
    ),
    Behaviour(
        "a return request moves no stock, the return does",
        "8",
        "test_return_request_moves_nothing_and_the_return_does",
    ),
    Behaviour("a credit note settles its invoice", "8", "test_credit_note_settles_its_invoice"),
    Behaviour("a payment settles its invoice", "8", "test_payment_closes_the_invoice"),
    Behaviour(
        "a payment without invoices stands on account", "8", "test_payment_without_invoices_stands_on_account"
    ),
    Behaviour(
        "a stamp may be older than its row's appearance",
        "3b",
        "test_document_that_commits_late_has_an_older_stamp_than_its_appearance",
    ),
    Behaviour("the API Gateway prints base64 of a PDF", "8", "test_export_is_a_pdf_in_base64"),
    Behaviour("a failed export answers 200 and (---)", "8", "test_failed_export_is_a_success_of_five_signs"),
    Behaviour("two exports at once spoil one", "8", "test_two_exports_at_once_spoil_one"),
    Behaviour(
        "the API Gateway refuses a login with 200",
        "10.17",
        "test_wrong_password_is_a_success_without_a_cookie",
    ),
    Behaviour("an unknown layout loads as {}", "8", "test_layout_tells_its_parameters"),
    Behaviour("attachments are read by file name", "8", "test_attached_file_is_read_by_its_name"),
    Behaviour("unknown codes answer -2028", "9", "test_unknown_codes_answer_no_match"),
    Behaviour("a closed period refuses", "9", "test_closed_period_refuses"),
    Behaviour("an outdated ETag refuses", "9", "test_outdated_etag_is_refused"),
    Behaviour(
        "pages have twenty rows and relative links", "9", "test_pages_have_twenty_rows_and_a_relative_link"
    ),
    Behaviour(
        "filters know no arithmetic and few functions", "9", "test_arithmetic_and_other_functions_are_refused"
    ),
    Behaviour("change sets are atomic", "9", "test_failed_change_set_leaves_nothing"),
    Behaviour("a batch stops at the first failure", "9", "test_batch_stops_at_the_first_failure"),
    Behaviour("balancer errors are HTML", "9", "test_bad_gateway_is_html"),
    Behaviour("unknown properties are refused by name", "10.6", "test_unknown_property_is_refused_by_name"),
    Behaviour("foreign currency needs a rate", "10.11", "test_foreign_currency_needs_a_rate"),
    Behaviour("user fields wait for a restart", "10.13", "test_user_field_waits_for_the_restart"),
    Behaviour("a closed order is not changed or cancelled", "10.15", "test_closed_order_is_left_alone"),
    Behaviour(
        "a text line stands after a line that there is", "10.14", "test_a_text_stands_after_a_line_there_is"
    ),
    Behaviour("a partner's price list must exist", "6", "test_a_partners_price_list_must_exist"),
    Behaviour("database lengths are refused", "10.18", "test_too_long_values_are_refused"),
)
