"""An Odoo database behind XML-RPC and JSON-2."""

from sandbox.odoo.app import create_app
from sandbox.odoo.database import OdooDatabase
from sandbox.odoo.settings import Settings

__all__ = ["OdooDatabase", "Settings", "create_app"]
