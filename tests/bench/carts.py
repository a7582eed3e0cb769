"""Carts that go straight through: paid, known buyers, articles in stock, below every limit."""

import random
from typing import Any

from sandbox.catalogue import ARTICLES
from starter.demo.simulation import random_cart
from starter.demo.storefronts.prestashop import asked

_TEN = tuple(article.sku for article in ARTICLES if article.on_hand >= 500)[:10]


def straight_carts(count: int, seed: int) -> list[dict[str, Any]]:
    """Return carts of one to five lines; the same seed gives the same ones."""
    source = random.Random(seed)  # noqa: S311 - carts, not secrets
    return [asked(random_cart(source)) for _ in range(count)]


def cart_of_ten_lines() -> dict[str, Any]:
    """Return a cart of ten different articles."""
    lines = [{"sku": sku, "quantity": number} for number, sku in enumerate(_TEN, 1)]
    return {"customer": "anna.moreau@example.com", "module": "stripe_official", "lines": lines}
