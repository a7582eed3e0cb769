"""Odoo, spoken to over XML-RPC (14 to 18) or JSON-2 (19 and later)."""

from adapters.erps.odoo.adapter import Odoo
from adapters.erps.odoo.settings import OdooSettings

__all__ = ["Odoo", "OdooSettings"]
