"""What this sandbox does as Odoo does it: behaviour, the system sheet's section, proof."""

from typing import NamedTuple


class Behaviour(NamedTuple):
    """One behaviour; `proof` names the test that shows it."""

    text: str
    section: str
    proof: str


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("JSON-2 is there from 19 on", "1", "test_json_2_is_there_from_19_on"),
    Behaviour("the common service tells the version", "1", "test_the_version_is_told"),
    Behaviour("a wrong key is refused by either wire", "2", "test_a_wrong_key_is_refused"),
    Behaviour("an empty field is false, a many-to-one a pair", "4", "test_empty_fields_are_false"),
    Behaviour("only a quotation is confirmed", "5", "test_only_a_quotation_is_confirmed"),
    Behaviour("fields are renamed in 19", "5", "test_fields_are_renamed_in_19"),
    Behaviour("a load makes a record once", "5", "test_a_load_makes_a_record_once"),
    Behaviour("a load is made whole or not at all", "5", "test_a_load_is_made_whole_or_not_at_all"),
    Behaviour("a load tells what was raised by its class", "5", "test_a_load_tells_what_was_raised"),
    Behaviour(
        "of two loads of one external id at once one fails", "5", "test_of_two_loads_at_once_one_fails"
    ),
    Behaviour("archived records are found only on asking", "6", "test_archived_records_hide"),
    Behaviour("a part delivery leaves a backorder", "8", "test_a_part_delivery_leaves_a_backorder"),
    Behaviour("an invoice once posted is only deleted by force", "8", "test_a_posted_invoice_is_not_deleted"),
    Behaviour("back in draft it is set off no more", "8", "test_an_invoice_in_draft_is_set_off_no_more"),
    Behaviour("what was carried out is not deleted", "8", "test_a_transfer_carried_out_is_not_deleted"),
    Behaviour(
        "before 18 the dialogue for returns comes empty", "8", "test_the_dialogue_for_returns_is_empty"
    ),
    Behaviour("before 15 articles are counted in one step", "7", "test_articles_are_counted_in_one_step"),
    Behaviour("portal links need their token", "8", "test_portal_links_need_their_token"),
    Behaviour("unknown fields, models and methods are refused", "9", "test_what_is_unknown_is_refused"),
    Behaviour("JSON-2 errors name their exception", "9", "test_json_2_errors_name_their_exception"),
    Behaviour("nothing returned is a fault after the commit", "10", "test_no_value_fails_after_the_commit"),
)
