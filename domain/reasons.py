"""Why an order stops, in the order desk's words: the catalogue every hold and refusal refers to."""

from enum import StrEnum
from types import MappingProxyType

from domain.model import Frozen


class Group(StrEnum):
    """What kind of person or change gets the order going again."""

    ARTICLE = "articles"
    CUSTOMER = "customer"
    ADDRESS = "address"
    MONEY = "money"
    PAYMENT = "payment"
    STOCK = "stock"
    APPROVAL = "approval"
    ERP = "ERP answer"
    STORE = "store change"
    PERSON = "a person"
    SETUP = "set-up"


class Reason(Frozen):
    """A cause with its title, the sentence that says what to do, and whether a person may overrule it."""

    code: str
    group: Group
    title: str
    remedy: str
    releasable: bool = False


def _catalogue(*reasons: Reason) -> MappingProxyType[str, Reason]:
    return MappingProxyType({reason.code: reason for reason in reasons})


def _reason(code: str, group: Group, title: str, remedy: str, *, releasable: bool = False) -> Reason:
    return Reason(code=code, group=group, title=title, remedy=remedy, releasable=releasable)


REASONS = _catalogue(
    _reason(
        "no_lines", Group.ARTICLE, "the order has no lines", "Look at the order in the store, or cancel it."
    ),
    _reason(
        "too_many_lines",
        Group.ARTICLE,
        "the order has more lines than the pair allows",
        "Split the order in the store, or raise max_lines of the pair, then continue.",
    ),
    _reason(
        "sku_missing",
        Group.ARTICLE,
        "a line has no article number",
        "Give the line an article number (line.N.sku=…), then continue.",
    ),
    _reason(
        "sku_unknown",
        Group.ARTICLE,
        "the ERP does not know an article",
        "Create the article in the ERP, or give the line another one (line.N.sku=…), then continue.",
    ),
    _reason(
        "gift_card",
        Group.ARTICLE,
        "a line sells a gift card",
        "Sell it by hand and cancel the order; or release the order to post the line as an article.",
        releasable=True,
    ),
    _reason(
        "item_blocked",
        Group.ARTICLE,
        "an article is blocked for sale in the ERP",
        "Activate the article in the ERP, or give the line another one, then continue.",
    ),
    _reason(
        "quantity_wrong",
        Group.ARTICLE,
        "a line's quantity is zero or negative",
        "Correct the quantity (line.N.quantity=…), then continue.",
    ),
    _reason(
        "country_missing",
        Group.ADDRESS,
        "an address has no country",
        "Give the country as two letters (delivery.country=FR), then continue.",
    ),
    _reason(
        "address_incomplete",
        Group.ADDRESS,
        "an address lacks its street or city",
        "Complete the address (delivery.street=…, delivery.city=…), then continue.",
    ),
    _reason(
        "vat_id_malformed",
        Group.CUSTOMER,
        "the VAT id contains blanks or signs that no VAT id has",
        "Write the VAT id without them (customer.vat_id=…), then continue.",
    ),
    _reason(
        "customer_incomplete",
        Group.CUSTOMER,
        "the buyer has neither a name nor a company",
        "Complete the buyer (customer.last_name=…), then continue.",
    ),
    _reason(
        "customer_unknown",
        Group.CUSTOMER,
        "the ERP does not know the customer and the pair creates none",
        "Create the customer in the ERP, or name one (customer.code=…), then continue.",
    ),
    _reason(
        "customer_ambiguous",
        Group.CUSTOMER,
        "several customers in the ERP fit",
        "Name the right one (customer.code=…), then continue.",
    ),
    _reason(
        "customer_blocked",
        Group.CUSTOMER,
        "the customer is blocked in the ERP",
        "Unblock the customer in the ERP, or name another one (customer.code=…), then continue.",
    ),
    _reason(
        "credit_exceeded",
        Group.MONEY,
        "the order exceeds the customer's credit limit",
        "Raise the limit or book a payment in the ERP, then continue; or release the order.",
        releasable=True,
    ),
    _reason(
        "credit_unknown",
        Group.MONEY,
        "the ERP does not tell the customer's credit",
        "Look at the customer in the ERP, then continue; or release the order.",
        releasable=True,
    ),
    _reason(
        "out_of_stock",
        Group.STOCK,
        "there is not enough stock for a line",
        "Bring in stock, then continue; or release the order to let the ERP take it as a backorder.",
        releasable=True,
    ),
    _reason(
        "below_minimum",
        Group.STOCK,
        "stock falls below its minimum",
        "Nothing to do: a purchase request was made where the pair asks for it.",
        releasable=True,
    ),
    _reason(
        "payment_pending",
        Group.PAYMENT,
        "the payment has not arrived",
        "Nothing to do: the order goes on when the store marks it paid. To go on before, release it.",
        releasable=True,
    ),
    _reason(
        "payment_method_unknown",
        Group.PAYMENT,
        "the pair has no rule for the payment method",
        "Add the method under [pairs.….payments] in waybill.toml, then continue.",
    ),
    _reason(
        "order_does_not_add_up",
        Group.MONEY,
        "the store's own amounts do not add up to its total",
        "Compare the order in the store; correct a line, then continue.",
    ),
    _reason(
        "tax_unknown",
        Group.MONEY,
        "a line's tax is not known",
        "Give the line its tax rate in percent (line.N.tax_rate=…), then continue.",
    ),
    _reason(
        "totals_differ",
        Group.MONEY,
        "no way of rounding reproduces the store's total in the ERP",
        "Correct the order's lines or raise the pair's tolerance, then continue.",
    ),
    _reason(
        "rate_unknown",
        Group.MONEY,
        "the order's currency has no rate to the base currency",
        "Set the rate in the store, then continue.",
    ),
    _reason(
        "approval_expired",
        Group.APPROVAL,
        "nobody decided in time",
        "Continue the order to ask again, or cancel it.",
    ),
    _reason(
        "no_approver",
        Group.APPROVAL,
        "nobody may approve an order of this size",
        "Add an approver with a high enough limit to waybill.toml, then continue.",
    ),
    _reason(
        "no_policy",
        Group.APPROVAL,
        "a rule asks for an approval that is not configured",
        "Add [policies.NAME] to waybill.toml, or publish rules that ask for another, then continue.",
    ),
    _reason(
        "erp_refused",
        Group.ERP,
        "the ERP refused the order",
        "Correct what the quoted answer names, in the order or in the ERP, then continue.",
    ),
    _reason(
        "erp_keeps_draft",
        Group.ERP,
        "the ERP keeps the order as a draft that waits for an approval there",
        "Approve or remove the draft in the ERP, then continue; the draft is never posted a second time.",
    ),
    _reason(
        "document_differs",
        Group.ERP,
        "the ERP's document differs from the store's order",
        "Compare both; correct the document in the ERP and continue, or release to accept it.",
        releasable=True,
    ),
    _reason(
        "cancelled_in_erp",
        Group.ERP,
        "the order's document was cancelled in the ERP",
        "Continue to post the order anew, or cancel it.",
    ),
    _reason(
        "keeps_failing",
        Group.ERP,
        "the other side works, and still fails on this order",
        "Look at the quoted answer; mend the order or the record there, then continue.",
    ),
    _reason(
        "still_placing",
        Group.STORE,
        "the store does not finish placing the order",
        "Look at the order in the store; it goes on by itself when its status changes.",
    ),
    _reason(
        "still_in_doubt",
        Group.ERP,
        "whether the ERP has the order could not be found out",
        "Search the ERP for the order's key, then continue; nothing is posted before a search.",
    ),
    _reason(
        "more_than_left",
        Group.MONEY,
        "more is to come back than was shipped and is not back yet",
        "Look what came back already, and register the return with fewer pieces.",
    ),
    _reason(
        "nothing_invoiced",
        Group.MONEY,
        "money is to be given back, and nothing is invoiced yet",
        "Invoice the order in the ERP, then continue the return.",
    ),
    _reason(
        "nothing_credited",
        Group.MONEY,
        "a credit note would give nothing back",
        "Give the return up, and register it with pieces or an amount.",
    ),
    _reason(
        "more_than_invoiced",
        Group.MONEY,
        "more is to be given back than was invoiced and is not credited yet",
        "Look what was credited already, and register the return with a smaller amount.",
    ),
    _reason(
        "payment_not_local",
        Group.MONEY,
        "a payment in another currency cannot be entered",
        "Enter the payment in the ERP by hand.",
    ),
    _reason(
        "closed_by_hand",
        Group.ERP,
        "the order was closed in the ERP before all of it was shipped",
        "Refund what will not come, then release; or open the document in the ERP again and continue.",
        releasable=True,
    ),
    _reason(
        "shipped_too_much",
        Group.ERP,
        "more was shipped than was ordered",
        "Correct the delivery in the ERP and continue, or release when it was meant.",
        releasable=True,
    ),
    _reason(
        "changed_after_posting",
        Group.STORE,
        "the order was changed in the store after it was posted",
        "Bring the ERP document to the new state by hand and release, or cancel the order.",
        releasable=True,
    ),
    _reason(
        "changed_after_end",
        Group.ERP,
        "the ERP changed the order after its life here was over",
        "Look at what changed in the ERP; set it right there and continue, or release to take it as it is.",
        releasable=True,
    ),
    _reason(
        "return_wanted",
        Group.STORE,
        "the buyer asked for a return in the store after the order was completed",
        "Register it with `waybill return ask`, then release; or release when nothing comes back.",
        releasable=True,
    ),
    _reason(
        "picked_already",
        Group.ERP,
        "the order is to be cancelled, and the warehouse has picked it",
        "Release once the goods are back on the shelf, to cancel it; or continue to keep the order.",
        releasable=True,
    ),
    _reason(
        "cancel_needs_credit",
        Group.ERP,
        "the order is to be cancelled, and it is invoiced",
        "Release to take the goods back and credit the invoice; or continue to keep the order.",
        releasable=True,
    ),
    _reason(
        "cannot_be_cancelled",
        Group.ERP,
        "the ERP no longer allows the order to be cancelled",
        "Undo in the ERP what was already done (delivery, invoice), then continue;"
        " or release to keep the order.",
        releasable=True,
    ),
    _reason(
        "store_refused",
        Group.STORE,
        "the store refused what we asked of it",
        "Correct what the quoted answer names, then continue.",
    ),
    _reason(
        "value_not_mapped",
        Group.SETUP,
        "a value table of the mapping lacks a value",
        "Add the value to the table (`waybill map missing` lists all), publish the mapping, then continue.",
    ),
    _reason(
        "wrong_setup",
        Group.SETUP,
        "a setting is wrong",
        "Run `waybill doctor`; correct the setting it names, then continue.",
    ),
    _reason(
        "hook_refuses",
        Group.PERSON,
        "a hook stopped the order",
        "Do what the hook asks, then continue; or release the order to go on without it.",
        releasable=True,
    ),
    _reason(
        "hook_failed",
        Group.SETUP,
        "a hook failed",
        "Mend the hook, start the worker again and continue; or release the order to go on without it.",
        releasable=True,
    ),
    _reason(
        "rule_hold",
        Group.PERSON,
        "a rule stopped the order",
        "Look at what the rule asks for, then release the order; or continue it to have it judged anew.",
        releasable=True,
    ),
    _reason(
        "rules_conflict",
        Group.SETUP,
        "rules contradict each other",
        "Correct and publish the rules, then continue; or release it: what they dispute is not done.",
        releasable=True,
    ),
    _reason(
        "expert_failed",
        Group.SETUP,
        "an expert expression or decision table failed",
        "Correct it and publish the rules again, then continue.",
    ),
    _reason(
        "bug",
        Group.SETUP,
        "Waybill itself failed on this order",
        "Report it with the order's number; continue the order when a mended version runs.",
    ),
    _reason(
        "held_by_person",
        Group.PERSON,
        "a person stopped the order",
        "Release the order when it may go on.",
        releasable=True,
    ),
)
