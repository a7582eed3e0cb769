"""A stand-in for SAP Business One: a Service Layer (`/b1s/v2/`) over one company in memory.

    company = Company(Settings(latency_seconds=0.05))
    async with serving(create_app(company)) as url:   # log in at url + "/b1s/v2/Login"
        ...

What it does as the real system does is listed, with proofs, in `behaviours.py`; what it can do wrong, in
`fault_kinds.py`; what the staff can do, in `staff.py`, and over HTTP in `control.py`. Left out: `/b1s/v1`,
`$metadata`, `$apply`, `$expand`, webhooks, upload of attachments, layouts other than its own few, batches
and serial numbers of goods, branches, localisations other than EU VAT. The API Gateway, which prints
documents, is a second application: `create_gateway(company)`.
"""

from sandbox.sap_business_one.app import create_app
from sandbox.sap_business_one.company import Company
from sandbox.sap_business_one.desk import Desk, open_desk
from sandbox.sap_business_one.fault_kinds import FAULT_KINDS
from sandbox.sap_business_one.gateway import create_gateway
from sandbox.sap_business_one.settings import Settings
from sandbox.sap_business_one.staff import KEY_TABLE

__all__ = [
    "FAULT_KINDS",
    "KEY_TABLE",
    "Company",
    "Desk",
    "Settings",
    "create_app",
    "create_gateway",
    "open_desk",
]
