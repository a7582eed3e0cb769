"""The API: what people and programs ask of Waybill over HTTP, described by OpenAPI; a file a resource."""
