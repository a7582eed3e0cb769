"""The unbound functions of the service: previews, approval templates, series, rates, prices, the clock."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.sap_business_one.calls import Call, Reply, no_content, split_target
from sandbox.sap_business_one.crossjoin import joined
from sandbox.sap_business_one.drafts import APPROVAL_TEMPLATE
from sandbox.sap_business_one.errors import bad_request, bad_value, no_such_reference
from sandbox.sap_business_one.wire import Row, day, read_body, second, write

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

Function = Callable[["Company", Call], Reply]


def _given(call: Call, name: str) -> Row:
    """Return the one object a function takes, under its name."""
    given = read_body(call.body).get(name)
    if not isinstance(given, dict):
        raise bad_request(f"Parameter '{name}' is missing")
    return given


def _answer(call: Call, type_name: str, members: str) -> Reply:
    head = f'"@odata.context":"{call.root}$metadata#{type_name}"'
    return Reply(200, f"{{{head},{members}}}" if members else f"{{{head}}}")


def _members(row: Row) -> str:
    return write(row)[1:-1]


def _preview(set_name: str) -> Function:
    def preview(company: "Company", call: Call) -> Reply:
        documents = company.set_of(set_name)
        given = documents.shape.read(_given(call, "Document"))
        document = company.documents_named(set_name).draw_up(given)
        whole = {"DocEntry": None, "DocNum": None, **document}
        return _answer(call, "Document", documents.shape.write(whole))

    return preview


def _approval_templates(company: "Company", call: Call) -> Reply:
    documents = company.orders
    document = documents.draw_up(documents.shape.read(_given(call, "Document")))
    if company.would_need_approval(document):
        document["Document_ApprovalRequests"] = [dict(APPROVAL_TEMPLATE)]
    return _answer(call, "Document", documents.shape.write({"DocEntry": None, "DocNum": None, **document}))


def _save_draft(company: "Company", call: Call) -> Reply:
    entry = company.drafts.read_key(str(_given(call, "Document").get("DocEntry")))
    company.drafts.save_to_document(entry)
    return no_content()


def _close_pick_list(company: "Company", call: Call) -> Reply:
    entry = company.pick_lists.read_key(str(_given(call, "PickList").get("Absoluteentry")))
    company.pick_lists.close(entry)
    return no_content()


def _document_series(company: "Company", call: Call) -> Reply:
    wanted = _given(call, "DocumentTypeParams")
    rows = company.series.of(str(wanted.get("Document")), wanted.get("DocumentSubType"))
    return _answer(call, "Collection(Series)", f'"value":{write(rows)}')


def _default_series(company: "Company", call: Call) -> Reply:
    wanted = _given(call, "DocumentTypeParams")
    rows = company.series.of(str(wanted.get("Document")), wanted.get("DocumentSubType"))
    if not rows:
        raise no_such_reference()
    return _answer(call, "Series", _members(rows[0]))


def _admin_info(company: "Company", call: Call) -> Reply:
    local = company.settings.local_currency
    info = {
        "Code": 1,
        "CompanyName": company.settings.company_db,
        "Country": company.country,
        "LocalCurrency": local,
        "SystemCurrency": local,
        "TotalsAccuracy": company.settings.decimals_of(local),
        "PriceAccuracy": company.settings.price_decimals,
        "EnableWebhook": "tNO",
    }
    return _answer(call, "AdminInfo", _members(info))


def _company_info(company: "Company", call: Call) -> Reply:
    info = {
        "CompanyName": company.settings.company_db,
        "Version": int(company.settings.version),
        "Localization": "France",
        "BlockStockNegativeQuantity": "tNO" if company.settings.allow_negative_stock else "tYES",
        "EnableTransactionNotification": "tYES",
    }
    return _answer(call, "CompanyInfo", _members(info))


def _server_time(company: "Company", call: Call) -> Reply:
    now = company.now()
    return _answer(call, "CurrentServerTime", _members({"CurrentDate": day(now), "CurrentTime": second(now)}))


def _item_price(company: "Company", call: Call) -> Reply:
    wanted = _given(call, "ItemPriceParams")
    partner = company.partners.table.get(wanted.get("CardCode"))
    item = company.items.table.get(wanted.get("ItemCode"))
    if item is None or partner is None:
        raise no_such_reference()
    prices = {each["PriceList"]: each.get("Price") for each in item.get("ItemPrices") or ()}
    price = prices.get(partner.get("PriceListNum") or 1) or Decimal(0)
    found = {"Price": price, "Currency": company.settings.local_currency, "Discount": Decimal(0)}
    return _answer(call, "ItemPriceReturnParams", _members(found))


def _set_rate(company: "Company", call: Call) -> Reply:
    given = read_body(call.body)
    currency, rate = str(given.get("Currency", "")).upper(), Decimal(str(given.get("Rate") or 0))
    if company.set_of("Currencies").table.get(currency) is None:
        raise no_such_reference()
    company.rates.set(currency, _rate_day(given, "RateDate"), rate)
    company.note("rate", currency=currency, rate=str(rate))
    return no_content()


def _get_rate(company: "Company", call: Call) -> Reply:
    given = read_body(call.body)
    rate = company.rates.on(str(given.get("Currency", "")).upper(), _rate_day(given, "Date"))
    return Reply(200, write(rate))


def _rate_day(given: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(given.get(name, "")).split("T", 1)[0])
    except ValueError as problem:
        raise bad_value(f"Invalid value for parameter '{name}'") from problem


def _local_currency(company: "Company", call: Call) -> Reply:
    return _answer(call, "Edm.String", _members({"value": company.settings.local_currency}))


def _post_query(company: "Company", call: Call) -> Reply:
    given = read_body(call.body)
    _, options = split_target("?" + str(given.get("QueryOption", "")))
    asked = Call("GET", str(given.get("QueryPath", "")), options, call.headers, b"", call.root)
    return Reply(200, joined(company, asked), content_type="text/plain;charset=utf-8")


FUNCTIONS: dict[str, Function] = {
    "OrdersService_Preview": _preview("Orders"),
    "QuotationsService_Preview": _preview("Quotations"),
    "OrdersService_GetApprovalTemplates": _approval_templates,
    "DraftsService_SaveDraftToDocument": _save_draft,
    "PickListsService_Close": _close_pick_list,
    "SeriesService_GetDocumentSeries": _document_series,
    "SeriesService_GetDefaultSeries": _default_series,
    "CompanyService_GetAdminInfo": _admin_info,
    "CompanyService_GetCompanyInfo": _company_info,
    "CompanyService_GetCurrentServerTime": _server_time,
    "CompanyService_GetItemPrice": _item_price,
    "SBOBobService_SetCurrencyRate": _set_rate,
    "SBOBobService_GetCurrencyRate": _get_rate,
    "SBOBobService_GetLocalCurrency": _local_currency,
    "QueryService_PostQuery": _post_query,
}
"""Function name → what answers it; the service takes GET and POST alike for those without parameters."""
