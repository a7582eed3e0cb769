"""The app's subscriptions to topics, as the API shows and writes them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLError

from sandbox.shopify.pages import Info, connection
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import Subscription
from sandbox.shopify.views import Tree, gid, numbered

_SCOPES = {"FULFILLMENTS": "read_fulfillments", "RETURNS": "read_returns", "PRODUCTS": "read_products"}
"""What a topic asks of the app by its first word, besides orders."""


class Subscriptions:
    """The subscriptions of one shop that were made by API; those of an app's configuration are not shown."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def reads(self) -> Tree:
        """Return the fields of the query root."""
        return {"webhookSubscriptions": self.page}

    def writes(self) -> Tree:
        """Return the fields of the mutation root."""
        return {"webhookSubscriptionCreate": self.create, "webhookSubscriptionUpdate": self.update}

    def page(self, _: Info, first: int | None = None, after: str | None = None) -> Tree:
        """Show a page of them."""
        return connection([_shown(each) for each in self._shop.subscriptions.values()], first, after)

    def create(
        self,
        _: Info,
        topic: str,
        webhookSubscription: Mapping[str, Any],  # noqa: N803
    ) -> Tree:
        """Subscribe to a topic."""
        scope = _SCOPES.get(topic.partition("_")[0], "write_orders")
        if scope not in self._shop.settings.scopes:
            raise GraphQLError(
                f"Access denied. Required access: `{scope}` access scope.",
                extensions={"code": "ACCESS_DENIED"},
            )
        wrong = self._unfit(topic, str(webhookSubscription.get("uri", "")), 0)
        if wrong:
            return _refused(wrong)
        made = Subscription(self._shop.number(), topic, "")
        self._shop.subscriptions[made.number] = made
        return self._written(made, webhookSubscription)

    def update(
        self,
        _: Info,
        id: str,  # noqa: A002
        webhookSubscription: Mapping[str, Any],  # noqa: N803
    ) -> Tree:
        """Change a subscription."""
        found = self._shop.subscriptions.get(numbered("WebhookSubscription", id))
        if found is None:
            return _refused("Webhook subscription does not exist", "id")
        wrong = self._unfit(found.topic, str(webhookSubscription.get("uri", found.uri)), found.number)
        return _refused(wrong) if wrong else self._written(found, webhookSubscription)

    def _written(self, one: Subscription, given: Mapping[str, Any]) -> Tree:
        one.uri = given.get("uri", one.uri)
        one.format = given.get("format", one.format)
        one.fields = list(given.get("includeFields", one.fields))
        one.filter = given.get("filter", one.filter)
        self._shop.ledger.write("subscription", topic=one.topic, uri=one.uri)
        return {"webhookSubscription": _shown(one), "userErrors": []}

    def _unfit(self, topic: str, uri: str, number: int) -> str:
        parts = urlsplit(uri)
        if parts.scheme != "https":
            return f"Address protocol {parts.scheme}:// is not supported"
        if not parts.hostname or parts.hostname.endswith("myshopify.com"):
            return "Address cannot be a Shopify or an internal domain"
        others = [each for each in self._shop.subscriptions.values() if each.number != number]
        if any((each.topic, each.uri) == (topic, uri) for each in others):
            return "Address for this topic has already been taken"
        return ""


def _shown(one: Subscription) -> Tree:
    return {
        "id": gid("WebhookSubscription", one.number),
        "topic": one.topic,
        "uri": one.uri,
        "format": one.format,
        "includeFields": one.fields,
        "filter": one.filter,
    }


def _refused(message: str, field: str = "callbackUrl") -> Tree:
    path = [field] if field == "id" else ["webhookSubscription", field]
    return {"webhookSubscription": None, "userErrors": [{"field": path, "message": message}]}
