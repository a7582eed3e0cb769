"""SAP Business One, spoken to through its Service Layer (OData, `/b1s/v2/`)."""

from adapters.erps.sap_business_one.adapter import SapBusinessOne
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings

__all__ = ["SapBusinessOne", "SapBusinessOneSettings"]
