"""The part of the Admin API's schema that the sandbox serves, written after shopify.dev's reference, 2026-07.

It holds the types and fields that are used and no others: anything else is refused as the shop would refuse
what does not exist.
"""

from graphql import GraphQLSchema, build_schema

_ORDERS = """
type Order {
  id: ID! legacyResourceId: UnsignedInt64! name: String! test: Boolean!
  createdAt: DateTime! updatedAt: DateTime! cancelledAt: DateTime
  currencyCode: CurrencyCode! presentmentCurrencyCode: CurrencyCode! taxesIncluded: Boolean! edited: Boolean!
  displayFinancialStatus: OrderDisplayFinancialStatus
  displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  email: String phone: String note: String poNumber: String customerLocale: String
  customAttributes: [Attribute!]!
  customer: Customer
  purchasingEntity: PurchasingEntity
  billingAddress: MailingAddress shippingAddress: MailingAddress
  paymentGatewayNames: [String!]!
  paymentTerms: PaymentTerms
  totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag! totalTaxSet: MoneyBag
  dutiesIncluded: Boolean! currentTotalDutiesSet: MoneyBag currentTotalAdditionalFeesSet: MoneyBag
  totalTipReceivedSet: MoneyBag!
  lineItems(first: Int, after: String): LineItemConnection!
  shippingLines(first: Int, after: String): ShippingLineConnection!
  transactions(first: Int): [OrderTransaction!]!
  fulfillments(first: Int): [Fulfillment!]!
  fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
  refunds(first: Int): [Refund!]!
  metafield(namespace: String, key: String!): Metafield
}
type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
type LineItem {
  id: ID! sku: String title: String! variantTitle: String quantity: Int! currentQuantity: Int!
  unfulfilledQuantity: Int!
  variant: ProductVariant
  originalTotalSet: MoneyBag!
  discountAllocations: [DiscountAllocation!]!
  taxLines(first: Int): [TaxLine!]!
}
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type DiscountAllocation { allocatedAmountSet: MoneyBag! }
type TaxLine { title: String! rate: Float priceSet: MoneyBag! }
type ShippingLine {
  id: ID title: String! code: String originalPriceSet: MoneyBag! discountedPriceSet: MoneyBag!
  taxLines: [TaxLine!]!
}
type ShippingLineConnection { nodes: [ShippingLine!]! pageInfo: PageInfo! }
type OrderTransaction {
  id: ID! kind: OrderTransactionKind! status: OrderTransactionStatus! gateway: String amountSet: MoneyBag!
}
type PaymentTerms { paymentTermsName: String! }
type Refund {
  id: ID! legacyResourceId: UnsignedInt64! createdAt: DateTime note: String
  totalRefundedSet: MoneyBag! duties: [RefundDuty!]
  transactions(first: Int, after: String): OrderTransactionConnection!
  orderAdjustments(first: Int, after: String): OrderAdjustmentConnection!
  refundLineItems(first: Int, after: String): RefundLineItemConnection!
  refundShippingLines(first: Int, after: String): RefundShippingLineConnection!
}
type OrderTransactionConnection { nodes: [OrderTransaction!]! pageInfo: PageInfo! }
type OrderAdjustment { id: ID! amountSet: MoneyBag! reason: OrderAdjustmentDiscrepancyReason }
type OrderAdjustmentConnection { nodes: [OrderAdjustment!]! pageInfo: PageInfo! }
enum OrderAdjustmentDiscrepancyReason {
  RESTOCK DAMAGE CUSTOMER REFUND_DISCREPANCY FULL_RETURN_BALANCING_ADJUSTMENT PENDING_REFUND_DISCREPANCY
}
type RefundDuty { amountSet: MoneyBag! }
type RefundLineItem {
  quantity: Int! restockType: RefundLineItemRestockType! lineItem: LineItem!
  subtotalSet: MoneyBag! totalTaxSet: MoneyBag!
}
type RefundLineItemConnection { nodes: [RefundLineItem!]! pageInfo: PageInfo! }
type RefundShippingLine { id: ID! subtotalAmountSet: MoneyBag! taxAmountSet: MoneyBag! }
type RefundShippingLineConnection { nodes: [RefundShippingLine!]! pageInfo: PageInfo! }
enum OrderDisplayFinancialStatus {
  PENDING AUTHORIZED PARTIALLY_PAID PARTIALLY_REFUNDED VOIDED PAID REFUNDED EXPIRED
}
enum OrderDisplayFulfillmentStatus {
  UNFULFILLED PARTIALLY_FULFILLED FULFILLED RESTOCKED PENDING_FULFILLMENT OPEN IN_PROGRESS ON_HOLD SCHEDULED
  REQUEST_DECLINED
}
enum OrderTransactionKind {
  SALE CAPTURE AUTHORIZATION VOID REFUND CHANGE EMV_AUTHORIZATION SUGGESTED_REFUND
}
enum OrderTransactionStatus { SUCCESS FAILURE PENDING ERROR AWAITING_RESPONSE UNKNOWN }
enum RefundLineItemRestockType { RETURN CANCEL LEGACY_RESTOCK NO_RESTOCK }
enum OrderSortKeys { CREATED_AT UPDATED_AT ID }
"""

_BUYERS = """
type MailingAddress {
  firstName: String lastName: String company: String address1: String address2: String
  zip: String city: String provinceCode: String countryCodeV2: CountryCode phone: String
}
type Attribute { key: String! value: String }
type Customer { id: ID! legacyResourceId: UnsignedInt64! firstName: String lastName: String }
union PurchasingEntity = Customer | PurchasingCompany
type PurchasingCompany { company: Company! location: CompanyLocation! }
type Company { id: ID! name: String! externalId: String }
type CompanyLocation { id: ID! externalId: String taxSettings: CompanyLocationTaxSettings! }
type CompanyLocationTaxSettings { taxRegistrationId: String taxExempt: Boolean! }
"""

_SHIPPING = """
type Fulfillment {
  id: ID! status: FulfillmentStatus! displayStatus: FulfillmentDisplayStatus
  trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
}
type FulfillmentLineItem { quantity: Int lineItem: LineItem! }
type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
type FulfillmentTrackingInfo { number: String company: String url: URL }
type FulfillmentOrder {
  id: ID! status: FulfillmentOrderStatus! requestStatus: FulfillmentOrderRequestStatus!
  fulfillmentHolds: [FulfillmentHold!]!
  assignedLocation: FulfillmentOrderAssignedLocation!
  supportedActions: [FulfillmentOrderSupportedAction!]!
  lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
type FulfillmentOrderAssignedLocation { location: Location }
type FulfillmentOrderSupportedAction { action: FulfillmentOrderAction! }
type FulfillmentOrderLineItem {
  id: ID! totalQuantity: Int! remainingQuantity: Int! sku: String lineItem: LineItem!
}
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
type FulfillmentHold { displayReason: String! }
enum FulfillmentOrderRequestStatus {
  UNSUBMITTED SUBMITTED ACCEPTED REJECTED CANCELLATION_REQUESTED CANCELLATION_ACCEPTED
  CANCELLATION_REJECTED CLOSED
}
enum FulfillmentStatus { SUCCESS CANCELLED ERROR FAILURE }
enum FulfillmentDisplayStatus {
  ATTEMPTED_DELIVERY CANCELED CONFIRMED DELAYED DELIVERED FAILURE FULFILLED CARRIER_PICKED_UP IN_TRANSIT
  LABEL_PRINTED LABEL_PURCHASED LABEL_VOIDED MARKED_AS_FULFILLED NOT_DELIVERED OUT_FOR_DELIVERY
  READY_FOR_PICKUP PICKED_UP SUBMITTED
}
enum FulfillmentOrderStatus { OPEN IN_PROGRESS CANCELLED INCOMPLETE CLOSED SCHEDULED ON_HOLD }
enum FulfillmentOrderAction {
  CREATE_FULFILLMENT REQUEST_FULFILLMENT CANCEL_FULFILLMENT_ORDER MOVE REQUEST_CANCELLATION MARK_AS_OPEN
  RELEASE_HOLD HOLD EXTERNAL SPLIT MERGE REPORT_PROGRESS
}
input FulfillmentInput {
  trackingInfo: FulfillmentTrackingInput notifyCustomer: Boolean = false
  lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
}
input FulfillmentOrderLineItemsInput {
  fulfillmentOrderId: ID! fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
}
input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
input FulfillmentTrackingInput {
  number: String url: URL company: String numbers: [String!] urls: [URL!]
}
input FulfillmentOrderReportProgressInput { reasonNotes: String }
type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
type FulfillmentTrackingInfoUpdatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
type FulfillmentOrderReportProgressPayload { fulfillmentOrder: FulfillmentOrder userErrors: [UserError!]! }
"""

_STOCK = """
type ProductVariant { id: ID! sku: String barcode: String price: Money! inventoryItem: InventoryItem! }
type ProductVariantConnection { nodes: [ProductVariant!]! pageInfo: PageInfo! }
type InventoryItem { id: ID! tracked: Boolean! inventoryLevel(locationId: ID!): InventoryLevel }
type InventoryLevel { id: ID! location: Location! quantities(names: [String!]!): [InventoryQuantity!]! }
type InventoryQuantity { name: String! quantity: Int! }
type Location { id: ID! name: String! isActive: Boolean! }
type LocationConnection { nodes: [Location!]! pageInfo: PageInfo! }
input InventorySetQuantitiesInput {
  reason: String! name: String! referenceDocumentUri: String quantities: [InventoryQuantityInput!]!
}
input InventoryQuantityInput { inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int }
type InventorySetQuantitiesPayload {
  inventoryAdjustmentGroup: InventoryAdjustmentGroup userErrors: [InventorySetQuantitiesUserError!]!
}
type InventoryAdjustmentGroup { id: ID! reason: String! }
type InventorySetQuantitiesUserError {
  field: [String!] message: String! code: InventorySetQuantitiesUserErrorCode
}
enum InventorySetQuantitiesUserErrorCode {
  INVALID_INVENTORY_ITEM INVALID_LOCATION INVALID_QUANTITY_NEGATIVE INVALID_QUANTITY_TOO_HIGH INVALID_REASON
  INVALID_NAME ITEM_NOT_STOCKED_AT_LOCATION CHANGE_FROM_QUANTITY_STALE
  NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR IDEMPOTENCY_KEY_PARAMETER_MISMATCH
}
"""

_WEBHOOKS = """
type WebhookSubscription {
  id: ID! topic: WebhookSubscriptionTopic! uri: String! format: WebhookSubscriptionFormat!
  includeFields: [String!]! filter: String
}
type WebhookSubscriptionConnection { nodes: [WebhookSubscription!]! pageInfo: PageInfo! }
input WebhookSubscriptionInput {
  uri: String format: WebhookSubscriptionFormat includeFields: [String!] filter: String
}
type WebhookSubscriptionCreatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
type WebhookSubscriptionUpdatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
enum WebhookSubscriptionFormat { JSON XML }
enum WebhookSubscriptionTopic {
  ORDERS_CREATE ORDERS_UPDATED ORDERS_EDITED ORDERS_CANCELLED ORDERS_PAID ORDERS_DELETE REFUNDS_CREATE
  FULFILLMENTS_CREATE FULFILLMENTS_UPDATE RETURNS_REQUEST PRODUCTS_UPDATE APP_UNINSTALLED
}
"""

_ROOTS = """
directive @idempotent(key: String!) on FIELD
schema { query: QueryRoot mutation: Mutation }
scalar DateTime scalar Money scalar Decimal scalar URL scalar UnsignedInt64
scalar CurrencyCode scalar CountryCode
type PageInfo { hasNextPage: Boolean! endCursor: String }
type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
type UserError { field: [String!] message: String! }
type Shop { name: String! myshopifyDomain: String! currencyCode: CurrencyCode! taxesIncluded: Boolean! }
type AppInstallation { accessScopes: [AccessScope!]! }
type AccessScope { handle: String! }
type Metafield { id: ID! namespace: String! key: String! value: String! type: String! }
input MetafieldsSetInput {
  ownerId: ID! namespace: String key: String! value: String! type: String compareDigest: String
}
type MetafieldsSetPayload { metafields: [Metafield!] userErrors: [MetafieldsSetUserError!]! }
type MetafieldsSetUserError {
  field: [String!] message: String! code: MetafieldsSetUserErrorCode elementIndex: Int
}
enum MetafieldsSetUserErrorCode { INVALID_TYPE INVALID_VALUE BLANK TOO_LONG LESS_THAN_OR_EQUAL_TO INVALID }
type QueryRoot {
  order(id: ID!): Order
  orders(first: Int, after: String, sortKey: OrderSortKeys = ID, reverse: Boolean = false, query: String):
    OrderConnection!
  refund(id: ID!): Refund
  fulfillment(id: ID!): Fulfillment
  fulfillmentOrder(id: ID!): FulfillmentOrder
  webhookSubscriptions(first: Int, after: String): WebhookSubscriptionConnection!
  productVariants(first: Int, after: String, query: String): ProductVariantConnection!
  locations(first: Int, after: String): LocationConnection!
  shop: Shop!
  currentAppInstallation: AppInstallation!
}
type Mutation {
  metafieldsSet(metafields: [MetafieldsSetInput!]!): MetafieldsSetPayload
  fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
  fulfillmentTrackingInfoUpdate(
    fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean
  ): FulfillmentTrackingInfoUpdatePayload
  fulfillmentOrderReportProgress(id: ID!, progressReport: FulfillmentOrderReportProgressInput):
    FulfillmentOrderReportProgressPayload
  inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!):
    WebhookSubscriptionCreatePayload
  webhookSubscriptionUpdate(id: ID!, webhookSubscription: WebhookSubscriptionInput!):
    WebhookSubscriptionUpdatePayload
}
"""

SCHEMA: GraphQLSchema = build_schema(_ROOTS + _ORDERS + _BUYERS + _SHIPPING + _STOCK + _WEBHOOKS)
SCHEMA.type_map["PurchasingEntity"].resolve_type = lambda value, *_: value["__typename"]  # type: ignore[attr-defined]
