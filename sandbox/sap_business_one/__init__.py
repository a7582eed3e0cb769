"""A stand-in for SAP Business One: a Service Layer (`/b1s/v2/`) over one company in memory."""

from sandbox.sap_business_one.app import create_app
from sandbox.sap_business_one.company import Company
from sandbox.sap_business_one.desk import Desk, open_desk
from sandbox.sap_business_one.fault_kinds import FAULT_KINDS
from sandbox.sap_business_one.settings import Settings
from sandbox.sap_business_one.staff import KEY_TABLE

__all__ = ["FAULT_KINDS", "KEY_TABLE", "Company", "Desk", "Settings", "create_app", "open_desk"]
