"""What this sandbox does as the real shop does.

Each behaviour is named after the fact itself; a test of the same name (`test_` in front) shows it. `section`
is the chapter of the system sheet: 2 keys, 3 capture, 4 reading, 5 writing, 7 items, 8 after the order, 9
errors, 10 traps.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """One behaviour of the real shop."""

    name: str
    section: str

    @property
    def text(self) -> str:
        """The fact as a sentence."""
        return self.name.replace("_", " ")


_BY_SECTION: tuple[tuple[str, str], ...] = (
    ("1", "plain_permalinks_answer_under_rest_route_only"),
    ("2", "keys_are_looked_at_where_the_address_has_wp_json_wc"),
    ("2", "key_nobody_knows_is_no_login"),
    ("2", "key_may_come_in_the_query"),
    ("2", "header_that_the_host_drops_is_401"),
    ("2", "key_of_a_user_who_lost_the_role_is_403"),
    ("2", "key_without_write_permission_is_401"),
    ("3.1", "webhook_is_signed_over_its_raw_bytes"),
    ("3.1", "webhook_carries_the_state_at_delivery"),
    ("3.1", "seventh_failure_in_a_row_disables_a_webhook"),
    ("3.1", "webhook_that_is_made_greets_with_a_form"),
    ("3.1", "webhook_switched_on_by_the_api_keeps_its_failures"),
    ("3.1", "webhook_of_an_order_that_is_gone_carries_the_refusal"),
    ("3.2", "modified_after_is_in_site_time_unless_told_otherwise"),
    ("3.2", "modified_after_leaves_out_its_own_second"),
    ("3.2", "any_has_drafts_of_the_checkout_and_leaves_out_trash"),
    ("4", "amounts_have_the_decimals_asked_for"),
    ("4", "line_totals_are_without_tax_whatever_prices_include"),
    ("5", "record_is_changed_by_post_as_by_put"),
    ("5", "same_meta_key_replaces_the_value"),
    ("5", "notes_are_taken_any_number_of_times"),
    ("5", "unknown_fields_of_a_body_are_ignored"),
    ("7", "variations_are_found_by_sku"),
    ("8", "advanced_plug_in_takes_an_id_for_an_order_number"),
    ("8", "unknown_status_is_400_with_its_parameter"),
    ("8", "full_refund_makes_the_order_refunded"),
    ("8", "status_refunded_gives_the_rest_back_without_lines"),
    ("9", "unknown_route_is_404_with_rest_no_route"),
)
BEHAVIOURS: tuple[Behaviour, ...] = tuple(Behaviour(name, section) for section, name in _BY_SECTION)
