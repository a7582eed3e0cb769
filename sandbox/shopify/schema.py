"""The part of the Admin API's schema that the sandbox serves, written after shopify.dev's reference, 2026-07.

It holds the types and fields that are used and no others: anything else is refused as the shop would refuse
what does not exist.
"""

from graphql import GraphQLSchema, build_schema

_ORDERS = """
type Order {
  id: ID! legacyResourceId: UnsignedInt64! name: String! test: Boolean!
  createdAt: DateTime! updatedAt: DateTime! cancelledAt: DateTime
  currencyCode: CurrencyCode! taxesIncluded: Boolean! edited: Boolean!
  displayFinancialStatus: OrderDisplayFinancialStatus
  displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  email: String note: String poNumber: String customerLocale: String
  customAttributes: [Attribute!]!
  customer: Customer
  purchasingEntity: PurchasingEntity
  billingAddress: MailingAddress shippingAddress: MailingAddress
  paymentGatewayNames: [String!]!
  paymentTerms: PaymentTerms
  totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag! totalTaxSet: MoneyBag
  currentTotalDutiesSet: MoneyBag totalTipReceivedSet: MoneyBag!
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
  id: ID! kind: OrderTransactionKind! status: OrderTransactionStatus! amountSet: MoneyBag!
}
type PaymentTerms { paymentTermsName: String! }
type Refund {
  id: ID! legacyResourceId: UnsignedInt64! createdAt: DateTime note: String
  totalRefundedSet: MoneyBag!
  refundLineItems(first: Int, after: String): RefundLineItemConnection!
  refundShippingLines(first: Int, after: String): RefundShippingLineConnection!
}
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
enum OrderTransactionKind { SALE CAPTURE AUTHORIZATION VOID REFUND }
enum OrderTransactionStatus { SUCCESS FAILURE PENDING ERROR }
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
}
type FulfillmentTrackingInfo { number: String company: String url: URL }
type FulfillmentOrder {
  id: ID! status: FulfillmentOrderStatus!
  assignedLocation: FulfillmentOrderAssignedLocation!
  supportedActions: [FulfillmentOrderSupportedAction!]!
  lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
type FulfillmentOrderAssignedLocation { location: Location }
type FulfillmentOrderSupportedAction { action: FulfillmentOrderAction! }
type FulfillmentOrderLineItem { id: ID! totalQuantity: Int! remainingQuantity: Int! lineItem: LineItem! }
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
enum FulfillmentStatus { SUCCESS CANCELLED ERROR FAILURE }
enum FulfillmentDisplayStatus { FULFILLED IN_TRANSIT OUT_FOR_DELIVERY DELIVERED FAILURE CANCELED }
enum FulfillmentOrderStatus { OPEN IN_PROGRESS CANCELLED INCOMPLETE CLOSED SCHEDULED ON_HOLD }
enum FulfillmentOrderAction { CREATE_FULFILLMENT REPORT_PROGRESS HOLD MOVE RELEASE_HOLD }
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
}
"""

SCHEMA: GraphQLSchema = build_schema(_ROOTS + _ORDERS + _BUYERS + _SHIPPING + _STOCK)
SCHEMA.type_map["PurchasingEntity"].resolve_type = lambda value, *_: value["__typename"]  # type: ignore[attr-defined]
