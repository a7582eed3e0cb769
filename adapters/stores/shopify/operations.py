"""What is asked of the shop: one GraphQL document each, written for the Admin API 2026-07.

Lists are cut so that no document costs more than the 1000 points that one may.
"""

_MONEY = "shopMoney { amount currencyCode }"
_ADDRESS = "firstName lastName company address1 address2 zip city provinceCode countryCodeV2 phone"
_MARK = (
    "id legacyResourceId createdAt updatedAt test cancelledAt displayFinancialStatus displayFulfillmentStatus"
)
_TAX = f"rate priceSet {{ {_MONEY} }}"
_LINES = f"""
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id sku title variantTitle quantity currentQuantity
      variant {{ barcode }}
      originalTotalSet {{ {_MONEY} }}
      discountAllocations {{ allocatedAmountSet {{ {_MONEY} }} }}
      taxLines {{ {_TAX} }}
    }}
"""


def in_buyers_currency(document: str) -> str:
    """Ask for the same with the amounts that the buyer saw."""
    return document.replace(_MONEY, _MONEY.replace("shopMoney", "presentmentMoney"))


ORDER = f"""
query WaybillOrder($id: ID!) {{
  order(id: $id) {{
    {_MARK}
    name currencyCode presentmentCurrencyCode taxesIncluded email phone note customerLocale poNumber
    customAttributes {{ key value }}
    customer {{ legacyResourceId firstName lastName }}
    purchasingEntity {{
      __typename
      ... on PurchasingCompany {{
        company {{ id name externalId }}
        location {{ id externalId taxSettings {{ taxRegistrationId }} }}
      }}
    }}
    billingAddress {{ {_ADDRESS} }}
    shippingAddress {{ {_ADDRESS} }}
    paymentGatewayNames
    paymentTerms {{ paymentTermsName }}
    both: totalPriceSet {{ shopMoney {{ amount }} presentmentMoney {{ amount }} }}
    totalPriceSet {{ {_MONEY} }}
    currentTotalPriceSet {{ {_MONEY} }}
    dutiesIncluded
    currentTotalDutiesSet {{ {_MONEY} }}
    currentTotalAdditionalFeesSet {{ {_MONEY} }}
    lineItems(first: 30) {{ {_LINES} }}
    shippingLines(first: 10) {{
      nodes {{ title code discountedPriceSet {{ {_MONEY} }} taxLines {{ {_TAX} }} }}
    }}
    transactions(first: 20) {{ id kind status gateway amountSet {{ {_MONEY} }} }}
    fulfillments(first: 20) {{ status displayStatus }}
    refunds(first: 50) {{ id }}
  }}
}}
"""

MORE_LINES = f"""
query WaybillOrderLines($id: ID!, $after: String) {{
  order(id: $id) {{ lineItems(first: 30, after: $after) {{ {_LINES} }} }}
}}
"""

REFUND_IDS = """
query WaybillRefundIds($id: ID!) { order(id: $id) { id taxesIncluded refunds(first: 50) { id } } }
"""

REFUND = f"""
query WaybillRefund($id: ID!, $after: String) {{
  refund(id: $id) {{
    legacyResourceId createdAt
    totalRefundedSet {{ {_MONEY} }}
    duties {{ amountSet {{ {_MONEY} }} }}
    transactions(first: 20) {{ nodes {{ kind status amountSet {{ {_MONEY} }} }} }}
    orderAdjustments(first: 10) {{ nodes {{ reason }} }}
    refundLineItems(first: 50, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        quantity restockType lineItem {{ id }}
        subtotalSet {{ {_MONEY} }} totalTaxSet {{ {_MONEY} }}
      }}
    }}
    refundShippingLines(first: 5) {{
      nodes {{ subtotalAmountSet {{ {_MONEY} }} taxAmountSet {{ {_MONEY} }} }}
    }}
  }}
}}
"""

DEPARTED = """
query WaybillDeparted($id: ID!, $after: String) {
  order(id: $id) {
    fulfillments(first: 50) { id status }
    lineItems(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id currentQuantity unfulfilledQuantity }
    }
  }
}
"""

SENT = """
query WaybillSent($id: ID!, $after: String) {
  fulfillment(id: $id) {
    fulfillmentLineItems(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { quantity lineItem { id sku } }
    }
  }
}
"""

CHANGED = f"""
query WaybillChanged($first: Int!, $after: String, $query: String) {{
  orders(first: $first, after: $after, sortKey: UPDATED_AT, query: $query) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {_MARK} }}
  }}
}}
"""

NEWEST = f"""
query WaybillNewest {{
  orders(first: 1, sortKey: UPDATED_AT, reverse: true, query: "status:any") {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {_MARK} }}
  }}
}}
"""

ERP_NUMBER = """
query WaybillErpNumber($id: ID!, $namespace: String!, $key: String!) {
  order(id: $id) { id metafield(namespace: $namespace, key: $key) { value } }
}
"""

SET_ERP_NUMBER = """
mutation WaybillSetErpNumber($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) { userErrors { field message code } }
}
"""

FULFILMENT = """
query WaybillFulfilment($id: ID!) {
  order(id: $id) {
    id displayFulfillmentStatus cancelledAt
    fulfillmentOrders(first: 50) {
      nodes {
        id status assignedLocation { location { id } } supportedActions { action }
        fulfillmentHolds { displayReason }
      }
    }
    fulfillments(first: 20) { id status trackingInfo(first: 20) { number company } }
  }
}
"""

PACKED = """
query WaybillPacked($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    lineItems(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id sku remainingQuantity }
    }
  }
}
"""

FULFIL = """
mutation WaybillFulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
}
"""

SET_TRACKING = """
mutation WaybillSetTracking($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean) {
  fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify) {
    userErrors { field message }
  }
}
"""

REPORT_PROGRESS = """
mutation WaybillReportProgress($id: ID!) {
  fulfillmentOrderReportProgress(id: $id) { userErrors { field message } }
}
"""

LEVELS = """
query WaybillLevels($query: String!, $location: ID!, $after: String) {
  productVariants(first: 50, after: $after, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id sku
      inventoryItem {
        id tracked
        inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }
      }
    }
  }
}
"""

SET_LEVELS = """
mutation WaybillSetLevels($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { field message code } }
}
"""

SUBSCRIPTIONS = """
query WaybillSubscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri format includeFields filter }
  }
}
"""

SUBSCRIBE = """
mutation WaybillSubscribe($topic: WebhookSubscriptionTopic!, $wanted: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $wanted) { userErrors { field message } }
}
"""

RESUBSCRIBE = """
mutation WaybillResubscribe($id: ID!, $wanted: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $wanted) { userErrors { field message } }
}
"""

LOCATIONS = """
query WaybillLocations { locations(first: 50) { nodes { id name isActive } } }
"""

SHOP = """
query WaybillShop {
  currentAppInstallation { accessScopes { handle } }
  shop { name myshopifyDomain currencyCode }
}
"""

SCOPES = """
query WaybillScopes { currentAppInstallation { accessScopes { handle } } }
"""
