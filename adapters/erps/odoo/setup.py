"""What Waybill needs inside the database: articles that stand for what is no article."""

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.documents import LINES, ORDERS
from adapters.erps.odoo.settings import OdooSettings
from adapters.ports import SetupStep
from domain.errors import WaybillError

_NAMES = {"shipping": "Shipping", "discount": "Discount", "rounding": "Rounding", "wrapping": "Gift wrapping"}
_OURS = frozenset(
    {"id", "state", "origin", "client_order_ref", "partner_id", "pricelist_id", "order_line", "company_id"}
    | {"order_id", "product_id", "product_uom_qty", "price_unit", "tax_id", "tax_ids", "sequence"}
)


class SetUp:
    """The things, and their making."""

    def __init__(self, client: OdooClient, settings: OdooSettings, catalogue: Catalogue) -> None:
        self._client, self._settings, self._catalogue = client, settings, catalogue

    async def steps(self) -> tuple[SetupStep, ...]:
        """Tell what is there."""
        items = self._settings.extra_items
        known = await self._catalogue.articles(items.values())
        return tuple(
            SetupStep(name=f"article {sku}", what=f"stands for {use} on orders", done=sku in known)
            for use, sku in items.items()
            if sku
        )

    async def do(self, step: str) -> None:
        """Create an article, unless it is there."""
        uses = {f"article {sku}": (use, sku) for use, sku in self._settings.extra_items.items() if sku}
        if step not in uses:
            raise WaybillError(f"there is no step {step!r}")
        use, sku = uses[step]
        if sku in await self._catalogue.articles((sku,)):
            return
        values = {
            "name": _NAMES[use],
            "default_code": sku,
            "type": "service",
            "invoice_policy": "order",
            "sale_ok": True,
            "purchase_ok": False,
            "taxes_id": [[6, 0, []]],
        }
        await self._client.create("product.product", values)

    async def missing_fields(self, header: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
        """Tell which fields of orders and of their lines a mapping cannot fill, and why."""
        found = []
        for model, names in ((ORDERS, header), (LINES, lines)):
            known = await self._client.fields(model) if names else {}
            for name in names:
                if name not in known:
                    found.append(f"{model} has no field {name}")
                elif name in _OURS or known[name].get("readonly") is True:
                    found.append(f"{model}.{name} is not a mapping's to fill")
        return tuple(found)
