"""Why an order stops before it is posted: its data, its buyer, money, stock, approvals."""

from domain.reasons.entry import Group, reason

BEFORE_POSTING = (
    reason(
        "no_lines", Group.ARTICLE, "the order has no lines", "Look at the order in the store, or cancel it."
    ),
    reason(
        "too_many_lines",
        Group.ARTICLE,
        "the order has more lines than the pair allows",
        "Split the order in the store, or raise max_lines of the pair, then continue.",
    ),
    reason(
        "sku_missing",
        Group.ARTICLE,
        "a line has no article number",
        "Give the line an article number (line.N.sku=…), then continue.",
    ),
    reason(
        "sku_unknown",
        Group.ARTICLE,
        "the ERP does not know an article",
        "Create the article in the ERP, or give the line another one (line.N.sku=…), then continue.",
    ),
    reason(
        "gift_card",
        Group.ARTICLE,
        "a line sells a gift card",
        "Sell it by hand and cancel the order; or release the order to post the line as an article.",
        releasable=True,
    ),
    reason(
        "item_blocked",
        Group.ARTICLE,
        "an article is blocked for sale in the ERP",
        "Activate the article in the ERP, or give the line another one, then continue.",
    ),
    reason(
        "quantity_wrong",
        Group.ARTICLE,
        "a line's quantity is zero or negative",
        "Correct the quantity (line.N.quantity=…), then continue.",
    ),
    reason(
        "country_missing",
        Group.ADDRESS,
        "an address has no country",
        "Give the country as two letters (delivery.country=FR), then continue.",
    ),
    reason(
        "address_incomplete",
        Group.ADDRESS,
        "an address lacks its street or city",
        "Complete the address (delivery.street=…, delivery.city=…), then continue.",
    ),
    reason(
        "vat_id_malformed",
        Group.CUSTOMER,
        "the VAT id contains blanks or signs that no VAT id has",
        "Write the VAT id without them (customer.vat_id=…), then continue.",
    ),
    reason(
        "customer_incomplete",
        Group.CUSTOMER,
        "the buyer has neither a name nor a company",
        "Complete the buyer (customer.last_name=…), then continue.",
    ),
    reason(
        "customer_unknown",
        Group.CUSTOMER,
        "the ERP does not know the customer and the pair creates none",
        "Create the customer in the ERP, or name one (customer.code=…), then continue.",
    ),
    reason(
        "customer_ambiguous",
        Group.CUSTOMER,
        "several customers in the ERP fit",
        "Name the right one (customer.code=…), then continue.",
    ),
    reason(
        "customer_blocked",
        Group.CUSTOMER,
        "the customer is blocked in the ERP",
        "Unblock the customer in the ERP, or name another one (customer.code=…), then continue.",
    ),
    reason(
        "credit_exceeded",
        Group.MONEY,
        "the order exceeds the customer's credit limit",
        "Raise the limit or book a payment in the ERP, then continue; or release the order.",
        releasable=True,
    ),
    reason(
        "credit_unknown",
        Group.MONEY,
        "the ERP does not tell the customer's credit",
        "Look at the customer in the ERP, then continue; or release the order.",
        releasable=True,
    ),
    reason(
        "out_of_stock",
        Group.STOCK,
        "there is not enough stock for a line",
        "Bring in stock, then continue; or release the order to let the ERP take it as a backorder.",
        releasable=True,
    ),
    reason(
        "below_minimum",
        Group.STOCK,
        "stock falls below its minimum",
        "Nothing to do: a purchase request was made where the pair asks for it.",
        releasable=True,
    ),
    reason(
        "payment_pending",
        Group.PAYMENT,
        "the payment has not arrived",
        "Nothing to do: the order goes on when the store marks it paid. To go on before, release it.",
        releasable=True,
    ),
    reason(
        "payment_method_unknown",
        Group.PAYMENT,
        "the pair has no rule for the payment method",
        "Add the method under [pairs.….payments] in waybill.toml, then continue.",
    ),
    reason(
        "order_does_not_add_up",
        Group.MONEY,
        "the store's own amounts do not add up to its total",
        "Compare the order in the store; correct a line, then continue.",
    ),
    reason(
        "tax_unknown",
        Group.MONEY,
        "a line's tax is not known",
        "Give the line its tax rate in percent (line.N.tax_rate=…), then continue.",
    ),
    reason(
        "totals_differ",
        Group.MONEY,
        "no way of rounding reproduces the store's total in the ERP",
        "Correct the order's lines or raise the pair's tolerance, then continue.",
    ),
    reason(
        "rate_unknown",
        Group.MONEY,
        "the order's currency has no rate to the base currency",
        "Set the rate in the store, then continue.",
    ),
    reason(
        "approval_expired",
        Group.APPROVAL,
        "nobody decided in time",
        "Continue the order to ask again, or cancel it.",
    ),
    reason(
        "no_approver",
        Group.APPROVAL,
        "nobody may approve an order of this size",
        "Add an approver with a high enough limit to waybill.toml, then continue.",
    ),
    reason(
        "no_policy",
        Group.APPROVAL,
        "a rule asks for an approval that is not configured",
        "Add [policies.NAME] to waybill.toml, or publish rules that ask for another, then continue.",
    ),
)
