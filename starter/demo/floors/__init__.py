"""The ERPs that the demo ships and invoices in, one module for each kind."""

from collections.abc import Mapping

from starter.demo.floors.odoo import OdooFloor
from starter.demo.floors.port import Booked, BookedPaper, Floor, InStock
from starter.demo.floors.sap_business_one import SapFloor

__all__ = ["FLOORS", "Booked", "BookedPaper", "Floor", "InStock"]

FLOORS: Mapping[str, type[SapFloor] | type[OdooFloor]] = {"sap_business_one": SapFloor, "odoo": OdooFloor}
